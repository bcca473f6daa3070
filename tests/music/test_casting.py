"""Which of one's own families plays which part."""

import numpy as np
import pandas as pd
import pytest

from audiogen import GenerativePipeline
from audiogen.generators import ConditionalGaussianMixture
from audiogen.music import _casting as casting
from audiogen.music import load_instrument, make_clip, pretrained
from audiogen.music._named_voices import named_voices
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
    ash = [v for v in casting.voices_of(own_model[-1].conditions_) if v.voice == "ash"]
    fixed = cast(own_model, players, model=own_model, fixed={"melody": ash})
    assert fixed == {"melody": "ash"}


def test_voices_with_names_are_cast_by_them_and_nothing_is_generated(monkeypatch):
    model = pretrained("voices")
    monkeypatch.setattr(casting, "voice_sustains", None)  # would fail if it were called
    for players in ({"melody": "flute", "chords": "guitar"}, {"melody": "choir", "bass": "tuba"}):
        assert cast(model, players, model=model) == cast(model, players)


SCALE = [60, 62, 64, 65, 67, 69, 71, 72]


@pytest.mark.parametrize("n_usual", [0, 1, 8])
def test_a_voice_is_chosen_by_most_notes_and_others_are_moved_by_octaves(n_usual):
    model, pitch = pretrained("voices"), [*SCALE[:n_usual], 110, 10]
    notes = pd.DataFrame({"part": "solo", "pitch": pitch})
    trumpet = {"solo": load_instrument("trumpet")}
    roles = casting.cast_parts(notes, trumpet, model[-1].conditions_, model=model)
    assert roles["solo"].voice == "brass_acoustic_000"
    moved = roles["solo"].moved(notes.pitch.to_numpy()) - notes.pitch
    assert moved.tolist() == [*[0] * n_usual, -24, 36]
    with pytest.warns(UserWarning, match=r"octaves: 2 of solo \(brass_acoustic_000\)"):
        casting.warn_of_moved(notes, roles)


def test_of_the_voices_of_a_family_most_notes_decide():
    """A tuba's line with some high notes stays with the low brass."""
    low, high = [45, 47, 48, 50, 52], [100, 103, 105]
    notes = pd.DataFrame({"part": "bass", "pitch": low + high})
    conditions = pretrained("voices")[-1].conditions_
    roles = casting.cast_parts(notes, {"bass": load_instrument("tuba")}, conditions)
    assert roles["bass"].voice == "brass_acoustic_003"


@pytest.mark.parametrize(
    ("name", "voice"),
    [
        ("organ", "organ_electronic_000"), ("Church Organ", "organ_acoustic_000"),
        ("fiddle", "string_acoustic_000"), ("bass", "bass_acoustic_000"),
        ("vocal", "vocal_acoustic_002"), ("organ_acoustic_000", "organ_acoustic_000"),
        ("synth_lead", "synth_lead_synthetic_000"),
        ("keyboard-electronic", "keyboard_electronic_001"),
    ],
)  # fmt: skip
def test_voices_go_by_words_families_and_their_own_names(name, voice):
    voices = casting.voices_of(pretrained("voices")[-1].conditions_)
    able, _ = named_voices(name, voices)
    assert able[0].voice == voice
    assert {v.voice.split("_")[0] for v in able} == {voice.split("_")[0]}


def test_own_families_go_by_words_for_their_instruments():
    voices = [casting.Role(name, {"family": name}) for name in ("Organ", "my flute", "string")]
    found = {name: named_voices(name, voices)[0][0].voice for name in
             ("organ", "pipe organ", "MY FLUTE", "violin", "hammond")}  # fmt: skip
    assert found == {"organ": "Organ", "pipe organ": "Organ", "MY FLUTE": "my flute",
                     "violin": "string", "hammond": "Organ"}  # fmt: skip
    with pytest.raises(ValueError, match="no 'orgn'. It knows Organ, my flute, string. Did you m"):
        named_voices("orgn", voices)


def test_what_plays_what_is_in_the_clips(own_model):
    clip = make_clip("reel with flute and guitar, no drums, without bass", seconds=2,
                     model=own_model, sample_rate=RATE, random_state=0)  # fmt: skip
    voices = {part: player["voice"] for part, player in clip.info["players"].items()}
    assert voices["melody"] == "birch"
    assert voices["chords"] == "ash"
