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
        self.means = {name: keras.metrics.Mean(name=name, dtype="float32") for name in names}
        self.built = True

    @property
    def networks(self) -> dict[str, keras.Model]:
        """The networks, by their names."""
        return {"generator": self.generator, "discriminator": self.discriminator}

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
        weights = self.generator.trainable_variables
        (_, generated), gradients = weight_gradients(
            lambda: self._generator_loss(x, z, given), weights
        )
        self.optimizer.apply(gradients, weights)
        self._compare(x, generated)
        return self._results()

    def test_step(self, data: tuple) -> dict[str, Any]:
        """Measure generator and discriminator on one batch."""
        x, z, *given = _exact(data[0])
        generated = self.generator([z, *given], training=False)
        real, *_ = self._outputs(x, given, training=False)
        score, *guess = self._outputs(generated, given, training=False)
        self._record("loss", adversarial_loss(self.loss_kind, score), x)
        self._critic_loss(x, real, score, None)
        penalty = self._penalty(x, generated, given, _VALIDATION_SEED, training=False)
        self._record("penalty", penalty, x)
        if guess:
            self._auxiliary_loss(guess[0], given[0], x)
        self._compare(x, generated)
        return self._results()

    def _generator_loss(self, x: Any, z: Any, given: list) -> tuple:
        """Train the discriminator; return the generator's loss, and what it generated."""
        generated = self.generator([z, *given], training=True)
        self._train_discriminator(x, ops.stop_gradient(generated), given)
        seen = augment(generated, self.draws) if self.augment else generated
        score, *guess = self._outputs(seen, given)
        loss = adversarial_loss(self.loss_kind, score)
        self._record("loss", loss, x)
        if guess:
            loss += self._auxiliary_loss(guess[0], given[0], x)
        return loss, generated

    def _train_discriminator(self, x: Any, generated: Any, given: list) -> None:
        weights = self.discriminator.trainable_variables
        if self.augment:
            x, generated = (augment(values, self.draws) for values in (x, generated))
        _, gradients = weight_gradients(
            lambda: (self._discriminator_loss(x, generated, given),), weights
        )
        self.discriminator_optimizer.apply(gradients, weights)

    def _discriminator_loss(self, x: Any, generated: Any, given: list) -> Any:
        real, *guess = self._outputs(x, given)
        score, *_ = self._outputs(generated, given)
        loss = self._critic_loss(x, real, score, self.draws)
        if guess:
            loss += self.auxiliary_weight * condition_loss(guess[0], given[0], self.conditions)
        if self.penalty_weight:
            loss += self._lazy_penalty(x, generated, given)
        return loss

    def _outputs(self, x: Any, given: list, training: bool = True) -> list:
        """Return the discriminator's outputs as a list: Keras gives a single one as it is."""
        outputs = self.discriminator([x, *given], training=training)
        return list(outputs) if isinstance(outputs, list | tuple) else [outputs]

    def _critic_loss(self, x: Any, real: Any, score: Any, draws: Any) -> Any:
        """Record, and return, the loss of the scores; record how often they are right."""
        loss = critic_loss(self.loss_kind, real, score, draws)
        self._record("discriminator_loss", loss, x)
        higher = ops.cast(real > ops.transpose(score), "float32")
        equal = ops.cast(ops.equal(real, ops.transpose(score)), "float32")
        self._record("accuracy", ops.mean(higher + 0.5 * equal), x)
        return loss

    def _auxiliary_loss(self, guess: Any, condition: Any, x: Any) -> Any:
        """Record the loss of the second output, and return it weighted."""
        loss = condition_loss(guess, condition, self.conditions)
        self._record("auxiliary_loss", loss, x)
        return self.auxiliary_weight * loss

    def _lazy_penalty(self, x: Any, generated: Any, given: list) -> Any:
        """Return the weighted penalty, or zero in the steps that leave it out."""
        interval = self.penalty_interval
        if interval == 1:  # a branch costs a twentieth of the step
            due, penalty = True, self._penalty(x, generated, given, self.draws)
        else:
            due = ops.equal(self.discriminator_optimizer.iterations % interval, 0)
            penalty = ops.cond(
                due,
                lambda: self._penalty(x, generated, given, self.draws),
                lambda: ops.zeros((), "float32"),
            )
        self._record("penalty", penalty, x, due)
        return self.penalty_weight * interval * penalty

    def _penalty(
        self, x: Any, generated: Any, given: list, draws: Any, training: bool = True
    ) -> Any:
        """Return the gradient penalty of the discriminator's score."""
        return gradient_penalty(
            lambda mixed: self._outputs(mixed, given, training)[0], x, generated, draws
        )

    def _compare(self, x: Any, generated: Any) -> None:
        """Record the distance of generated from real samples, and how varied they are."""
        distance, real_spread, spread = energy_distance(x, generated)
        self._record("distance", distance, x)
        several = ops.shape(x)[0] > 1
        self._record("real_spread", real_spread, x, several)
        self._record("spread", spread, x, several)

    def _record(self, name: str, value: Any, x: Any, counts: Any = True) -> None:
        """Take the value of a batch into the mean of an epoch, if it counts."""
        weight = ops.cast(ops.shape(x)[0], "float32") * ops.cast(counts, "float32")
        self.means[name].update_state(value, sample_weight=weight)

    def _results(self) -> dict[str, Any]:
        """Return the means so far; distance and spread in units of the real samples' spread."""
        results = {name: mean.result() for name, mean in self.means.items()}
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


def _exact(values: Any) -> list:
    return [ops.cast(value, "float32") for value in values]
