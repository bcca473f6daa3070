"""Harmonics plus noise: the parts of a note, and the grids they are sampled on."""

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

__all__ = [
    "HarmonicNote", "band_matrix", "harmonic_knots", "interpolation_matrix", "knot_matrix",
    "pooling_matrix", "silent_note",
]  # fmt: skip

FLOOR_DB = -80.0
STEPS_PER_FRAME = 4
# The lowest note of a piano, 27.5 Hz, has this many partials below 8 kHz.
HIGHEST_PARTIAL = 290


@dataclass(repr=False)
class HarmonicNote:
    """One note as partials and noise, each relative to a level that moves fast.

    Parameters
    ----------
    pitch : float
        MIDI pitch of the first partial, on average over the note.
    duration : float
        Time until the sound ends, in seconds; silence follows.
    loudness : float
        Highest level, in dB of full scale.
    levels : ndarray of shape (n_frames, 4), float32
        Level of the whole sound in dB of `loudness`, four steps a frame.
    tuning : ndarray of shape (n_frames,), float32
        Deviation from `pitch` in each frame, in cents.
    detuning : ndarray of shape (n_harmonics,), float32
        Deviation of the partials from the multiples of the first, in cents.
    harmonics : ndarray of shape (n_frames, n_harmonics), float32
        Amplitude of the partials, in dB of the level.
    noise : ndarray of shape (n_frames, n_noise_bands), float32
        Power of the noise in each band, as that of white noise, in dB of the level.
    """

    pitch: float
    duration: float
    loudness: float
    levels: np.ndarray
    tuning: np.ndarray
    detuning: np.ndarray
    harmonics: np.ndarray
    noise: np.ndarray

    def __repr__(self) -> str:
        n_frames, n_harmonics = self.harmonics.shape
        return (
            f"HarmonicNote(pitch={self.pitch:.2f}, duration={self.duration:.3f}, "
            f"loudness={self.loudness:.1f}, n_frames={n_frames}, n_harmonics={n_harmonics}, "
            f"n_noise_bands={self.noise.shape[1]})"
        )


def silent_note(pitch: float, n_frames: int, n_harmonics: int, n_noise_bands: int) -> HarmonicNote:
    """Return a note of no sound.

    Parameters
    ----------
    pitch : float
        Its MIDI pitch.
    n_frames, n_harmonics, n_noise_bands : int
        Sizes of its envelopes.

    Returns
    -------
    note : HarmonicNote
        All levels are the lowest.
    """

    def floor(*shape: int) -> np.ndarray:
        return np.full(shape, FLOOR_DB, np.float32)

    return HarmonicNote(
        pitch=float(pitch),
        duration=0.0,
        loudness=FLOOR_DB,
        levels=floor(n_frames, STEPS_PER_FRAME),
        tuning=np.zeros(n_frames, np.float32),
        detuning=np.zeros(n_harmonics, np.float32),
        harmonics=floor(n_frames, n_harmonics),
        noise=floor(n_frames, n_noise_bands),
    )


def harmonic_knots(n_harmonics: int) -> np.ndarray:
    """Return the numbers of the partials that have an envelope of their own.

    Parameters
    ----------
    n_harmonics : int
        Number of envelopes.

    Returns
    -------
    knots : ndarray of shape (n_harmonics,), int
        1, 2, 3, ... and, where `n_harmonics` does not reach to the 290th, ever wider
        steps. Partials between two knots are interpolated.

    Examples
    --------
    >>> from audiogen.signal import harmonic_knots
    >>> harmonic_knots(8)
    array([  1,   2,   5,  11,  26,  57, 129, 290])
    """
    if n_harmonics >= HIGHEST_PARTIAL:
        return np.arange(1, n_harmonics + 1)
    # As few single steps as will do, so that wide ones begin no wider than they.
    for single in range(1, n_harmonics):
        ratio = (HIGHEST_PARTIAL / single) ** (1 / (n_harmonics - single))
        if single * ratio >= single + 1:
            wide = single * ratio ** np.arange(1, n_harmonics - single + 1)
            return np.r_[1 : single + 1, np.round(wide).astype(int)]
    return np.arange(1, n_harmonics + 1)


