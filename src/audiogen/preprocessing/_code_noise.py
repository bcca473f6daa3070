"""What codes leave out of magnitudes, learnt to be put back as noise."""

import numpy as np

__all__ = ["bin_gain", "code_scatter"]

_PRIOR = 4  # patches that a code's own scatter is averaged with, as all codes have it
_LIKENESS = 0.13  # correlation of noise's magnitudes two frames apart
_MOST_GAIN = 4.0


def code_scatter(
    patches: np.ndarray, features: np.ndarray, codes: np.ndarray, n_codes: int, n_frames: int
) -> np.ndarray:
    """Return how widely magnitudes scatter about those of codes, for each code and bin.

    What is counted is what changes from frame to frame: a patch that is off as a whole is a tone
    at another level or pitch rather than noise.

    Parameters
    ----------
    patches : ndarray of shape (n_patches, n_frames * n_bins)
        Patches of recordings.
    features : ndarray of the same shape
        The same patches, made of their codes.
    codes : ndarray of shape (n_patches,), int
        First-level codes.
    n_codes : int
        Number of codes.
    n_frames : int
        Number of frames in a patch.

    Returns
    -------
    scatter : ndarray of shape (n_codes, n_bins), float32
        Standard deviation over the root of the mean square.
    """
    real = patches.reshape(len(patches), n_frames, -1)
    ours = np.maximum(features, 0).reshape(real.shape)
    missed = np.square(real - ours).mean(axis=1)
    if n_frames > 2:
        changes = [np.square(x[:, 2:] - x[:, :-2]).mean(axis=1) for x in (real, ours)]
        missed = np.minimum(
            _by_code(missed, codes, n_codes),
            np.maximum(_by_code(changes[0] - changes[1], codes, n_codes), 0) / (2 - 2 * _LIKENESS),
        )
    else:
        missed = _by_code(missed, codes, n_codes)
    power = _by_code(np.square(ours).mean(axis=1), codes, n_codes)
    return np.sqrt(missed / np.maximum(power, np.finfo(np.float32).tiny)).astype(np.float32)


def bin_gain(wanted: np.ndarray, got: np.ndarray) -> np.ndarray:
    """Return the gain of each bin that makes a power what is wanted.

    Parameters
    ----------
    wanted, got : ndarray of shape (n_bins,)
        Mean powers.

    Returns
    -------
    gain : ndarray of shape (n_bins,), float32
        1 where there is nothing to compare.
    """
    gain = np.ones(len(got), np.float32)
    np.divide(wanted, got, out=gain, where=(wanted > 0) & (got > 0), casting="same_kind")
    return np.clip(np.sqrt(gain), 1 / _MOST_GAIN, _MOST_GAIN)


def _by_code(values: np.ndarray, codes: np.ndarray, n_codes: int) -> np.ndarray:
    """Return means of the rows of each code, drawn towards the mean of all rows."""
    order = np.argsort(codes, kind="stable")
    used, starts, counts = np.unique(codes[order], return_index=True, return_counts=True)
    means = np.repeat(values.mean(axis=0)[np.newaxis], n_codes, axis=0)
    sums = np.add.reduceat(values[order], starts, axis=0)
    means[used] = (sums + _PRIOR * means[used]) / (counts[:, np.newaxis] + _PRIOR)
    return means
