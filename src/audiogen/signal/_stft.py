"""The short-time Fourier transform of many clips at once, and its inverse."""

import functools
import numbers
import threading

import numpy as np
import numpy.typing as npt
import scipy.fft
import scipy.signal
from numpy.lib.stride_tricks import sliding_window_view

from audiogen.utils.blocks import map_blocks
from audiogen.utils.validation import Instance, Interval, check_audio, check_parameters

__all__ = ["check_frames", "check_spectra", "count_frames", "dual_window", "istft", "stft"]

_LEAST_ENERGY = 1e-10  # as scipy.signal.check_NOLA has it


def stft(
    audio: npt.ArrayLike,
    frame_length: int = 1024,
    hop_length: int = 256,
    window: str | tuple | float = "hann",
) -> np.ndarray:
    """Compute the short-time Fourier transform of clips.

    Frame 0 ends with the first `hop_length` samples, and the last frame begins within the
    clip: around it there is silence. So every sample lies in as many frames as any other,
    and the inverse is as exact at the edges as in the middle.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        The clips.
    frame_length : int, default=1024
        Samples in a frame.
    hop_length : int, default=256
        Samples from the start of a frame to the start of the next.
    window : str, tuple or float, default="hann"
        What `scipy.signal.get_window` takes. Frames are multiplied by it.

    Returns
    -------
    spectra : ndarray of shape (n_samples, n_frames, 1 + frame_length // 2)
        complex64, or complex128 where the audio is float64. There are
        ``ceil((n_timesteps + frame_length - hop_length) / hop_length)`` frames. Bin k is
        that of k times the sample rate over `frame_length`; phases are those at the
        start of the frame.

    Raises
    ------
    ValueError
        Where the audio has another shape or is not finite, or SciPy has no such window.

    See Also
    --------
    istft : The inverse.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import istft, stft
    >>> clips = np.sin(np.arange(128000, dtype=np.float32)).reshape(2, 64000)
    >>> spectra = stft(clips)
    >>> spectra.shape
    (2, 253, 513)
    >>> bool(np.abs(istft(spectra, n_timesteps=64000) - clips).max() < 1e-6)
    True
    """
    check_frames("stft", frame_length, hop_length, window)
    audio = check_audio(audio)
    n_samples, n_timesteps = audio.shape
    n_frames = count_frames(n_timesteps, frame_length, hop_length)
    shape = (n_samples, n_frames, 1 + frame_length // 2)
    spectra = np.empty(shape, np.result_type(audio.dtype, np.complex64))
    weights = get_window(window, frame_length).astype(audio.dtype)
    before = frame_length - hop_length

    memory = threading.local()  # of each thread, for all its blocks: fresh memory is slow

    def fill(rows: slice) -> None:
        block = audio[rows]
        if not hasattr(memory, "padded"):
            n_padded = frame_length + (n_frames - 1) * hop_length
            memory.padded = np.zeros((len(block), n_padded), audio.dtype)
            memory.frames = np.empty((len(block), n_frames, frame_length), audio.dtype)
        padded, frames = memory.padded[: len(block)], memory.frames[: len(block)]
        padded[:, before : before + n_timesteps] = block
        views = sliding_window_view(padded, frame_length, axis=1)[:, ::hop_length]
        np.multiply(views, weights, out=frames)
        spectra[rows] = scipy.fft.rfft(frames, overwrite_x=True)

    map_blocks(fill, n_samples, n_frames * frame_length)
    return spectra


def istft(
    spectra: npt.ArrayLike,
    frame_length: int = 1024,
    hop_length: int = 256,
    window: str | tuple | float = "hann",
    n_timesteps: int | None = None,
) -> np.ndarray:
    """Compute clips from their short-time Fourier transforms.

    Frames are overlapped and added under the canonical dual of the window: of all clips
    this is the one whose `stft` is nearest in the least-squares sense [1]_, and the
    original where the spectra are those of a clip.

    Parameters
    ----------
    spectra : array-like of shape (n_samples, n_frames, 1 + frame_length // 2)
        What `stft` returned; complex.
    frame_length : int, default=1024
        Samples in a frame.
    hop_length : int, default=256
        Samples from the start of a frame to the start of the next.
    window : str, tuple or float, default="hann"
        What `stft` was given.
    n_timesteps : int, default=None
        Length of the clips; None takes all that the frames cover in full, which is up to
        ``hop_length - 1`` samples more than `stft` was given. What lies beyond is silent.

    Returns
    -------
    audio : ndarray of shape (n_samples, n_timesteps)
        float32, or float64 where the spectra are complex128.

    Raises
    ------
    ValueError
        Where the spectra have another shape, or window and hop cannot be inverted.

    References
    ----------
    .. [1] D. Griffin and J. Lim, "Signal estimation from modified short-time Fourier
       transform", IEEE Transactions on Acoustics, Speech, and Signal Processing 32(2), 1984.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import istft, stft
    >>> clip = np.float32([0.5, -0.5, 0.25])
    >>> istft(stft(clip, 4, 1), 4, 1)
    array([[ 0.5 , -0.5 ,  0.25]], dtype=float32)
    """
    check_frames("istft", frame_length, hop_length, window)
    spectra = check_spectra(spectra, frame_length)
    spectra = spectra.astype(np.result_type(spectra.dtype, np.complex64), copy=False)
    n_samples, n_frames, _ = spectra.shape
    weights = dual_window(window, frame_length, hop_length).astype(spectra.real.dtype)
    before = frame_length - hop_length
    if n_timesteps is None:
        n_timesteps = max(0, n_frames * hop_length - before)
    audio = np.zeros((n_samples, n_timesteps), spectra.real.dtype)

    def fill(rows: slice) -> None:
        frames = scipy.fft.irfft(spectra[rows], frame_length)
        frames *= weights
        added = _overlap_add(frames, hop_length)[:, before : before + n_timesteps]
        audio[rows, : added.shape[1]] = added

    map_blocks(fill, n_samples, n_frames * frame_length)
    return audio


def dual_window(window: str | tuple | float, frame_length: int, hop_length: int) -> np.ndarray:
    """Return the window under which `istft` adds up frames.

    Parameters
    ----------
    window : str, tuple or float
        What `scipy.signal.get_window` takes.
    frame_length : int
        Samples in a frame.
    hop_length : int
        Samples from the start of a frame to the start of the next.

    Returns
    -------
    dual : ndarray of shape (frame_length,), float64
        The window over the sum of its squares, one hop apart.

    Raises
    ------
    ValueError
        Where that sum is zero somewhere, so that the transform cannot be inverted, or
        SciPy has no such window.

    Examples
    --------
    >>> from audiogen.signal import dual_window
    >>> dual_window("boxcar", 4, 2)
    array([0.5, 0.5, 0.5, 0.5])
    """
    check_frames("dual_window", frame_length, hop_length, window)
    weights = get_window(window, frame_length)
    n_hops = -(-frame_length // hop_length)
    squares = np.zeros(n_hops * hop_length)
    squares[:frame_length] = weights**2
    energy = squares.reshape(n_hops, hop_length).sum(axis=0)
    if energy.min() < _LEAST_ENERGY * squares.max():
        raise ValueError(
            f"window={window!r} with frame_length={frame_length} and hop_length={hop_length} "
            "cannot be inverted: some samples have no weight in any frame. "
            f"Take a smaller hop_length, such as {max(1, frame_length // 4)}."
        )
    return weights / np.tile(energy, n_hops)[:frame_length]


def count_frames(n_timesteps: int, frame_length: int, hop_length: int) -> int:
    """Return how many frames `stft` makes of a clip.

    Parameters
    ----------
    n_timesteps : int
        Samples in the clip.
    frame_length : int
        Samples in a frame.
    hop_length : int
        Samples from the start of a frame to the start of the next.

    Returns
    -------
    n_frames : int

    Examples
    --------
    >>> from audiogen.signal import count_frames
    >>> count_frames(64000, frame_length=1024, hop_length=256)
    253
    """
    return -(-(n_timesteps + frame_length - hop_length) // hop_length)


def check_frames(
    owner: str, frame_length: int, hop_length: int, window: str | tuple | float
) -> None:
    """Check the three parameters that say how frames lie."""
    parameters = {"frame_length": frame_length, "hop_length": hop_length, "window": window}
    check_parameters(
        owner,
        {
            "frame_length": Interval(numbers.Integral, 2, None),
            "hop_length": Interval(numbers.Integral, 1, None),
            "window": Instance((str, tuple, numbers.Real), "a window of scipy.signal.get_window"),
        },
        parameters,
    )
    if hop_length > frame_length:
        raise ValueError(
            f"The 'hop_length' parameter of {owner} must not be above frame_length="
            f"{frame_length}, or samples are lost between frames. Got {hop_length} instead."
        )


def check_spectra(spectra: npt.ArrayLike, frame_length: int, name: str = "spectra") -> np.ndarray:
    """Return spectra as an array of shape (n_samples, n_frames, n_bins)."""
    spectra = np.asarray(spectra)
    n_bins = 1 + frame_length // 2
    if spectra.ndim != 3 or spectra.shape[2] != n_bins or spectra.shape[1] == 0:
        raise ValueError(
            f"{name} must have the shape (n_samples, n_frames, {n_bins}) for "
            f"frame_length={frame_length}. Got {spectra.shape}."
        )
    return spectra


@functools.lru_cache(maxsize=8)
def get_window(window: str | tuple | float, frame_length: int) -> np.ndarray:
    """Return a window of SciPy's, float64, under an error that names the parameter."""
    try:
        return scipy.signal.get_window(window, frame_length)
    except ValueError as error:
        raise ValueError(
            f"window={window!r} is none that scipy.signal.get_window can make: {error}"
        ) from error


def _overlap_add(frames: np.ndarray, hop_length: int) -> np.ndarray:
    """Add up frames (n_samples, n_frames, frame_length) that lie a hop apart."""
    n_samples, n_frames, frame_length = frames.shape
    n_hops = -(-frame_length // hop_length)
    added = np.zeros((n_samples, n_frames + n_hops - 1, hop_length), frames.dtype)
    for hop in range(n_hops):
        part = frames[..., hop * hop_length : (hop + 1) * hop_length]
        added[:, hop : hop + n_frames, : part.shape[2]] += part
    return added.reshape(n_samples, -1)
