"""What tunes are made of and how they repeat, in numbers."""

import itertools
import numbers
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from audiogen.io import SCALES, Score
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["TICKS", "Line", "lines_of", "tune_features", "tune_structure"]

TICKS = 960  # a quarter note, as `Score.save` writes MIDI files
_PLACES = 48  # of a bar, in which onsets are counted
_LIKE = 0.75  # share of notes that two bars alike have in common
# Yang and Lerch's note lengths, in quarter notes: whole to sixteenth, dotted, triplets.
_LENGTHS = np.array([4, 2, 1, 1 / 2, 1 / 4, 3, 3 / 2, 3 / 4, 3 / 8, 4 / 3, 2 / 3, 1 / 3])

Note = tuple[int, int, int]  # ticks from the bar line, ticks of the duration, pitch


class Line(NamedTuple):
    """The notes of a tune, one at a time.

    Attributes
    ----------
    onset, duration : ndarray of shape (n_notes,), int
        Ticks from the first bar line, below 0 in the pickup, and ticks.
    pitch : ndarray of shape (n_notes,), int
        MIDI notes.
    bar, n_bars : int
        Ticks of a bar, and the number of bars.
    tonic : int
        Pitch class of the tonic.
    mode : str
        Mode of the key.
    """

    onset: np.ndarray
    duration: np.ndarray
    pitch: np.ndarray
    bar: int
    n_bars: int
    tonic: int
    mode: str

    def first(self, n_bars: int) -> "Line":
        """Return the pickup and the first bars."""
        kept = self.onset < n_bars * self.bar
        onset, duration, pitch = self.onset[kept], self.duration[kept], self.pitch[kept]
        return self._replace(onset=onset, duration=duration, pitch=pitch, n_bars=n_bars)

    def bars(self) -> list[frozenset[Note]]:
        """Return the notes of each whole bar."""
        found: list[set[Note]] = [set() for _ in range(self.n_bars)]
        for onset, ticks, pitch in zip(*(v.tolist() for v in self[:3]), strict=True):
            if onset >= 0:
                found[onset // self.bar].add((onset % self.bar, ticks, pitch))
        return [frozenset(bar) for bar in found]


def lines_of(tunes: Sequence[Score], name: str) -> list[Line]:
    """Return the notes of tunes, checked.

    Parameters
    ----------
    tunes : sequence of Score
        The tunes.
    name : str
        Name of the parameter in messages.
    """
    if isinstance(tunes, Score) or not hasattr(tunes, "__iter__"):
        raise TypeError(
            f"{name} must be a list of audiogen.io.Score. Got {type(tunes).__name__} instead."
        )
    lines = [_line(tune, f"{name}[{i}]") for i, tune in enumerate(tunes)]
    if not lines:
        raise ValueError(f"{name} is empty: give at least one tune.")
    return lines


def _line(tune: Score, name: str) -> Line:
    if not isinstance(tune, Score):
        raise TypeError(f"{name} must be an audiogen.io.Score. Got {type(tune).__name__} instead.")
    if len(tune.parts) != 1:
        raise ValueError(
            f"{name} must have one part with notes. Got {', '.join(tune.parts) or 'none'}; "
            "score.part(name) returns one."
        )
    notes = tune.notes
    onset = np.rint((notes.onset.to_numpy() - tune.pickup) * TICKS).astype(int)
    # By onset and pitch, as a score is: of notes that start together the highest is the last.
    top = np.append(np.diff(onset) > 0, True)
    duration = np.maximum(np.rint(notes.duration.to_numpy() * TICKS), 1).astype(int)
    bar = round(tune.bar * TICKS)
    columns = onset[top], duration[top], notes.pitch.to_numpy()[top]
    n_bars = max(tune.n_bars, int(onset.max()) // bar + 1)
    return Line(*columns, bar, n_bars, tune.tonic, tune.mode)


def tune_features(tunes: Sequence[Score], *, n_bars: int = 8) -> dict[str, np.ndarray]:
    """Measure pitches and rhythms of tunes: twelve measures by Yang and Lerch, and four more.

    Compare two sets of tunes by `overlapped_area` and `distance_divergence` of each measure.

    Parameters
    ----------
    tunes : sequence of Score
        Tunes of one part; of notes that start together the highest counts.
    n_bars : int, default=8
        Number of bars that are measured, after the pickup, which is measured too except bar by
        bar. Those that a shorter tune lacks are silent.

    Returns
    -------
    features : dict of str to ndarray of shape (n_tunes, n_values)
        Of Yang and Lerch [1]_, "pitch_count" (number of different pitches),
        "pitch_class_histogram" (from the tonic), "pitch_class_transitions", "pitch_range" and
        "mean_interval" (semitones), "note_count", "mean_inter_onset_interval" (quarter notes),
        "note_length_histogram" and "note_length_transitions" (of 12 lengths),
        "pitch_count_per_bar", "pitch_class_histogram_per_bar" and "note_count_per_bar"; further
        "interval_histogram" (from an octave down to an octave up), "onset_positions" (in 48ths
        of a bar), and of Wu and Yang [2]_ "pitch_class_entropy" (bits) and
        "grooving_similarity" (mean over pairs of bars). Histograms and transitions are shares.

    Raises
    ------
    TypeError, ValueError
        If there are no tunes, something else is among them, or a tune has no notes or several
        parts.

    Notes
    -----
    In another key a tune has the same features.

    References
    ----------
    .. [1] L.-C. Yang, A. Lerch, "On the evaluation of generative models in music", Neural
       Computing and Applications 32, 2020. https://doi.org/10.1007/s00521-018-3849-7
    .. [2] S.-L. Wu, Y.-H. Yang, "The Jazz Transformer on the front line: exploring the
       shortcomings of AI-composed music through quantitative measures", ISMIR 2020.

    Examples
    --------
    >>> from audiogen.datasets import load_tunes
    >>> from audiogen.metrics import tune_features
    >>> features = tune_features(load_tunes().scores)
    >>> len(features), features["pitch_class_histogram"].shape
    (16, (10, 12))
    >>> features["pitch_range"][8]  # Ode to Joy, from C to G
    array([7.])
    """
    rule = {"n_bars": Interval(numbers.Integral, 1, None)}
    check_parameters("tune_features", rule, {"n_bars": n_bars})
    lines = lines_of(tunes, "tunes")
    rows = [_features(line.first(n_bars)) for line in lines]
    return {name: np.stack([row[name] for row in rows]).astype(float) for name in rows[0]}


def _features(line: Line) -> dict[str, np.ndarray]:
    bars, degree = line.bars(), (line.pitch - line.tonic) % 12
    intervals, gaps = np.diff(line.pitch), np.diff(line.onset) / TICKS
    off = np.log(line.duration / TICKS)[:, np.newaxis] - np.log(_LENGTHS)
    length = np.abs(off).argmin(axis=1)
    degrees = _shares(degree, 12)
    in_bars = [_shares([(pitch - line.tonic) % 12 for *_, pitch in bar], 12) for bar in bars]
    one = {
        "pitch_count": len(np.unique(line.pitch)),
        "pitch_range": np.ptp(line.pitch) if len(line.pitch) else 0,
        "mean_interval": np.abs(intervals).mean() if len(intervals) else 0,
        "note_count": len(line.pitch),
        "mean_inter_onset_interval": gaps.mean() if len(gaps) else line.n_bars * line.bar / TICKS,
        "pitch_class_entropy": -(degrees * np.log2(np.where(degrees > 0, degrees, 1))).sum(),
        "grooving_similarity": _grooving(bars, line.bar),
    }
    several = {
        "pitch_count_per_bar": np.array([len({pitch for *_, pitch in bar}) for bar in bars]),
        "note_count_per_bar": np.array([len(bar) for bar in bars]),
        "pitch_class_histogram": degrees,
        "pitch_class_histogram_per_bar": np.concatenate(in_bars),
        "pitch_class_transitions": _shares(12 * degree[:-1] + degree[1:], 144),
        "note_length_histogram": _shares(length, 12),
        "note_length_transitions": _shares(12 * length[:-1] + length[1:], 144),
        "interval_histogram": _shares(np.clip(intervals, -12, 12) + 12, 25),
        "onset_positions": _shares(_place(line.onset % line.bar, line.bar), _PLACES),
    }
    return {name: np.array([value]) for name, value in one.items()} | several


def _shares(values: Sequence[int] | np.ndarray, n_values: int) -> np.ndarray:
    """Return the share of each value; all are 0 where there is none."""
    counts = np.bincount(np.asarray(values, int), minlength=n_values)
    return counts / max(len(values), 1)


def _place(ticks: np.ndarray, bar: int) -> np.ndarray:
    return ticks * _PLACES // bar


def _grooving(bars: Sequence[frozenset[Note]], bar: int) -> float:
    """Return the mean share of places in which two bars agree on whether a note starts."""
    starts = np.zeros((len(bars), _PLACES))
    for row, notes in zip(starts, bars, strict=True):
        row[_place(np.array([place for place, *_ in notes], int), bar)] = 1
    pairs = itertools.combinations(starts, 2)
    return float(np.mean([1 - np.abs(a - b).mean() for a, b in pairs] or [1.0]))


def tune_structure(tunes: Sequence[Score], *, lag: int = 4) -> pd.DataFrame:
    """Measure how tunes repeat their bars, how they end and whether they keep to their mode.

    Parameters
    ----------
    tunes : sequence of Score
        Tunes of one part; of notes that start together the highest counts.
    lag : int, default=4
        Number of bars from a bar to the later one that is compared with it.

    Returns
    -------
    structure : DataFrame of n_tunes rows
        "bars_like" (share of the bars that follow `lag` others at least three quarters of whose
        notes have place and pitch of a note of the bar `lag` before), "bars_equal" (all notes
        have, and the same durations), "distinct_bars" (share of bars unlike every bar before),
        "ends_on_tonic" (of the last note) and "notes_in_mode" (share of notes; in minor with
        both sevenths). Bars without notes, and the pickup, are no bars here; NaN where there
        are none to compare.

    Raises
    ------
    TypeError, ValueError
        If there are no tunes, something else is among them, or a tune has no notes or several
        parts.

    Notes
    -----
    In another key a tune has the same structure.

    Examples
    --------
    >>> from audiogen.datasets import load_tunes
    >>> from audiogen.metrics import tune_structure
    >>> ode = load_tunes().scores[8]
    >>> tune_structure([ode])[["bars_equal", "distinct_bars", "notes_in_mode"]].round(2)
       bars_equal  distinct_bars  notes_in_mode
    0        0.25           0.56            1.0
    """
    rule = {"lag": Interval(numbers.Integral, 1, None)}
    check_parameters("tune_structure", rule, {"lag": lag})
    return pd.DataFrame([_structure(line, lag) for line in lines_of(tunes, "tunes")])


def _structure(line: Line, lag: int) -> dict[str, float]:
    bars = line.bars()
    pairs = [(bar, before) for before, bar in zip(bars, bars[lag:], strict=False) if bar]
    seen = [bar for bar in bars if bar]
    scale = [(line.tonic + degree) % 12 for degree in SCALES[line.mode]]
    return {
        "bars_like": _mean([_share_met(bar, before) >= _LIKE for bar, before in pairs]),
        "bars_equal": _mean([bar == before for bar, before in pairs]),
        "distinct_bars": len(set(seen)) / len(seen) if seen else np.nan,
        "ends_on_tonic": float(line.pitch[-1] % 12 == line.tonic),
        "notes_in_mode": float(np.isin(line.pitch % 12, scale).mean()),
    }


def _share_met(bar: frozenset[Note], before: frozenset[Note]) -> float:
    """Return the share of the notes of a bar that another has, however long they are."""
    notes, others = ({(place, pitch) for place, _, pitch in one} for one in (bar, before))
    return len(notes & others) / len(notes)


def _mean(values: Sequence[bool]) -> float:
    return float(np.mean(values)) if values else np.nan
