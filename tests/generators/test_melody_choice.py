"""Which of several drawn sections is chosen."""

import numpy as np

from audiogen.generators._melody_choice import described, most_typical
from audiogen.generators._melody_draw import DrawnStrain
from audiogen.generators._melody_features import Strain

# ---------------------------------------------------------------------- choice


def strain_of(*bars, low=60):
    """Return a section of 4/4 of bars, each a list of (ticks, semitones above the tonic)."""
    found = Strain(96, len(bars), 0, 96 * len(bars))
    for i, bar in enumerate(bars):
        now = 96 * i
        for ticks, pitch in bar:
            found.add(now, ticks, 60 + pitch - low + 1, 0)
            now += ticks
    return found


UP, DOWN = [(24, p) for p in (0, 2, 4, 5)], [(24, p) for p in (5, 4, 2, 0)]
LONG, SHORT = [(48, 2), (48, 0)], [(36, 2), (36, 4), (12, 2), (12, 0)]


def test_descriptions_by_hand():
    section = strain_of(UP, DOWN, UP, LONG, UP, DOWN, DOWN, LONG)
    assert described(section, -1.5) == [-1.5, 3 / 8, 3 / 4]


def chosen(*strains, nats=None, wanted=(-1, 0.5, 0.5), **options):
    draws = [DrawnStrain(s, v) for s, v in zip(strains, nats or [-1] * len(strains), strict=True)]
    draw = most_typical(draws, np.array(wanted), 60, "major", **options)
    return next(i for i, s in enumerate(strains) if s is draw.strain)


def test_the_nearest_that_ends_as_it_should_is_chosen():
    home, away = strain_of(UP, DOWN, UP, DOWN), strain_of(UP, UP, DOWN, UP)
    assert chosen(away, home) == 1
    assert chosen(away, home, closed=False) == 0
    assert chosen(home, strain_of(UP, DOWN, UP, DOWN), nats=[-2, -1.1]) == 1


def test_endings_rhythm_and_scale_count():
    home, quick = strain_of(UP, DOWN, UP, DOWN), strain_of(UP, DOWN, UP, SHORT)
    alike = {"wanted": (-1, 0.75, 0)}
    assert chosen(quick, home, wanted=(-1, 0.5, 0), final=True) == 1
    dotted = strain_of(SHORT, DOWN, SHORT, DOWN)
    assert chosen(home, dotted, before=[strain_of(SHORT, SHORT)], **alike) == 1
    high = strain_of(UP, *[[(ticks, pitch + 12) for ticks, pitch in DOWN]] * 3)
    assert chosen(high, home, before=[home], nats=[-1, -1.05], **alike) == 1
    foreign = strain_of([(24, p) for p in (0, 1, 3, 6)], DOWN, UP, DOWN)
    assert chosen(foreign, home, **alike) == 1


def test_turns_that_a_player_would_stumble_over_count():
    def line(*pitches, bar=96):
        found = Strain(bar, 3, 0, 3 * bar)
        for i, pitch in enumerate(pitches):
            found.add(24 * i, 24, pitch + 1, 0)
        return found

    smooth = (0, 2, 4, 5, 7, 5, 2, 0)
    awkward = {
        "a sixth goes on": (0, 9, 14, 12, 7, 5, 2, 0),
        "two leaps beyond an octave": (0, 7, 14, 12, 7, 5, 2, 0),
        "a leap to the last note": (0, 2, 4, 5, 7, 9, 7, 0),
    }
    for pitches in awkward.values():
        assert chosen(line(*pitches), line(*smooth), wanted=(-1, 1, 0)) == 1
    struck = (0, 7, 7, 7, 7, 5, 2, 0)
    for bar, better in ((72, 1), (96, 0)):  # usual in marches, not in jigs
        two = line(*struck, bar=bar), line(*smooth, bar=bar)
        assert chosen(*two, nats=[-1, -1.1], wanted=(-1, 1, 0)) == better


def test_seesaws_notes_over_bar_lines_and_clipped_ends_count():
    def eighths(*pitches):
        return [(12, pitch) for pitch in pitches]

    moving = eighths(0, 2, 4, 2, 0, 2, 4, 5)
    last, alike = [(24, 4), (24, 2), (48, 0)], {"wanted": (-1, 1, 0)}
    smooth = strain_of(moving, last)
    seesaw = strain_of(eighths(2, 4, 2, 4, 2, 4, 2, 4), last)
    assert chosen(seesaw, smooth, **alike) == 1
    held = strain_of([*moving[:-1], (24, 5)], last)
    held.start[8], held.duration[8] = 108, 12
    assert chosen(held, smooth, **alike) == 1
    clipped = strain_of(moving, [(24, 4), (24, 2), (42, 2), (6, 0)])
    assert chosen(clipped, smooth, **alike) == 1
    assert chosen(strain_of(moving, last), smooth, **alike) == 0, "the first of equals"
