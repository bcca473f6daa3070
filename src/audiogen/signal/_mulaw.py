"""Mu-law: audio as a few levels, fine near silence and coarse where it is loud."""

import numbers

import numpy as np
import numpy.typing as npt

from audiogen.utils.validation import Interval, check_parameters

__all__ = ["mu_law_decode", "mu_law_encode"]

_N_LEVELS = Interval(numbers.Integral, 2, None)


def mu_law_encode(audio: npt.ArrayLike, n_levels: int = 256) -> np.ndarray:
    """Return audio as numbers of levels.

    Parameters
    ----------
    audio : array-like
        Samples; what lies outside [-1, 1] gets the first or last level.
    n_levels : int, default=256
        How many levels. They are equally far from each other after the companding
        ``sign(x) log(1 + mu |x|) / log(1 + mu)`` with ``mu = n_levels - 1`` [1]_.

    Returns
    -------
    levels : ndarray of the shape of audio, int32
        In [0, n_levels).

    See Also
    --------
    mu_law_decode : The inverse.

    References
    ----------
    .. [1] ITU-T Recommendation G.711, "Pulse Code Modulation (PCM) of Voice Frequencies",
       1988.

    Examples
    --------
    >>> from audiogen.signal import mu_law_encode
    >>> mu_law_encode([-1.0, -0.01, 0.01, 1.0])
    array([  0,  98, 157, 255], dtype=int32)
    """
    check_parameters("mu_law_encode", {"n_levels": _N_LEVELS}, {"n_levels": n_levels})
    audio = np.clip(np.asarray(audio, dtype=np.float32), -1, 1)
    mu = np.float32(n_levels - 1)
    companded = np.sign(audio) * np.log1p(mu * np.abs(audio)) / np.log1p(mu)
    return np.rint((companded + 1) / 2 * mu).astype(np.int32)


def mu_law_decode(levels: npt.ArrayLike, n_levels: int = 256) -> np.ndarray:
    """Return the audio of levels.

    Parameters
    ----------
    levels : array-like of int
        In [0, n_levels).
    n_levels : int, default=256
        How many levels there are.

    Returns
    -------
    audio : ndarray of the shape of levels, float32
        In [-1, 1]. With 256 levels it is off by at most 2.2 % of the sample plus 0.0001.

    See Also
    --------
    mu_law_encode : The inverse, with the reference.

    Examples
    --------
    >>> from audiogen.signal import mu_law_decode
    >>> mu_law_decode([0, 98, 157, 255]).round(3)
    array([-1.  , -0.01,  0.01,  1.  ], dtype=float32)
    """
    check_parameters("mu_law_decode", {"n_levels": _N_LEVELS}, {"n_levels": n_levels})
    mu = np.float32(n_levels - 1)
    companded = 2 * np.asarray(levels, dtype=np.float32) / mu - 1
    return np.sign(companded) * np.expm1(np.abs(companded) * np.log1p(mu)) / mu
