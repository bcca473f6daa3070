"""A note held as long as asked, as a sampler does it, and the loop that holds it."""

import numpy as np
import numpy.typing as npt

__all__ = ["hold_note", "loop_note"]

_FRAME = 0.05  # seconds; two periods of the lowest note there is
_SILENT_DB = 50.0  # below the loudest frame
_END_DB = 6.0  # below the middle: what is softer than that has been let go
_STEADY_DB, _STEADY_DB_A_SECOND = 9.0, 3.0  # what falls more or faster dies away
_SHORTEST = 0.25  # seconds of sustain that can be looped
_CROSSFADE, _LONG_CROSSFADE = 0.06, 0.15  # seconds; the long one wants a note of steady pitch
_SEARCHED = 0.05  # seconds
_RELEASED_DB = 60.0


def hold_note(
    audio: npt.ArrayLike, duration: float, *, sample_rate: int, release: float = 0.2
) -> np.ndarray:
    """Return a note that is held for a time and then let go.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,)
        A note from its onset.
    duration : float
        Seconds from the onset until it is let go.
    sample_rate : int
        In Hz.
    release : float, default=0.2
        Seconds in which it then falls by 60 dB, to end in zero.

    Returns
    -------
    held : ndarray of shape (n_held,), float32
        As long as it sounds: `duration` and `release` seconds at most, and for a note that
        dies away no longer than `audio`.

    Notes
    -----
    A note longer than what `audio` sustains is looped over the latter part of its steady
    middle: the end of the loop is where the waveform is most like what leads to its
    beginning, so that periods fit, the level in it is made equal at both, and a crossfade
    of constant power leads over. Notes that die away, as those of a piano do, are not
    looped: they ring out.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import hold_note
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)
    >>> hold_note(tone, 0.5, sample_rate=16000).shape
    (11200,)
    >>> hold_note(tone, 3.0, sample_rate=16000).shape
    (51200,)
    """
    audio = np.asarray(audio, dtype=np.float32)
    n_held, n_release = max(1, round(duration * sample_rate)), round(release * sample_rate)
    sustained = _sustained(audio, sample_rate)
    if sustained is not None and n_held > sustained[1]:
        start, loop = _start_and_loop(audio, *sustained, sample_rate, _CROSSFADE)
        n_loops = -(-(n_held + n_release - len(start)) // len(loop))
        held = np.concatenate([start, np.tile(loop, n_loops)])[: n_held + n_release]
    else:
        held = audio[: n_held + n_release].copy()
    n_release = min(n_release, len(held))
    fall = np.linspace(0, -np.log(10) * _RELEASED_DB / 20, n_release + 1, dtype=np.float32)[1:]
    held[len(held) - n_release :] *= (np.exp(fall) - np.exp(fall[-1:])) / (1 - np.exp(fall[-1:]))
    return held


def loop_note(
    audio: npt.ArrayLike, *, sample_rate: int, decaying: bool = False
) -> tuple[np.ndarray, int] | None:
    """Return a note whose end leads back into its middle, for players that repeat a loop.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,)
        A note from its onset.
    sample_rate : int
        Sampling rate of the audio, in Hz.
    decaying : bool, default=False
        Whether a note that dies away is looped too, at the level of the beginning of the loop.

    Returns
    -------
    looped : tuple of (ndarray of shape (n_looped,), int) or None
        The note up to the end of its loop, and the sample where the loop begins. None where it
        dies away, or is too short to be looped.

    See Also
    --------
    hold_note : Holds a note by such a loop.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import loop_note
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)
    >>> looped, start = loop_note(tone, sample_rate=16000)
    >>> looped.shape, start
    ((15333,), 8533)
    """
    audio = np.asarray(audio, dtype=np.float32)
    sustained = _sustained(audio, sample_rate, decaying)
    if sustained is None:
        return None
    start, loop = _start_and_loop(audio, *sustained, sample_rate, _LONG_CROSSFADE)
    return np.concatenate([start, loop]), len(start)


def _sustained(
    audio: np.ndarray, sample_rate: int, decaying: bool = False
) -> tuple[int, int] | None:
    """Return the beginning and the end of a note's steady middle, None where it dies away."""
    size = int(_FRAME * sample_rate)
    n_frames = len(audio) // size
    if n_frames < 4:
        return None
    power = np.square(audio[: n_frames * size]).reshape(n_frames, size).mean(axis=1)
    levels = 10 * np.log10(power + 1e-12)
    end = np.flatnonzero(levels >= levels.max() - _SILENT_DB)[-1] + 1
    middle = np.median(levels[end // 4 : max(end // 4 + 1, (6 * end) // 10)])
    last = np.flatnonzero(levels >= middle - _END_DB)[-1] + 1
    first = int(0.3 * last)
    if (last - first) * _FRAME < _SHORTEST:
        return None
    if decaying:
        return first * size, last * size
    if levels.max() - middle > _STEADY_DB:
        return None
    slope = np.polyfit(np.arange(first, last) * _FRAME, levels[first:last], 1)[0]
    return None if slope < -_STEADY_DB_A_SECOND else (first * size, last * size)


def _start_and_loop(
    audio: np.ndarray, first: int, last: int, sample_rate: int, crossfade: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return what leads into the steady middle of a note, and what is repeated of it."""
    width = min(int(crossfade * sample_rate), (last - first) // 4)
    begin = first + max(width, (last - first) // 3)
    before = audio[begin - width : begin]
    end, likeness = _most_alike(audio, before, last, min(int(_SEARCHED * sample_rate), width))
    tail = audio[end - width : end]
    rise = np.sqrt((before @ before + 1e-12) / (tail @ tail + 1e-12))
    steps = np.arange(end - begin + width, dtype=np.float32) / (end - begin)
    level = audio[begin - width : end] * rise**steps
    before, loop = level[:width], level[width:]
    fade = np.linspace(0, 1, width, dtype=np.float32)
    both = (1 - fade) * loop[-width:] + fade * before
    loop[-width:] = both / np.sqrt(1 - 2 * fade * (1 - fade) * (1 - likeness))
    start = audio[:begin].copy()
    start[-width:] = before
    return start, loop.astype(audio.dtype, copy=False)


def _most_alike(
    audio: np.ndarray, before: np.ndarray, last: int, n_searched: int
) -> tuple[int, float]:
    """Return where near `last` the audio before is most like some other, and how much so."""
    width = len(before)
    searched = audio[last - n_searched - width : last]
    products = np.correlate(searched, before)
    sums = np.cumsum(np.r_[0.0, np.square(searched, dtype=np.float64)])
    norms = np.sqrt((sums[width:] - sums[:-width]) * (before @ before)) + 1e-12
    likeness = products / norms
    best = int(np.argmax(likeness))
    return last - n_searched + best, float(np.clip(likeness[best], 0, 1))
