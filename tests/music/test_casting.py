"""Which of one's own families plays which part."""

import numpy as np
import pandas as pd
import pytest

from audiogen import GenerativePipeline
from audiogen.generators import ConditionalGaussianMixture
from audiogen.music import _casting as casting
from audiogen.music import load_instrument, make_clip, pretrained
from audiogen.recipes import harmonic_gmm

RATE = 16000


@pytest.fixture(scope="module")
def own_model():
    """Two families of one range whose names say nothing: one is bowed, the other plucked."""
    t = np.arange(2 * RATE) / RATE
    y = pd.DataFrame({"pitch": [40, 50, 60, 70, 80] * 2, "family": ["ash"] * 5 + ["birch"] * 5})
    decay = {"ash": np.exp(-3 * t), "birch": np.minimum(1, 20 * t)}
    hertz = 440 * 2 ** ((y.pitch.to_numpy() - 69) / 12)
    X = [
        decay[family] * sum(np.sin(2 * np.pi * h * k * t) / k for k in (1, 2, 3))
        for h, family in zip(hertz, y.family, strict=True)
    ]
    model = harmonic_gmm(n_components=4, sample_rate=RATE, random_state=0)
    return model.fit(np.stack(X) / 3, y)


def cast(played_by, players, pitch=60, **options):
    notes = pd.DataFrame({"part": list(players), "pitch": pitch})
    instruments = {part: load_instrument(name) for part, name in players.items()}
    roles = casting.cast_parts(notes, instruments, played_by[-1].conditions_, **options)
    return {part: role.voice for part, role in roles.items()}


def test_one_note_tells_whether_a_voice_is_held(own_model):
    voices = casting.voices_of(own_model[-1].conditions_)
    heard = {voice.voice: casting.voice_sustains(voice, own_model) for voice in voices}
    assert heard == {"ash": False, "birch": True}


@pytest.mark.parametrize(
    ("players", "expected"),
    [
        ({"melody": "flute", "chords": "guitar"}, {"melody": "birch", "chords": "ash"}),
        ({"melody": "guitar", "chords": "strings"}, {"melody": "ash", "chords": "birch"}),
        ({"melody": "violin", "bass": "electric bass", "pad": "strings"},
         {"melody": "birch", "bass": "ash", "pad": "birch"}),
        ({"melody": "piano", "chords": "harp", "counter": "oboe"},
         {"melody": "ash", "chords": "ash", "counter": "birch"}),
    ],
)  # fmt: skip
def test_own_families_play_what_suits_their_character(own_model, players, expected):
    assert cast(own_model, players, model=own_model) == expected


def test_character_counts_less_than_reach_and_than_the_callers_word(own_model):
    y = pd.DataFrame({"pitch": [90, 95, 30, 35], "family": ["held", "held", "low", "low"]})
    mixture = ConditionalGaussianMixture(1, random_state=0)
    X = np.sin(np.arange(RATE) * [[0.9], [1.0], [0.05], [0.06]])
    X[2:] *= np.exp(-np.arange(RATE) / 800)
    model = GenerativePipeline([("mixture", mixture)], sample_rate=RATE).fit(X, y)
    assert cast(model, {"bass": "cello"}, pitch=33, model=model) == {"bass": "low"}
    players = {"melody": "flute"}
    fixed = cast(own_model, players, model=own_model, fixed={"melody": "ash"})
    assert fixed == {"melody": "ash"}


def test_voices_with_names_are_cast_by_them_and_nothing_is_generated(monkeypatch):
    model = pretrained("voices")
    monkeypatch.setattr(casting, "voice_sustains", None)  # would fail if it were called
    for players in ({"melody": "flute", "chords": "guitar"}, {"melody": "choir", "bass": "tuba"}):
        assert cast(model, players, model=model) == cast(model, players)


def test_what_plays_what_is_in_the_clips(own_model):
    clip = make_clip("reel with flute and guitar, no drums, without bass", seconds=2,
                     model=own_model, sample_rate=RATE, random_state=0)  # fmt: skip
    voices = {part: player["voice"] for part, player in clip.info["players"].items()}
    assert voices["melody"] == "birch"
    assert voices["chords"] == "ash"