@functools.lru_cache(maxsize=512)
def knot_matrix(n_harmonics: int, n_partials: int) -> sparse.csr_array:
    """Return the weights that interpolate values at `harmonic_knots` to every partial.

    Parameters
    ----------
    n_harmonics : int
        Number of partials that have a value.
    n_partials : int
        Number of all partials.

    Returns
    -------
    weights : sparse array of shape (n_harmonics, n_partials), float32
        ``values @ weights`` interpolates linearly. It is shared: not to be written to.
    """
    return interpolation_matrix(harmonic_knots(n_harmonics), np.arange(1, n_partials + 1))


@functools.lru_cache(maxsize=512)
def pooling_matrix(n_harmonics: int, n_partials: int) -> tuple[np.ndarray, sparse.csr_array]:
    """Return the weights of the means that stand for partials between knots.

    Parameters
    ----------
    n_harmonics : int
        Number of envelopes.
    n_partials : int
        Number of all partials.

    Returns
    -------
    numbers : ndarray of shape (n_seen,), int
        Those of `harmonic_knots` that there are partials of. Shared: not to be written to.
    weights : sparse array of shape (n_seen, n_partials), float32
        Each row sums to 1. Shared as well.
    """
    knots = harmonic_knots(n_harmonics)
    numbers = knots[knots <= n_partials]
    weights = knot_matrix(n_harmonics, n_partials)[: len(numbers)]
    return numbers, (sparse.diags_array(1 / weights.sum(axis=1)) @ weights).tocsr()


@functools.lru_cache(maxsize=128)
def band_matrix(n_bands: int, n_frequencies: int, sample_rate: float) -> sparse.csr_array:
    """Return the weights that interpolate noise bands to frequencies.

    Parameters
    ----------
    n_bands : int
        Number of bands, equally spaced on the mel scale from 0 Hz to half the sample rate.
    n_frequencies : int
        Number of frequencies, equally spaced from 0 Hz to half the sample rate.
    sample_rate : float
        Sampling rate of the audio, in Hz.

    Returns
    -------
    weights : sparse array of shape (n_bands, n_frequencies), float32
        Triangles: each column sums to 1. It is shared: not to be written to.
    """
    top = _mel(sample_rate / 2)
    centres = (np.arange(n_bands) + 0.5) * top / n_bands
    frequencies = np.arange(n_frequencies) * (sample_rate / 2 / (n_frequencies - 1))
    return interpolation_matrix(centres, _mel(frequencies))


def _mel(frequencies: npt.ArrayLike) -> np.ndarray:
    return 2595 * np.log10(1 + np.asarray(frequencies) / 700)


def interpolation_matrix(at: np.ndarray, wanted: np.ndarray) -> sparse.csr_array:
    """Return the weights of linear interpolation.

    Parameters
    ----------
    at : ndarray of shape (n,)
        Places at which values are known, rising.
    wanted : ndarray of shape (m,)
        Places at which values are wanted. Beyond the ends they are those of the ends.

    Returns
    -------
    weights : sparse array of shape (n, m), float32
        ``values @ weights`` interpolates.
    """
    wanted = np.clip(wanted, at[0], at[-1])
    left = np.clip(np.searchsorted(at, wanted, side="right") - 1, 0, max(len(at) - 2, 0))
    right = np.minimum(left + 1, len(at) - 1)
    share = (wanted - at[left]) / np.maximum(at[right] - at[left], 1e-12)
    columns = np.arange(len(wanted))
    # Sparse: two products a column, and the same bits whatever threads BLAS has.
    values = np.r_[1 - share, share].astype(np.float32)
    places = np.r_[left, right], np.r_[columns, columns]
    return sparse.csr_array((values, places), shape=(len(at), len(wanted)))
