"""One melody: sections of a form, each the most typical of several draws."""

import numbers
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from audiogen.generators._melody_choice import most_typical
from audiogen.generators._melody_conditions import Condition
from audiogen.generators._melody_draw import MelodyNetwork, Taste, draw_strains
from audiogen.generators._melody_features import Strain, Vocabulary
from audiogen.generators._melody_runs import shares_run
from audiogen.generators._melody_strains import TICKS, arranged, spans_of, strains_of
from audiogen.io import Score
from audiogen.utils.seeds import Stream, make_rng
from audiogen.utils.validation import Instance, Interval, check_parameters

__all__ = ["SAMPLING", "check_sampling", "compose", "examples_of", "name_of_cell"]

_MOST_ROUNDS = 8  # of draws, until one of them copies nothing
_LONGEST_FORM = 64
_COPIED = (
    "Melody after melody shares a run of more than 16 notes with a tune that was learnt from. "
    "Give a higher temperature or top_p, or fit more tunes."
)
_SHORT = 4  # bars: a section so short that is repeated at once ends openly the first time

SAMPLING = {  # parameters of the composer, which its `sample` may be given as well
    "temperature": Interval(numbers.Real, 0.1, 3, closed="both"),
    "guidance": Interval(numbers.Real, 0, 3, closed="both"),
    "top_p": Interval(numbers.Real, 0, 1, closed="right"),
    "n_draws": Interval(numbers.Integral, 1, 1000, closed="both"),
}
_SAMPLE = SAMPLING | {
    "n_samples": (Instance(type(None), "None"), Interval(numbers.Integral, 1, None)),
    "form": Instance(str, "a str"),
    "n_bars": Interval(numbers.Integral, 2, 64, closed="both"),
}


def check_sampling(given: dict[str, Any]) -> None:
    """Refuse what melodies cannot be made with."""
    check_parameters("MelodyComposer.sample", _SAMPLE, given)
    form = given["form"]
    if not (form.isascii() and form.isalpha() and form.isupper() and len(form) <= _LONGEST_FORM):
        raise ValueError(
            "The 'form' parameter of MelodyComposer.sample must be capital letters, one for each "
            f"section, such as 'AABA', at most {_LONGEST_FORM}. Got {form!r} instead."
        )


def name_of_cell(genre: str | None, metre: str) -> str:
    """Return the key of the examples of a genre and metre."""
    return f"{metre} {genre or ''}"


def examples_of(cells: Mapping[str, np.ndarray], condition: Condition) -> np.ndarray:
    """Return the descriptions of sections of a genre and metre, or of the nearest to it."""
    genre, _, metre = condition
    keys = [name_of_cell(genre, metre), name_of_cell(None, metre), name_of_cell(None, "")]
    return next(cells[key] for key in keys if key in cells)


def compose(
    trained: tuple[MelodyNetwork, Vocabulary, np.ndarray, Mapping[str, np.ndarray]],
    conditions: Sequence[Condition],
    form: str,
    n_bars: int,
    *,
    seed: int,
    n_draws: int,
    **taste: float,
) -> list[Score]:
    """Return a melody for each condition.

    Parameters
    ----------
    trained : tuple
        The network, its vocabulary, the index of what may not be copied, and the descriptions of
        real sections by genre and metre.
    conditions : sequence of Condition
        Genre, mode and metre of each.
    form : str
        A letter for each section.
    n_bars : int
        Bars of a section.
    seed : int
        Seed of the melodies.
    n_draws : int
        Draws of which one is chosen.
    **taste : float
        How notes are drawn, as `Taste`.
    """
    network, vocabulary, runs, cells = trained
    own = Taste(**{name: float(value) for name, value in taste.items()})
    return [
        _Composer(
            network, vocabulary, condition, examples_of(cells, condition), runs, own, int(n_draws)
        ).score(form, n_bars, make_rng(seed, Stream.SAMPLE, i))
        for i, condition in enumerate(conditions)
    ]


