"""The conditional variational autoencoder."""

import numbers

import numpy as np
from sklearn.utils.validation import check_is_fitted

from audiogen.generators._base import BaseGenerator
from audiogen.generators._body import network_body
from audiogen.generators._conditions import ConditionEncoder
from audiogen.generators._sampler import latents_of
from audiogen.utils.seeds import make_rng
from audiogen.utils.validation import Instance, Interval, Options, Sizes

__all__ = ["ConditionalVAE"]

_MOST_FEATURES_FOR_NOISE = 2048
_MOST_FOR_NOISE = 4096  # samples that tell the noise
_NOISE = 5  # what a seed is spawned for, beside those of BaseGenerator and BaseSampler


class ConditionalVAE(BaseGenerator):
    """Conditional variational autoencoder of audio, features or spectrograms.

    An encoder maps a sound and its condition to a Gaussian over latents, a decoder
    maps latents and condition back [1]_ [2]_. New sounds are decoded from latents
    drawn from a standard normal distribution; noise may be added to them.

    Parameters
    ----------
    latent_dim : int, default=16
        Numbers in a latent.
    architecture : {"auto", "dense", "conv1d", "conv2d"}, default="auto"
        Kind of networks. "auto" takes dense layers for ``(n_samples, n_features)`` up
        to 2,048 features, 1-D convolutions for longer waveforms and for
        ``(n_samples, n, channels)``, 2-D convolutions for spectrograms
        ``(n_samples, rows, columns, channels)``.
    units : tuple of int, default=(256, 256)
        Units of the dense layers of the encoder; the decoder has them in reverse.
    filters : tuple of int, default=(16, 32, 64, 64)
        Filters of the convolutions of the encoder; the decoder has them in reverse.
    kernel_size : int or None, default=None
        Of the convolutions; None is 25 for 1-D and 5 for 2-D convolutions.
    strides : int or None, default=None
        Of the convolutions; None is 4 for 1-D and 2 for 2-D convolutions.
    block : {"plain", "residual"}, default="plain"
        Whether both networks are of plain layers or of residual blocks [3]_.
    loss : {"mse", "spectral"}, default="mse"
        What reconstructions are measured by: the squared error, or, for waveforms within
        [-1, 1], the distance of magnitudes at three resolutions, linear and logarithmic,
        which leaves phases free.
    beta : float, default=1.0
        Weight of the Kullback-Leibler term. Below 1 reconstructions are sharper, above
        1 latents lie closer to the distribution that `sample` draws from.
    beta_warmup : int, default=0
        Epochs in which `beta` grows evenly to its size, so that the decoder learns to use
        latents before they are pressed together [4]_. They do not count for `patience`.
    fourier_features : bool, default=True
        Whether quantities among the conditions, such as the pitch, are given to the networks as
        sines and cosines too, which tell each value from the next [6]_: spectrograms need that.
        False gives one number each, with which sounds change smoothly: better for features
        that have put the pitch aside, such as those of `HarmonicPlusNoise`.
    observation_noise : bool, default=False
        Whether `sample` adds noise by which samples spread as the data do (see Notes): for
        ``(n_samples, n_features)`` of up to 2,048 features, such as those of a PCA. It is that
        of the data last trained on.
    epochs : int, default=50
        Passes over the data, at most.
    batch_size : int, default=32
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
    noise_ : ndarray of shape (n_features, n_features), float32, or None
        What `sample` weighs with normal numbers and adds; None without `observation_noise`.
    history_ : dict of str to list of float
        "loss" (negative evidence lower bound, nats for each number of a sample), "mse",
        "kl" (nats a sample), and those of held-out samples behind "val_"; one value an
        epoch.
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
    The default for waveforms is the architecture of the report that inspired audiogen:
    1-D convolutions with ReLU on the audio, joined with the condition; transposed
    convolutions back to a sigmoid. It names no filter counts, kernels, strides or latent
    size: those here are sized for two cores. Learnt from waveforms it gives noise;
    features such as those of `HarmonicPlusNoise` and a PCA give notes.

    X within [-1, 1] gets a bounded output, a sigmoid on [0, 1] inside; any other X is
    centred and scaled, and gets a linear one.

    A sound of the model is a decoded latent plus noise. Networks trained long on few sounds
    need no noise for those, but what they decode from draws spreads less than the sounds do.
    The covariance of the noise that `observation_noise` adds is what that of the sounds
    exceeds that of decoded draws by; its size is a normal number for each sample, so that
    most samples are near decoded ones and a few are far, as is so with sounds: a scale mixture
    of normal distributions [5]_. `decode` adds none.

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
        **BaseGenerator._constraints,
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
        latent_dim=16,
        *,
        architecture="auto",
        units=(256, 256),
        filters=(16, 32, 64, 64),
        kernel_size=None,
        strides=None,
        block="plain",
        loss="mse",
        beta=1.0,
        beta_warmup=0,
        fourier_features=True,
        observation_noise=False,
        epochs=50,
        batch_size=32,
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

    def encode(self, X, y=None):
        """Return the mean latents of sounds.

        Parameters
        ----------
        X : array-like of shape (n_samples, *sample_shape_)
            Sounds.
        y : array-like, DataFrame, scalar or dict, default=None
            Their conditions; needed where there were any in `fit`.

        Returns
        -------
        Z : ndarray of shape (n_samples, latent_dim), float32
        """
        return self._posterior(self._validated_inward(X), y)[0]

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
        Z = latents_of(Z, self.decoder_.inputs[0].shape[1])
        return self._scaling.inverse(self._decoded(Z, self._encoded(len(Z), y)))

    def reconstruct(self, X, y=None):
        """Return what is left of sounds on the way through the latents.

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

    def interpolate(self, a, b, n_steps=8, y=None):
        """Return sounds on the way from one to another, both ends included.

        Parameters
        ----------
        a, b : array-like of shape sample_shape_ or (latent_dim,)
            Two sounds, or two latents. Where the shapes are the same, they are sounds.
        n_steps : int, default=8
            How many, at least 2.
        y : array-like, DataFrame, scalar or dict, default=None
            The condition of all, or of each step; the first belongs to `a`, the last to
            `b`.

        Returns
        -------
        X : ndarray of shape (n_steps, *sample_shape_), float32

        Examples
        --------
        >>> from audiogen.generators import ConditionalVAE
        >>> X = [[0.0, 2.0], [1.0, 3.0], [4.0, 4.0], [5.0, 5.0]]
        >>> vae = ConditionalVAE(latent_dim=1, units=(8,), epochs=1, random_state=0).fit(X)
        >>> vae.interpolate(X[0], X[3], n_steps=5).shape
        (5, 2)
        """
        check_is_fitted(self)
        rule = Interval(numbers.Integral, 2, None)
        if not rule.allows(n_steps):
            raise ValueError(f"n_steps must be {rule}. Got {n_steps!r} instead.")
        wanted = None if y is None else self._wanted(n_steps, y, None)
        ends = []
        for sound, row in ((a, slice(0, 1)), (b, slice(n_steps - 1, n_steps))):
            sound = np.asarray(sound, dtype=np.float32)
            width = self.decoder_.inputs[0].shape[1]
            if sound.shape not in (self.sample_shape_, (width,)):
                raise ValueError(
                    f"a and b must have the shape {self.sample_shape_} of a sound or {(width,)} "
                    f"of a latent. Got {sound.shape}."
                )
            if sound.shape == self.sample_shape_:
                sound = self.encode(sound[np.newaxis], None if wanted is None else wanted[row])[0]
            ends.append(sound)
        share = np.linspace(0, 1, n_steps, dtype=np.float32)[:, np.newaxis]
        return self.decode((1 - share) * ends[0] + share * ends[1], wanted)

    def score(self, X, y=None):
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
        x = self._validated_inward(X)
        z_mean, z_log_var = self._posterior(x, y)
        noise = make_rng(self._seed).standard_normal(z_mean.shape, dtype=np.float32)
        z = z_mean + np.exp(0.5 * z_log_var) * noise
        decoded = self._predict(self.decoder_, z, self._encoded(len(x), y))
        size, variance = x[0].size, float(self._model.variance)
        errors = ((x - decoded) ** 2).reshape(len(x), -1).sum(axis=1, dtype=np.float64)
        likelihood = -0.5 * (size * np.log(2 * np.pi * variance) + errors / variance)
        kl = 0.5 * (z_mean**2 + np.exp(z_log_var) - 1 - z_log_var).sum(axis=1, dtype=np.float64)
        unit = 2.0 if self._scaling.bounded_ else float(self._scaling.scale_)
        return float(np.mean(likelihood - kl) - size * np.log(unit))

    # --------------------------------------------------------------------- hooks

    def _build(self, shape, condition_width, seed):
        from audiogen.networks import build_vae

        body = network_body(
            shape,
            architecture=self.architecture,
            units=self.units,
            filters=self.filters,
            kernel_size=self.kernel_size,
            strides=self.strides,
        )
        self.noise_ = None
        bounded = self._scaling.bounded_
        if self.loss == "spectral" and not (bounded and len(shape) == 1):
            raise ValueError(
                "loss='spectral' is for waveforms (n_samples, n_timesteps) within [-1, 1]. Got "
                f"samples of shape {shape}{'' if bounded else ' that exceed it'}; scale waveforms "
                "by PeakNormalizer, or leave loss at 'mse'."
            )
        return build_vae(
            shape,
            condition_width,
            latent_dim=self.latent_dim,
            body=body,
            residual=self.block == "residual",
            bounded=bounded,
            beta=self.beta,
            loss=self.loss,
            seed=seed,
        )

    def _new_conditions(self):
        return ConditionEncoder(self.fourier_features)

    def _callbacks(self):
        from audiogen.training import Warmup

        shape = self.sample_shape_
        if self.observation_noise and (len(shape) > 1 or shape[0] > _MOST_FEATURES_FOR_NOISE):
            raise ValueError(
                f"observation_noise=True is for (n_samples, n_features) of up to "
                f"{_MOST_FEATURES_FOR_NOISE} features, such as those of a PCA. Got samples of "
                f"shape {shape}; put a PCA before, or leave observation_noise at False."
            )
        return [Warmup("warmup", self.beta_warmup)] if self.beta_warmup else []

    def _unwatched(self):
        return self.beta_warmup

    def _networks(self, model):
        return {"encoder_": model.encoder, "decoder_": model.decoder}

    def _batch(self, x, condition, rng):
        x = self._inward(x)
        return ((x,) if condition is None else (x, condition),)

    def _finish(self, X, codes, rows):
        self.noise_ = None
        if not self.observation_noise:
            return
        rng = make_rng(self._seed, _NOISE)
        if len(rows) > _MOST_FOR_NOISE:
            rows = np.sort(rng.choice(rows, _MOST_FOR_NOISE, replace=False))
        # Under the conditions of the data, so that their spread is in both.
        asked = np.repeat(rows, -(-_MOST_FOR_NOISE // len(rows)))
        drawn = self._drawn(len(asked), None if codes is None else codes[asked], rng)
        if not np.isfinite(drawn).all():  # the loss became NaN, of which training has warned
            return
        spread, found = (
            np.atleast_2d(np.cov(x, rowvar=False, bias=True))
            for x in (self._scaling.forward(X[rows]), drawn)
        )
        missing, directions = np.linalg.eigh(spread - found)
        # The symmetric root: that of eigenvectors alone would depend on their signs.
        root = directions * np.sqrt(np.maximum(missing, 0)) @ directions.T
        self.noise_ = root.astype(np.float32)

    def _generate(self, n_samples, condition, rng):
        x = self._drawn(n_samples, condition, rng)
        if self.noise_ is not None:
            size = rng.standard_normal((n_samples, 1), dtype=np.float32)
            noise = rng.standard_normal((n_samples, len(self.noise_)), dtype=np.float32)
            x += size * (noise @ self.noise_)
            if self._scaling.bounded_:
                np.clip(x, -1, 1, out=x)
        return x

    def _drawn(self, n_samples, condition, rng):
        """Return what is decoded from latents drawn at random."""
        width = self.decoder_.inputs[0].shape[1]
        return self._decoded(rng.standard_normal((n_samples, width), dtype=np.float32), condition)

    def _inward(self, x):
        """Map scaled data to what the decoder's output can reach."""
        return 0.5 * (x + 1) if self._scaling.bounded_ else x

    def _validated_inward(self, X):
        check_is_fitted(self)
        X = self._validated(X, reset=False)
        self._scaling.check(X, np.arange(len(X)))
        return self._inward(self._scaling.forward(X))

    def _posterior(self, x, y):
        return self._predict(self.encoder_, x, self._encoded(len(x), y))

    def _decoded(self, z, condition):
        x = self._predict(self.decoder_, z, condition)
        return 2 * x - 1 if self._scaling.bounded_ else x
