"""Noise reduction that learns from many notes what is noise."""

import numbers
from collections.abc import Callable
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.base import OneToOneFeatureMixin

from audiogen.preprocessing._base import ClipTransformer
from audiogen.signal import count_frames, istft, stft
from audiogen.utils.blocks import map_blocks
from audiogen.utils.large import slabs
from audiogen.utils.validation import Interval, Options, check_audio

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
_PROFILE_FRAMES = 16  # of noise that the spectral gate learns from


class NoiseReducer(OneToOneFeatureMixin, ClipTransformer):
    """Reduce in clips the steady noise that the training notes have in common.

    `fit` learns the spectrum of the noise. By default ``transform`` returns training audio as it
    is and ``inverse_transform``, at the front of a pipeline, reduces the noise in generated
    audio, of any length. Nothing is undone: noise that was removed does not come back.

    Parameters
    ----------
    sample_rate : int, default=16000
        Sampling rate of the audio, in Hz.
    prop_decrease : float, default=0.9
        Proportion by which noise is reduced: 0 leaves it, 1 removes all of it.
    apply_to : {"generated", "training", "both"}, default="generated"
        Audio in which noise is reduced: "generated" by ``inverse_transform``, "training" by
        ``transform``.
    method : {"wiener", "spectral_gate"}, default="wiener"
        Filter that reduces the noise. "wiener" is the Wiener filter described below,
        "spectral_gate" the stationary spectral gate of the package noisereduce [4]_, which is
        given noise of the learnt spectrum, at the level found in each clip.

    Attributes
    ----------
    noise_ : ndarray of shape (n_bins,), float64
        The power of the noise in each bin of `audiogen.signal.stft`, at the level that is
        the median of the training notes; zeros where they have none.
    loudest_ : float
        How many times as much power the noise of the noisiest training note has. No clip
        is taken to be noisier.
    n_features_in_ : int
        Number of time steps in a note seen in `fit`.

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
    .. [4] T. Sainburg, M. Thielk and T. Q. Gentner, "Finding, visualizing, and quantifying latent
       structure across diverse animal vocal repertoires", PLOS Computational Biology 16(10),
       2020, whose package is noisereduce.

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

    _constraints: ClassVar[dict] = {
        "sample_rate": Interval(numbers.Integral, 1000, None),
        "prop_decrease": Interval(numbers.Real, 0, 1, closed="both"),
        "apply_to": Options("generated", "training", "both"),
        "method": Options("wiener", "spectral_gate"),
    }

    def __init__(
        self,
        sample_rate: int = 16000,
        prop_decrease: float = 0.9,
        apply_to: str = "generated",
        method: str = "wiener",
    ) -> None:
        self.sample_rate = sample_rate
        self.prop_decrease = prop_decrease
        self.apply_to = apply_to
        self.method = method

    def _fit(self, X: np.ndarray, y: object) -> None:
        size = self._frame_length()
        quiet = _by_blocks(lambda block: _quiet_spectra(_power(_spectra(block, size))), X, size)
        self.noise_, self.loudest_ = _common(quiet)

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return X if self.apply_to == "generated" else self._reduced(X)

    def _inverse(self, X: npt.ArrayLike) -> np.ndarray:
        if self.apply_to == "training":
            return np.asarray(X)
        return self._reduced(check_audio(X, name="X", min_samples=0))

    def _frame_length(self) -> int:
        return 2 ** round(np.log2(_FRAME_SECONDS * self.sample_rate))

    def _reduced(self, X: np.ndarray) -> np.ndarray:
        """Return clips with the noise reduced."""
        if not len(X) or not self.noise_.any():
            return X.copy()
        return _by_blocks(self._reduced_block, X, self._frame_length())

    def _reduced_block(self, block: np.ndarray) -> np.ndarray:
        spectra = _spectra(block, self._frame_length())
        power = _power(spectra)
        levels = np.minimum(_levels(_quiet_spectra(power), self.noise_), self.loudest_)
        noisy = levels > 0
        reduced = block.copy()
        if noisy.any():
            noise = _UNDERESTIMATE * np.outer(levels[noisy], self.noise_)
            if self.method == "wiener":
                reduced[noisy] = self._filtered(
                    spectra[noisy], power[noisy], noise, block.shape[1]
                )
            else:
                reduced[noisy] = self._gated(block[noisy], noise)
        return reduced

    def _filtered(
        self, spectra: np.ndarray, power: np.ndarray, noise: np.ndarray, n_timesteps: int
    ) -> np.ndarray:
        """Return the clips of spectra after a Wiener filter."""
        size = self._frame_length()
        gains = 1 - self.prop_decrease * (1 - _wiener_gains(power, noise))
        cleaned = spectra * gains.astype(spectra.real.dtype)
        return istft(cleaned, size, size // _OVERLAP, n_timesteps=n_timesteps)

    def _gated(self, clips: np.ndarray, noise: np.ndarray) -> np.ndarray:
        """Return clips after noisereduce's stationary gate."""
        from noisereduce import reduce_noise  # slow to import

        profiles = _noise_of_spectra(noise, self._frame_length())
        return np.stack(
            [
                reduce_noise(
                    y=clip,
                    sr=self.sample_rate,
                    stationary=True,
                    y_noise=profile,
                    prop_decrease=self.prop_decrease,
                    freq_mask_smooth_hz=None,  # smoothing would cover lone partials
                )
                for clip, profile in zip(clips, profiles, strict=True)
            ]
        )


