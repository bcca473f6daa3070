"""Windows of sequences of codes, as a transformer is trained on them."""

from typing import Any

import numpy as np

from audiogen.generators._sequences import CodeSequences

__all__ = ["CodeWindows", "told_condition"]

_NO_TARGET = -1
_MANY = 50  # windows: of fewer, quarters are held out, which say more of all of a recording
_QUARTERS = 4
_UNTOLD = 0.1  # share of training in which conditions are not told, for guidance


class CodeWindows:
    """Windows of sequences, and of their copies cut into steps at other places.

    A row of training is a window of a copy, moved at random by up to half its length. What is
    held out are pieces of the sequences, in all copies: windows, or quarters of them where there
    are few. A row of validation is a window with some of them, in the sequences themselves.

    Parameters
    ----------
    sequences : CodeSequences
        The sequences and their copies.
    length : int
        Steps of a window.
    hands : ndarray of shape (n_steps, n_features) or None
        What a clock says of each step.
    """

    def __init__(
        self,
        sequences: CodeSequences,
        length: int,
        hands: np.ndarray | None = None,
    ) -> None:
        self._sequences, self._length, self._hands = sequences, length, hands
        lengths = sequences.lengths
        self._begins = np.cumsum(lengths) - lengths
        self._n_own = len(lengths) // sequences.n_copies
        self._sequence, self._starts = _parts(lengths[: self._n_own], length)
        few = len(self._starts) < _MANY
        self._piece_length = max(1, length // _QUARTERS) if few else length
        self._pieces = _parts(lengths[: self._n_own], self._piece_length)
        self._is_target = np.ones(len(sequences.codes), dtype=bool)

    @property
    def n_pieces(self) -> int:
        """The number of pieces that may be held out."""
        return len(self._pieces[0])

    @property
    def sequence_of_rows(self) -> np.ndarray:
        """The number of the sequence, or of the copy of one, of each row."""
        copies = np.arange(self._sequences.n_copies)[:, np.newaxis] * self._n_own
        return np.append(copies + self._sequence, self._sequence)

    def rows_of(self, pieces: np.ndarray) -> np.ndarray:
        """Return the rows of training with some pieces, in all copies."""
        copies = np.arange(self._sequences.n_copies)[:, np.newaxis] * len(self._starts)
        return (copies + self._windows_of(pieces)).reshape(-1)

    def hold_out(self, pieces: np.ndarray) -> np.ndarray:
        """Take pieces out of all that is learnt from, and return the rows of validation."""
        for sequence, piece in zip(*(part[pieces] for part in self._pieces), strict=True):
            for copy in range(self._sequences.n_copies):
                number = copy * self._n_own + sequence
                begin, n_steps = self._begins[number], self._sequences.lengths[number]
                margin = int(copy > 0)  # steps that begin within a step of the piece
                start = max(0, piece - margin)
                stop = min(n_steps, piece + self._piece_length + margin)
                self._is_target[begin + start : begin + stop] = False
        return self._n_rows + self._windows_of(pieces)

    @property
    def _n_rows(self) -> int:
        """The number of rows of training; those of validation follow."""
        return self._sequences.n_copies * len(self._starts)

    def _windows_of(self, pieces: np.ndarray) -> np.ndarray:
        """Return the windows, in order, that some pieces begin in."""
        counts = np.bincount(self._sequence, minlength=self._n_own)
        first = np.cumsum(counts) - counts
        sequence, start = (part[pieces] for part in self._pieces)
        return np.unique(first[sequence] + start // self._length)

    def batch(
        self, rows: np.ndarray, condition: np.ndarray | None, rng: np.random.Generator
    ) -> Any:
        """Return the network's inputs and targets of some rows.

        Parameters
        ----------
        rows : ndarray of int
            Some of what `rows_of` and `hold_out` returned.
        condition : ndarray of shape (n_rows, width) or None
            Their encoded conditions.
        rng : numpy.random.Generator
            Moves windows, and leaves conditions out.

        Returns
        -------
        inputs : tuple of ndarray
            Codes, and where there are any the hands of the clock and conditions.
        targets : ndarray of shape (n_rows, length, n_levels), int32
            Codes, -1 where there is nothing to learn.
        """
        shape = (len(rows), self._length, self._sequences.codes.shape[1])
        targets = np.full(shape, _NO_TARGET, dtype=np.int32)
        moves = rng.integers(-(self._length // 2), self._length // 2 + 1, size=len(rows))
        untold = rng.random(len(rows)) < _UNTOLD
        validates = rows >= self._n_rows
        spans = [self._span(row, move) for row, move in zip(rows, moves * ~validates, strict=True)]
        for target, span, held_out in zip(targets, spans, validates, strict=True):
            counted = np.flatnonzero(self._is_target[span] != held_out)
            target[counted] = self._sequences.codes[span][counted]
        inputs = [self._padded(spans, self._sequences.codes)]
        if self._hands is not None:
            inputs.append(self._padded(spans, self._hands))
        if condition is not None:
            inputs.append(told_condition(condition, untold & ~validates))
        return tuple(inputs), targets

    def _padded(self, spans: list[slice], values: np.ndarray) -> np.ndarray:
        """Return the values of some spans of steps, zeros after them."""
        padded = np.zeros((len(spans), self._length, *values.shape[1:]), dtype=np.float32)
        for row, span in zip(padded, spans, strict=True):
            row[: span.stop - span.start] = values[span]
        return padded

    def _span(self, row: int, move: int) -> slice:
        """Return the steps of a row's window, moved by some."""
        copy, window = divmod(int(row) % self._n_rows, len(self._starts))
        number = copy * self._n_own + self._sequence[window]
        n_steps = int(self._sequences.lengths[number])
        latest = max(0, n_steps - self._length)
        start = int(self._starts[window])
        if move:
            start = min(max(0, start + move), latest)
        start = min(start, n_steps - 1)
        begin = int(self._begins[number])
        return slice(begin + start, begin + min(start + self._length, n_steps))


def _parts(lengths: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the sequence and the first step of each part of so many steps, or of what is left."""
    counts = -(-lengths // length)
    first = np.cumsum(counts) - counts
    sequence = np.repeat(np.arange(len(lengths)), counts)
    return sequence, (np.arange(len(sequence)) - np.repeat(first, counts)) * length


def told_condition(condition: np.ndarray, untold: np.ndarray) -> np.ndarray:
    """Return encoded conditions as the network gets them, zeros where they are not told."""
    told = np.concatenate([condition, np.ones((len(condition), 1))], axis=1)
    return (told * ~untold[:, np.newaxis]).astype(np.float32)
