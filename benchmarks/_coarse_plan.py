"""A coarse level of codes, and a transformer over fine ones that is told it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from audiogen.generators import TransformerSequencer
from audiogen.generators._clock import beats_of
from audiogen.generators._clocked import ClockedSequencer
from audiogen.generators._code_memory import CodeMemory, KernelPredictor
from audiogen.generators._sequence_draw import MixedPredictor
from audiogen.generators._sequences import sequence_latents
from audiogen.generators._transformer import _KERNEL
from audiogen.generators._transformer_steps import TransformerPredictor
from audiogen.preprocessing import ResidualVectorQuantizer

GROUP = 4  # patches of a coarse step
N_CODES = 64


@dataclass
class Codec:
    """What a sequencer is told of what made its codes.

    Parameters
    ----------
    codebooks_ : ndarray of shape (n_levels, n_codes, n_components)
        What codes stand for.
    copies : list of list of ndarray of shape (n_steps, n_levels)
        The codes of sounds, and of the same cut into steps ever later.
    """

    codebooks_: np.ndarray
    copies: list

    @property
    def codes(self):
        return self.copies[0]

    def shifted_codes(self):
        return self.copies[1:]


class Plan:
    """Coarse codes: the means of what four patches stand for, quantised.

    Parameters
    ----------
    codes : list of ndarray of shape (n_steps, n_levels)
        Fine codes to learn coarse ones from.
    codebooks : ndarray of shape (n_levels, n_codes, n_components)
        What fine codes stand for.
    seed : int
        Seed of the quantiser.
    """

    def __init__(self, codes, codebooks, seed):
        self.fine_books = codebooks
        means = np.concatenate([self.means(row) for row in codes])
        self.quantizer = ResidualVectorQuantizer(1, N_CODES, random_state=seed).fit(means)
        self.scale = means.std()

    @property
    def codebooks(self):
        return self.quantizer.codebooks_

    def means(self, codes, phase=0):
        """Return the mean latent of each group; the first has `phase` patches, if any."""
        latents = sequence_latents(codes, self.fine_books)
        starts = np.unique([0, *range(phase, len(codes), GROUP)])
        counts = np.diff([*starts, len(codes)])[:, np.newaxis]
        return (np.add.reduceat(latents, starts) / counts).astype(np.float32)

    def codes_of(self, codes, phase=0):
        """Return the coarse codes of a row of fine ones, (n_groups, 1)."""
        return self.quantizer.transform(self.means(codes, phase))

    def codec_of(self, copies):
        """Return the coarse codes of copies of rows, cut at every patch and part of one."""
        found = [
            [self.codes_of(row[patch:]) for row in rows]
            for patch in range(GROUP)
            for rows in copies
        ]
        return Codec(self.codebooks, found)

    def told(self, coarse, n_steps, phase=0):
        """Return what each fine step is told: this group, the next, and the place in it."""
        centroids = np.append(self.latents(coarse), np.zeros((1, self.codebooks.shape[2])), axis=0)
        steps = np.arange(n_steps) + (GROUP - phase) % GROUP
        at = steps // GROUP
        now, following = (centroids[np.minimum(i, len(coarse))] for i in (at, at + 1))
        place = np.eye(GROUP)[steps % GROUP]
        return np.concatenate([now, following, place], axis=1).astype(np.float32)

    def latents(self, coarse):
        return sequence_latents(coarse, self.codebooks) / self.scale


class PlannedSequencer(TransformerSequencer):
    """A transformer that hears the coarse code of now and of the next group as well.

    ``planned(plan)`` must be called before `fit`.
    """

    def planned(self, plan):
        self.plan = plan
        return self

    def sample_planned(self, coarse, n_steps, random_state):
        """Draw fine codes for rows of coarse codes, (n_rows, n_groups, 1)."""
        self._told_now = np.stack([self.plan.told(row, n_steps) for row in coarse])
        self._heard_plan = [
            np.repeat(self.plan.latents(row) * self.plan.scale, GROUP, axis=0) for row in coarse
        ]
        return self.sample(len(coarse), n_steps=n_steps, random_state=random_state)

    def _clock_starts(self, heard, condition, streams):
        """Return where rows begin; of new ones where the plan fits best."""
        if heard is None:
            return self._beats.starts_of(self._heard_plan)
        return super()._clock_starts(heard, condition, streams)

    def _log_likelihood(self, rows, condition):
        told = [self.plan.told(self.plan.codes_of(row), len(row)) for row in rows]
        longest = max(map(len, told))
        self._told_now = np.stack([np.pad(t, ((0, longest - len(t)), (0, 0))) for t in told])
        return super()._log_likelihood(rows, condition)

    def _learn_clock(self, sequences, condition, *, fresh=True):
        super()._learn_clock(sequences, condition, fresh=fresh)
        n_own = len(sequences) // sequences.n_copies
        phases = np.arange(len(sequences)) // n_own % GROUP
        self._told = np.concatenate(
            [
                self.plan.told(self.plan.codes_of(row, phase), len(row), phase)
                for row, phase in zip(sequences, phases, strict=True)
            ]
        )

    def _hands(self, lengths):
        return np.concatenate([super()._hands(lengths), self._told], axis=1)

    def _architecture(self, data):
        own = super()._architecture(data)
        return {**own, "clock_width": own["clock_width"] + self._told.shape[1]}

    def _predictor(self, condition, clock, n_rows):
        beats, told = beats_of(clock), self._told_now
        network = TransformerPredictor(
            self._weights["network"],
            n_rows,
            n_heads=self._arguments["n_heads"],
            n_steps=self._arguments["n_steps"],
            clock=lambda step: np.concatenate(
                [beats(step), told[:, min(step, told.shape[1] - 1)]], axis=1
            ).astype(np.float32),
        )
        if self.codes_ is None:
            return network
        hands = ClockedSequencer._hands(self, self.lengths_)
        memory = CodeMemory(
            self.codes_, self.lengths_, self.codebooks_, self.n_codes_, None, hands
        )
        options: dict[str, Any] = {**_KERNEL, "clock": beats}
        heard = KernelPredictor(memory, n_rows, **options)
        return MixedPredictor(network, heard, n_rows, self._n_levels)