def _by_blocks(
    function: Callable[[np.ndarray], np.ndarray], X: np.ndarray, size: int
) -> np.ndarray:
    n_values = size * count_frames(X.shape[1], size, size // _OVERLAP)

    def blocks(part: np.ndarray) -> list[np.ndarray]:
        return map_blocks(lambda rows: function(part[rows]), len(part), n_values)

    return np.concatenate([found for rows in slabs(X) for found in blocks(X[rows])])


def _spectra(audio: np.ndarray, size: int) -> np.ndarray:
    return stft(audio, size, size // _OVERLAP)


def _power(spectra: np.ndarray) -> np.ndarray:
    return np.square(spectra.real, dtype=np.float64) + np.square(spectra.imag, dtype=np.float64)


def _floor(n_bins: int) -> float:
    """Return the power in a bin below which there is silence; 3/8 is the window's energy."""
    return _SILENCE * 3 / 8 * 2 * (n_bins - 1)


def _quiet_spectra(power: np.ndarray) -> np.ndarray:
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


def _common(quiet: np.ndarray) -> tuple[np.ndarray, float]:
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


def _levels(quiet: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Return how many times as much power than `noise` the quiet times of clips have."""
    heard = noise > 0
    if not heard.any():
        return np.zeros(len(quiet))
    levels = np.quantile(quiet[:, heard] / noise[heard], _QUIET_BINS, axis=1)
    return np.where(quiet.mean(axis=1) > _floor(len(noise)), levels, 0)


def _wiener_gains(power: np.ndarray, noise: np.ndarray) -> np.ndarray:
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


def _noise_of_spectra(noise: np.ndarray, size: int) -> np.ndarray:
    """Return for each power spectrum a second or so of Gaussian noise that has it, float32."""
    random = np.random.default_rng(0).standard_normal((_PROFILE_FRAMES * size,))
    spectrum = np.fft.rfft(random)
    bins = np.linspace(0, noise.shape[1] - 1, len(spectrum))
    # The window of the spectra has 3/8 of the energy of a rectangular one.
    amplitude = np.sqrt(np.maximum(noise, 0) / (3 / 8 * size))
    shaped = [spectrum * np.interp(bins, np.arange(noise.shape[1]), row) for row in amplitude]
    return np.fft.irfft(shaped, len(random)).astype(np.float32)
