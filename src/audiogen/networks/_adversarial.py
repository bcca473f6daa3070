"""The adversarial model: two networks that learn from each other."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from audiogen.networks._augmentation import augment
from audiogen.networks._gan_losses import (
    adversarial_loss,
    condition_loss,
    critic_loss,
    energy_distance,
    gradient_penalty,
)
from audiogen.networks._means import Means
from audiogen.networks._tensorflow import check_backend, weight_gradients

__all__ = ["AdversarialModel"]

_VALIDATION_SEED = 0


class AdversarialModel(keras.Model):
    """Generator and discriminator.

    A batch is ``((x, z),)`` or ``((x, z, condition),)``: samples, latents and encoded
    conditions.

    Parameters
    ----------
    generator : keras.Model
        Inputs [z] or [z, condition], output of the shape of x.
    discriminator : keras.Model
        Inputs [x] or [x, condition], outputs [score] or [score, condition].
    conditions : sequence of (int, bool), default=()
        Of each condition, how many numbers encode it, and whether it is a category.
    loss : {"bce", "wasserstein", "hinge"}, default="bce"
        What the score is trained on.
    penalty_weight : float, default=10.0
        Weight of the gradient penalty [1]_.
    penalty_interval : int, default=1
        Steps from one penalty to the next, each of them weighted as many times.
    auxiliary_weight : float, default=1.0
        Weight of the losses of the discriminator's second output.
    augment : bool, default=False
        Whether the discriminator sees changed samples.
    seed : int, default=0
        Seed of the draws while training.

    References
    ----------
    .. [1] I. Gulrajani et al., "Improved Training of Wasserstein GANs", NeurIPS 2017.
    """

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        conditions: Sequence[tuple[int, bool]] = (),
        loss: str = "bce",
        penalty_weight: float = 10.0,
        penalty_interval: int = 1,
        auxiliary_weight: float = 1.0,
        augment: bool = False,
        seed: int = 0,
    ) -> None:
        check_backend()
        super().__init__(name="gan", dtype="float32")
        self.generator = generator
        self.discriminator = discriminator
        self.conditions = conditions
        self.loss_kind = loss
        self.penalty_weight = penalty_weight
        self.penalty_interval = penalty_interval
        self.auxiliary_weight = auxiliary_weight
        self.augment = augment
        self.draws = keras.random.SeedGenerator(seed)
        names = ["loss", "discriminator_loss", "penalty", "accuracy"]
        names += ["auxiliary_loss"] * (len(discriminator.outputs) > 1)
        names += ["distance", "real_spread", "spread"]
        self.means = Means(names)
        self.built = True

    @property
    def networks(self) -> dict[str, keras.Model]:
        """The networks, by their names."""
        return {"generator": self.generator, "discriminator": self.discriminator}

    @property
    def metrics(self) -> list[keras.Metric]:
        """The means of an epoch."""
        return [self.means]

    def compile(self, optimizer: Any, discriminator_optimizer: Any, **kwargs: Any) -> None:
        """Take the two optimizers."""
        super().compile(optimizer=optimizer, **kwargs)
        self.discriminator_optimizer = discriminator_optimizer
        optimizer.build(self.generator.trainable_variables)
        discriminator_optimizer.build(self.discriminator.trainable_variables)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Return what the generator makes of latents and conditions."""
        return self.generator(list(inputs), training=training)

    def train_step(self, data: tuple) -> dict[str, Any]:
        """Train the discriminator, then the generator, on one batch."""
        x, z, *given = _exact(data[0])
        due: Any = True  # a branch costs a twentieth of the step
        if self.penalty_interval > 1:
            due = ops.equal(self.discriminator_optimizer.iterations % self.penalty_interval, 0)
        weights = self.generator.trainable_variables
        (_, generated, figures), gradients = weight_gradients(
            lambda: self._generator_loss(x, z, given, due), weights
        )
        self.optimizer.apply(gradients, weights)
        return self._taken_in(x, generated, figures, due)

    def test_step(self, data: tuple) -> dict[str, Any]:
        """Measure generator and discriminator on one batch."""
        x, z, *given = _exact(data[0])
        generated = self.generator([z, *given], training=False)
        real, *_ = self._outputs(x, given, training=False)
        score, *guess = self._outputs(generated, given, training=False)
        figures = {
            "loss": adversarial_loss(self.loss_kind, score),
            "discriminator_loss": critic_loss(self.loss_kind, real, score, None),
            "accuracy": _accuracy(real, score),
            "penalty": self._penalty(x, generated, given, _VALIDATION_SEED, training=False),
        }
        if guess:
            figures["auxiliary_loss"] = condition_loss(guess[0], given[0], self.conditions)
        return self._taken_in(x, generated, figures, True)

    def get_metrics_result(self) -> dict[str, Any]:
        """Return the means so far; distance and spread in units of the real samples' spread."""
        results = self.means.result()
        distance, real_spread, spread = (
            results.pop(name) for name in ("distance", "real_spread", "spread")
        )
        varied = real_spread > 0
        unit = ops.where(varied, real_spread, 1.0)
        return {
            "distance": distance / unit,
            "diversity": ops.where(varied, spread / unit, 1.0),
            **results,
        }

    def _generator_loss(self, x: Any, z: Any, given: list, due: Any) -> tuple:
        """Train the discriminator; return the generator's loss, what it generated, and figures."""
        generated = self.generator([z, *given], training=True)
        figures = self._train_discriminator(x, ops.stop_gradient(generated), given, due)
        seen = augment(generated, self.draws) if self.augment else generated
        score, *guess = self._outputs(seen, given)
        loss = figures["loss"] = adversarial_loss(self.loss_kind, score)
        if guess:
            missed = figures["auxiliary_loss"] = condition_loss(
                guess[0], given[0], self.conditions
            )
            loss += self.auxiliary_weight * missed
        return loss, generated, figures

    def _train_discriminator(
        self, x: Any, generated: Any, given: list, due: Any
    ) -> dict[str, Any]:
        """Train the discriminator and return its figures."""
        weights = self.discriminator.trainable_variables
        if self.augment:
            x, generated = (augment(values, self.draws) for values in (x, generated))
        (_, figures), gradients = weight_gradients(
            lambda: self._discriminator_loss(x, generated, given, due), weights
        )
        self.discriminator_optimizer.apply(gradients, weights)
        return figures

    def _discriminator_loss(self, x: Any, generated: Any, given: list, due: Any) -> tuple:
        """Return the loss of the discriminator, and figures."""
        both = [ops.concatenate([values, values]) for values in given]
        scores, *guess = self._outputs(ops.concatenate([x, generated]), both)
        n = ops.shape(x)[0]
        real, score = scores[:n], scores[n:]
        loss = critic_loss(self.loss_kind, real, score, self.draws)
        figures = {"discriminator_loss": loss, "accuracy": _accuracy(real, score), "penalty": 0.0}
        if guess:
            loss += self.auxiliary_weight * condition_loss(guess[0][:n], given[0], self.conditions)
        if self.penalty_weight:
            penalty = figures["penalty"] = self._lazy_penalty(x, generated, given, due)
            loss += self.penalty_weight * self.penalty_interval * penalty
        return loss, figures

    def _outputs(self, x: Any, given: list, training: bool = True) -> list:
        """Return the discriminator's outputs as a list: Keras gives a single one as it is."""
        outputs = self.discriminator([x, *given], training=training)
        return list(outputs) if isinstance(outputs, list | tuple) else [outputs]

    def _lazy_penalty(self, x: Any, generated: Any, given: list, due: Any) -> Any:
        """Return the penalty, or zero in the steps that leave it out."""

        def penalty() -> Any:
            return self._penalty(x, generated, given, self.draws)

        if due is True:
            return penalty()
        return ops.cond(due, penalty, lambda: ops.zeros((), "float32"))

    def _penalty(
        self, x: Any, generated: Any, given: list, draws: Any, training: bool = True
    ) -> Any:
        """Return the gradient penalty of the discriminator's score."""
        return gradient_penalty(
            lambda mixed: self._outputs(mixed, given, training)[0], x, generated, draws
        )

    def _taken_in(
        self, x: Any, generated: Any, figures: dict[str, Any], due: Any
    ) -> dict[str, Any]:
        """Take the figures of a batch in, and how like the real samples generated ones are."""
        names = "distance", "real_spread", "spread"
        compared = dict(zip(names, energy_distance(x, generated), strict=True))
        size = ops.shape(x)[0]
        several = size > 1
        self.means.update_state(
            {**figures, **compared}, size, penalty=due, real_spread=several, spread=several
        )
        return self.get_metrics_result()


def _accuracy(real: Any, generated: Any) -> Any:
    """Return how often a real sample has a higher score than a generated one."""
    return 0.5 + 0.5 * ops.mean(ops.sign(real - ops.transpose(generated)))


def _exact(values: Any) -> list:
    return [ops.cast(value, "float32") for value in values]
