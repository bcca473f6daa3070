"""The score of a clip: composed, harmonised and arranged."""

import copy
from typing import Any

from audiogen.io import Score
from audiogen.music._arrange import arrange
from audiogen.music._brief import Brief
from audiogen.music._plan import Plan
from audiogen.music._pretrained import pretrained
from audiogen.music._styles import Style
from audiogen.utils.seeds import Stream, spawn_seed

__all__ = ["compose_score"]

_GROOVE_METRE = (4, 4)  # what `GrooveComposer` was trained on
_GROOVE = {"temperature": 0.8, "guidance": 0.5, "n_draws": 8}  # single draws are often sparse
_TEMPERATURES = (0.7, 0.7, 0.7, 0.9, 0.9, 0.9, 1.1, 1.1, 1.1, 1.3, 1.3, 1.3)  # of drawn chords
_LONGEST_CHORD = 2.0  # bars


def compose_score(brief: Brief, style: Style, plan: Plan, seed: int) -> Score:
    """Return the score of a clip.

    Parameters
    ----------
    brief : Brief
        What is asked for, nothing free.
    style : Style
        Its style.
    plan : Plan
        Its sections.
    seed : int
        Seed of all that is drawn.

    Returns
    -------
    score : Score
        All parts, as long as the plan.
    """
    melody = _melody(brief, style, plan, seed)
    harmonised = _harmonised(melody, style, _seed(seed, 1))
    laid_out = plan.lay_out(harmonised)
    parts = [*brief.voices, *(["drums"] if brief.drums else [])]
    return arrange(
        laid_out, style, voices=brief.voices, parts=parts, plan=plan,
        groove=_grooves(brief, style, plan, seed), density=_share(brief.density),
        intensity=_share(brief.intensity), swing=brief.swing, random_state=_seed(seed, 3),
    )  # fmt: skip


def _share(value: float | None) -> float:
    return 0.5 if value is None else value


def _seed(seed: int, number: int) -> int:
    return spawn_seed(seed, Stream.PARTS, number)


def _melody(brief: Brief, style: Style, plan: Plan, seed: int) -> Score:
    """Return a melody for the sections of a plan, in the key that is asked for."""
    metre = style.composer_metres.get(plan.metre, plan.metre)
    wanted = {
        "genre": [style.composer_genre], "metre": ["/".join(map(str, metre))], "mode": [brief.mode]
    }  # fmt: skip
    (melody,) = pretrained("melody").sample(
        y=wanted, n_bars=plan.section_bars, form=plan.form or "A", random_state=_seed(seed, 0)
    )
    up = (brief.tonic - melody.tonic) % 12
    return melody.transpose(up - 12 if up > 6 else up)


def _harmonised(melody: Score, style: Style, seed: int) -> Score:
    """Return a melody with chords: plain ones for dances, and elsewhere ones that move.

    Of the latter some are drawn, ever more freely, until no chord lasts long; otherwise those
    that move most are taken.
    """
    model = copy.copy(pretrained("chords"))
    if style.colour == "triads" and style.composer_genre is not None:
        model.set_params(decoding="viterbi", vocabulary="diatonic")
        return model.predict([melody], random_state=seed)[0]
    vocabulary = "sevenths" if style.colour == "sevenths" else "triads"
    model.set_params(decoding="sample", vocabulary=vocabulary)
    drawn = []
    for number, temperature in enumerate(_TEMPERATURES):
        model.set_params(temperature=temperature)
        drawn.append(
            model.predict([melody], random_state=spawn_seed(seed, Stream.TUNE, number))[0]
        )
        if max(end - start for start, end, _ in drawn[-1].chords) <= _LONGEST_CHORD * melody.bar:
            return drawn[-1]
    return max(drawn, key=lambda score: len(score.chords))


def _grooves(brief: Brief, style: Style, plan: Plan, seed: int) -> dict[str, Any] | None:
    """Return two bars of drums for each section, where the style has learnt ones."""
    if not brief.drums or style.groove is None or plan.metre != _GROOVE_METRE:
        return None
    names = list(dict.fromkeys(section.name for section in plan.sections))
    drawn = pretrained("groove").sample(len(names), y=style.groove, random_state=_seed(seed, 2))
    return dict(zip(names, drawn, strict=True))
