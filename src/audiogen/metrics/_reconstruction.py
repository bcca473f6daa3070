"""How near a sound is to the one that it is to be, frame by frame."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from audiogen.metrics._clips import check_clips
from audiogen.signal import stft

__all__ = ["log_spectral_distance", "spectral_convergence"]

_FRAME_LENGTH, _HOP_LENGTH = 1024, 256
_RANGE_DB = 60.0
_FLOOR = 1e-9


def log_spectral_distance(real: npt.ArrayLike, generated: npt.ArrayLike) -> float:
    """Compute the distance of the spectra of clips from those of the originals, in dB.

    Parameters
    ----------
    real, generated : array-like of shape (n_samples, n_timesteps) or (n_timesteps,), or list of \
            arrays
        Originals, and for each what a codec, a vocoder or an autoencoder made of it, of the
        same length.

    Returns
    -------
    distance : float
        Mean over frames, then over clips, of the root mean square difference of levels [1]_.
        Levels 60 dB below the loudest bin of the original count as silence.

    Raises
    ------
    ValueError
        Where there is not one clip of the same length for each original, or clips are not finite.

    References
    ----------
    .. [1] L. Rabiner and B.-H. Juang, "Fundamentals of Speech Recognition", Prentice Hall, 1993.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import log_spectral_distance
    >>> real = np.random.default_rng(0).standard_normal((2, 16000))
    >>> round(log_spectral_distance(real, real / 2), 1)
    6.0
    """
    return _mean_over_clips(_level_distance, real, generated)


def spectral_convergence(real: npt.ArrayLike, generated: npt.ArrayLike) -> float:
    """Compute the distance of the magnitudes of clips from those of the originals, as a ratio.

    Parameters
    ----------
    real, generated : array-like of shape (n_samples, n_timesteps) or (n_timesteps,), or list of \
            arrays
        Originals, and for each what a codec, a vocoder or an autoencoder made of it, of the
        same length.

    Returns
    -------
    ratio : float
        Norm of the difference of magnitudes over the norm of the original's [1]_, the mean
        over clips. 0 is the best, 1 is what silence reaches; NaN where an original is silent.

    Raises
    ------
    ValueError
        Where there is not one clip of the same length for each original, or clips are not finite.

    References
    ----------
    .. [1] N. Sturmel and L. Daudet, "Signal reconstruction from STFT magnitude: A state of the
       art", DAFx 2011.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import spectral_convergence
    >>> real = np.random.default_rng(0).standard_normal((2, 16000))
    >>> round(spectral_convergence(real, 0.9 * real), 3)
    0.1
    """
    return _mean_over_clips(_relative_difference, real, generated)


def _mean_over_clips(
    figure: Callable[[np.ndarray, np.ndarray], float],
    real: npt.ArrayLike,
    generated: npt.ArrayLike,
) -> float:
    originals, made = check_clips(real, "real"), check_clips(generated, "generated")
    lengths, others = list(map(len, originals)), list(map(len, made))
    if lengths != others:
        raise ValueError(
            "real and generated must have clips of the same lengths, in pairs. "
            f"Got {len(lengths)} of {lengths[0]} and {len(others)} of {others[0]} time steps, "
            "first."
        )
    magnitudes = (
        [np.abs(stft(clip, _FRAME_LENGTH, _HOP_LENGTH)[0]) for clip in pair]
        for pair in zip(originals, made, strict=True)
    )
    return float(np.mean([figure(*pair) for pair in magnitudes]))


def _level_distance(original: np.ndarray, made: np.ndarray) -> float:
    levels, others = (20 * np.log10(magnitude + _FLOOR) for magnitude in (original, made))
    least = levels.max() - _RANGE_DB
    apart = np.maximum(levels, least) - np.maximum(others, least)
    return float(np.sqrt(np.square(apart).mean(axis=1)).mean())


def _relative_difference(original: np.ndarray, made: np.ndarray) -> float:
    norm = np.linalg.norm(original)
    return float(np.linalg.norm(made - original) / norm) if norm else np.nan
