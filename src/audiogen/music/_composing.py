"""The score of a clip: composed, harmonised and arranged."""

import copy
import dataclasses
from typing import Any, NamedTuple

from audiogen.generators import ChordRules
from audiogen.io import Score
from audiogen.music._arrange import arrange
from audiogen.music._brief import Brief
from audiogen.music._phrasing import rephrased
from audiogen.music._plan import Plan
from audiogen.music._pretrained import is_shipped, pretrained
from audiogen.music._styles import Style
from audiogen.utils.seeds import Stream, make_rng, spawn_seed

__all__ = ["Composed", "Composers", "compose_score", "has_groove", "likelihood"]

_RHYTHM = 4  # key of a stream, beside those of `_seed`
_GROOVE_METRE = (4, 4)  # what `GrooveComposer` was trained on
_GROOVE = {"temperature": 0.8, "guidance": 0.5, "n_draws": 8}  # single draws are often sparse
_TEMPERATURE = 0.5  # of drawn chords
_FEW_BARS, _SLOW_BAR = 4, 2.0  # of the longest section; seconds
_QUICKEST = 0.5  # bars, of chords that come twice as often


class Composers(NamedTuple):
    """The models that compose a clip, by the names of `pretrained`, which gives what is None.

    Parameters
    ----------
    melody : MelodyComposer, default=None
        Composes melodies.
    chords : Harmonizer, default=None
        Finds their chords.
    groove : GrooveComposer, default=None
        Composes drum patterns.
    """

    melody: Any = None
    chords: Any = None
    groove: Any = None

    def model(self, name: str) -> Any:
        """Return a model by its name."""
        own = getattr(self, name)
        return pretrained(name) if own is None else own

    @property
    def own(self) -> list[str]:
        """The names of the models that are the user's own."""
        given = {name: model for name, model in self._asdict().items() if model is not None}
        return [name for name, model in given.items() if not is_shipped(model, name)]


_PRETRAINED = Composers()


class Composed(NamedTuple):
    """What `compose_score` returns.

    Parameters
    ----------
    score : Score
        All parts, as long as the plan.
    melody : Score
        The melody as it was composed, before it was laid out over the plan.
    composers : Composers
        The models that composed it.
    """

    score: Score
    melody: Score
    composers: Composers


def compose_score(
    brief: Brief, style: Style, plan: Plan, seed: int, composers: Composers = _PRETRAINED
) -> Composed:
    """Return the score of a clip, and the melody that it is made of.

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
    composers : Composers
        The models that compose it; the pretrained ones by default.

    Returns
    -------
    composed : Composed
    """
    melody = _melody(brief, style, plan, seed, composers.model("melody"))
    rules = _chord_rules(style, melody.mode, plan)
    harmonised = _harmonised(melody, style, rules, _seed(seed, 1), composers.model("chords"))
    laid_out = _with_vamp(plan.lay_out(harmonised), style)
    parts = [*brief.voices, *(["drums"] if brief.drums else [])]
    score = arrange(
        laid_out, style, voices=brief.voices, parts=parts, plan=plan,
        groove=_grooves(brief, style, plan, seed, composers), density=_share(brief.density),
        intensity=_share(brief.intensity), swing=brief.swing, random_state=_seed(seed, 3),
    )  # fmt: skip
    return Composed(score, melody, composers)


def likelihood(composed: Composed, style: Style) -> dict[str, float]:
    """Return how likely a melody is under its composer, and how likely melodies usually are.

    Parameters
    ----------
    composed : Composed
        What was composed.
    style : Style
        Its style.

    Returns
    -------
    figures : dict of str to float
        Mean log-likelihood of a note, in nats: that of the "melody", and the "typical" one of
        tunes of its genre and metre.
    """
    melody, composer = composed.melody, composed.composers.model("melody")
    own = _conditions(style, melody.metre, melody.mode, composer)
    return {
        "melody": round(composer.score([melody], own), 3),
        "typical": round(float(composer.typical_score(own)[0]), 3),
    }


