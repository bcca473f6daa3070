"""Draws of the sections of a melody, several at once, in NumPy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from audiogen.generators._melody_features import Place, Strain, Vocabulary
from audiogen.utils.products import affine

__all__ = ["DrawnStrain", "MelodyNetwork", "Taste", "draw_strains", "log_likelihoods"]


@dataclass(frozen=True)
class Taste:
    """How draws are made.

    Parameters
    ----------
    temperature : float
        What logits are divided by.
    guidance : float
        How far logits move on from those without genre and mode: 0 leaves them.
    top_p : float
        Share of the probability, of the likeliest classes, that is drawn from.
    """

    temperature: float
    guidance: float
    top_p: float


@dataclass
class DrawnStrain:
    """A section that was drawn, and what one note of it was worth on average, in nats."""

    strain: Strain
    log_likelihood: float


class MelodyNetwork:
    """The forward pass of `audiogen.networks.build_melody_model`.

    Parameters
    ----------
    weights : dict of str to list of ndarray
        Weights of the "network".
    """

    def __init__(self, weights: Mapping[str, Sequence[np.ndarray]]) -> None:
        self._weights = {
            name: [np.ascontiguousarray(w, dtype=np.float32) for w in arrays]
            for name, arrays in weights.items()
        }

    def hidden(self, rows: np.ndarray) -> np.ndarray:
        """Return the hidden units (n, units) of rows (n, n_fields) of the first table."""
        table, bias = self._weights["seen_units"]
        first = np.maximum(table[rows].sum(axis=1) + bias, 0)
        return first + np.maximum(affine(first, *self._weights["units"]), 0)

    def pitch_logits(self, hidden: np.ndarray, pitches: np.ndarray) -> np.ndarray:
        """Return logits (n, n_pitches); pitches (n, n_sources) are those that may be copied."""
        logits = affine(hidden, *self._weights["pitch_logits"])
        return _copied(logits, affine(hidden, *self._weights["pitch_worth"]), pitches)

    def length_logits(
        self, hidden: np.ndarray, pitch: np.ndarray, pitches: np.ndarray, lengths: np.ndarray
    ) -> np.ndarray:
        """Return logits (n, n_durations) of the durations of notes of the pitches (n,)."""
        agree = pitches == pitch[:, np.newaxis]
        kernel, bias = self._weights["after"]
        units, n_sources = hidden.shape[1], pitches.shape[1]
        after = affine(hidden, kernel[:units], bias) + kernel[units + pitch]
        after += affine(agree.astype(np.float32), kernel[-n_sources:])
        after = np.maximum(after, 0)
        logits = affine(after, *self._weights["length_logits"])
        worth = affine(after, *self._weights["length_worth"])
        return _copied(logits, worth, np.where(agree, lengths, -1))


def _copied(logits: np.ndarray, worth: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Add to the logits of classes what the sources that hold them are worth."""
    rows, sources = np.nonzero(classes >= 0)
    np.add.at(logits, (rows, classes[rows, sources]), worth[rows, sources])
    return logits


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Return the logarithms of the probabilities along the last axis."""
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def log_likelihoods(
    network: MelodyNetwork,
    rows: np.ndarray,
    pitches: np.ndarray,
    lengths: np.ndarray,
    notes: np.ndarray,
) -> np.ndarray:
    """Return log p(pitch, duration) of each note of a `note_table`."""
    hidden, n = network.hidden(rows), np.arange(len(rows))
    pitch, length = notes[:, 0].astype(int), notes[:, 1].astype(int)
    of_pitch = log_softmax(network.pitch_logits(hidden, pitches))[n, pitch]
    of_length = log_softmax(network.length_logits(hidden, pitch, pitches, lengths))[n, length]
    return of_pitch + of_length


def draw_strains(
    network: MelodyNetwork,
    vocabulary: Vocabulary,
    condition: tuple[int, int, int],
    before: Sequence[Strain],
    frame: Strain,
    taste: Taste,
    rngs: Sequence[np.random.Generator],
) -> list[DrawnStrain]:
    """Draw a section several times.

    Parameters
    ----------
    network : MelodyNetwork
        What was learnt.
    vocabulary : Vocabulary
        Its classes.
    condition : tuple of int
        Classes of genre, mode and metre.
    before : list of Strain
        The sections before.
    frame : Strain
        A section without notes, or with those it begins with.
    taste : Taste
        How.
    rngs : list of numpy.random.Generator
        One for each draw.

    Returns
    -------
    draws : list of DrawnStrain
    """
    places = [started(vocabulary, condition, before, frame) for _ in rngs]
    worth, counts = np.zeros(len(rngs)), np.zeros(len(rngs), dtype=int)
    active = np.flatnonzero([place.time < frame.end for place in places])
    while len(active):
        here = [places[i] for i in active]
        # No tune holds a note of its pickup over the first bar line.
        room = np.array([(frame.end if p.time >= 0 else 0) - p.time for p in here])
        drawn = _next_notes(
            network, vocabulary, here, room, taste, [rngs[i] for i in active.tolist()]
        )
        pitch, length, ticks, nats = drawn
        for place, *note in zip(
            here, pitch.tolist(), length.tolist(), ticks.tolist(), strict=True
        ):
            place.add(*note)
        worth[active] += nats
        counts[active] += 1
        active = active[[place.time < frame.end for place in here]]
    return [
        DrawnStrain(place.strain, total / max(count, 1))
        for place, total, count in zip(places, worth, counts, strict=True)
    ]


def started(
    vocabulary: Vocabulary,
    condition: tuple[int, int, int],
    before: Sequence[Strain],
    frame: Strain,
) -> Place:
    """Return the place after the notes that a section begins with."""
    place = Place(vocabulary, condition, before, frame.empty())
    for pitch, length, duration in zip(frame.pitch, frame.length, frame.duration, strict=True):
        place.add(pitch, length, duration)
    return place


def _next_notes(
    network: MelodyNetwork,
    vocabulary: Vocabulary,
    places: Sequence[Place],
    room: np.ndarray,
    taste: Taste,
    rngs: Sequence[np.random.Generator],
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return classes of pitch and duration, ticks, and nats, of the next note of each melody."""
    seen = [place.seen() for place in places]
    rows, pitches, lengths = (np.array(part) for part in zip(*seen, strict=True))
    hidden = [network.hidden(rows)]
    if taste.guidance:
        free = rows.copy()
        free[:, 0], free[:, 1] = vocabulary.free_genre, vocabulary.free_mode
        hidden.append(network.hidden(free))
    chance = np.array([rng.random(2) for rng in rngs])
    n = np.arange(len(rows))
    logs = [log_softmax(network.pitch_logits(h, pitches)) for h in hidden]
    pitch = _picked(_guided(logs, taste), taste, chance[:, 0])
    nats = logs[0][n, pitch]
    logs = [log_softmax(network.length_logits(h, pitch, pitches, lengths)) for h in hidden]
    known = np.array(vocabulary.durations)
    fitting = known <= room[:, np.newaxis]
    fits = fitting.any(axis=1)
    fitting[~fits, 0] = True  # what is left is shorter than any duration, and becomes the note
    length = _picked(np.where(fitting, _guided(logs, taste), -np.inf), taste, chance[:, 1])
    return pitch, length, np.where(fits, known[length], room), nats + logs[0][n, length]


def _guided(logs: Sequence[np.ndarray], taste: Taste) -> np.ndarray:
    if len(logs) == 1:
        return logs[0]
    return logs[0] + taste.guidance * (logs[0] - logs[1])


def _picked(logs: np.ndarray, taste: Taste, chance: np.ndarray) -> np.ndarray:
    """Return a class for each row, drawn from the nucleus of its probabilities.

    The nucleus, by A. Holtzman et al., "The curious case of neural text degeneration", ICLR
    2020, is the likeliest classes that have a share of the probability together.
    """
    p = np.exp((logs - logs.max(axis=1, keepdims=True)) / taste.temperature)
    order = np.argsort(-p, axis=1, kind="stable")
    p = np.take_along_axis(p, order, axis=1)
    sums = np.cumsum(p, axis=1)
    p[sums - p >= taste.top_p * sums[:, -1:]] = 0
    sums = np.cumsum(p, axis=1)
    at = (sums <= chance[:, np.newaxis] * sums[:, -1:]).sum(axis=1)
    return np.take_along_axis(order, at[:, np.newaxis], axis=1)[:, 0]
