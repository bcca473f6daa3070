"""The generative adversarial network."""

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from audiogen.generators._architecture import network_body
from audiogen.generators._forward import dense_decoder
from audiogen.generators._latents import LatentMixin
from audiogen.generators._trained import TrainedGenerator
from audiogen.training import FitData
from audiogen.utils.validation import Instance, Interval, Options, Sizes

__all__ = ["GANGenerator"]

_DECAY = 0.9, 10_000  # of the learning rate, and the steps it takes
_SLOPE = 0.2  # of LeakyReLU, as in audiogen.networks
_BETA_1 = 0.5  # Adam's usual 0.9 oscillates where two networks chase each other


class GANGenerator(LatentMixin, TrainedGenerator):
    """Generative adversarial network of audio, features or spectrograms.

    A generator maps noise to sounds, a discriminator tells them from real ones, and each
    learns from the other [1]_. Both are given the condition: it enters the generator with
    the noise, and the discriminator as a projection [2]_.

    Parameters
    ----------
    latent_dim : int, default=128
        Number of dimensions of a latent, the noise that a sound is decoded from.
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
        Decay, for each step, of the exponential moving average of the generator's weights
        that samples are made with; 0 uses the weights themselves.
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
        Kernel size of the convolutions; None is 25 for 1-D and 5 for 2-D convolutions.
    strides : int or None, default=None
        Strides of the convolutions; None is 4 for 1-D and 2 for 2-D convolutions.
    block : {"plain", "residual"}, default="plain"
        Whether both networks are of plain layers or of residual blocks [5]_.
    attention : bool, default=False
        Whether both have self-attention [6]_ at the coarsest resolution of their
        convolutions.
    dropout : float, default=0.3
        Share of the outputs of the discriminator's layers that is dropped in training.
    epochs : int, default=150
        Largest number of passes over the data.
    batch_size : int, default=64
        Number of samples in a batch.
    learning_rate : float, default=2e-4
        Learning rate of both Adam optimizers at the start; it decays by 0.9 every 10,000
        steps.
    clipvalue : float or None, default=1.0
        The largest absolute value of a gradient; None clips nothing.
    text : str, default=None
        Name of the column of y that is read as words, by `TextConditions`; None reads none.
    max_samples : int, float or None, default=None
        Number (int) or share (float) of the samples that are used, drawn at random; None
        uses all.
    validation_fraction : float, default=0.1
        Share of the samples that are held out to measure "val_loss". Where that is less than
        one sample, none is held out.
    patience : int or None, default=None
        Number of epochs without a lower "val_distance" ("distance" where nothing is held
        out) after which training stops and the best weights are restored; None never stops.
    plateau_patience : int or None, default=None
        Number of such epochs after which the learning rate is halved; None leaves it.
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        Precision that layers compute in; weights, losses and outputs stay float32. The lower
        one is faster on processors that multiply bfloat16, for convolutions above all.
    warm_start : bool, default=False
        Whether `fit` continues the last training instead of starting anew.
    random_state : int, RandomState or None, default=None
        Seed of weights, order, split and draws. The same int gives the same bits on the same
        machine.
    verbose : int, default=0
        1 shows progress.

    Attributes
    ----------
    generator_, discriminator_ : keras.Model
        The networks; the generator with averaged weights.
    history_ : dict of str to list of float
        One value an epoch; keys that begin with "val_" are for held-out samples and the
        averaged generator. "loss" and "discriminator_loss" are those that `loss` names, of
        the generator and of the discriminator: neither tells how good the sounds are.
        "distance" is the energy distance of generated from real samples, 0 where they are
        alike, and "diversity" the mean distance between generated samples, both over the mean
        distance between real ones. "accuracy" is how often the discriminator scores a real
        sample above a generated one, "penalty" the gradient penalty without its weight, and
        "auxiliary_loss" how far generated sounds are from telling their condition.
    n_iter_ : int
        Number of epochs trained.
    n_features_in_ : int
        Length of the second axis of X.
    latent_dim_ : int
        Number of dimensions of a latent.
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
        **TrainedGenerator._constraints,
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
        latent_dim: int = 128,
        *,
        loss: str = "bce",
        penalty_weight: float = 10.0,
        penalty_interval: int = 1,
        augment: bool = False,
        auxiliary_weight: float = 1.0,
        ema: float = 0.99,
        architecture: str = "auto",
        units: Sequence[int] = (256, 256),
        filters: Sequence[int] = (16, 32, 64, 64),
        kernel_size: int | None = None,
        strides: int | None = None,
        block: str = "plain",
        attention: bool = False,
        dropout: float = 0.3,
        epochs: int = 150,
        batch_size: int = 64,
        learning_rate: float = 2e-4,
        clipvalue: float | None = 1.0,
        text: str | None = None,
        max_samples: float | None = None,
        validation_fraction: float = 0.1,
        patience: int | None = None,
        plateau_patience: int | None = None,
        precision: str = "float32",
        warm_start: bool = False,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
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
        self.text = text
        self.max_samples = max_samples
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.plateau_patience = plateau_patience
        self.precision = precision
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    # What `patience` watches: neither side's loss tells how good the sounds are.
    _monitored = "distance"

    @property
    def generator_(self) -> Any:
        """The network from latents and conditions to sounds, with averaged weights."""
        return self._network("generator")

    @property
    def discriminator_(self) -> Any:
        """The network that tells real from generated sounds."""
        return self._network("discriminator")

    # --------------------------------------------------------------------- hooks

    def _architecture(self, data: FitData) -> dict[str, Any]:
        shape = self.sample_shape_
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
        if self.conditions_ is not None:
            widths = self.conditions_.widths_
            kinds = self.conditions_.group_names_
            conditions = [(width, name in kinds) for name, width in widths.items()]
        return {
            "shape": shape,
            "conditions": conditions,
            "latent_dim": self.latent_dim,
            "body": body,
            "n_hidden": self.units[-1],
            "residual": self.block == "residual",
            "attention": self.attention,
            "dropout": self.dropout,
            "bounded": self._scaling.bounded_,
            "auxiliary": self.auxiliary_weight > 0,
            "loss": self.loss,
            "penalty_weight": self.penalty_weight,
            "penalty_interval": self.penalty_interval,
            "auxiliary_weight": self.auxiliary_weight,
            "augment": self.augment,
        }

    @staticmethod
    def _build(**architecture: Any) -> Any:
        from audiogen.networks import build_gan

        return build_gan(**architecture)

    def _refuse_without_convolutions(self, shape: tuple[int, ...]) -> None:
        for name in ("augment", "attention"):
            if getattr(self, name):
                raise ValueError(
                    f"{name}=True is for networks of convolutions, on waveforms and spectrograms. "
                    f"Got samples of shape {shape} and dense layers; leave {name} at False, or "
                    "set architecture='conv1d' for short waveforms."
                )

    def _optimizer_settings(self) -> list[dict[str, Any]]:
        clip = {} if self.clipvalue is None else {"clipvalue": self.clipvalue}
        both = {"learning_rate": self.learning_rate, "decay": _DECAY, "beta_1": _BETA_1, **clip}
        return [{**both, "ema": self.ema}, {**both, "ema": 0.0}]

    def _own_callbacks(self, data: FitData) -> list[Any]:
        from audiogen.training.callbacks import Collapse

        return [Collapse(self.history_)]

    def _batch(self, x: np.ndarray, condition: np.ndarray | None, rng: Any) -> Any:
        z = rng.standard_normal((len(x), self._arguments["latent_dim"]), dtype=np.float32)
        return ((x, z) if condition is None else (x, z, condition),)

    def _finish(self, data: FitData) -> None:
        self.latent_dim_ = self._arguments["latent_dim"]

    def _decode(self, Z: np.ndarray, condition: np.ndarray | None) -> np.ndarray:
        if "units" in self._arguments["body"]:
            return dense_decoder(
                self._weights["generator"],
                Z,
                condition,
                shape=self.sample_shape_,
                activation="tanh" if self._scaling.bounded_ else "linear",
                residual=self._arguments["residual"],
                slope=_SLOPE,
            )
        return self._predict(self.generator_, Z.astype(np.float32, copy=False), condition)
