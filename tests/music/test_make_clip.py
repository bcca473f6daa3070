"""Clips from words: their length, loops, settings, players and faults."""

import dataclasses
import pickle
import struct

import numpy as np
import pandas as pd
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from audiogen import make_clip
from audiogen.io import Score
from audiogen.music import Brief, load_instrument, load_style, plan, pretrained
from audiogen.music._casting import Role, cast_drums, cast_parts
from audiogen.music._checks import gap_faults, level_faults, melody_faults
from audiogen.music._composing import compose_score
from audiogen.music._mixdown import mix_down
from audiogen.music._perform import _damped_ends
from audiogen.preprocessing import PitchFilter
from audiogen.signal import Mastered, loudness
from helpers.examples import examples


@pytest.fixture(scope="module")
def loop():
    return make_clip("lo-fi hip-hop", seconds=6, loop=True, random_state=1)


def test_a_loop_is_as_long_as_asked_whole_bars_and_has_no_seam(loop):
    assert len(loop.audio) == 6 * 44100
    beats = 6 * loop.info["bpm"] / 60
    assert beats % 4 == pytest.approx(0, abs=1e-3)
    twice = np.concatenate([loop.audio, loop.audio]).mean(axis=1)
    steps = np.abs(np.diff(twice))
    seam = steps[len(loop.audio) - 1]
    assert seam <= np.quantile(steps, 0.999)


def sampler_loops(path):
    """Return the first and the last sample of the loops that a WAV file names."""
    data, place, loops = path.read_bytes(), 12, []
    while place < len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        if name == b"smpl":
            n_loops, _ = struct.unpack_from("<2I", data, place + 8 + 28)
            found = struct.iter_unpack("<6I", data[place + 8 + 36 :][: 24 * n_loops])
            loops += [(start, end) for _, _, start, end, _, _ in found]
        place += 8 + size + size % 2
    return loops


def test_a_loop_says_so_in_its_files(loop, tmp_path):
    wav = loop.save(tmp_path, name="clip-1", stems=True)
    assert [sampler_loops(path) for path in wav if path.suffix == ".wav"] == (
        [[(0, len(loop.audio) - 1)]] * (1 + len(loop.stems))
    )
    (flac, *_) = loop.save(tmp_path, format="flac")  # which has no such chunk
    assert soundfile.info(flac).frames == len(loop.audio)
    plain = dataclasses.replace(loop, info={**loop.info, "loop": False})
    assert sampler_loops(plain.save(tmp_path, name="plain")[0]) == []


def test_stems_beyond_full_scale_are_kept(loop, tmp_path):
    stems = {"melody": 1.5 * loop.audio, "bass": -0.5 * loop.audio}
    _, melody, bass, *_ = dataclasses.replace(loop, stems=stems).save(
        tmp_path, format="flac", stems=True
    )
    assert (melody.name, bass.name) == ("melody.wav", "bass.flac")
    assert soundfile.info(melody).subtype == "FLOAT"
    both = soundfile.read(melody)[0] + soundfile.read(bass)[0]
    np.testing.assert_allclose(both, loop.audio, atol=2**-15)


def test_stems_sum_to_the_clip_and_the_same_seed_gives_the_same_bits(loop):
    np.testing.assert_allclose(sum(loop.stems.values()), loop.audio, atol=1e-5)
    again = make_clip("lo-fi hip-hop", seconds=6, loop=True, random_state=1)
    np.testing.assert_array_equal(again.audio, loop.audio)
    assert again.info == loop.info
    assert again.score == loop.score
    other = make_clip("lo-fi hip-hop", seconds=6, loop=True, random_state=2)
    assert not np.array_equal(other.audio, loop.audio)


