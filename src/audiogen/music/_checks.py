"""Faults of a take that are found before anybody hears it."""

import numpy as np

from audiogen.io import Score
from audiogen.metrics import tune_structure
from audiogen.signal import Mastered

__all__ = ["gap_faults", "level_faults", "melody_faults"]

_LONGEST_REST = 2.0  # bars
_FEWEST_NOTES = 1.0  # a bar
_WIDEST = 28  # semitones from the lowest to the highest note
_OCTAVE, _BARS_A_LEAP = 12, 4  # semitones; leaps beyond it are rarer than one in so many bars
_LEAST_DISTINCT, _FEWEST_BARS = 0.3, 8  # share of bars unlike all before, from so many on
_OFF, _CEILING = 0.15, -0.95  # LU; dBTP
_SILENT, _GAP = 1e-3, 1.0  # of the highest peak; seconds


def melody_faults(score: Score, *, loop: bool = False) -> list[str]:
    """Return what is wrong with a melody.

    Parameters
    ----------
    score : Score
        A score with the part "melody".
    loop : bool, default=False
        Whether it repeats, so that it need not come home.

    Returns
    -------
    faults : list of str
        Empty where nothing is.
    """
    notes = score.notes[score.notes.part == "melody"]
    if notes.empty:
        return ["there is no melody"] if "melody" in score.parts else []
    faults = []
    starts = notes.onset.to_numpy()
    ends = np.maximum.accumulate((notes.onset + notes.duration).to_numpy())
    rests = (starts[1:] - ends[:-1]).max(initial=0.0) / score.bar
    if rests > _LONGEST_REST:
        faults.append(f"the melody rests for {rests:.1f} bars")
    n_bars = max(1.0, (ends[-1] - starts[0]) / score.bar)
    if len(notes) < _FEWEST_NOTES * n_bars:
        faults.append(f"the melody has {len(notes)} notes in {n_bars:.0f} bars")
    if np.ptp(notes.pitch) > _WIDEST:
        faults.append(f"the melody spans {np.ptp(notes.pitch)} semitones")
    leaps = int((notes.pitch.diff().abs() > _OCTAVE).sum())
    if leaps > max(1.0, n_bars / _BARS_A_LEAP):
        faults.append(f"the melody leaps beyond an octave {leaps} times in {n_bars:.0f} bars")
    structure = tune_structure([score.part("melody")]).iloc[0]
    if not loop and not structure.ends_on_tonic:
        faults.append("the melody does not end on the tonic")
    if n_bars >= _FEWEST_BARS and structure.distinct_bars < _LEAST_DISTINCT:
        faults.append(f"only {structure.distinct_bars:.0%} of its bars are unlike all before")
    return faults


def level_faults(mastered: Mastered, target: float) -> list[str]:
    """Return what is wrong with the loudness and the peak of a mix.

    Parameters
    ----------
    mastered : Mastered
        What `master` returned.
    target : float
        The loudness that was asked for, in LUFS.

    Returns
    -------
    faults : list of str
        Empty where nothing is.
    """
    faults = []
    if not abs(mastered.loudness - target) <= _OFF:
        faults.append(f"the clip has {mastered.loudness:.1f} LUFS")
    if mastered.true_peak > _CEILING:
        faults.append(f"its true peak is {mastered.true_peak:.2f} dBTP")
    return faults


def gap_faults(audio: np.ndarray, sample_rate: int) -> list[str]:
    """Return what other draws may mend of a mix: silence for longer than a second, or throughout.

    Parameters
    ----------
    audio : ndarray of shape (n_timesteps, n_channels)
        The mix.
    sample_rate : int
        Sampling rate of the audio, in Hz.

    Returns
    -------
    faults : list of str
        Empty where nothing is.
    """
    highest = max(float(audio.max()), -float(audio.min()))
    if not highest:
        return ["all of it is silent"]
    size = max(1, sample_rate // 20)
    loudest = np.zeros(len(audio) // size)
    for channel in audio.T:
        inside = channel[: len(loudest) * size].reshape(-1, size)
        np.maximum(loudest, np.maximum(inside.max(axis=1), -inside.min(axis=1)), out=loudest)
    frames = loudest < _SILENT * highest
    longest = max(
        (len(run) for run in "".join("01"[int(f)] for f in frames).split("0")), default=0
    )
    seconds = longest * size / sample_rate
    return [f"{seconds:.1f} s of it are silent"] if seconds > _GAP else []
