"""Features of clips that the metrics compare."""

import numpy as np
import numpy.typing as npt

from audiogen.signal import mfcc, scale_to_peak
from audiogen.utils.large import map_rows, slabs
from audiogen.utils.validation import check_audio

__all__ = ["check_embeddings", "check_features", "check_pair", "mfcc_frames", "pooled"]

_N_MFCC = 40
_N_KEPT = 13


def mfcc_frames(audio: npt.ArrayLike, sample_rate: float, *, scaled: bool = False) -> np.ndarray:
    """Return the first 13 of 40 mel-frequency cepstral coefficients of each frame.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps)
        Clips.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    scaled : bool, default=False
        Whether each clip is scaled to a peak of 1 before.

    Returns
    -------
    frames : ndarray of shape (n_samples, n_frames, 13), float32
    """

    def frames(rows: np.ndarray) -> np.ndarray:
        rows = scale_to_peak(rows) if scaled else rows
        return mfcc(rows, sample_rate, _N_MFCC)[..., :_N_KEPT]

    return map_rows(frames, check_audio(audio))


def check_features(X: npt.ArrayLike, name: str, min_samples: int) -> np.ndarray:
    """Return features as a finite array of real numbers with two dimensions.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or (n_samples,)
        Features; one dimension means one feature.
    name : str
        Name of the features in messages.
    min_samples : int
        Smallest allowed number of rows.

    Returns
    -------
    X : ndarray of shape (n_samples, n_features)
        Of the dtype given.

    Raises
    ------
    ValueError
        Where the shape is another, rows are too few or values are not finite.
    """
    if np.ndim(X) == 3:
        raise ValueError(f"{name} must have the shape (n_samples, n_features). Got {np.shape(X)}.")
    return check_embeddings(X, name, min_samples)


def check_embeddings(X: npt.ArrayLike, name: str, min_samples: int) -> np.ndarray:
    """Return features as a finite array of real numbers, of clips or of their frames.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features), (n_samples,) or \
            (n_samples, n_frames, n_features)
        Features; one dimension means one feature.
    name : str
        Name of the features in messages.
    min_samples : int
        Smallest allowed number of samples.

    Returns
    -------
    X : ndarray of shape (n_samples, n_features) or (n_samples, n_frames, n_features)
        Of the dtype given.

    Raises
    ------
    ValueError
        Where the shape is another, samples are too few or values are not finite.
    """
    try:
        X = np.asarray(X)
    except ValueError as error:
        raise ValueError(f"{name} must have as many features in each row.") from error
    if X.dtype.kind not in "fiu":
        raise ValueError(f"{name} must be an array of real numbers. Got dtype {X.dtype}.")
    if X.ndim == 1:
        X = X[:, np.newaxis]
    if X.ndim not in (2, 3) or 0 in X.shape[1:]:
        raise ValueError(
            f"{name} must have the shape (n_samples, n_features) or "
            f"(n_samples, n_frames, n_features). Got {X.shape}."
        )
    if len(X) < min_samples:
        raise ValueError(f"{name} must have at least {min_samples} rows. Got {len(X)}.")
    if not all(np.isfinite(X[rows]).all() for rows in slabs(X)):
        raise ValueError(f"{name} holds NaN or infinite values; remove those rows.")
    return X


def pooled(X: np.ndarray) -> np.ndarray:
    """Return features as rows, with every frame of every clip as one."""
    return X.reshape(-1, X.shape[-1])


def check_pair(
    real: npt.ArrayLike, generated: npt.ArrayLike, fewest: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return two sets of features as arrays of one row for each clip, the mean of its frames.

    Parameters
    ----------
    real, generated : array-like of shape (n_samples, n_features), (n_samples,) or \
            (n_samples, n_frames, n_features)
        Features of the two sets.
    fewest : tuple of int
        Smallest allowed number of clips in each.

    Returns
    -------
    real, generated : ndarray of shape (n_samples, n_features)
        Of the dtype given.

    Raises
    ------
    ValueError
        Where `check_embeddings` raises one, or the sets have different features.
    """
    P = _clip_means(check_embeddings(real, "real", fewest[0]))
    Q = _clip_means(check_embeddings(generated, "generated", fewest[1]))
    if P.shape[1] != Q.shape[1]:
        raise ValueError(
            "real and generated must have the same features. "
            f"Got {P.shape[1]} and {Q.shape[1]} of them."
        )
    return P, Q


def _clip_means(X: np.ndarray) -> np.ndarray:
    return X if X.ndim == 2 else map_rows(lambda clips: clips.mean(axis=1), X)
