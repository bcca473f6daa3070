"""Noise reduction that learns from many notes what is noise."""

import numbers

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from audiogen.signal import count_frames, istft, stft
from audiogen.utils.blocks import map_blocks
from audiogen.utils.validation import Interval, Options, check_audio, check_parameters

__all__ = ["NoiseReducer"]

_FRAME_SECONDS = 0.128
_OVERLAP = 4
_SMOOTHED = 4  # frames averaged before the quietest are looked for
_FEWEST_FRAMES = 8
_SILENCE = 10 ** (-96 / 10)  # of full scale: nothing that 16 bits can hold
_QUIET_TIMES = 0.2
_QUIET_CLIPS = 0.3
_QUIET_BINS = 0.25
_UNDERESTIMATE = 2.25  # by which these quantiles make Gaussian noise too quiet
_REFINEMENTS = 3
_MEMORY = 0.96  # of the decision-directed estimate, from frame to frame
_LEAST_SNR = 10 ** (-25 / 10)
_NO_NOISE = 1e-30  # in place of 0, which nothing can be divided by


class NoiseReducer(TransformerMixin, BaseEstimator):
    """Take the steady noise of the training notes out of clips, and leave the music.

    `fit` learns the spectrum of the noise. By default training audio passes untouched and
    generated audio is cleaned: that is what ``inverse_transform`` does at the front of a
    pipeline.

    Parameters
    ----------
    sample_rate : int, default=16000
        Samples per second.
    prop_decrease : float, default=0.9
        How far noise is turned down: 0 leaves it, 1 takes all of it.
    apply_to : {"generated", "training", "both"}, default="generated"
        "generated" reduces noise in ``inverse_transform``, "training" in ``transform``.

    Attributes
    ----------
    noise_ : ndarray of shape (n_bins,), float64
        The power of the noise in each bin of `audiogen.signal.stft`, at the level that is
        the median of the training notes; zeros where they have none.
    loudest_ : float
        How many times as much power the noise of the noisiest training note has. No clip
        is taken to be noisier.
    n_features_in_ : int
        ``X.shape[1]`` in `fit`.

    Notes
    -----
    Noise is what all notes have in common while each is quiet: before the onset, after the
    end, and between the partials while it sounds. In each bin of the spectrum the quietest
    fifth of a note's time is looked at, then the quieter third of the notes, all brought
    to one level. So a note need not pause, but there should be some notes of different
    pitches: the partials of one note that never ends are like the lines of hum. Steady
    noise that all notes are made of, such as cymbals, is taken for noise.

    Digital silence says nothing of the noise and is passed over, as is all that is more
    than 96 dB below full scale. Where nothing else is quiet, `noise_` is zero and clips stay
    as they are, to the bit. So do clips shorter than 0.35 s.

    In each clip the noise has the learnt spectrum at a level of its own, which is found by
    the bins that are quietest beside it: clips without noise are hardly touched. A Wiener
    filter, whose a-priori signal-to-noise ratio is the decision-directed one [1]_ [2]_, then
    turns each bin down as far as the noise in it asks. To take the quietest times for noise is
    the idea of [3]_.

    References
    ----------
    .. [1] Y. Ephraim and D. Malah, "Speech enhancement using a minimum mean-square error
       short-time spectral amplitude estimator", IEEE Transactions on Acoustics, Speech,
       and Signal Processing 32(6), 1984.
    .. [2] P. Scalart and J. Vieira Filho, "Speech enhancement based on a priori signal to
       noise estimation", ICASSP 1996.
    .. [3] R. Martin, "Noise power spectral density estimation based on optimal smoothing
       and minimum statistics", IEEE Transactions on Speech and Audio Processing 9(5), 2001.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.datasets import make_notes
    >>> from audiogen.preprocessing import NoiseReducer
    >>> clean = make_notes(8, random_state=0).data
    >>> noise = np.random.default_rng(0).normal(scale=0.01, size=clean.shape)
    >>> reduced = NoiseReducer().fit(clean + noise).inverse_transform(clean + noise)
    >>> bool(np.std(reduced - clean) < 0.4 * np.std(noise))
    True
    """

    def __init__(self, sample_rate=16000, prop_decrease=0.9, apply_to="generated"):
        self.sample_rate = sample_rate
        self.prop_decrease = prop_decrease
        self.apply_to = apply_to

    def fit(self, X, y=None):
        """Learn the spectrum of the noise.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Notes, as noisy as they are.
        y : None
            Ignored.

        Returns
        -------
        self : NoiseReducer
        """
        X = self._validated(X, reset=True)
        size = self._frame_length()
        quiet = _by_blocks(lambda block: _quiet_spectra(_power(_spectra(block, size))), X, size)
        self.noise_, self.loudest_ = _common(quiet)
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
        check_is_fitted(self)
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
        check_is_fitted(self)
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
            },
        )
        return validate_data(self, X, dtype=(np.float32, np.float64), reset=reset)

    def _frame_length(self):
        return 2 ** round(np.log2(_FRAME_SECONDS * self.sample_rate))

    def _reduced(self, X):
        if not len(X) or not self.noise_.any():
            return X.copy()
        return _by_blocks(self._reduce, X, self._frame_length())

    def _reduce(self, block):
        size = self._frame_length()
        spectra = _spectra(block, size)
        power = _power(spectra)
        levels = np.minimum(_levels(_quiet_spectra(power), self.noise_), self.loudest_)
        noisy = levels > 0
        reduced = block.copy()
        if noisy.any():
            noise = _UNDERESTIMATE * np.outer(levels[noisy], self.noise_)
            gains = 1 - self.prop_decrease * (1 - _wiener_gains(power[noisy], noise))
            cleaned = spectra[noisy] * gains.astype(block.dtype)
            reduced[noisy] = istft(cleaned, size, size // _OVERLAP, n_timesteps=block.shape[1])
        return reduced

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _by_blocks(function, X, size):
    n_frames = count_frames(X.shape[1], size, size // _OVERLAP)
    return np.concatenate(map_blocks(lambda rows: function(X[rows]), len(X), n_frames * size))


def _spectra(audio, size):
    return stft(audio, size, size // _OVERLAP)


def _power(spectra):
    return np.square(spectra.real, dtype=np.float64) + np.square(spectra.imag, dtype=np.float64)


def _floor(n_bins):
    """Return the power in a bin below which there is silence; 3/8 is the window's energy."""
    return _SILENCE * 3 / 8 * 2 * (n_bins - 1)


def _quiet_spectra(power):
    """Return the power of each bin in the quietest times of clips, (n_samples, n_bins).

    All zeros are clips that are too short or silent.
    """
    n_samples, _, n_bins = power.shape
    floor = _floor(n_bins)
    edge = _OVERLAP - 1  # frames that reach over the ends of the clip
    quiet = np.zeros((n_samples, n_bins))
    for clip, found in zip(power[:, edge:-edge], quiet, strict=True):
        frames = clip[clip.mean(axis=1) > floor]
        n_means = len(frames) - _SMOOTHED + 1
        if len(frames) >= _FEWEST_FRAMES:
            means = sum(frames[i : i + n_means] for i in range(_SMOOTHED)) / _SMOOTHED
            found[:] = np.quantile(means, _QUIET_TIMES, axis=0)
    return quiet


def _common(quiet):
    """Return the spectrum that quiet times have in common, and the highest level of it."""
    floor = _floor(quiet.shape[1])
    quiet = quiet[quiet.mean(axis=1) > floor]
    if not len(quiet):
        return np.zeros(quiet.shape[1]), 0.0
    noise = np.quantile(quiet, _QUIET_CLIPS, axis=0)
    noise[np.median(quiet, axis=0) <= floor] = 0
    for _ in range(_REFINEMENTS):
        levels = _levels(quiet, noise)
        if not levels.any():
            return np.zeros_like(noise), 0.0
        quiet, levels = quiet[levels > 0], levels[levels > 0]
        common = np.quantile(quiet / levels[:, np.newaxis], _QUIET_CLIPS, axis=0)
        noise = np.where(noise > 0, common * np.median(levels), 0)
    return noise, float(_levels(quiet, noise).max())


def _levels(quiet, noise):
    """Return how many times as much power than `noise` the quiet times of clips have."""
    heard = noise > 0
    if not heard.any():
        return np.zeros(len(quiet))
    levels = np.quantile(quiet[:, heard] / noise[heard], _QUIET_BINS, axis=1)
    return np.where(quiet.mean(axis=1) > _floor(len(noise)), levels, 0)


def _wiener_gains(power, noise):
    """Return gains in [0, 1] of the shape of `power`, frame after frame."""
    gains = np.empty_like(power)
    noise = np.maximum(noise, _NO_NOISE)
    memory = np.zeros_like(noise)
    for t in range(power.shape[1]):
        excess = np.maximum(power[:, t] / noise - 1, 0)
        ratio = np.maximum(_MEMORY * memory + (1 - _MEMORY) * excess, _LEAST_SNR)
        gains[:, t] = ratio / (1 + ratio)
        memory = gains[:, t] ** 2 * power[:, t] / noise
    return gains
