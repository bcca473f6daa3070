"""Whether a sound copies its training set: nearest frames, and runs along which it follows."""

import numpy as np
import numpy.typing as npt

from audiogen.metrics._clips import check_timed_clips
from audiogen.signal import mfcc
from audiogen.utils.blocks import row_blocks

__all__ = ["longest_copied_run", "nearest_frame_distance"]

_N_MFCC = 13
_FRAMES_APART = 512  # samples
_FOLLOWED = 0.35  # of the distance of real clips: nearer frames are the same
_ROUNDING = 1e-3  # of the norm of frames, by which float32 may hold copies apart


def nearest_frame_distance(
    training: npt.ArrayLike, generated: npt.ArrayLike, *, sample_rate: float
) -> float:
    """Compute how far the frames of clips are from the nearest ones of a training set.

    Parameters
    ----------
    training, generated : array-like of shape (n_samples, n_timesteps) or (n_timesteps,), or list \
            of arrays
        Clips that a model learnt from, and clips that it made. Those of a list may be of different
        lengths.
    sample_rate : float
        Sampling rate of the audio, in Hz.

    Returns
    -------
    distance : float
        Median of the Euclidean distances between the first 13 cepstral coefficients of frames. 0
        for copies. Compare with real clips that were not learnt from: as far as these is as
        new as these, much farther is unlike the training set.

    Raises
    ------
    ValueError
        Where a clip has another shape or is not finite.

    See Also
    --------
    longest_copied_run : How long copies are.

    Notes
    -----
    Levels count: a copy at another level is at a distance. Time grows with the product of the
    durations of both sets, and is some seconds for ten minutes each.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import nearest_frame_distance
    >>> training, generated = np.random.default_rng(0).standard_normal((2, 2, 16000))
    >>> round(nearest_frame_distance(training, training[0], sample_rate=16000), 3)
    0.0
    >>> nearest_frame_distance(training, generated, sample_rate=16000) > 1
    True
    """
    caller = "nearest_frame_distance"
    known = np.concatenate(_frames(caller, training, "training", sample_rate))
    made = np.concatenate(_frames(caller, generated, "generated", sample_rate))
    return _median_nearest(known, made)


def longest_copied_run(
    training: npt.ArrayLike,
    generated: npt.ArrayLike,
    held_out: npt.ArrayLike,
    *,
    sample_rate: float,
) -> float:
    """Compute how long clips follow a clip of their training set at most.

    Parameters
    ----------
    training, generated, held_out : array-like of shape (n_samples, n_timesteps) or \
            (n_timesteps,), or list of arrays
        Clips that a model learnt from, clips that it made, and real ones that it did not learn
        from. Those of a list may be of different lengths.
    sample_rate : float
        Sampling rate of the audio, in Hz.

    Returns
    -------
    duration : float
        In seconds, the longest time for which each frame of a generated clip is next to one of a
        training clip that comes after that of the frame before, at the same pace or with a
        frame skipped or held now and then. Frames are next to each other below 0.35 times the
        `nearest_frame_distance` of held-out clips.

    Raises
    ------
    ValueError
        Where a clip has another shape or is not finite, or half of the held-out frames are those
        of the training clips, so that nothing tells what is near.

    See Also
    --------
    nearest_frame_distance : How near frames are, whatever their order.

    Notes
    -----
    Real clips may follow each other: a drum machine repeats itself. Compare with the run of the
    held-out clips. Frames are 512 samples apart, so that a copy of noise that was moved by part
    of that is missed.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import longest_copied_run
    >>> training, held_out = np.random.default_rng(0).standard_normal((2, 2, 32000))
    >>> pasted = held_out[0].copy()
    >>> pasted[8192:24576] = training[1, 4096:20480]  # a second
    >>> 0.8 < longest_copied_run(training, pasted, held_out, sample_rate=16000) < 1.1
    True
    """
    clips = _frames("longest_copied_run", training, "training", sample_rate)
    unseen = np.concatenate(_frames("longest_copied_run", held_out, "held_out", sample_rate))
    usual = _median_nearest(np.concatenate(clips), unseen)
    if usual <= _ROUNDING * np.linalg.norm(unseen, axis=1).max():
        raise ValueError(
            "held_out must hold clips that the model did not learn from: half of its frames are "
            "those of the training clips."
        )
    # Between clips, frames that nothing is next to: no run leads from one into another.
    gap = np.full((2, _N_MFCC), np.inf, dtype=np.float32)
    known = np.concatenate([part for clip in clips for part in (clip, gap)])
    made = _frames("longest_copied_run", generated, "generated", sample_rate)
    longest = max(_longest_run(clip, known, _FOLLOWED * usual) for clip in made)
    return float(longest * _FRAMES_APART / sample_rate)


def _frames(caller: str, audio: npt.ArrayLike, name: str, sample_rate: float) -> list[np.ndarray]:
    clips = check_timed_clips(caller, audio, name, sample_rate)
    return [mfcc(clip, sample_rate)[0, :, :_N_MFCC] for clip in clips]


def _median_nearest(known: np.ndarray, frames: np.ndarray) -> float:
    blocks = row_blocks(len(frames), len(known))
    nearest = [_distances(frames[rows], known).min(axis=1) for rows in blocks]
    return float(np.median(np.concatenate(nearest)))


def _distances(frames: np.ndarray, others: np.ndarray) -> np.ndarray:
    squares = np.square(frames).sum(axis=1)[:, np.newaxis] + np.square(others).sum(axis=1)
    return np.sqrt(np.maximum(squares - 2 * frames @ others.T, 0))


def _longest_run(frames: np.ndarray, others: np.ndarray, near: float) -> int:
    """Return the most frames in a row that follow others, each a frame later, give or take one."""
    run, longest = np.zeros(len(others), int), 0
    for frame in frames:
        with np.errstate(invalid="ignore"):  # of gaps, which are at no distance
            close = _distances(frame[np.newaxis], others)[0] < near
        before = np.pad(run, (2, 0))
        run = np.where(close, 1 + np.maximum(np.maximum(before[:-2], before[1:-1]), run), 0)
        longest = max(longest, int(run.max()))
    return longest