@examples(3)
@given(seconds=st.floats(2, 3), rate=st.integers(8000, 48_000), loop=st.booleans())
def test_clips_of_any_length_and_rate_are_exact_to_the_sample(seconds, rate, loop):
    seconds = min(seconds, 2.7) if loop else seconds  # one bar, at a tempo of reels
    clip = make_clip("solo flute reel", seconds=seconds, sample_rate=rate, loop=loop,
                     random_state=0)  # fmt: skip
    assert clip.audio.shape == (round(seconds * rate), 2)
    assert clip.info["seconds"] == seconds
    assert clip.info["sections"][-1]["end"] == pytest.approx(seconds, abs=1e-4)
    np.testing.assert_allclose(sum(clip.stems.values()), clip.audio, atol=1e-5)


def test_a_loop_played_twice_is_the_tune_rendered_twice():
    """The tune written out twice is a loop of double length, whose halves are the loop."""
    brief = Brief(genre="waltz", seconds=3, loop=True, drums=False).complete(3)
    style = load_style("waltz")
    notes = compose_score(brief, style, plan(brief, style), 3).score.to_seconds()
    later = notes.assign(onset=notes.onset + 3)
    model = pretrained("voices")
    players = {part: load_instrument(name) for part, name in brief.voices.items()}
    roles = cast_parts(notes, players, model[-1].conditions_)
    options = {"sample_rate": 16000, "target": -14.0, "fades": (0.0, 0.0), "loop": True, "seed": 3}
    once, twice = (
        mix_down(table, style.voices, roles, None, model, None, n_timesteps=n, **options).mastered
        for table, n in ((notes, 48_000), (pd.concat([notes, later], ignore_index=True), 96_000))
    )
    tiled = np.tile(once.audio, (2, 1)).astype(float)
    gain = np.vdot(tiled, twice.audio) / np.vdot(tiled, tiled)  # levels are measured in blocks
    assert abs(20 * np.log10(gain)) < 0.1
    assert np.std(gain * tiled - twice.audio) < 0.02 * np.std(tiled)


def test_settings_override_words():
    clip = make_clip("slow jig with flute", bpm=126, seconds=3, drums=False, random_state=0)
    assert clip.info["bpm"] == 126
    assert "drums" not in clip.stems
    assert clip.audio.shape == (3 * 44100, 2)


def test_a_brief_of_ones_own_and_another_rate():
    brief = Brief(genre="waltz", tonic=2, mode="minor", seconds=4, drums=False)
    clip = make_clip(brief, sample_rate=22050, loudness=-18, random_state=0)
    assert clip.audio.shape == (4 * 22050, 2)
    assert clip.info["key"] == "D minor"
    assert loudness(clip.audio, 22050) == pytest.approx(-18, abs=0.1)


def test_a_clip_in_a_notebook_has_a_player_and_is_pickled(loop):
    assert "<audio controls" in loop._repr_html_()
    again = pickle.loads(pickle.dumps(loop))
    np.testing.assert_array_equal(again.audio, loop.audio)


def test_a_fade_that_is_asked_for_overrides_that_of_the_ending():
    settings = {"seconds": 4, "sample_rate": 8000, "random_state": 0}

    def levels(fade_out):
        audio = make_clip("solo flute air, fade out", fade_out=fade_out, **settings).audio
        return np.sqrt(np.mean(np.square(audio.reshape(20, -1)), axis=1))  # of 0.2 s each

    without = levels(0.0)
    planned, shorter = (levels(fade_out) / without for fade_out in (None, 0.4))
    assert planned[-1] < 0.1 * planned[0]
    assert planned[-3] < 0.75 * planned[0]  # a second long
    assert shorter[-1] < 0.5 * shorter[0]
    np.testing.assert_allclose(shorter[:-2], shorter[0], rtol=0.02)


