"""Figures of sets of notes beside what real ones reach."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from audiogen import metrics
from audiogen.utils.columns import take_rows
from audiogen.utils.large import copy_rows
from audiogen.utils.seeds import Stream, make_rng

__all__ = ["FEWEST_FOR_HALVES", "MEANINGS", "halves_of", "measure_sets", "measure_surely"]

FEWEST_FOR_HALVES = 8  # sounds of which a half is measured against the other
MEANINGS = {
    "frechet_audio_distance": "from the real notes; less is nearer",
    "kl_divergence": "KL(real || these), an estimate that may be below 0; less is nearer",
    "kernel_distance": "from the real notes, without the bias of few; about 0 where alike",
    "density": "how densely these lie among the real notes; 1 as these do",
    "coverage": "share of real notes that have some of these near",
    "pitch_accuracy": "share of notes within 50 cents of the pitch asked for",
    "pitch_entropy": "bits; how many pitches a note mixes",
    "n_pitches": "spectral peaks of all notes together",
    "pitch_range": "how far apart these peaks are, in Hz",
    "silent": "share of notes that are silent",
}
_DISTANCES = ("frechet_audio_distance", "kl_divergence")
_SHARES = ("pitch_accuracy", "silent")
_LEVEL = 0.95
_FEWEST_FOR_NEIGHBOURS = 12  # notes whose halves have as many neighbours as are looked at
_NAMES = {
    "frechet_distance": "frechet_audio_distance",
    "density_and_coverage: density": "density",
    "density_and_coverage: coverage": "coverage",
}
_BOUNDS = {
    "frechet_audio_distance": (0.0, np.inf), "density": (0.0, np.inf), "coverage": (0.0, 1.0),
}  # fmt: skip


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
    if len(real[0]) >= FEWEST_FOR_HALVES:
        half = _measured(*halves_of(real, make_rng(0, Stream.SUBSET)), sample_rate)
        columns[f"half of {real_name}"] = {figure: half[figure] for figure in _DISTANCES}
    return columns


def _measured(
    real: tuple[np.ndarray, Any], made: tuple[np.ndarray, Any], sample_rate: int
) -> dict[str, float]:
    """Return the metrics of notes against real ones."""
    notes, frame = made
    pitch = frame["pitch"] if "pitch" in frame and frame["pitch"].notna().all() else None
    return metrics.summarize(real[0], notes, sample_rate=sample_rate, pitch=pitch)


def measure_surely(
    generated: tuple[np.ndarray, Any], real: tuple[np.ndarray, Any], *, sample_rate: int
) -> tuple[dict[str, dict[str, float]], dict[str, tuple[float, float]]]:
    """Return more figures of notes beside those of real ones, and how sure they are.

    Parameters
    ----------
    generated, real : tuple of ndarray and DataFrame
        Notes and their tables, as `measure_sets` takes them.
    sample_rate : int
        Their sampling rate, in Hz.

    Returns
    -------
    columns : dict of str to dict of str to float
        What `measure_sets` returns for "generated" and "real notes", and, of at least 12 notes
        of both, the kernel distance, density and coverage.
    intervals : dict of str to tuple of float
        95 % intervals of the generated notes' figures: of distances, density and coverage by
        `audiogen.metrics.measure`, of shares by Wilson's formula; of other figures none.

    Examples
    --------
    >>> from audiogen.datasets import make_notes
    >>> from audiogen.evaluation._figures import measure_surely
    >>> notes = make_notes(16, duration=0.5, random_state=0)
    >>> real = notes.data, notes.frame
    >>> columns, intervals = measure_surely(real, real, sample_rate=16000)
    >>> columns["generated"]["coverage"], intervals["silent"][0]
    (1.0, 0.0)
    """
    columns = measure_sets(
        {"generated": generated}, real, sample_rate=sample_rate, real_name="real notes"
    )
    made, n = columns["generated"], len(generated[0])
    intervals = {name: _wilson(made[name], n) for name in _SHARES if name in made}
    if min(len(real[0]), n) < _FEWEST_FOR_NEIGHBOURS:
        return columns, intervals
    for result in _distances(real[0], generated[0], sample_rate):
        name = _NAMES.get(result.metric, result.metric)
        made[name] = result.value
        if result.interval is not None:
            low, high = _BOUNDS.get(name, (-np.inf, np.inf))
            intervals[name] = max(low, result.interval[0]), min(high, result.interval[1])
    (one, _), (other, _) = halves_of(real, make_rng(0, Stream.SUBSET))
    column = columns.setdefault("half of real notes", {})
    for result in _distances(one, other, sample_rate, n_resamples=0):
        column[_NAMES.get(result.metric, result.metric)] = result.value
    return columns, intervals


def _distances(
    real: np.ndarray, generated: np.ndarray, sample_rate: int, n_resamples: int = 100
) -> list[metrics.Measurement]:
    """Return figures of cepstral coefficients, recording levels left aside."""
    return metrics.measure(
        [metrics.frechet_distance, metrics.kl_divergence, metrics.kernel_distance,
         metrics.density_and_coverage],
        real, generated, sample_rate=sample_rate, n_resamples=n_resamples,
        embedding=partial(metrics.mfcc_frames, scaled=True),
    )  # fmt: skip


def _wilson(share: float, n: int) -> tuple[float, float]:
    """Return the interval of a share of n notes."""
    from scipy.stats import binomtest

    interval = binomtest(round(share * n), n).proportion_ci(_LEVEL, method="wilson")
    return float(interval.low), float(interval.high)


def halves_of(
    sounds: tuple[np.ndarray, Any], rng: np.random.Generator
) -> tuple[tuple[np.ndarray, Any], tuple[np.ndarray, Any]]:
    """Return one half of a set of sounds and the other, with their tables.

    Parameters
    ----------
    sounds : tuple of ndarray and DataFrame, or None
        The set, and its table where it has one.
    rng : numpy.random.Generator
        What draws which half a sound is in.

    Returns
    -------
    one, other : tuple of ndarray and DataFrame, or None
        They share no sound; the first has one more of an odd number.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.evaluation._figures import halves_of
    >>> (one, _), (other, _) = halves_of((np.eye(5), None), np.random.default_rng(0))
    >>> len(one), len(other)
    (3, 2)
    """
    X, table = sounds
    order = rng.permutation(len(X))
    one, other = (
        (copy_rows(X, rows), take_rows(table, rows)) for rows in (order[::2], order[1::2])
    )
    return one, other
