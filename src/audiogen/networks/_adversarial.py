"""The adversarial model: two networks that learn from each other.

Keras has no gradient function of its own: this is the one file that needs TensorFlow.
"""

import keras
from keras import ops

from audiogen.networks._augmentation import augment
from audiogen.networks._gan_losses import (
    adversarial_loss,
    condition_loss,
    critic_loss,
    energy_distance,
)

if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

__all__ = ["AdversarialModel"]

_SAFE = 1e-12  # under the root, whose gradient at zero is infinite
_VALIDATION_SEED = 0


@keras.saving.register_keras_serializable("audiogen")
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
        generator,
        discriminator,
        conditions=(),
        loss="bce",
        penalty_weight=10.0,
        penalty_interval=1,
        auxiliary_weight=1.0,
        augment=False,
        seed=0,
        **kwargs,
    ):
        if keras.backend.backend() != "tensorflow":
            raise RuntimeError(
                "Adversarial training needs the TensorFlow backend of Keras. Got "
                f"{keras.backend.backend()!r}; set the environment variable "
                "KERAS_BACKEND=tensorflow before Keras is first imported."
            )
        super().__init__(**kwargs)
        self.generator = generator
        self.discriminator = discriminator
        self.conditions = [tuple(condition) for condition in conditions]
        self.loss_kind = loss
        self.penalty_weight = penalty_weight
        self.penalty_interval = penalty_interval
        self.auxiliary_weight = auxiliary_weight
        self.augment = augment
        self.seed = seed
        self.draws = keras.random.SeedGenerator(seed)
        names = ["generator_loss", "discriminator_loss", "penalty", "accuracy"]
        names += ["auxiliary_loss"] * (len(discriminator.outputs) > 1)
        names += ["distance", "real_spread", "spread"]
        self.means = {name: keras.metrics.Mean(name=name) for name in names}
        self.built = True

    def compile(self, optimizer, discriminator_optimizer, **kwargs):
        """Take the two optimizers."""
        super().compile(optimizer=optimizer, **kwargs)
        self.discriminator_optimizer = discriminator_optimizer
        optimizer.build(self.generator.trainable_variables)
        discriminator_optimizer.build(self.discriminator.trainable_variables)

    def call(self, inputs, training=None):
        """Return what the generator makes of latents and conditions."""
        return self.generator(list(inputs), training=training)

    def train_step(self, data):
        """Train the discriminator, then the generator, on one batch."""
        x, z, *given = data[0]
        weights = self.generator.trainable_variables
        with tf.GradientTape() as tape:
            generated = self.generator([z, *given], training=True)
            self._train_discriminator(x, ops.stop_gradient(generated), given)
            seen = augment(generated, self.draws) if self.augment else generated
            score, *guess = self._outputs(seen, given)
            loss = adversarial_loss(self.loss_kind, _exact(score))
            self._note("generator_loss", loss, x)
            if guess:
                loss += self._auxiliary(guess[0], given[0], x)
        gradients = tape.gradient(loss, weights)
        self.optimizer.apply(gradients, weights)
        self._compare(x, generated)
        return self._results()

    def test_step(self, data):
        """Measure generator and discriminator on one batch."""
        x, z, *given = data[0]
        generated = self.generator([z, *given], training=False)
        real, *_ = self._outputs(x, given, training=False)
        score, *guess = self._outputs(generated, given, training=False)
        self._note("generator_loss", adversarial_loss(self.loss_kind, _exact(score)), x)
        self._judged(x, _exact(real), _exact(score), None)
        self._note("penalty", self._penalty(x, generated, given, _VALIDATION_SEED, False), x)
        if guess:
            self._auxiliary(guess[0], given[0], x)
        self._compare(x, generated)
        return self._results()

    def _train_discriminator(self, x, generated, given):
        weights = self.discriminator.trainable_variables
        if self.augment:
            x, generated = (augment(values, self.draws) for values in (x, generated))
        with tf.GradientTape() as tape:
            real, *guess = self._outputs(x, given)
            score, *_ = self._outputs(generated, given)
            loss = self._judged(x, _exact(real), _exact(score), self.draws)
            if guess:
                loss += self.auxiliary_weight * condition_loss(
                    _exact(guess[0]), given[0], self.conditions
                )
            if self.penalty_weight:
                loss += self._lazy_penalty(x, generated, given)
        gradients = tape.gradient(loss, weights)
        self.discriminator_optimizer.apply(gradients, weights)

    def _outputs(self, x, given, training=True):
        """Return the discriminator's outputs as a list: Keras gives a single one as it is."""
        outputs = self.discriminator([x, *given], training=training)
        return outputs if isinstance(outputs, list | tuple) else [outputs]

    def _judged(self, x, real, score, draws):
        """Note, and return, the discriminator's loss; note how often it is right."""
        loss = critic_loss(self.loss_kind, real, score, draws)
        self._note("discriminator_loss", loss, x)
        higher = ops.cast(real > ops.transpose(score), "float32")
        equal = ops.cast(ops.equal(real, ops.transpose(score)), "float32")
        self._note("accuracy", ops.mean(higher + 0.5 * equal), x)
        return loss

    def _auxiliary(self, guess, condition, x):
        loss = condition_loss(_exact(guess), condition, self.conditions)
        self._note("auxiliary_loss", loss, x)
        return self.auxiliary_weight * loss

    def _lazy_penalty(self, x, generated, given):
        """Return the weighted penalty, or zero in the steps that leave it out."""
        interval = self.penalty_interval
        if interval == 1:  # a branch costs a twentieth of the step
            due, penalty = True, self._penalty(x, generated, given, self.draws, True)
        else:
            due = ops.equal(self.discriminator_optimizer.iterations % interval, 0)
            penalty = tf.cond(
                due,
                lambda: self._penalty(x, generated, given, self.draws, True),
                lambda: tf.constant(0.0),
            )
        self._note("penalty", penalty, x, due)
        return self.penalty_weight * interval * penalty

    def _penalty(self, x, generated, given, draws, training):
        """Return how far gradients between real and generated samples are from length 1."""
        shape = (ops.shape(x)[0],) + (1,) * (len(x.shape) - 1)
        share = keras.random.uniform(shape, seed=draws)
        mixed = share * x + (1 - share) * ops.cast(generated, "float32")
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(mixed)
            score, *_ = self._outputs(mixed, given, training)
        slopes = ops.reshape(_exact(tape.gradient(score, mixed)), (ops.shape(x)[0], -1))
        norms = ops.sqrt(ops.sum(ops.square(slopes), axis=1) + _SAFE)
        return ops.mean(ops.square(norms - 1))

    def _compare(self, x, generated):
        """Note the distance of generated from real samples, and how varied they are."""
        distance, real_spread, spread = energy_distance(x, generated)
        self._note("distance", distance, x)
        several = ops.shape(x)[0] > 1
        self._note("real_spread", real_spread, x, several)
        self._note("spread", spread, x, several)

    def _note(self, name, value, x, counts=True):
        weight = ops.cast(ops.shape(x)[0], "float32") * ops.cast(counts, "float32")
        self.means[name].update_state(value, sample_weight=weight)

    def _results(self):
        """Return the means so far; distance and spread in units of the real samples' spread."""
        results = {name: mean.result() for name, mean in self.means.items()}
        distance, real_spread, spread = (
            results.pop(name) for name in ("distance", "real_spread", "spread")
        )
        varied = real_spread > 0
        unit = ops.where(varied, real_spread, 1.0)
        return {
            "loss": distance / unit,
            "diversity": ops.where(varied, spread / unit, 1.0),
            **results,
        }

    def get_config(self):
        """Return what `from_config` needs."""
        return {
            "generator": keras.saving.serialize_keras_object(self.generator),
            "discriminator": keras.saving.serialize_keras_object(self.discriminator),
            "conditions": self.conditions,
            "loss": self.loss_kind,
            "penalty_weight": self.penalty_weight,
            "penalty_interval": self.penalty_interval,
            "auxiliary_weight": self.auxiliary_weight,
            "augment": self.augment,
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config):
        """Build the model from what `get_config` returned."""
        config = dict(config)
        for name in ("generator", "discriminator"):
            config[name] = keras.saving.deserialize_keras_object(config[name], safe_mode=True)
        return cls(**config)


def _exact(scores):
    return ops.cast(scores, "float32")
