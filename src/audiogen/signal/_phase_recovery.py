"""Phase recovery: the phase of spectra from their magnitude, by integration or iteration."""

import functools
import numbers
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from audiogen.signal._stft import check_frames, check_spectra, get_window, istft, stft
from audiogen.utils.blocks import map_blocks
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["griffin_lim", "pghi"]

_MOMENTUM = 0.99  # of the fast Griffin-Lim algorithm, as its authors advise


def pghi(
    magnitude: npt.ArrayLike,
    frame_length: int = 1024,
    hop_length: int = 256,
    window: str | tuple | float = "hann",
    tolerance: float = 1e-06,
) -> np.ndarray:
    """Recover the phase of spectra from their magnitude by heap integration.

    Under a Gaussian window the gradient of the phase is that of the log-magnitude, turned by
    90 degrees. It is integrated from the loudest bin outwards, louder bins first [1]_. No
    iterations: some hundred times faster than real time.

    Parameters
    ----------
    magnitude : array-like of shape (n_samples, n_frames, 1 + frame_length // 2)
        Magnitudes of `stft`, not negative.
    frame_length : int, default=1024
        Samples in a frame.
    hop_length : int, default=256
        Samples from the start of a frame to the start of the next.
    window : str, tuple or float, default="hann"
        What `stft` was given; the more it resembles a Gaussian, the better.
    tolerance : float, default=1e-6
        Bins below this part of the loudest of the clip get phase 0.

    Returns
    -------
    phase : ndarray of shape (n_samples, n_frames, 1 + frame_length // 2), float32
        In radians, within [-pi, pi].

    References
    ----------
    .. [1] Z. Prusa, P. Balazs and P. L. Sondergaard, "A noniterative method for
       reconstruction of phase from STFT magnitude", IEEE/ACM Transactions on Audio, Speech,
       and Language Processing 25(5), 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import istft, pghi, stft
    >>> clip = np.sin(0.3 * np.arange(4000))
    >>> magnitude = np.abs(stft(clip))
    >>> recovered = istft(magnitude * np.exp(1j * pghi(magnitude)))
    >>> error = np.abs(stft(recovered))[:, : magnitude.shape[1]] - magnitude
    >>> bool(np.linalg.norm(error) < 0.1 * np.linalg.norm(magnitude))
    True
    """
    check_frames("pghi", frame_length, hop_length, window)
    constraint = Interval(numbers.Real, 0, 1, closed="neither")
    check_parameters("pghi", {"tolerance": constraint}, {"tolerance": tolerance})
    magnitude = check_spectra(magnitude, frame_length, "magnitude")
    phase = np.empty(magnitude.shape, dtype=np.float32)
    gamma = _gaussian_width(window, frame_length)
    integrate = _compiled()

    def fill(rows: slice) -> None:
        for row in range(rows.start, rows.stop):
            clip = magnitude[row].astype(np.float32, copy=False)
            steps = _steps(clip, tolerance, frame_length, hop_length, gamma)
            phase[row] = integrate(*_ordered(clip, tolerance), steps)[1:-1, 1:-1]

    map_blocks(fill, len(magnitude), magnitude.shape[1] * frame_length)
    return phase


@functools.lru_cache(maxsize=8)
def _gaussian_width(window: str | tuple | float, frame_length: int) -> float:
    """Return gamma of the Gaussian exp(-pi t^2 / gamma) that is most like the window."""
    weights = get_window(window, frame_length)
    times = np.arange(frame_length) - frame_length / 2

    def unlikeness(log_gamma: float) -> float:
        gaussian = np.exp(-np.pi * times**2 / np.exp(log_gamma))
        return -(weights @ gaussian) / np.linalg.norm(gaussian)

    around = 2 * np.log(frame_length)
    found = minimize_scalar(unlikeness, bounds=(around - 8, around + 4), method="bounded")
    return float(np.exp(found.x))


def _steps(
    magnitude: np.ndarray, tolerance: float, frame_length: int, hop_length: int, gamma: float
) -> np.ndarray:
    """Return by how much phase grows to the next frame and to the next bin."""
    least = max(tolerance * magnitude.max(), np.finfo(np.float32).tiny)
    log = np.log(np.maximum(magnitude, least))
    bins = np.arange(magnitude.shape[1], dtype=np.float32)
    steps = np.zeros((2, len(magnitude) + 2, len(bins) + 2), dtype=np.float32)
    inner = steps[:, 1:-1, 1:-1]
    inner[0] = _slope(log, 1) * (hop_length * frame_length / gamma)
    inner[0] += 2 * np.pi * hop_length / frame_length * bins
    inner[1] = _slope(log, 0) * (-gamma / (hop_length * frame_length))
    inner[1] -= np.pi  # a frame's phase is that at its start, not at its middle
    return steps


