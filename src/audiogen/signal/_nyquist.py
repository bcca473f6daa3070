"""The bin at half the sample rate, carried along in bin 0 as packed formats do."""

import numpy as np

__all__ = ["pack_nyquist", "unpack_nyquist"]


def pack_nyquist(spectra: np.ndarray) -> np.ndarray:
    """Make the last bin of spectra the imaginary part of the first.

    Both are real in the spectrum of a real frame of even length.

    Parameters
    ----------
    spectra : ndarray of shape (..., n_bins + 1), complex
        What `stft` returns. Its first bin is overwritten.

    Returns
    -------
    packed : ndarray of shape (..., n_bins), complex
        A view.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import pack_nyquist
    >>> pack_nyquist(np.array([1, 2 + 3j, 4]))
    array([1.+4.j, 2.+3.j])
    """
    spectra.imag[..., 0] = spectra.real[..., -1]
    return spectra[..., :-1]


def unpack_nyquist(packed: np.ndarray) -> np.ndarray:
    """Give spectra their last bin back: the inverse of `pack_nyquist`.

    Parameters
    ----------
    packed : ndarray of shape (..., n_bins), complex
        What `pack_nyquist` returned.

    Returns
    -------
    spectra : ndarray of shape (..., n_bins + 1), complex
        A new array.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import unpack_nyquist
    >>> unpack_nyquist(np.array([1 + 4j, 2 + 3j]))
    array([1.+0.j, 2.+3.j, 4.+0.j])
    """
    spectra = np.concatenate([packed, packed[..., :1].imag], axis=-1)
    spectra.imag[..., 0] = 0
    return spectra