@pytest.mark.parametrize(
    ("genre", "ending", "band"),
    [
        ("jig", "ring", {"instruments": ("flute", "guitar")}),
        ("jig", "cold", {}),
        ("pop_ballad", "ring", {"instruments": ("organ", "strings"), "drums": True}),
        ("funk", "cold", {}),
        ("air", "ring", {"instruments": "flute", "solo": True}),
        ("air", "cold", {"instruments": "flute", "solo": True}),
        ("rock", "ring", {"solo": True, "drums": True}),
    ],
)
def test_a_clip_ends_by_dying_away(genre, ending, band):
    """Held notes were at the level of the clip until 20 ms before its end."""
    rate = 16000
    brief = Brief(genre=genre, ending=ending, seconds=6.4, **band)
    clip = make_clip(brief, sample_rate=rate, random_state=2)
    assert clip.audio.shape == (round(6.4 * rate), 2)
    assert clip.info["faults"] == []
    np.testing.assert_allclose(sum(clip.stems.values()), clip.audio, atol=1e-5)
    levels = 10 * np.log10(np.square(clip.audio).reshape(-1, rate // 20, 2).mean(axis=(1, 2)))
    levels -= 10 * np.log10(np.square(clip.audio).mean())  # of 50 ms each, re the clip
    assert levels[-1] < -20
    assert levels[-30:-25].max() > -15  # 1.5 s before
    assert levels[-11:].max() > -45  # no more than half a second is silent
    steps = np.diff(levels[-8:])
    assert steps.max() < 6  # it falls, but for beats between notes of a chord
    assert np.abs(clip.audio[-1]).max() < 1e-4


@pytest.mark.parametrize(
    ("words", "settings", "message"),
    [
        ("jig with vocals", {}, "'vocals' is not understood"),
        ("jig", {"seconds": 0.5}, "seconds"),
        ("jig", {"seconds": 3600}, "seconds"),
        ("jig", {"genre": "dubstep"}, "dubstep"),
        ("jig", {"sample_rate": 100}, "'sample_rate' parameter of make_clip"),
        ("jig", {"fade_out": -1}, "'fade_out' parameter of make_clip"),
        ("jig loop", {"fade_out": 1, "seconds": 4}, "A loop has no ends to fade"),
        ("jig", {"model": PitchFilter()}, "make_clip needs a generator .* 'pitch'"),
        ("drum solo, no drums", {}, "Drums are asked for and left out"),
        (7, {}, "'words' parameter of make_clip"),
        ("", {}, "The prompt is empty"),
    ],
)
def test_what_cannot_be_is_refused(words, settings, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make_clip(words, random_state=0, **settings)


def test_models_that_there_are_not_are_named():
    with pytest.raises(ValueError, match=r"'name' parameter of pretrained .*'vocals'"):
        pretrained("vocals")


def test_cymbals_are_damped_by_the_next_stroke_and_open_hihats_as_they_are_closed():
    hits = pd.DataFrame(
        {
            "onset": [0.0, 0.5, 1.0, 1.5, 1.75],
            "drum": ["ride", "hihat_open", "ride", "hihat_closed", "kick"],
        }
    )
    end = np.inf
    assert list(_damped_ends(hits, np.inf)) == [1.0, 1.5, end, end, end]
    assert list(_damped_ends(hits, 2.0)) == [1.0, 1.5, 2.0, end, end]  # round the seam of a loop


def test_kits_that_lend_drums_are_credited(loop):
    """The electronic kit of lo-fi has no hi-hat: whoever lends one must be named."""
    conditions = pretrained("drums")[-1].conditions_
    notes = pd.DataFrame({"part": ["drums"] * 3, "pitch": [36, 42, 38]})
    role = cast_drums(notes, conditions, "sonicpi1")
    learnt = set(
        zip(conditions.combinations_["drum"], conditions.combinations_["kit"], strict=True)
    )
    assert ("hihat_closed", "sonicpi1") not in learnt
    lenders = {kit for drum, kit in learnt if drum == "hihat_closed"}
    assert set(role.kits) == lenders | {"sonicpi1"}
    own = cast_drums(notes, conditions, "muldjord")
    assert own.kits == ("muldjord",)
    assert "Lars Muldjord" in loop.info["credit"]


def test_a_model_without_categories_plays_all_parts():
    from audiogen.generators import ConditionalGaussianMixture

    y = pd.DataFrame({"pitch": [50, 60, 70, 80]})
    model = ConditionalGaussianMixture(random_state=0).fit(np.eye(4), y)
    notes = pd.DataFrame({"part": ["melody", "bass"], "pitch": [72, 36]})
    players = {"melody": load_instrument("flute"), "bass": load_instrument("double bass")}
    roles = cast_parts(notes, players, model.conditions_)
    assert {role.pitches for role in roles.values()} == {(50.0, 80.0)}


@given(
    st.lists(st.integers(0, 127), min_size=1, max_size=20),
    st.integers(30, 80),
    st.integers(13, 40),
)
@examples(50)
def test_notes_are_moved_by_octaves_and_only_into_reach(pitches, low, width):
    role = Role("a", {}, (float(low), float(low + width)))
    moved = role.moved(np.array(pitches, dtype=float))
    assert ((moved - pitches) % 12 == 0).all()
    assert (moved >= low - 12).all()
    assert (moved <= low + width + 12).all()
    inside = (np.array(pitches) >= low - 12) & (np.array(pitches) <= low + width + 12)
    np.testing.assert_array_equal(moved[inside], np.array(pitches)[inside])


def test_ones_own_families_are_spread_over_the_parts_by_range():
    from audiogen.generators import ConditionalGaussianMixture

    y = pd.DataFrame(
        {"pitch": [30, 50, 60, 80, 40, 90], "family": ["deep"] * 2 + ["mine"] * 2 + ["wide"] * 2}
    )
    model = ConditionalGaussianMixture(random_state=0).fit(np.eye(6), y)
    notes = pd.DataFrame({"part": ["melody", "bass"], "pitch": [72, 36]})
    players = {"melody": load_instrument("flute"), "bass": load_instrument("double bass")}
    roles = cast_parts(notes, players, model.conditions_)
    assert {part: role.voice for part, role in roles.items()} == {"melody": "mine", "bass": "deep"}


def test_faults_of_melodies_are_found():
    good = Score(
        {"onset": range(8), "duration": [1] * 8, "pitch": [60, 64, 67, 65, 64, 62, 59, 60]}
    )
    assert melody_faults(good) == []
    away = good.replace(tonic=2, mode="dorian")
    assert melody_faults(away) == ["the melody does not end on the tonic"]
    assert melody_faults(away, loop=True) == []
    late = Score({"onset": [0, 1, 14], "duration": [1] * 3, "pitch": [60, 62, 60]})
    assert any("rests for 3.0 bars" in fault for fault in melody_faults(late))
    leaps = good.replace(notes={"onset": range(4), "duration": [1] * 4, "pitch": [36, 84, 48, 60]})
    assert any("spans 48 semitones" in fault for fault in melody_faults(leaps))
    assert any("beyond an octave 2 times in 1 bars" in fault for fault in melody_faults(leaps))


def test_faults_of_mixes_are_found():
    audio = np.zeros((3 * 44100, 2), np.float32)
    audio[:100] = 0.5
    loudness, peak = level_faults(Mastered(audio, audio[:, 0], -30.0, 0.0), -14.0)
    assert "-30.0 LUFS" in loudness
    assert "0.00 dBTP" in peak
    (gap,) = gap_faults(audio, 44100)
    assert "s of it are silent" in gap
    assert gap_faults(0 * audio, 44100) == ["all of it is silent"]
    assert len(level_faults(Mastered(0 * audio, audio[:, 0], -np.inf, -np.inf), -14.0)) == 1


def test_what_is_asked_to_be_quiet_is_not_taken_to_be_silent():
    quiet = np.full((3 * 44100, 2), 5e-4, np.float32)
    assert level_faults(Mastered(quiet, quiet[:, 0], -68.0, -66.0), -68.0) == []
    assert gap_faults(quiet, 44100) == []


def test_a_loudness_that_cannot_be_is_no_reason_for_another_draw(caplog):
    caplog.set_level("INFO", "audiogen")
    clip = make_clip("air", seconds=4, sample_rate=8000, loudness=-0.1, random_state=0)
    assert any("LUFS" in fault for fault in clip.info["faults"])
    assert not [record for record in caplog.messages if record.startswith("Mix")]
