"""What a melody composer learns from: tables of notes, and descriptions of sections."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from audiogen.generators._melody_choice import described
from audiogen.generators._melody_composition import name_of_cell
from audiogen.generators._melody_conditions import Condition
from audiogen.generators._melody_draw import MelodyNetwork, log_likelihoods
from audiogen.generators._melody_features import Strain, Vocabulary, note_table
from audiogen.generators._melody_strains import Span, strains_of
from audiogen.training import FitData
from audiogen.utils.seeds import Stream, make_rng

__all__ = ["MelodyData", "batch_of", "melody_data", "typical_sections"]

_DROPPED = 0.1  # share of training in which genre and mode are not told; as often the genre alone
_PER_CELL = 32  # sections that are kept as examples of a genre and metre
_SHORTEST = 4  # bars of such a section


@dataclass
class MelodyData(FitData):
    """What one fit hands from hook to hook; a row is a note.

    Parameters
    ----------
    tunes : list of lists of Strain
        The tunes.
    conditions : list of Condition
        Genre, mode and metre of each.
    tune_of_note : ndarray of shape (n_notes,)
        The tune that a note is of.
    """

    tunes: list[list[Strain]] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    tune_of_note: np.ndarray = field(default_factory=lambda: np.zeros(0, int))


def melody_data(
    vocabulary: Vocabulary,
    spans: Sequence[Sequence[Span]],
    conditions: Sequence[Condition],
    training: np.ndarray,
    held_out: np.ndarray,
    seed: int,
) -> MelodyData:
    """Return the notes of tunes, and what is seen before each."""
    tunes = [strains_of(found, vocabulary) for found in spans]
    tables = [
        note_table(vocabulary, vocabulary.condition(*condition), strains)
        for condition, strains in zip(conditions, tunes, strict=True)
    ]
    tune_of_note = np.repeat(np.arange(len(tables)), [len(table[0]) for table in tables])
    columns = [np.concatenate(parts) for parts in zip(*tables, strict=True)]
    return MelodyData(
        X=columns[0],
        rows=np.flatnonzero(np.isin(tune_of_note, training)),
        held_out=np.flatnonzero(np.isin(tune_of_note, held_out)),
        read=lambda rows: [column[rows] for column in columns],
        content=(columns[0], np.arange(len(columns[0]))),
        seed=seed,
        tunes=tunes,
        conditions=list(conditions),
        tune_of_note=tune_of_note,
    )


def batch_of(vocabulary: Vocabulary, x: Sequence[np.ndarray], rng: np.random.Generator) -> Any:
    """Return the network's inputs and targets of some notes, a few of their conditions dropped."""
    rows, pitches, lengths, notes = x
    rows = rows.astype(int)
    chance = rng.random(len(rows))
    rows[chance < 2 * _DROPPED, 0] = vocabulary.free_genre
    rows[chance < _DROPPED, 1] = vocabulary.free_mode
    seen = np.zeros((len(rows), vocabulary.n_rows), np.float32)
    seen[np.arange(len(rows))[:, np.newaxis], rows] = 1
    inputs = (seen, pitches.astype(np.float32), lengths.astype(np.float32))
    return (*inputs, notes[:, :1].astype(np.float32)), notes.astype(np.int32)


def typical_sections(
    data: MelodyData, network: MelodyNetwork, tunes: np.ndarray
) -> dict[str, np.ndarray]:
    """Return examples of sections for each genre and metre, each metre, and all.

    Parameters
    ----------
    data : MelodyData
        The tunes.
    network : MelodyNetwork
        What was learnt of them.
    tunes : ndarray of int
        Which of them count.

    Returns
    -------
    cells : dict of str to ndarray of shape (n_examples, n_values)
        Ticks of the pickup, then what `described` returns, by `name_of_cell`.
    """
    chosen: dict[str, list[tuple[int, int]]] = {}
    for i in make_rng(data.seed, Stream.SUBSET, 1).permutation(tunes).tolist():
        genre, _, metre = data.conditions[i]
        numbers = [n for n, s in enumerate(data.tunes[i]) if s.n_bars >= _SHORTEST] or [0]
        for key in {name_of_cell(genre, metre), name_of_cell(None, metre), name_of_cell(None, "")}:
            found = chosen.setdefault(key, [])
            found += [(i, n) for n in numbers[: _PER_CELL - len(found)]]
    places = sorted({place for found in chosen.values() for place in found})
    examples = {place: _example(data, network, *place) for place in places}
    return {
        key: np.array([examples[place] for place in found], np.float32)
        for key, found in sorted(chosen.items())
    }


def _example(data: MelodyData, network: MelodyNetwork, tune: int, number: int) -> list[float]:
    """Return the pickup in ticks and the description of a section of a tune."""
    strains = data.tunes[tune]
    first = int(np.searchsorted(data.tune_of_note, tune))
    first += sum(len(strain.pitch) for strain in strains[:number])
    rows = np.arange(first, first + len(strains[number].pitch))
    worth = log_likelihoods(network, *data.read(rows)).mean()
    return [strains[number].lead, *described(strains[number], float(worth))]
