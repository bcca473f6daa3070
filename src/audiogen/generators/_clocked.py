"""Sequencers that may know the beat."""

import numbers
from abc import ABC
from collections.abc import Sequence
from typing import Any

import numpy as np

from audiogen.generators._clock import BeatClock, beats_of, clock_features, learn_clock
from audiogen.generators._code_memory import CodeMemory, KernelPredictor
from audiogen.generators._sequencer import BaseSequencer
from audiogen.generators._sequences import CodeSequences, sequence_latents
from audiogen.utils.validation import Interval, Options

__all__ = ["ClockedSequencer"]


class ClockedSequencer(BaseSequencer, ABC):
    """Base class of sequencers with a parameter `clock`.

    A subclass calls ``_learn_clock(sequences)`` where it learns, and is handed the clock in
    ``_predictor(condition, clock, n_rows)``: an array with a row (beats in a step, place of the
    first step in beats) for each, or None without a clock.

    Attributes
    ----------
    beat_lengths_ : ndarray of shape (n_beats,) or None
        Steps of a beat, of each beat that some sequences share; None without a clock.
    """

    clock: Any
    codes_: Any
    lengths_: Any
    beat_lengths_: np.ndarray | None
    _usual: np.ndarray
    _starts: np.ndarray
    _condition_of_sequence: np.ndarray | None

    _constraints = {
        "clock": (
            Options(None, "auto"),
            Interval(numbers.Real, 1, None, closed="neither"),
        ),
    }

    def _learn_clock(
        self, sequences: CodeSequences, condition: np.ndarray | None, *, fresh: bool = True
    ) -> None:
        """Learn the beats of sequences, or find those that were learnt in them."""
        self._condition_of_sequence = condition
        if self.clock is None:
            self.beat_lengths_ = None
            return
        n_own = len(sequences) // sequences.n_copies
        latents = [self._latents(codes) for codes in list(sequences)[:n_own]]
        if fresh:
            length = None if self.clock == "auto" else float(self.clock)
            self.beat_lengths_, self._usual = learn_clock(latents, length)
        starts = self._beats.starts_of(latents)
        later = np.arange(sequences.n_copies)[:, np.newaxis, np.newaxis] / sequences.n_copies
        steps_later = starts[:, :1] * later * np.array([0, 1])
        self._starts = (starts + steps_later).reshape(-1, 2)

    @property
    def _beats(self) -> BeatClock:
        assert self.beat_lengths_ is not None
        return BeatClock(self.beat_lengths_, self._usual)

    def _latents(self, codes: np.ndarray) -> np.ndarray:
        """Return what codes stand for; of names, each has a component of its own."""
        if self.codebooks_ is not None:
            return sequence_latents(codes, self.codebooks_)
        marks = codes[..., np.newaxis] == np.arange(self.n_codes_)
        return marks.reshape(*codes.shape[:-1], -1).astype(np.float32)

    def _clock_starts(
        self,
        heard: Sequence[np.ndarray] | None,
        condition: np.ndarray | None,
        streams: Sequence[np.random.Generator],
    ) -> np.ndarray | None:
        if self.beat_lengths_ is None:
            return None
        if heard is not None:
            return self._beats.starts_of([self._latents(codes) for codes in heard])
        starts = np.empty((len(streams), 2))
        for row, rng in enumerate(streams):
            known = np.arange(len(self._starts))
            if condition is not None and self._condition_of_sequence is not None:
                away = np.square(self._condition_of_sequence - condition[row]).sum(axis=1)
                known = np.flatnonzero(away == away.min())
            starts[row] = self._starts[rng.choice(known)]
        return starts

    def _hands(self, lengths: np.ndarray) -> np.ndarray | None:
        """Return the hands of the clock at each step of training, None without a clock."""
        if self.beat_lengths_ is None:
            return None
        pairs = zip(self._starts, lengths, strict=True)
        beats = [start + rate * np.arange(length) for (rate, start), length in pairs]
        return clock_features(np.concatenate(beats))

    def _memory_predictor(
        self,
        condition: np.ndarray | None,
        clock: np.ndarray | None,
        n_rows: int,
        *,
        decay: float,
        bandwidth: float,
    ) -> KernelPredictor:
        """Return what looks rows up in the codes of training."""
        memory = CodeMemory(
            self.codes_,
            self.lengths_,
            self.codebooks_,
            self.n_codes_,
            self._condition_of_sequence,
            self._hands(self.lengths_),
        )
        hands = None if clock is None else beats_of(clock)
        options = {"decay": decay, "bandwidth": bandwidth}
        return KernelPredictor(memory, n_rows, condition=condition, clock=hands, **options)

    def _clock_bits(self) -> float:
        return 0.0 if self.beat_lengths_ is None else self._beats.bits