@dataclass
class _Composer:
    """What makes melodies of one condition.

    Parameters
    ----------
    network : MelodyNetwork
        What was learnt.
    vocabulary : Vocabulary
        Its classes.
    condition : Condition
        Genre, mode and metre.
    examples : ndarray of shape (n_examples, n_values)
        Of real sections: ticks of the pickup, then their descriptions.
    runs : ndarray of uint32
        Index of what may not be copied.
    taste : Taste
        How notes are drawn.
    n_draws : int
        Draws of which one is chosen.
    """

    network: MelodyNetwork
    vocabulary: Vocabulary
    condition: Condition
    examples: np.ndarray
    runs: np.ndarray
    taste: Taste
    n_draws: int

    def score(self, letters: str, n_bars: int, rng: np.random.Generator) -> Score:
        """Return a melody of sections named by letters, which copies nothing at length."""
        for _ in range(_MOST_ROUNDS):
            score = self._draw(letters, n_bars, rng)
            # Sections were looked at one by one; here they have met, and lost ends to pickups.
            if not shares_run(self.runs, strains_of(spans_of(score), self.vocabulary)):
                return score
        raise ValueError(_COPIED)

    def _draw(self, letters: str, n_bars: int, rng: np.random.Generator) -> Score:
        _, mode, metre = self.condition
        numerator, denominator = map(int, metre.split("/"))
        bar = 4 * TICKS * numerator // denominator
        lead = int(self.examples[rng.integers(len(self.examples)), 0]) % bar
        strains: dict[str, Strain] = {}
        for letter in dict.fromkeys(letters):
            is_last = letters.index(letter) == len(letters) - 1
            frame = Strain(bar, n_bars, lead, n_bars * bar - (0 if is_last else lead))
            strains[letter] = self._section(
                list(strains.values()), frame, rng, final=letter == letters[-1]
            )
        return arranged(
            self._sections(letters, strains, rng),
            letters,
            self.vocabulary,
            metre=(numerator, denominator),
            mode=mode,
            tonic=0,
        )

    def _sections(
        self, letters: str, strains: dict[str, Strain], rng: np.random.Generator
    ) -> list[Strain]:
        """Return a section for each letter; a short one that comes again at once ends openly."""
        opened: dict[str, Strain] = {}
        sections = []
        for letter, following in zip(letters, letters[1:] + " ", strict=True):
            strain = strains[letter]
            if following == letter and strain.n_bars <= _SHORT:
                if letter not in opened:
                    opened[letter] = self._section(
                        [], _without_last_bar(strain), rng, closed=False
                    )
                strain = opened[letter]
            sections.append(strain)
        return sections

    def _section(
        self,
        before: Sequence[Strain],
        frame: Strain,
        rng: np.random.Generator,
        *,
        closed: bool = True,
        final: bool = False,
    ) -> Strain:
        """Return the most typical of several draws that copy nothing at length."""
        wanted = self.examples[rng.integers(len(self.examples)), 1:]
        condition = self.vocabulary.condition(*self.condition)
        for _ in range(_MOST_ROUNDS):
            draws = draw_strains(
                self.network,
                self.vocabulary,
                condition,
                before,
                frame,
                self.taste,
                rng.spawn(self.n_draws),
            )
            own = [d for d in draws if not shares_run(self.runs, [*before, d.strain])]
            if own:
                low, mode = self.vocabulary.low, self.condition[1]
                return most_typical(
                    own, wanted, low, mode, before, closed=closed, final=final
                ).strain
        raise ValueError(_COPIED)


def _without_last_bar(strain: Strain) -> Strain:
    """Return a section without the notes that begin in its last bar, or sound in it."""
    line = (strain.n_bars - 1) * strain.bar
    n = sum(
        start + ticks <= line for start, ticks in zip(strain.start, strain.duration, strict=True)
    )
    notes = {name: getattr(strain, name)[:n] for name in ("start", "duration", "pitch", "length")}
    return replace(strain, **notes)
