"""Noise reduction by spectral gating."""

import numbers

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import validate_data

from audiogen.utils.validation import (
    Instance,
    Interval,
    Options,
    check_audio,
    check_parameters,
)

__all__ = ["NoiseReducer"]

_HOP_SECONDS = 1 / 16
_HOPS_IN_A_PAUSE = 4
_PAUSE = 10 ** (-20 / 20)  # of the loudest stretch
_FRAME_SECONDS = 0.064
_SMOOTH_MS = 50


class NoiseReducer(TransformerMixin, BaseEstimator):
    """Take steady noise out of clips, by noisereduce's spectral gate.

    By default training audio passes untouched and generated audio is cleaned: that is
    what ``inverse_transform`` does at the front of a pipeline.

    Parameters
    ----------
    sample_rate : int, default=16000
        Samples per second.
    prop_decrease : float, default=0.9
        How far noise is turned down: 0 leaves it, 1 takes all of it.
    apply_to : {"generated", "training", "both"}, default="generated"
        "generated" reduces noise in ``inverse_transform``, "training" in ``transform``.
    n_jobs : int or None, default=None
        Threads, as joblib counts them.

    Attributes
    ----------
    n_features_in_ : int
        ``X.shape[1]`` in `fit`.

    Notes
    -----
    The gate [1]_ closes wherever a spectrogram is no louder than the noise. Noise is what
    is heard in the quietest quarter second of a clip. Where that is not 20 dB quieter than
    the loudest one, there is no pause to learn the noise from, only sustained sound
    which the gate would take for noise, and the clip stays as it is; so do clips shorter
    than half a second. The mask is smoothed over 50 ms, but over the frequency bins next
    door only: wider, it would close the gate on partials between which there is noise.

    References
    ----------
    .. [1] T. Sainburg, M. Thielk and T. Q. Gentner, "Finding, visualizing, and quantifying
       latent structure across diverse animal vocal repertoires", PLoS Computational
       Biology 16(10), e1008228, 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.preprocessing import NoiseReducer
    >>> t = np.arange(16000) / 16000
    >>> clean = np.where(t < 0.5, np.sin(2 * np.pi * 440 * t), 0)[np.newaxis]
    >>> noise = 0.01 * np.random.default_rng(0).normal(size=clean.shape)
    >>> reduced = NoiseReducer().fit(clean).inverse_transform(clean + noise)
    >>> pause = np.s_[:, 9000:]
    >>> bool(np.std(reduced[pause]) < 0.3 * np.std(noise[pause]))
    True
    """

    def __init__(self, sample_rate=16000, prop_decrease=0.9, apply_to="generated", n_jobs=None):
        self.sample_rate = sample_rate
        self.prop_decrease = prop_decrease
        self.apply_to = apply_to
        self.n_jobs = n_jobs

    def fit(self, X, y=None):
        """Check the parameters; nothing is learnt.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio.
        y : None
            Ignored.

        Returns
        -------
        self : NoiseReducer
        """
        self._validated(X, reset=True)
        return self

    def transform(self, X):
        """Return training audio, cleaned unless `apply_to` is "generated".

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio.

        Returns
        -------
        X : ndarray of shape (n_samples, n_timesteps)
            Of the same dtype.
        """
        X = self._validated(X, reset=False)
        return X if self.apply_to == "generated" else self._reduced(X)

    def inverse_transform(self, X):
        """Return generated audio, cleaned unless `apply_to` is "training".

        Nothing is undone: noise that was taken out does not come back.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio of any length.

        Returns
        -------
        X : ndarray of shape (n_samples, n_timesteps)
            Of the same dtype.
        """
        if self.apply_to == "training":
            return X
        return self._reduced(check_audio(X, name="X", min_samples=0))

    def _validated(self, X, reset):
        check_parameters(
            self,
            {
                "sample_rate": Interval(numbers.Integral, 1000, None),
                "prop_decrease": Interval(numbers.Real, 0, 1, closed="both"),
                "apply_to": Options("generated", "training", "both"),
                "n_jobs": (Instance(numbers.Integral, "an int"), Options(None)),
            },
        )
        return validate_data(self, X, dtype=(np.float32, np.float64), reset=reset)

    def _reduced(self, X):
        reduced = np.empty_like(X)
        jobs = (delayed(self._reduce)(clip, reduced, i) for i, clip in enumerate(X))
        Parallel(n_jobs=self.n_jobs, prefer="threads", require="sharedmem")(jobs)
        return reduced

    def _reduce(self, clip, reduced, i):
        noise = _pause(clip, self.sample_rate)
        reduced[i] = clip if noise is None else self._gated(clip, noise)

    def _gated(self, clip, noise):
        from noisereduce import reduce_noise  # slow to import

        return reduce_noise(
            y=clip,
            sr=self.sample_rate,
            stationary=True,
            y_noise=noise,
            prop_decrease=self.prop_decrease,
            n_fft=2 ** round(np.log2(_FRAME_SECONDS * self.sample_rate)),
            freq_mask_smooth_hz=None,
            time_mask_smooth_ms=_SMOOTH_MS,
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _pause(clip, sample_rate):
    """Return the quietest quarter second, None where it is not quiet enough."""
    hop = int(_HOP_SECONDS * sample_rate)
    n_hops = len(clip) // hop
    if n_hops < 2 * _HOPS_IN_A_PAUSE:
        return None
    energy = np.square(clip[: n_hops * hop], dtype=np.float64).reshape(n_hops, hop).sum(axis=1)
    energy = np.convolve(energy, np.ones(_HOPS_IN_A_PAUSE), mode="valid")
    if energy.min() > _PAUSE**2 * energy.max():
        return None
    start = int(energy.argmin()) * hop
    return clip[start : start + _HOPS_IN_A_PAUSE * hop]
