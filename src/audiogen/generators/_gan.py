"""The generative adversarial network."""

import numbers
from functools import partial

import numpy as np
from sklearn.utils.validation import check_is_fitted

from audiogen.generators._base import BaseGenerator
from audiogen.generators._body import network_body
from audiogen.generators._sampler import latents_of
from audiogen.utils.validation import Instance, Interval, Options, Sizes

__all__ = ["GANGenerator"]

_DECAY = 0.9, 10_000  # of the learning rate, and the steps it takes
_BETA_1 = 0.5  # Adam's usual 0.9 oscillates where two networks chase each other


class GANGenerator(BaseGenerator):
    """Generative adversarial network of audio, features or spectrograms.

    A generator maps noise to sounds, a discriminator tells them from real ones, and each
    learns from the other [1]_. Both are given the condition: it enters the generator with
    the noise, and the discriminator as a projection [2]_.

    Parameters
    ----------
    latent_dim : int, default=128
        Numbers in a latent, the noise that a sound is made from.
    loss : {"bce", "wasserstein", "hinge"}, default="bce"
        What the discriminator's scores are trained on: binary cross-entropy with labels
        0.9 (real) and 0 (generated), both plus noise; the Wasserstein distance [3]_; or the
        hinge loss.
    penalty_weight : float, default=10.0
        Weight of the gradient penalty [3]_: the squared deviation from 1 of the length
        of the score's gradient, at points evenly drawn between real and generated samples.
    penalty_interval : int, default=1
        Steps from one penalty to the next; a larger number saves time.
    augment : bool, default=False
        Whether the discriminator sees changed samples, real and generated alike: time
        shift, gain and polarity of waveforms, time shift and gain of spectrograms.
    auxiliary_weight : float, default=1.0
        Weight of the losses of a second output of the discriminator, which tells the
        condition [4]_; 0 leaves it out.
    ema : float, default=0.99
        Share that each step leaves of the running average of the generator's weights, with
        which sounds are made. 0 takes the weights as they are.
    architecture : {"auto", "dense", "conv1d", "conv2d"}, default="auto"
        Kind of networks. "auto" takes dense layers for ``(n_samples, n_features)`` up
        to 2,048 features, 1-D convolutions for longer waveforms and for
        ``(n_samples, n, channels)``, 2-D convolutions for spectrograms
        ``(n_samples, rows, columns, channels)``.
    units : tuple of int, default=(256, 256)
        Units of the dense layers of the discriminator; the generator has them in reverse.
        After convolutions the discriminator has one dense layer, with the last of them.
    filters : tuple of int, default=(16, 32, 64, 64)
        Filters of the convolutions of the discriminator; the generator has them in
        reverse.
    kernel_size : int or None, default=None
        Of the convolutions; None is 25 for 1-D and 5 for 2-D convolutions.
    strides : int or None, default=None
        Of the convolutions; None is 4 for 1-D and 2 for 2-D convolutions.
    block : {"plain", "residual"}, default="plain"
        Whether both networks are of plain layers or of residual blocks [5]_.
    attention : bool, default=False
        Whether both have self-attention [6]_ at the coarsest resolution of their
        convolutions.
    dropout : float, default=0.3
        Share of the outputs of the discriminator's layers that is dropped in training.
    epochs : int, default=150
        Passes over the data, at most.
    batch_size : int, default=64
        Samples in a batch.
    learning_rate : float, default=2e-4
        Of both Adam optimizers, at the start; it decays by 0.9 every 10,000 steps.
    clipvalue : float or None, default=1.0
        The largest absolute value of a gradient; None clips nothing.
    max_samples : int, float or None, default=None
        How many samples (int), or what share of them (float), are used, drawn at
        random; None uses all.
    validation_fraction : float, default=0.1
        Share of the samples set aside to measure `val_loss`. Where that is no whole
        sample, none is.
    patience : int or None, default=None
        Training stops after so many epochs without a lower `val_loss` (`loss` where
        nothing is set aside), and the best weights come back. None never stops.
    plateau_patience : int or None, default=None
        The learning rate is halved after so many such epochs. None leaves it.
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        What layers compute in. Outputs, losses and weights stay float32. Faster on
        processors that multiply bfloat16, for convolutions above all.
    warm_start : bool, default=False
        Whether `fit` goes on from where the last one ended.
    random_state : int, RandomState or None, default=None
        Decides weights, order, split and draws. The same int gives the same bits on the
        same machine.
    verbose : int, default=0
        1 shows progress.

    Attributes
    ----------
    generator_, discriminator_ : keras.Model
        The networks; the generator with averaged weights.
    history_ : dict of str to list of float
        One value an epoch, and that of held-out samples and the averaged generator behind
        "val_". "generator_loss" and "discriminator_loss" are the two sides of the game:
        neither tells how good the sounds are. "penalty" is the gradient penalty without its
        weight, "auxiliary_loss" how far generated sounds are from telling their condition.
        "loss" is the energy distance of generated from real samples, 0 where they are
        alike, and "diversity" the mean distance between generated samples, both over the mean
        distance between real ones; "accuracy" is how often the discriminator scores a real
        sample above a generated one.
    n_iter_ : int
        Epochs trained.
    n_features_in_ : int
        Length of the second axis of X.
    sample_shape_ : tuple of int
        Shape of one sample.
    condition_names_ : list
        Names of the conditions; empty without y.
    categories_ : dict
        Categories of each condition, None for a quantity.

    Warns
    -----
    ConvergenceWarning
        Where training has collapsed: all samples are alike, the discriminator is at
        certainty, or at chance while samples are still poor, for many epochs.

    Notes
    -----
    The default for waveforms and spectrograms is the architecture of the report that
    inspired audiogen: noise, a dense layer, transposed convolutions with batch
    normalisation and LeakyReLU to a hyperbolic tangent, against strided convolutions with
    LeakyReLU and dropout, flattened, dense, to one score; and so are loss, labels, penalty,
    optimizers, rates, batch size and epochs. It names no filter counts, kernels, strides or
    latent size: those here are sized for two cores. Learnt from waveforms it gives noise;
    features such as those of `HarmonicPlusNoise` and a PCA give notes.

    X within [-1, 1] gets a bounded output, a hyperbolic tangent; any other X is centred
    and scaled, and gets a linear one.

    It needs Keras' TensorFlow backend.

    References
    ----------
    .. [1] I. Goodfellow et al., "Generative Adversarial Nets", NeurIPS 2014.
    .. [2] T. Miyato, M. Koyama, "cGANs with Projection Discriminator", ICLR 2018.
    .. [3] I. Gulrajani et al., "Improved Training of Wasserstein GANs", NeurIPS 2017.
    .. [4] A. Odena, C. Olah, J. Shlens, "Conditional Image Synthesis with Auxiliary
       Classifier GANs", ICML 2017.
    .. [5] K. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016.
    .. [6] H. Zhang et al., "Self-Attention Generative Adversarial Networks", ICML 2019.

    Examples
    --------
    >>> from audiogen.generators import GANGenerator
    >>> X = [[0.0, 2.0], [1.0, 3.0], [4.0, 4.0], [5.0, 5.0]]
    >>> gan = GANGenerator(latent_dim=2, units=(8,), epochs=1, random_state=0)
    >>> gan.fit(X, y=["low", "low", "high", "high"]).sample(3, y="low").shape
    (3, 2)
    """

    _constraints = {
        **BaseGenerator._constraints,
        "latent_dim": Interval(numbers.Integral, 1, None),
        "loss": Options("bce", "wasserstein", "hinge"),
        "penalty_weight": Interval(numbers.Real, 0, None),
        "penalty_interval": Interval(numbers.Integral, 1, None),
        "augment": Instance((bool, np.bool_), "a bool"),
        "auxiliary_weight": Interval(numbers.Real, 0, None),
        "architecture": Options("auto", "dense", "conv1d", "conv2d"),
        "units": Sizes(),
        "filters": Sizes(),
        "kernel_size": (Options(None), Interval(numbers.Integral, 1, None)),
        "strides": (Options(None), Interval(numbers.Integral, 1, None)),
        "block": Options("plain", "residual"),
        "attention": Instance((bool, np.bool_), "a bool"),
        "dropout": Interval(numbers.Real, 0, 1),
        "clipvalue": (Options(None), Interval(numbers.Real, 0, None, closed="neither")),
    }

    def __init__(
        self,
        latent_dim=128,
        *,
        loss="bce",
        penalty_weight=10.0,
        penalty_interval=1,
        augment=False,
        auxiliary_weight=1.0,
        ema=0.99,
        architecture="auto",
        units=(256, 256),
        filters=(16, 32, 64, 64),
        kernel_size=None,
        strides=None,
        block="plain",
        attention=False,
        dropout=0.3,
        epochs=150,
        batch_size=64,
        learning_rate=2e-4,
        clipvalue=1.0,
        max_samples=None,
        validation_fraction=0.1,
        patience=None,
        plateau_patience=None,
        precision="float32",
        warm_start=False,
        random_state=None,
        verbose=0,
    ):
        self.latent_dim = latent_dim
        self.loss = loss
        self.penalty_weight = penalty_weight
        self.penalty_interval = penalty_interval
        self.augment = augment
        self.auxiliary_weight = auxiliary_weight
        self.ema = ema
        self.architecture = architecture
        self.units = units
        self.filters = filters
        self.kernel_size = kernel_size
        self.strides = strides
        self.block = block
        self.attention = attention
        self.dropout = dropout
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.clipvalue = clipvalue
        self.max_samples = max_samples
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.plateau_patience = plateau_patience
        self.precision = precision
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    # ------------------------------------------------------------ public extras

    def decode(self, Z, y=None):
        """Return the sounds of latents.

        Parameters
        ----------
        Z : array-like of shape (n_samples, latent_dim)
            Latents; moving about in them changes the sound.
        y : array-like, DataFrame, scalar or dict, default=None
            The conditions; needed where there were any in `fit`.

        Returns
        -------
        X : ndarray of shape (n_samples, *sample_shape_), float32
        """
        check_is_fitted(self)
        Z = latents_of(Z, self.generator_.inputs[0].shape[1])
        made = self._predict(self.generator_, Z, self._encoded(len(Z), y))
        return self._scaling.inverse(made)

    # --------------------------------------------------------------------- hooks

    def _build(self, shape, condition_width, seed):
        from audiogen.networks import build_gan

        body = network_body(
            shape,
            architecture=self.architecture,
            units=self.units,
            filters=self.filters,
            kernel_size=self.kernel_size,
            strides=self.strides,
        )
        if "units" in body:
            self._refuse_without_convolutions(shape)
        conditions = []
        if condition_width:
            seen = self.conditions_.categories_
            widths = self.conditions_.widths_
            conditions = [(widths[name], seen[name] is not None) for name in widths]
        return build_gan(
            shape,
            conditions,
            latent_dim=self.latent_dim,
            body=body,
            n_hidden=self.units[-1],
            residual=self.block == "residual",
            attention=self.attention,
            dropout=self.dropout,
            bounded=self._scaling.bounded_,
            auxiliary=self.auxiliary_weight > 0,
            seed=seed,
            loss=self.loss,
            penalty_weight=self.penalty_weight,
            penalty_interval=self.penalty_interval,
            auxiliary_weight=self.auxiliary_weight,
            augment=self.augment,
        )

    def _refuse_without_convolutions(self, shape):
        for name in ("augment", "attention"):
            if getattr(self, name):
                raise ValueError(
                    f"{name}=True is for networks of convolutions, on waveforms and spectrograms. "
                    f"Got samples of shape {shape} and dense layers; leave {name} at False, or "
                    "set architecture='conv1d' for short waveforms."
                )

    def _optimizers(self):
        from audiogen.training import make_adam

        clip = {} if self.clipvalue is None else {"clipvalue": self.clipvalue}
        make = partial(make_adam, self.learning_rate, decay=_DECAY, beta_1=_BETA_1, **clip)
        return [make(ema=self.ema), make()]

    def _callbacks(self):
        from audiogen.training import Collapse

        return [*super()._callbacks(), Collapse(self.history_)]

    def _networks(self, model):
        return {"generator_": model.generator, "discriminator_": model.discriminator}

    def _batch(self, x, condition, rng):
        z = rng.standard_normal((len(x), self.latent_dim), dtype=np.float32)
        return ((x, z) if condition is None else (x, z, condition),)

    def _generate(self, n_samples, condition, rng):
        width = self.generator_.inputs[0].shape[1]
        z = rng.standard_normal((n_samples, width), dtype=np.float32)
        return self._predict(self.generator_, z, condition)
