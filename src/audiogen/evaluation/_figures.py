"""Figures of sets of notes beside what real ones reach."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from audiogen import metrics
from audiogen.utils.large import copy_rows
from audiogen.utils.seeds import Stream, make_rng

__all__ = ["MEANINGS", "figure_intervals", "measure_sets"]

_FEWEST_FOR_HALVES = 8  # notes of which a half is measured against the other
MEANINGS = {
    "frechet_audio_distance": "from the real notes; less is nearer",
    "kl_divergence": "KL(real || these), an estimate that may be below 0; less is nearer",
    "pitch_accuracy": "share of notes within 50 cents of the pitch asked for",
    "pitch_entropy": "bits; how many pitches a note mixes",
    "n_pitches": "spectral peaks of all notes together",
    "pitch_range": "how far apart these peaks are, in Hz",
    "silent": "share of notes that are silent",
}
_DISTANCES = ("frechet_audio_distance", "kl_divergence")
_SHARES = ("pitch_accuracy", "silent")
_LEVEL = 0.95
_FEWEST_FOR_INTERVALS = 12  # notes whose halves have a divergence


def measure_sets(
    sets: Mapping[str, tuple[np.ndarray, Any]],
    real: tuple[np.ndarray, Any],
    *,
    sample_rate: int,
    real_name: str | None = None,
) -> dict[str, dict[str, float]]:
    """Measure sets of notes against real ones, and what real ones reach.

    Parameters
    ----------
    sets : dict of str to tuple of ndarray and DataFrame
        Notes, shape (n_samples, n_timesteps), and their table by the name of the set. Where all
        of a column pitch is known it is what the notes are compared with.
    real : tuple of ndarray and DataFrame
        The real notes.
    sample_rate : int
        Sampling rate of all notes, in Hz.
    real_name : str, default=None
        What the real notes are called in further columns: their own figures, and, of at least 8
        notes, the distances of one half of them from the other, which is as near as so few come.
        None adds none.

    Returns
    -------
    columns : dict of str to dict of str to float
        The figures of `audiogen.metrics.summarize` by the name of the set.

    Examples
    --------
    >>> from audiogen.datasets import make_notes
    >>> from audiogen.evaluation import measure_sets
    >>> notes = make_notes(8, duration=1, random_state=0)
    >>> real = notes.data, notes.frame
    >>> columns = measure_sets({"copies": real}, real, sample_rate=16000, real_name="real")
    >>> list(columns), round(columns["copies"]["frechet_audio_distance"], 6)
    (['copies', 'real', 'half of real'], 0.0)
    """
    columns = {name: _measured(real, made, sample_rate) for name, made in sets.items()}
    if real_name is None:
        return columns
    columns[real_name] = _measured(real, real, sample_rate)
    for figure in _DISTANCES:
        del columns[real_name][figure]  # a distance from itself
    if len(real[0]) >= _FEWEST_FOR_HALVES:
        rows = make_rng(0, Stream.SUBSET).permutation(len(real[0]))
        one, other = (
            (copy_rows(real[0], half), real[1].iloc[half]) for half in (rows[::2], rows[1::2])
        )
        half = _measured(one, other, sample_rate)
        columns[f"half of {real_name}"] = {figure: half[figure] for figure in _DISTANCES}
    return columns


def _measured(
    real: tuple[np.ndarray, Any], made: tuple[np.ndarray, Any], sample_rate: int
) -> dict[str, float]:
    """Return the metrics of notes against real ones."""
    notes, frame = made
    pitch = frame["pitch"] if "pitch" in frame and frame["pitch"].notna().all() else None
    return metrics.summarize(real[0], notes, sample_rate=sample_rate, pitch=pitch)


def figure_intervals(
    figures: Mapping[str, float], real: np.ndarray, generated: np.ndarray, *, sample_rate: int
) -> dict[str, tuple[float, float]]:
    """Return 95 % intervals of figures: how far those of other notes may lie.

    Parameters
    ----------
    figures : dict of str to float
        Figures of the generated notes, as `measure_sets` returns them.
    real, generated : ndarray of shape (n_samples, n_timesteps)
        Notes.
    sample_rate : int
        Their sampling rate, in Hz.

    Returns
    -------
    intervals : dict of str to tuple of float
        Of distances, by `audiogen.metrics.confidence_interval`, and of shares, by Wilson's
        formula; of other figures none.

    Examples
    --------
    >>> from audiogen.datasets import make_notes
    >>> from audiogen.evaluation._figures import figure_intervals
    >>> notes = make_notes(10, duration=0.2, random_state=0).data
    >>> low, high = figure_intervals({"silent": 0.0}, notes, notes, sample_rate=16000)["silent"]
    >>> low, round(high, 2)
    (0.0, 0.28)
    """
    from scipy.stats import binomtest

    n, found = len(generated), {}
    for name in _SHARES:
        if math.isfinite(value := figures.get(name, math.nan)):
            test = binomtest(round(value * n), n)
            low, high = test.proportion_ci(_LEVEL, method="wilson")
            found[name] = float(low), float(high)
    if min(len(real), n) < _FEWEST_FOR_INTERVALS:
        return found
    frames = [metrics.mfcc_frames(X, sample_rate, scaled=True) for X in (real, generated)]
    if "frechet_audio_distance" in figures:
        low, high = metrics.confidence_interval(metrics.frechet_distance, *frames)
        found["frechet_audio_distance"] = max(0.0, low), high
    if "kl_divergence" in figures:
        means = [each.mean(axis=1) for each in frames]
        found["kl_divergence"] = metrics.confidence_interval(metrics.kl_divergence, *means)
    return found
