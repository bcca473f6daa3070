"""Phase from magnitude by iteration."""

import numbers

import numpy as np

from audiogen.signal._pghi import pghi
from audiogen.signal._stft import check_frames, check_spectra, istft, stft
from audiogen.utils.blocks import map_blocks
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["griffin_lim"]

_MOMENTUM = 0.99


def griffin_lim(
    magnitude, frame_length=1024, hop_length=256, window="hann", *, n_iter=32, phase=None
):
    """Recover the phase of spectra from their magnitude by Griffin and Lim's iteration.

    Clips and spectra are computed from each other in turn, the magnitude put back each
    time [1]_, with the momentum of 0.99 that makes it fast [2]_.

    Parameters
    ----------
    magnitude : array-like of shape (n_samples, n_frames, 1 + frame_length // 2)
        Magnitudes of `stft`, not negative.
    frame_length : int, default=1024
        Samples in a frame.
    hop_length : int, default=256
        Samples from the start of a frame to the start of the next.
    window : str, tuple or float, default="hann"
        What `stft` was given.
    n_iter : int, default=32
        Iterations.
    phase : array-like of the same shape, default=None
        Where to start from, in radians. None starts from that of `pghi`, which gets much
        further than a random one.

    Returns
    -------
    phase : ndarray of shape (n_samples, n_frames, 1 + frame_length // 2), float32
        In radians, within [-pi, pi].

    References
    ----------
    .. [1] D. Griffin and J. Lim, "Signal estimation from modified short-time Fourier
       transform", IEEE Transactions on Acoustics, Speech, and Signal Processing 32(2), 1984.
    .. [2] N. Perraudin, P. Balazs and P. L. Sondergaard, "A fast Griffin-Lim algorithm",
       WASPAA 2013.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import griffin_lim, stft
    >>> magnitude = np.abs(stft(np.sin(0.3 * np.arange(4000))))
    >>> griffin_lim(magnitude, n_iter=2).shape
    (1, 19, 513)
    """
    check_frames("griffin_lim", frame_length, hop_length, window)
    constraint = Interval(numbers.Integral, 0, None)
    check_parameters("griffin_lim", {"n_iter": constraint}, {"n_iter": n_iter})
    magnitude = check_spectra(magnitude, frame_length, "magnitude")
    frames = (frame_length, hop_length, window)
    phase = pghi(magnitude, *frames) if phase is None else np.asarray(phase)
    if phase.shape != magnitude.shape:
        raise ValueError(
            f"phase must have the shape of the magnitude, {magnitude.shape}. Got {phase.shape}."
        )
    recovered = np.empty(magnitude.shape, dtype=np.float32)

    def fill(rows):
        block = magnitude[rows].astype(np.float32, copy=False)
        recovered[rows] = _iterate(block, phase[rows], frames, n_iter)

    map_blocks(fill, len(magnitude), magnitude.shape[1] * frame_length)
    return recovered


def _iterate(magnitude, phase, frames, n_iter):
    tiny = np.finfo(np.float32).tiny
    direction = np.exp(1j * phase).astype(np.complex64)
    last = np.zeros_like(direction)
    for _ in range(n_iter):
        spectra = stft(istft(magnitude * direction, *frames), *frames)
        direction = spectra - _MOMENTUM / (1 + _MOMENTUM) * last
        direction /= np.abs(direction) + tiny
        last = spectra
    return np.angle(direction)