def _slope(values: np.ndarray, axis: int) -> np.ndarray:
    return np.gradient(values, axis=axis) if values.shape[axis] > 1 else np.zeros_like(values)


def _ordered(magnitude: np.ndarray, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the loud bins, loudest first, and the place of each in that order.

    Both are of the magnitude with a border of one, in which nothing is loud. Of bins alike the
    first comes first, whatever the processor sorts with.
    """
    padded = np.pad(magnitude, 1)
    values = padded.ravel()
    loud = np.flatnonzero(values > tolerance * values.max())
    # Floats above 0 are ordered as their bits are. Sorting these and the place in one integer is
    # several times as fast as sorting places by floats.
    keys = (~values[loud].view(np.uint32)).astype(np.uint64) << np.uint64(32)
    order = (np.sort(keys | loud.astype(np.uint64)) & np.uint64(0xFFFFFFFF)).astype(np.int64)
    places = np.full(padded.shape, -1, dtype=np.int32)
    places.ravel()[order] = np.arange(len(order))
    return order, places


@functools.cache
def _compiled() -> Any:
    import numba  # slow to import

    try:  # the compiled function is kept in a file, for compiling takes seconds
        return numba.njit(nogil=True, cache=True)(_integrate)
    except RuntimeError:  # there is no folder to write to
        return numba.njit(nogil=True)(_integrate)


def _integrate(order: np.ndarray, places: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Return the phases, integrated from the loudest bins outwards."""
    shape = places.shape
    places = places.ravel()
    steps = steps.reshape(2, -1)
    phase = np.zeros(places.size)
    open_ = places >= 0
    neighbours = (shape[1], -shape[1], 1, -1)
    heap = np.empty(len(order) + 1, np.int32)  # the children of i are at 2 i + 1 and 2 i + 2
    for seed in order:
        if not open_[seed]:
            continue
        open_[seed] = False
        heap[0], size = places[seed], 1
        while size > 0:
            here = order[heap[0]]
            size -= 1
            last, i, child = heap[size], 0, 1  # the last one sinks from the top
            while child < size:
                if child + 1 < size and heap[child + 1] < heap[child]:
                    child += 1
                if heap[child] >= last:
                    break
                heap[i], i = heap[child], child
                child = 2 * i + 1
            heap[i] = last
            for k in range(4):
                there = here + neighbours[k]
                if open_[there]:
                    open_[there] = False
                    step = (steps[k // 2, here] + steps[k // 2, there]) / 2
                    phase[there] = phase[here] + (step if k % 2 == 0 else -step)
                    rank, i = places[there], size
                    size += 1
                    while i > 0 and heap[(i - 1) // 2] > rank:  # a new one rises from the end
                        heap[i], i = heap[(i - 1) // 2], (i - 1) // 2
                    heap[i] = rank
    return (phase - 2 * np.pi * np.rint(phase / (2 * np.pi))).reshape(shape)


def griffin_lim(
    magnitude: npt.ArrayLike,
    frame_length: int = 1024,
    hop_length: int = 256,
    window: str | tuple | float = "hann",
    *,
    n_iter: int = 32,
    phase: npt.ArrayLike | None = None,
) -> np.ndarray:
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

    def fill(rows: slice) -> None:
        block = magnitude[rows].astype(np.float32, copy=False)
        recovered[rows] = _iterate(block, phase[rows], frames, n_iter)

    map_blocks(fill, len(magnitude), magnitude.shape[1] * frame_length)
    return recovered


def _iterate(magnitude: np.ndarray, phase: np.ndarray, frames: tuple, n_iter: int) -> np.ndarray:
    tiny = np.finfo(np.float32).tiny
    direction = np.exp(1j * phase).astype(np.complex64)
    last = np.zeros_like(direction)
    for _ in range(n_iter):
        spectra = stft(istft(magnitude * direction, *frames), *frames)
        direction = spectra - _MOMENTUM / (1 + _MOMENTUM) * last
        direction /= np.abs(direction) + tiny
        last = spectra
    return np.angle(direction)