def _share(value: float | None) -> float:
    return 0.5 if value is None else value


def _seed(seed: int, number: int) -> int:
    return spawn_seed(seed, Stream.PARTS, number)


def _conditions(
    style: Style, metre: tuple[int, int], mode: str | None, composer: Any
) -> dict[str, list[str | None]]:
    """Return what a composer is asked for; a genre that it has not learnt is left free."""
    genre = style.composer_genre
    if genre not in composer.categories_["genre"]:
        genre = None
    return {"genre": [genre], "metre": ["/".join(map(str, metre))], "mode": [mode]}


def _melody(brief: Brief, style: Style, plan: Plan, seed: int, composer: Any) -> Score:
    """Return a melody for the sections of a plan, in the key and rhythms that are asked for."""
    metre = style.composer_metres.get(plan.metre, plan.metre)
    (melody,) = composer.sample(
        y=_conditions(style, metre, brief.mode, composer), n_bars=plan.section_bars,
        form=plan.form or "A", top_p=style.composer_top_p,
        random_state=_seed(seed, 0),
    )  # fmt: skip
    if style.melody is not None:
        rng = make_rng(seed, Stream.PARTS, _RHYTHM)
        melody = rephrased(melody, style.melody, plan.metre, rng)
    up = (brief.tonic - melody.tonic) % 12
    return melody.transpose(up - 12 if up > 6 else up)


def _chord_rules(style: Style, mode: str, plan: Plan) -> ChordRules:
    """Return the rules of a style, chords twice as often where only a few slow bars are heard."""
    rules = style.harmony[mode]
    if plan.section_bars > _FEW_BARS or plan.seconds / plan.n_bars < _SLOW_BAR:
        return rules
    shortest = min(rules.shortest, max(_QUICKEST, rules.shortest / 2))
    return dataclasses.replace(
        rules, shortest=shortest, longest=max(rules.shortest, rules.longest / 2)
    )


def _harmonised(
    melody: Score, style: Style, rules: ChordRules, seed: int, harmonizer: Any
) -> Score:
    """Return a melody with chords of its style: the likeliest for a dance, else drawn ones."""
    model = copy.copy(harmonizer)
    is_dance = style.composer_genre is not None
    model.set_params(decoding="viterbi" if is_dance else "sample", temperature=_TEMPERATURE)
    (harmonised,) = model.predict([melody], rules=rules, random_state=seed)
    return harmonised


def _with_vamp(score: Score, style: Style) -> Score:
    """Return a score whose introduction has the chords of what follows, where these return."""
    intro = score.sections[0]
    if intro.name != "intro" or style.harmony[score.mode].period is None:
        return score
    length = intro.end
    vamp = [
        (start - length, min(end, 2 * length) - length, name)
        for start, end, name in score.chords
        if length - 1e-6 < start < 2 * length - 1e-6
    ]
    return score.replace(chords=vamp + score.chords)


def has_groove(style: Style, plan: Plan) -> bool:
    """Tell whether the drums of a clip are composed, and not the patterns of its style."""
    return style.groove is not None and plan.metre == _GROOVE_METRE


def _grooves(
    brief: Brief, style: Style, plan: Plan, seed: int, composers: Composers
) -> dict[str, Any] | None:
    """Return two bars of drums for each section, where the style has learnt ones."""
    if not brief.drums or not has_groove(style, plan):
        return None
    names = list(dict.fromkeys(section.name for section in plan.sections))
    composer = composers.model("groove")
    learnt = [] if composer.conditions_ is None else composer.categories_.values()
    known = any(style.groove in values for values in learnt)
    drawn = composer.sample(
        len(names), y=style.groove if known else None, random_state=_seed(seed, 2), **_GROOVE
    )
    return dict(zip(names, drawn, strict=True))
