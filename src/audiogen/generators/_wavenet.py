"""The WaveNet autoencoder."""

import numbers

import numpy as np
from sklearn.base import TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted

from audiogen.generators._base import BaseGenerator
from audiogen.generators._mixture import ConditionalGaussianMixture
from audiogen.generators._scaling import refuse_not_finite
from audiogen.signal import mu_law_decode, mu_law_encode
from audiogen.utils.seeds import make_rng, spawn_seed
from audiogen.utils.validation import Instance, Interval, Options, Sizes

__all__ = ["WaveNetAutoencoder"]

_N_LEVELS = 256
_LONGEST_CROP = 8192  # time steps that an autoregressive decoder is trained on at once
_MOST_FOR_DENSITY = 2000  # samples whose codes the density is fitted to
_VALUES_AT_ONCE = 2**21  # numbers in a layer's output, when nothing is trained
_DENSITY, _DECODING = 6, 7  # what a seed is spawned for, beside those of BaseGenerator


class WaveNetAutoencoder(TransformerMixin, BaseGenerator):
    """Autoencoder of dilated causal convolutions, and a density of its codes.

    An encoder turns a sequence into a shorter one of codes, a decoder turns codes and
    condition back [1]_. New sounds are decoded from codes drawn from a
    `ConditionalGaussianMixture` fitted to those of the training data.

    Parameters
    ----------
    filters : int, default=16
        Filters of the causal convolutions.
    kernel_size : int, default=3
        Of the causal convolutions.
    dilations : tuple of int, default=(1, 4, 16)
        One residual block each, in the encoder and again in the decoder.
    dropout : float, default=0.1
        Share of numbers set to zero in training, after each block's normalisation.
    code_channels : int, default=8
        Numbers in a code.
    downsampling : int, default=32
        Time steps that have one code together; as many as there are, at most.
    loss : {"mae", "spectral"}, default="mae"
        Mean absolute error, or, for waveforms, the distance of magnitudes at three
        resolutions, linear and logarithmic, which leaves phases free.
    decoder : {"parallel", "autoregressive"}, default="parallel"
        Whether the decoder gives all time steps at once, or one after the other, each
        drawn from 256 mu-law levels given those before it. The second is for waveforms
        in [-1, 1], and has its own loss, the cross-entropy of the levels in nats.
    density : ConditionalGaussianMixture or None, default=None
        What is fitted to the codes. None takes a ConditionalGaussianMixture as it is.
    epochs : int, default=50
        Passes over the data, at most.
    batch_size : int, default=16
        Samples in a batch.
    learning_rate : float, default=1e-3
        Of Adam.
    max_samples : int, float or None, default=None
        How many samples (int), or what share of them (float), are used, drawn at
        random; None uses all.
    validation_fraction : float, default=0.1
        Share of the samples set aside to measure `val_loss`. Where that is no whole
        sample, none is.
    patience : int or None, default=10
        Training stops after so many epochs without a lower `val_loss` (`loss` where
        nothing is set aside), and the best weights come back. None never stops.
    plateau_patience : int or None, default=5
        The learning rate is halved after so many such epochs. None leaves it.
    ema : float, default=0.0
        Share that each step leaves of a running average of the weights, with which sounds are
        made; 0 takes the weights as they are.
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
    encoder_, decoder_ : keras.Model
        The networks.
    density_ : ConditionalGaussianMixture
        Of the codes of at most 2,000 of the samples trained on.
    history_ : dict of str to list of float
        "loss", and "val_loss" of held-out samples; one value an epoch.
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

    Notes
    -----
    ``(n_samples, n_timesteps)`` are sequences of numbers, anything with more axes
    sequences of what the first of them counts.

    The defaults are the architecture of the report that inspired audiogen: a causal
    convolution; residual blocks of a dilated causal convolution, ReLU, batch
    normalisation and dropout, with skip connections; a bottleneck; upsampling and the
    same blocks back to a linear output. It names no filters, kernels, code size or
    downsampling: those here are sized for two cores, and the default receptive field is
    longer than the stretch that shares a code. Learnt from waveforms with the mean
    absolute error it blurs; frames of `HarmonicPlusNoise` give notes.

    X within [-1, 1] is left as it is, and what is generated is clipped to that; any
    other X is centred and scaled. An autoregressive decoder is trained on stretches of
    8,192 time steps.

    References
    ----------
    .. [1] J. Engel et al., "Neural Audio Synthesis of Musical Notes with WaveNet
       Autoencoders", ICML 2017.
    .. [2] A. van den Oord et al., "WaveNet: A Generative Model for Raw Audio",
       arXiv:1609.03499, 2016.

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
        **BaseGenerator._constraints,
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
        filters=16,
        *,
        kernel_size=3,
        dilations=(1, 4, 16),
        dropout=0.1,
        code_channels=8,
        downsampling=32,
        loss="mae",
        decoder="parallel",
        density=None,
        epochs=50,
        batch_size=16,
        learning_rate=1e-3,
        max_samples=None,
        validation_fraction=0.1,
        patience=10,
        plateau_patience=5,
        ema=0.0,
        precision="float32",
        warm_start=False,
        random_state=None,
        verbose=0,
    ):
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
        self.max_samples = max_samples
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.plateau_patience = plateau_patience
        self.ema = ema
        self.precision = precision
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    # ------------------------------------------------------------ public extras

    def transform(self, X):
        """Return the codes of sounds.

        Parameters
        ----------
        X : array-like of shape (n_samples, *sample_shape_)
            Sounds.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_codes, code_channels), float32
        """
        check_is_fitted(self)
        X = self._validated(X, reset=False)
        self._scaling.check(X, np.arange(len(X)))
        return self._encode(X, np.arange(len(X)))

    def inverse_transform(self, X, y=None):
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
            Sounds. An autoregressive decoder draws them, always the same for the same
            codes.
        """
        check_is_fitted(self)
        codes = np.asarray(X, dtype=np.float32)
        shape = self.density_.sample_shape_
        if codes.ndim != 3 or codes.shape[1:] != shape:
            raise ValueError(
                f"X must have the shape (n_samples, {shape[0]}, {shape[1]}), as transform "
                f"gives it. Got {codes.shape}."
            )
        refuse_not_finite(codes, np.arange(len(codes)))
        rng = make_rng(self._seed, _DECODING)
        return self._scaling.inverse(self._decode(codes, self._encoded(len(codes), y), rng))

    def interpolate(self, a, b, n_steps=8, y=None):
        """Return sounds on the way from one to another, both ends included.

        Parameters
        ----------
        a, b : array-like of shape sample_shape_ or (n_codes, code_channels)
            Two sounds, or their codes. Where the shapes are the same, they are sounds.
        n_steps : int, default=8
            How many, at least 2.
        y : array-like, DataFrame, scalar or dict, default=None
            The condition of all, or of each step.

        Returns
        -------
        X : ndarray of shape (n_steps, *sample_shape_), float32
        """
        check_is_fitted(self)
        rule = Interval(numbers.Integral, 2, None)
        if not rule.allows(n_steps):
            raise ValueError(f"n_steps must be {rule}. Got {n_steps!r} instead.")
        ends = [self._as_codes(name, end) for name, end in {"a": a, "b": b}.items()]
        share = np.linspace(0, 1, n_steps, dtype=np.float32)[:, np.newaxis, np.newaxis]
        return self.inverse_transform((1 - share) * ends[0] + share * ends[1], y)

    def _as_codes(self, name, end):
        """Return the codes of one sound, or those given in its place."""
        end = np.asarray(end, dtype=np.float32)
        if end.shape == self.sample_shape_:
            return self.transform(end[np.newaxis])[0]
        if end.shape != self.density_.sample_shape_:
            raise ValueError(
                f"{name} must be a sound or its codes, of shape {self.sample_shape_} or "
                f"{self.density_.sample_shape_}. Got {end.shape}."
            )
        return end

    # --------------------------------------------------------------------- hooks

    def _build(self, shape, condition_width, seed):
        from audiogen.networks import build_wavenet

        n_steps, n_channels = _sequence_shape(shape)
        waveforms = n_channels == 1
        if self.decoder == "autoregressive" and not (waveforms and self._scaling.bounded_):
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
        return build_wavenet(
            n_steps,
            n_channels,
            condition_width,
            filters=self.filters,
            kernel_size=self.kernel_size,
            dilations=tuple(self.dilations),
            dropout=self.dropout,
            code_channels=self.code_channels,
            downsampling=min(self.downsampling, n_steps),
            n_levels=_N_LEVELS if self.decoder == "autoregressive" else None,
            loss=self.loss,
            seed=seed,
        )

    def _networks(self, model):
        return {"encoder_": model.encoder, "decoder_": model.decoder}

    def _batch(self, x, condition, rng):
        x = self._sequences(x)
        given = () if condition is None else (condition,)
        if self.decoder == "parallel":
            return ((x, *given),)
        stride = self.decoder_.get_layer("upsampling").size
        longest = max(1, _LONGEST_CROP // stride) * stride
        start = rng.integers(max(0, x.shape[1] - longest) // stride + 1) * stride
        x = x[:, start : start + longest]
        levels = mu_law_encode(x[..., 0], _N_LEVELS)
        previous = np.zeros_like(x)
        previous[:, 1:, 0] = mu_law_decode(levels[:, :-1], _N_LEVELS)
        return (x, previous, *given), levels

    def _finish(self, X, codes, rows):
        if len(rows) > _MOST_FOR_DENSITY:
            rng = make_rng(self._seed, _DENSITY)
            rows = np.sort(rng.choice(rows, _MOST_FOR_DENSITY, replace=False))
        encoded = self._encode(X, rows)
        if not np.isfinite(encoded).all():
            raise ValueError(
                "The encoder gives NaN: its weights went when the loss became NaN. "
                "Lower learning_rate, or look for extreme values in X."
            )
        density = ConditionalGaussianMixture() if self.density is None else clone(self.density)
        density.set_params(random_state=spawn_seed(self._seed, _DENSITY))
        condition = None if codes is None else codes[rows]
        self.density_ = density._learn(encoded, self.conditions_, condition)

    def _generate(self, n_samples, condition, rng):
        density = self.density_
        codes = density._scaling.inverse(density._generate(n_samples, condition, rng))
        return self._decode(codes, condition, rng)

    def _encode(self, X, rows):
        """Return the codes of some rows."""
        # One by one: in a batch, the last bits of a row depend on where in it the row stands.
        sequences = (self._sequences(self._scaling.forward(X[row : row + 1])) for row in rows)
        return np.concatenate([self._predict(self.encoder_, x) for x in sequences])

    def _decode(self, codes, condition, rng):
        """Return scaled sounds of codes, in the shape of samples."""
        n_steps, n_channels = _sequence_shape(self.sample_shape_)
        x = np.empty((len(codes), n_steps, n_channels), dtype=np.float32)
        size = self._rows_at_once()
        for start in range(0, len(codes), size):
            block = slice(start, start + size)
            own = None if condition is None else condition[block]
            if self.decoder == "autoregressive":
                x[block] = self._drawn(codes[block], own, rng)[:, :n_steps]
            else:
                x[block] = self._predict(self.decoder_, codes[block], own)[:, :n_steps]
        if self._scaling.bounded_:
            np.clip(x, -1, 1, out=x)
        return x.reshape(len(codes), *self.sample_shape_)

    def _drawn(self, codes, condition, rng):
        """Draw audio step by step, each level given those before it."""
        from audiogen.networks import StepwiseDecoder

        stepwise = StepwiseDecoder(self.decoder_, codes, condition)
        values = mu_law_decode(np.arange(_N_LEVELS), _N_LEVELS)
        audio = np.zeros((stepwise.n_steps + 1, len(codes)), dtype=np.float32)
        for t in range(stepwise.n_steps):
            logits = stepwise.step(audio[t])
            shares = np.exp(logits - logits.max(axis=1, keepdims=True)).cumsum(axis=1)
            drawn = rng.random((len(codes), 1), dtype=np.float32) * shares[:, -1:]
            audio[t + 1] = values[(shares < drawn).sum(axis=1)]
        return audio[1:].T[..., np.newaxis]

    def _sequences(self, x):
        """Return data as (n_samples, n_steps, n_channels), with zeros up to a whole code."""
        n_steps, n_channels = _sequence_shape(self.sample_shape_)
        x = x.reshape(len(x), n_steps, n_channels)
        missing = -n_steps % self.decoder_.get_layer("upsampling").size
        return np.pad(x, [(0, 0), (0, missing), (0, 0)]) if missing else x

    def __sklearn_tags__(self):
        """Tell scikit-learn that codes are float32, whatever X is."""
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _rows_at_once(self):
        n_steps, n_channels = _sequence_shape(self.sample_shape_)
        return max(1, _VALUES_AT_ONCE // (n_steps * max(self.filters, n_channels)))


def _sequence_shape(shape):
    """Return (time steps, numbers in each) of a sample."""
    return shape[0], int(np.prod(shape[1:]))
