"""The conditional variational autoencoder."""

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from audiogen.generators._architecture import network_body
from audiogen.generators._conditions import ConditionEncoder
from audiogen.generators._forward import dense_decoder, dense_encoder
from audiogen.generators._latents import EncoderMixin
from audiogen.generators._observation_noise import check_few_features, missing_spread
from audiogen.generators._trained import TrainedGenerator
from audiogen.training import FitData
from audiogen.utils.products import affine
from audiogen.utils.seeds import Stream, make_rng
from audiogen.utils.validation import Instance, Interval, Options, Sizes

__all__ = ["ConditionalVAE"]

_MOST_FOR_NOISE = 4096  # samples that tell the noise


class ConditionalVAE(EncoderMixin, TrainedGenerator):
    """Conditional variational autoencoder of audio, features or spectrograms.

    An encoder maps a sound and its condition to a Gaussian over latents, a decoder maps latents
    and condition back [1]_ [2]_. New sounds are decoded from latents drawn from a standard normal
    distribution; noise may be added to them.

    Parameters
    ----------
    latent_dim : int, default=16
        Number of dimensions of a latent.
    architecture : {"auto", "dense", "conv1d", "conv2d"}, default="auto"
        Kind of networks. "auto" takes dense layers for ``(n_samples, n_features)`` up to 2,048
        features, 1-D convolutions for longer waveforms and for ``(n_samples, n, channels)``,
        2-D convolutions for spectrograms ``(n_samples, rows, columns, channels)``.
    units : tuple of int, default=(256, 256)
        Units of the dense layers of the encoder; the decoder has them in reverse.
    filters : tuple of int, default=(16, 32, 64, 64)
        Filters of the convolutions of the encoder; the decoder has them in reverse.
    kernel_size : int or None, default=None
        Kernel size of the convolutions; None is 25 for 1-D and 5 for 2-D convolutions.
    strides : int or None, default=None
        Strides of the convolutions; None is 4 for 1-D and 2 for 2-D convolutions.
    block : {"plain", "residual"}, default="plain"
        Whether both networks are of plain layers or of residual blocks [3]_.
    loss : {"mse", "spectral"}, default="mse"
        Distance between sounds and reconstructions in the loss: the squared error, or, for
        waveforms within [-1, 1], that of magnitudes at three resolutions, linear and
        logarithmic, which leaves phases free.
    beta : float, default=1.0
        Weight of the Kullback-Leibler term. Below 1 reconstructions are sharper, above 1 latents
        lie closer to the distribution that `sample` draws from.
    beta_warmup : int, default=0
        Number of epochs in which `beta` grows linearly from 0 to its value, so that the
        decoder learns to use latents before they are regularised [4]_. `patience` does not
        count them.
    fourier_features : bool, default=True
        Whether quantities, such as the pitch, are encoded by sines and cosines too, with which
        networks resolve neighbouring values [6]_: spectrograms need that. With one number each,
        sounds change smoothly: better for features without pitch, as of `HarmonicPlusNoise`.
    observation_noise : bool, default=False
        Whether `sample` adds noise, so that samples vary as much as the data do (see Notes);
        for ``(n_samples, n_features)`` of up to 2,048 features, such as those of a PCA.
    epochs : int, default=50
        Largest number of passes over the data.
    batch_size : int, default=32
        Number of samples in a batch.
    learning_rate : float, default=1e-3
        Learning rate of the Adam optimizer.
    text : str, default=None
        Name of the column of y that is read as words, by `TextConditions`; None reads none.
    max_samples : int, float or None, default=None
        Number (int) or share (float) of the samples that are used, drawn at random; None
        uses all.
    validation_fraction : float, default=0.1
        Share of the samples that are held out to measure "val_loss". Where that is less than
        one sample, none is held out.
    patience : int or None, default=10
        Number of epochs without a lower "val_loss" ("loss" where nothing is held out) after
        which training stops and the best weights are restored; None never stops.
    plateau_patience : int or None, default=5
        Number of such epochs after which the learning rate is halved; None leaves it.
    ema : float, default=0.0
        Decay, for each step, of the exponential moving average of the weights that samples
        are made with; 0 uses the weights themselves.
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
    encoder_, decoder_ : keras.Model
        The networks.
    noise_ : ndarray of shape (n_features, n_features), float32, or None
        Root of the covariance of the noise that `sample` adds; None without
        `observation_noise`.
    variance_ : float
        Variance of the decoder's errors, which the likelihood is computed with.
    history_ : dict of str to list of float
        One value an epoch: "loss", the negative evidence lower bound in nats for each number
        of a sample, with the likelihood that `loss` names; "mse"; "kl", in nats for a sample.
        Keys that begin with "val_" are for held-out samples.
    n_iter_ : int
        Number of epochs trained.
    n_features_in_ : int
        Length of the second axis of X.
    latent_dim_ : int
        Number of dimensions of a latent.
    sample_shape_ : tuple of int
        Shape of one sample.
    condition_names_, categories_ : list, dict
        Names of the conditions, and the categories of each, None for a quantity.

    Notes
    -----
    The default for waveforms is the architecture of the report that inspired audiogen:
    1-D convolutions with ReLU on the audio, joined with the condition; transposed convolutions
    back to a sigmoid. It names no filter counts, kernels, strides or latent size: those here are
    sized for two cores. Learnt from waveforms it gives noise; features such as those of
    `HarmonicPlusNoise` and a PCA give notes.

    X within [-1, 1] gets a bounded output, a sigmoid on [0, 1] inside; any other X is centred and
    scaled, and gets a linear one.

    Networks trained long on few sounds reconstruct those well, but what they decode from
    random latents varies less than the sounds do. The covariance of the noise that
    `observation_noise` adds is the covariance of the sounds minus that of decoded random
    latents, without its negative part. The noise of each sample is multiplied by a normal
    number, so that most samples are near decoded ones and a few are far: a scale mixture of
    normal distributions [5]_. `decode` adds no noise.

    References
    ----------
    .. [1] D. P. Kingma, M. Welling, "Auto-Encoding Variational Bayes", ICLR 2014.
    .. [2] K. Sohn, H. Lee, X. Yan, "Learning Structured Output Representation using Deep
       Conditional Generative Models", NeurIPS 2015.
    .. [3] K. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016.
    .. [4] C. K. Sønderby et al., "Ladder Variational Autoencoders", NeurIPS 2016.
    .. [5] D. F. Andrews, C. L. Mallows, "Scale Mixtures of Normal Distributions", Journal of
       the Royal Statistical Society B 36, 99-102, 1974.
    .. [6] M. Tancik et al., "Fourier Features Let Networks Learn High Frequency Functions in
       Low Dimensional Domains", NeurIPS 2020.

    Examples
    --------
    >>> from audiogen.generators import ConditionalVAE
    >>> X = [[0.0, 2.0], [1.0, 3.0], [4.0, 4.0], [5.0, 5.0]]
    >>> vae = ConditionalVAE(latent_dim=1, units=(8,), epochs=2, random_state=0)
    >>> vae.fit(X, y=["low", "low", "high", "high"]).sample(3, y="low").shape
    (3, 2)
    """

    _constraints = {
        **TrainedGenerator._constraints,
        "latent_dim": Interval(numbers.Integral, 1, None),
        "architecture": Options("auto", "dense", "conv1d", "conv2d"),
        "units": Sizes(),
        "filters": Sizes(),
        "kernel_size": (Options(None), Interval(numbers.Integral, 1, None)),
        "strides": (Options(None), Interval(numbers.Integral, 1, None)),
        "block": Options("plain", "residual"),
        "loss": Options("mse", "spectral"),
        "beta": Interval(numbers.Real, 0, None),
        "beta_warmup": Interval(numbers.Integral, 0, None),
        "fourier_features": Instance((bool, np.bool_), "a bool"),
        "observation_noise": Instance((bool, np.bool_), "a bool"),
    }

    def __init__(
        self,
        latent_dim: int = 16,
        *,
        architecture: str = "auto",
        units: Sequence[int] = (256, 256),
        filters: Sequence[int] = (16, 32, 64, 64),
        kernel_size: int | None = None,
        strides: int | None = None,
        block: str = "plain",
        loss: str = "mse",
        beta: float = 1.0,
        beta_warmup: int = 0,
        fourier_features: bool = True,
        observation_noise: bool = False,
        epochs: int = 50,
        batch_size: int = 32,
        learning_rate: float = 1e-3,
        text: str | None = None,
        max_samples: float | None = None,
        validation_fraction: float = 0.1,
        patience: int | None = 10,
        plateau_patience: int | None = 5,
        ema: float = 0.0,
        precision: str = "float32",
        warm_start: bool = False,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.latent_dim = latent_dim
        self.architecture = architecture
        self.units = units
        self.filters = filters
        self.kernel_size = kernel_size
        self.strides = strides
        self.block = block
        self.loss = loss
        self.beta = beta
        self.beta_warmup = beta_warmup
        self.fourier_features = fourier_features
        self.observation_noise = observation_noise
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.text = text
        self.max_samples = max_samples
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.plateau_patience = plateau_patience
        self.ema = ema
        self.precision = precision
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    @property
    def encoder_(self) -> Any:
        """The network from sounds and conditions to means and log-variances of latents."""
        return self._network("encoder")

    @property
    def decoder_(self) -> Any:
        """The network from latents and conditions to sounds."""
        return self._network("decoder")

    def reconstruct(self, X: npt.ArrayLike, y: Any = None) -> np.ndarray:
        """Return sounds encoded and decoded again.

        Parameters
        ----------
        X : array-like of shape (n_samples, *sample_shape_)
            Sounds.
        y : array-like, DataFrame, scalar or dict, default=None
            Their conditions; needed where there were any in `fit`.

        Returns
        -------
        X : ndarray of shape (n_samples, *sample_shape_), float32
        """
        return self.decode(self.encode(X, y), y)

    def score(self, X: npt.ArrayLike, y: Any = None) -> float:
        """Return the mean evidence lower bound of sounds.

        Parameters
        ----------
        X : array-like of shape (n_samples, *sample_shape_)
            Sounds.
        y : array-like, DataFrame, scalar or dict, default=None
            Their conditions; needed where there were any in `fit`.

        Returns
        -------
        score : float
            In nats a sample, with `beta` = 1, from one draw of latents with a fixed seed.
            Higher is better.
        """
        x = self._validated_forward(X)
        condition = self._encoded(len(x), y)
        z_mean, z_log_var = self._posterior(x, condition)
        noise = make_rng(self._seed, Stream.SCORE).standard_normal(z_mean.shape, np.float32)
        decoded = self._decode(z_mean + np.exp(0.5 * z_log_var) * noise, condition)
        unit = 0.5 if self._scaling.bounded_ else 1.0  # the network sees [-1, 1] as [0, 1]
        size, variance = x[0].size, self.variance_
        errors = np.square(unit * (x - decoded)).reshape(len(x), -1).sum(axis=1, dtype=np.float64)
        likelihood = -0.5 * (size * np.log(2 * np.pi * variance) + errors / variance)
        kl = 0.5 * (z_mean**2 + np.exp(z_log_var) - 1 - z_log_var).sum(axis=1, dtype=np.float64)
        scale = 2.0 if self._scaling.bounded_ else float(self._scaling.scale_)
        return float(np.mean(likelihood - kl) - size * np.log(scale))

    def _architecture(self, data: FitData) -> dict[str, Any]:
        shape, bounded = self.sample_shape_, self._scaling.bounded_
        body = network_body(
            shape,
            architecture=self.architecture,
            units=self.units,
            filters=self.filters,
            kernel_size=self.kernel_size,
            strides=self.strides,
        )
        if self.loss == "spectral" and not (bounded and len(shape) == 1):
            raise ValueError(
                "loss='spectral' is for waveforms (n_samples, n_timesteps) within [-1, 1]. Got "
                f"samples of shape {shape}{'' if bounded else ' that exceed it'}; scale waveforms "
                "by PeakNormalizer, or leave loss at 'mse'."
            )
        return {
            "shape": shape,
            "condition_width": self._condition_width(),
            "latent_dim": self.latent_dim,
            "body": body,
            "residual": self.block == "residual",
            "bounded": bounded,
            "beta": self.beta,
            "loss": self.loss,
        }

    @staticmethod
    def _build(**architecture: Any) -> Any:
        from audiogen.networks import build_vae

        return build_vae(**architecture)

    def _new_conditions(self) -> ConditionEncoder:
        return ConditionEncoder(self.fourier_features, self.text)

    def _own_callbacks(self, data: FitData) -> list[Any]:
        if self.observation_noise:  # a parameter that may change between fits
            check_few_features(self.sample_shape_)
        if not self.beta_warmup:
            return []
        from audiogen.training.callbacks import Warmup

        return [Warmup("warmup", int(self.beta_warmup))]

    def _unwatched(self) -> int:
        return int(self.beta_warmup)

    def _batch(self, x: np.ndarray, condition: np.ndarray | None, rng: Any) -> Any:
        x = self._inward(x)
        return ((x,) if condition is None else (x, condition),)

    def _finish(self, data: FitData) -> None:
        self.latent_dim_ = self._arguments["latent_dim"]
        self.variance_ = float(self._model.variance)
        self.noise_ = self._learnt_noise(data) if self.observation_noise else None

    def _learnt_noise(self, data: FitData) -> np.ndarray | None:
        """Return the root of the covariance that decoded draws lack; None without finite ones."""
        rng, rows = make_rng(self._seed, Stream.NOISE), data.rows
        if len(rows) > _MOST_FOR_NOISE:
            rows = np.sort(rng.choice(rows, _MOST_FOR_NOISE, replace=False))
        # Under the conditions of the data, so that their spread is in both.
        asked = np.repeat(rows, -(-_MOST_FOR_NOISE // len(rows)))
        latents = rng.standard_normal((len(asked), self.latent_dim_))
        drawn = self._decode(latents, None if data.codes is None else data.codes[asked])
        if not np.isfinite(drawn).all():  # the loss became NaN, of which training has warned
            return None
        return missing_spread(data.read(rows), drawn)

    def _generate(
        self, n_samples: int, condition: np.ndarray | None, rng: np.random.Generator
    ) -> np.ndarray:
        sizes, noises = rng.spawn(2)
        x = super()._generate(n_samples, condition, rng)
        if self.noise_ is None:
            return x
        size = sizes.standard_normal((n_samples, 1), dtype=np.float32)
        noise = noises.standard_normal((n_samples, len(self.noise_)), dtype=np.float32)
        x = x + size * affine(noise.astype(np.float64), self.noise_)
        return np.clip(x, -1, 1) if self._scaling.bounded_ else x

    def _encode(self, x: np.ndarray, condition: np.ndarray | None) -> np.ndarray:
        return self._posterior(x, condition)[0]

    def _posterior(self, x: np.ndarray, condition: np.ndarray | None) -> Any:
        """Return means and log-variances of the latents of scaled data."""
        x = self._inward(x)
        if "units" in self._arguments["body"]:
            residual = self._arguments["residual"]
            return dense_encoder(self._weights["encoder"], x, condition, residual=residual)
        return self._predict(self.encoder_, x, condition)

    def _decode(self, Z: np.ndarray, condition: np.ndarray | None) -> np.ndarray:
        if "units" in self._arguments["body"]:
            x = dense_decoder(
                self._weights["decoder"],
                Z,
                condition,
                shape=self.sample_shape_,
                activation="sigmoid" if self._scaling.bounded_ else "linear",
                residual=self._arguments["residual"],
            )
        else:
            x = self._predict(self.decoder_, Z.astype(np.float32, copy=False), condition)
        return 2 * x - 1 if self._scaling.bounded_ else x

    def _inward(self, x: np.ndarray) -> np.ndarray:
        """Map scaled data to what the decoder's output can reach."""
        return 0.5 * (x + 1) if self._scaling.bounded_ else x
