"""Clips composed by models of one's own."""

import numpy as np
import pytest

from audiogen import make_clip
from audiogen.generators import GrooveComposer, Harmonizer, MelodyComposer
from audiogen.io import Score
from audiogen.music import pretrained

OPTIONS = {"seconds": 6, "sample_rate": 8000, "random_state": 0}


@pytest.fixture(scope="module")
def fifths():
    """Return a composer that has learnt tunes of two pitches, in 4/4 and major."""
    rng = np.random.default_rng(0)
    tunes = [
        Score({"onset": range(32), "duration": [1] * 32, "pitch": [*rng.choice([60, 67], 31), 60]})
        for _ in range(4)
    ]
    return MelodyComposer(epochs=20, units=16, learning_rate=0.02, random_state=0).fit(tunes)


def test_a_composer_of_ones_own_writes_the_melody(fifths):
    clip = make_clip("reel in D major", composer=fifths, **OPTIONS)
    melody = clip.score.part("melody").notes
    assert ((melody.pitch - 62) % 12).isin([0, 7]).mean() > 0.9
    sources = {row["what"]: row["source"] for row in clip.info["sources"]}
    assert sources["melody model"] == "a model of your own"
    assert "OpenEWLD" in sources["chords model"]
    assert clip.info["log_likelihood"]["melody"] > -2


def test_a_pretrained_composer_is_not_ones_own_where_it_is_given():
    clip = make_clip("rock", groove_composer=pretrained("groove"), **OPTIONS)
    assert "Groove MIDI Dataset" in clip.info["credit"]


def test_what_a_composer_has_not_learnt_is_named(fifths):
    with pytest.raises(ValueError, match="mode 'minor' is none of those that were learnt: major"):
        make_clip("reel in D minor", composer=fifths, **OPTIONS)
    with pytest.raises(ValueError, match="metre '6/8' is none of those that were learnt: 4/4"):
        make_clip("jig in D major", composer=fifths, **OPTIONS)
    with pytest.raises(TypeError, match="'composer' parameter of make_clip must be .* MelodyC"):
        make_clip("reel", composer=Harmonizer(), **OPTIONS)


def test_chords_and_grooves_of_ones_own_are_played():
    song = Score(
        {"onset": range(16), "duration": [1] * 16, "pitch": [60, 64, 67, 72] * 4},
        chords=[(0, 4, "C"), (4, 8, "F"), (8, 12, "G7"), (12, 16, "C")],
    )
    harmonizer = Harmonizer(epochs=1, random_state=0).fit([song, song])
    patterns = np.zeros((8, 32, 9, 2), np.float32)
    patterns[:, ::8, 0, 0] = 1.0  # the bass drum, on every other beat
    groove = GrooveComposer(units=8, width=4, epochs=30, learning_rate=0.05, random_state=0)
    groove.fit(patterns)
    clip = make_clip("rock in C major", harmonizer=harmonizer, groove_composer=groove, **OPTIONS)
    drums = clip.score.part("drums").notes
    assert (drums.pitch == 36).any()
    assert not drums.pitch.isin([42, 44, 46, 51]).any()  # hi-hats and ride, which others have
    own = [row["what"] for row in clip.info["sources"] if row["licence"] == "yours"]
    assert own == ["chords model", "groove model"]
