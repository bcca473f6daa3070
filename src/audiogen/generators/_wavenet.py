"""The WaveNet autoencoder."""

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted

from audiogen.generators._autoregression import draw_audio, teacher_forced
from audiogen.generators._forward import StepwiseDecoder
from audiogen.generators._latents import EncoderMixin
from audiogen.generators._mixture import ConditionalGaussianMixture
from audiogen.generators._scaling import refuse_not_finite
from audiogen.generators._trained import TrainedGenerator
from audiogen.training import FitData
from audiogen.utils.blocks import row_blocks
from audiogen.utils.seeds import Stream, make_rng, spawn_seed
from audiogen.utils.validation import Instance, Interval, Options, Sizes, check_parameters

__all__ = ["WaveNetAutoencoder"]

_N_LEVELS = 256
_LONGEST_CROP = 8192  # time steps that an autoregressive decoder is trained on at once
_MOST_FOR_DENSITY = 2000  # samples whose codes the density is fitted to


class WaveNetAutoencoder(TransformerMixin, EncoderMixin, TrainedGenerator):
    """Autoencoder of dilated causal convolutions, and a density of its codes.

    An encoder turns a sequence into a shorter one of codes, a decoder turns codes and condition
    back [1]_. New sounds are decoded from codes drawn from a `ConditionalGaussianMixture`
    fitted to those of the training data.

    Parameters
    ----------
    filters : int, default=16
        Filters of the causal convolutions.
    kernel_size : int, default=3
        Of the causal convolutions.
    dilations : tuple of int, default=(1, 4, 16)
        One residual block each, in the encoder and again in the decoder.
    dropout : float, default=0.1
        Share of numbers set to zero in training, after the normalisation of each block.
    code_channels : int, default=8
        Number of channels of a code.
    downsampling : int, default=32
        Number of time steps that share one code; at most as many as there are.
    loss : {"mae", "spectral"}, default="mae"
        Loss of a parallel decoder: the mean absolute error, or, for waveforms, the distance of
        magnitudes at three resolutions, linear and logarithmic, which leaves phases free.
    decoder : {"parallel", "autoregressive"}, default="parallel"
        Whether the decoder gives all time steps at once, or one after the other, each
        drawn from 256 mu-law levels given those before it. The second is for waveforms
        in [-1, 1], and has its own loss, the cross-entropy of the levels in nats.
    density : ConditionalGaussianMixture or None, default=None
        Density of the codes, cloned and fitted. None is a ConditionalGaussianMixture with its
        defaults.
    epochs : int, default=50
        Largest number of passes over the data.
    batch_size : int, default=16
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
    density_ : ConditionalGaussianMixture
        Of the codes of at most 2,000 of the samples trained on.
    history_ : dict of str to list of float
        One value an epoch: "loss", the one that `loss` names or, of an autoregressive
        decoder, the cross-entropy; and "val_loss", that of held-out samples.
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
    A sample is a sequence along its first axis. The defaults are the architecture of the
    report that inspired audiogen: a causal convolution; residual blocks of a dilated causal
    convolution, ReLU, batch normalisation and dropout, with skip connections; a bottleneck;
    upsampling and the same blocks back to a linear output. It names no filters, kernels, code
    size or downsampling: those here are sized for two cores, and the default receptive field is
    longer than the stretch that shares a code. Learnt from waveforms with the mean absolute error
    it blurs; frames of `HarmonicPlusNoise` give notes.

    X within [-1, 1] is left as it is, and what is generated is clipped to that; any other X is
    centred and scaled. An autoregressive decoder is trained on stretches of 8,192 time steps.

    References
    ----------
    .. [1] J. Engel et al., "Neural Audio Synthesis of Musical Notes with WaveNet
       Autoencoders", ICML 2017.
    .. [2] A. van den Oord et al., "WaveNet: A Generative Model for Raw Audio", 2016.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.generators import WaveNetAutoencoder
    >>> X = np.sin(np.arange(64) * np.array([[0.2], [0.3], [0.4], [0.5]]))
    >>> wavenet = WaveNetAutoencoder(filters=4, dilations=(1, 4), epochs=1, random_state=0)
    >>> wavenet.fit(X, y=["low", "low", "high", "high"]).transform(X).shape
    (4, 2, 8)
    >>> wavenet.sample(3, y="low").shape
    (3, 64)
    """

    _constraints = {
        **TrainedGenerator._constraints,
        "filters": Interval(numbers.Integral, 1, None),
        "kernel_size": Interval(numbers.Integral, 1, None),
        "dilations": Sizes(),
        "dropout": Interval(numbers.Real, 0, 1),
        "code_channels": Interval(numbers.Integral, 1, None),
        "downsampling": Interval(numbers.Integral, 1, None),
        "loss": Options("mae", "spectral"),
        "decoder": Options("parallel", "autoregressive"),
        "density": (
            Options(None),
            Instance(ConditionalGaussianMixture, "a ConditionalGaussianMixture"),
        ),
    }

    def __init__(
        self,
        filters: int = 16,
        *,
        kernel_size: int = 3,
        dilations: Sequence[int] = (1, 4, 16),
        dropout: float = 0.1,
        code_channels: int = 8,
        downsampling: int = 32,
        loss: str = "mae",
        decoder: str = "parallel",
        density: ConditionalGaussianMixture | None = None,
        epochs: int = 50,
        batch_size: int = 16,
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
        self.filters = filters
        self.kernel_size = kernel_size
        self.dilations = dilations
        self.dropout = dropout
        self.code_channels = code_channels
        self.downsampling = downsampling
        self.loss = loss
        self.decoder = decoder
        self.density = density
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
        """The network from sequences to codes."""
        return self._network("encoder")

    @property
    def decoder_(self) -> Any:
        """The network from codes and conditions to sequences."""
        return self._network("decoder")

    def transform(self, X: npt.ArrayLike) -> np.ndarray:
        """Return the codes of sounds.

        Parameters
        ----------
        X : array-like of shape (n_samples, *sample_shape_)
            Sounds.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_codes, code_channels), float32
        """
        return self._codes(self._validated_forward(X))

    def inverse_transform(self, X: npt.ArrayLike, y: Any = None) -> np.ndarray:
        """Return the sounds of codes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_codes, code_channels)
            Codes.
        y : array-like, DataFrame, scalar or dict, default=None
            The conditions; needed where there were any in `fit`.

        Returns
        -------
        X : ndarray of shape (n_samples, *sample_shape_), float32
            Sounds. An autoregressive decoder draws them, the same ones for the same codes.
        """
        check_is_fitted(self)
        codes, shape = np.asarray(X, dtype=np.float32), self.density_.sample_shape_
        if codes.ndim != 3 or codes.shape[1:] != shape:
            wanted = f"(n_samples, {shape[0]}, {shape[1]})"
            raise ValueError(f"X must have the shape {wanted}. Got {codes.shape}; use transform.")
        refuse_not_finite(codes, np.arange(len(codes)))
        return self._scaling.inverse(self._decode_codes(codes, self._encoded(len(codes), y)))

    def _architecture(self, data: FitData) -> dict[str, Any]:
        n_steps, n_channels = _sequence_shape(self.sample_shape_)
        autoregressive = self.decoder == "autoregressive"
        self._refuse_unsuited(autoregressive, n_channels == 1)
        if self.density is not None:
            check_parameters(self.density, self.density._constraints)
        return {
            "n_steps": n_steps,
            "n_channels": n_channels,
            "condition_width": self._condition_width(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "dilations": tuple(self.dilations),
            "dropout": self.dropout,
            "code_channels": self.code_channels,
            "downsampling": min(self.downsampling, n_steps),
            "n_levels": _N_LEVELS if autoregressive else None,
            "loss": self.loss,
        }

    def _refuse_unsuited(self, autoregressive: bool, waveforms: bool) -> None:
        shape = self.sample_shape_
        if autoregressive and not (waveforms and self._scaling.bounded_):
            raise ValueError(
                "decoder='autoregressive' is for waveforms (n_samples, n_timesteps) within "
                f"[-1, 1]. Got samples of shape {shape}"
                f"{'' if self._scaling.bounded_ else ' that exceed it'}; "
                "scale them by PeakNormalizer, or leave decoder at 'parallel'."
            )
        if self.loss == "spectral" and not waveforms:
            raise ValueError(
                "loss='spectral' is for waveforms (n_samples, n_timesteps). Got samples of "
                f"shape {shape}; leave loss at 'mae'."
            )

    @staticmethod
    def _build(**architecture: Any) -> Any:
        from audiogen.networks import build_wavenet

        return build_wavenet(**architecture)

    def _batch(self, x: np.ndarray, condition: np.ndarray | None, rng: Any) -> Any:
        x = self._sequences(x)
        given = () if condition is None else (condition,)
        if not self._arguments["n_levels"]:
            return ((x, *given),)
        stride = self._arguments["downsampling"]
        longest = max(1, _LONGEST_CROP // stride) * stride
        start = rng.integers(max(0, x.shape[1] - longest) // stride + 1) * stride
        x = x[:, start : start + longest]
        previous, levels = teacher_forced(x, _N_LEVELS)
        return (x, previous, *given), levels

    def _finish(self, data: FitData) -> None:
        rows = data.rows
        if len(rows) > _MOST_FOR_DENSITY:
            rng = make_rng(self._seed, Stream.DENSITY)
            rows = np.sort(rng.choice(rows, _MOST_FOR_DENSITY, replace=False))
        blocks = row_blocks(len(rows), self._values_per_row())
        codes = np.concatenate([self._codes(data.read(rows[block])) for block in blocks])
        if not np.isfinite(codes).all():
            raise ValueError(
                "The encoder gives NaN: its weights went when the loss became NaN. "
                "Lower learning_rate, or look for extreme values in X."
            )
        density = ConditionalGaussianMixture() if self.density is None else clone(self.density)
        density.set_params(random_state=spawn_seed(self._seed, Stream.DENSITY))
        condition = None if data.codes is None else data.codes[rows]
        self.density_ = density._fit_encoded(codes, self.conditions_, condition)
        self.latent_dim_ = self.density_.latent_dim_

    def _generate(
        self, n_samples: int, condition: np.ndarray | None, rng: np.random.Generator
    ) -> np.ndarray:
        latents, levels = rng.spawn(2)
        Z = latents.standard_normal((n_samples, self.latent_dim_))
        return self._decode_codes(self._codes_of_latents(Z, condition), condition, levels)

    def _encode(self, x: np.ndarray, condition: np.ndarray | None) -> np.ndarray:
        codes = self.density_._scaling.forward(self._codes(x))
        return self.density_._encode(codes, condition)

    def _decode(self, Z: np.ndarray, condition: np.ndarray | None) -> np.ndarray:
        return self._decode_codes(self._codes_of_latents(Z, condition), condition)

    def _codes_of_latents(self, Z: np.ndarray, condition: np.ndarray | None) -> np.ndarray:
        return self.density_._scaling.inverse(self.density_._decode(Z, condition))

    def _codes(self, x: np.ndarray) -> np.ndarray:
        """Return the codes of scaled data."""
        size = self._values_per_row()
        return self._predict(self.encoder_, self._sequences(x), values_per_row=size)

    def _values_per_row(self) -> int:
        """Return how many numbers the largest layer holds of a sample."""
        n_steps, n_channels = _sequence_shape(self.sample_shape_)
        return n_steps * max(self._arguments["filters"], n_channels)

    def _decode_codes(
        self,
        codes: np.ndarray,
        condition: np.ndarray | None,
        rng: np.random.Generator | None = None,
    ) -> np.ndarray:
        """Return scaled sounds of codes, in the shape of samples."""
        n_steps, n_channels = _sequence_shape(self.sample_shape_)
        x = np.empty((len(codes), n_steps, n_channels), dtype=np.float32)
        rng = make_rng(self._seed, Stream.DECODING) if rng is None else rng
        streams = rng.spawn(len(codes))  # one a row: what a row draws depends on no other
        size = self._values_per_row()
        if not self._arguments["n_levels"]:
            x[:] = self._predict(self.decoder_, codes, condition, values_per_row=size)[:, :n_steps]
        else:
            for block in row_blocks(len(codes), size):
                own = None if condition is None else condition[block]
                steps = StepwiseDecoder(
                    self._weights["decoder"],
                    codes[block],
                    own,
                    dilations=self._arguments["dilations"],
                    downsampling=self._arguments["downsampling"],
                )
                x[block, :, 0] = draw_audio(steps, streams[block], _N_LEVELS)[:, :n_steps]
        if self._scaling.bounded_:
            np.clip(x, -1, 1, out=x)
        return x.reshape(len(codes), *self.sample_shape_)

    def _sequences(self, x: np.ndarray) -> np.ndarray:
        """Return data as (n_samples, n_steps, n_channels), with zeros up to a whole code."""
        n_steps, n_channels = _sequence_shape(self.sample_shape_)
        x = x.reshape(len(x), n_steps, n_channels)
        missing = -n_steps % self._arguments["downsampling"]
        return np.pad(x, [(0, 0), (0, missing), (0, 0)]) if missing else x

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that codes are float32, whatever X is."""
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags


def _sequence_shape(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return (time steps, numbers in each) of a sample."""
    return shape[0], int(np.prod(shape[1:]))
