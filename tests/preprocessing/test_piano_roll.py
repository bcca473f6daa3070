import io

import mido
import numpy as np
import pretty_midi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import SkipTestWarning
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator

from audiogen import generate, make_generative_pipeline
from audiogen.datasets import load_tunes
from audiogen.exceptions import AudioFileWarning
from audiogen.generators import LSTMSequencer
from audiogen.preprocessing import PianoRoll, SlidingWindow


def test_common_checks_pass_that_take_no_numbers():
    with pytest.warns(SkipTestWarning, match="string=True"):  # as for CountVectorizer
        check_estimator(PianoRoll())


def tune_of(*rows, tempo=120.0, drum=False):
    tune = pretty_midi.PrettyMIDI(initial_tempo=tempo)
    track = pretty_midi.Instrument(0, is_drum=drum)
    track.notes = [pretty_midi.Note(100, pitch, start, end) for start, end, pitch in rows]
    tune.instruments.append(track)
    return tune


def notes_of(tune):
    return sorted((n.pitch, round(n.start, 6), round(n.end, 6)) for n in tune.instruments[0].notes)


def test_frames_by_hand():
    tune = tune_of((0, 0.5, 60), (0.5, 0.75, 60), (0.5, 1.0, 62))  # a step is 0.25 s
    frames = PianoRoll(steps_per_beat=2, silence=1).fit_transform([tune])
    sounds = [[0, 0, 0], [1, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]]
    begins = [[0, 0, 0], [1, 0, 0], [0, 0, 0], [1, 0, 1], [0, 0, 0]]
    np.testing.assert_array_equal(frames, np.hstack([sounds, begins]))


ROLLS = st.integers(1, 40).flatmap(
    lambda n: st.lists(
        st.lists(st.sampled_from([0, 0, 1, 2]), min_size=3, max_size=3), min_size=n, max_size=n
    )
)


@settings(max_examples=60, deadline=None)
@given(ROLLS, st.sampled_from([1, 2, 4, 6]), st.sampled_from([60.0, 97.3, 120.0, 210.0]))
def test_a_roll_is_the_roll_of_its_tune(states, steps_per_beat, tempo):
    """States: 0 is silence, 1 begins, 2 is held where there is something to hold."""
    states = np.array(states)
    sounds, begins = np.zeros(states.shape), states == 1
    for i, row in enumerate(states):
        sounds[i] = (row == 1) | ((row == 2) & (sounds[i - 1] > 0 if i else False))
    sounds[-1, [0, 2]] = 1  # so that the roll has its range, and its length
    first = np.zeros(3, bool) if len(states) == 1 else sounds[-2] > 0
    begins[-1] |= (sounds[-1] > 0) & ~first
    roll = PianoRoll(steps_per_beat, silence=0, tempo=tempo)
    roll.fit([tune_of((0, 1, 60), (0, 1, 62))])
    frames = np.hstack([sounds, begins])
    tune = roll.inverse_transform(frames)
    np.testing.assert_array_equal(roll.transform([tune]), frames)
    (also,) = roll.inverse_transform(frames[np.newaxis])
    assert notes_of(also) == notes_of(tune)


def test_numbers_of_a_frame_have_names():
    roll = PianoRoll().fit([tune_of((0, 1, 60), (0, 1, 61))])
    names = ["sounds_60", "sounds_61", "begins_60", "begins_61"]
    assert roll.get_feature_names_out().tolist() == names
    frames = roll.set_output(transform="pandas").transform([tune_of((0, 1, 61))])
    assert list(frames) == names
    assert frames.sum().tolist() == [0, 8, 0, 1]


def test_tunes_come_back_from_files_whatever_their_tempo(tmp_path):
    rows = [(0, 0.5, 60), (0.5, 1, 60), (1, 1.5, 67)]
    paths = []
    for tempo in (60.0, 120.0, 180.0):
        scaled = [(start * 120 / tempo, end * 120 / tempo, pitch) for start, end, pitch in rows]
        paths.append(tmp_path / f"{tempo}.mid")
        tune_of(*scaled, tempo=tempo).write(str(paths[-1]))
    roll = PianoRoll(silence=3)
    frames = roll.fit_transform(paths)
    assert frames.shape == (3 * (3 + 12), 16)
    thirds = frames.reshape(3, 15, 16)
    assert not thirds[:, :3].any()
    np.testing.assert_array_equal(thirds[0], thirds[1])
    np.testing.assert_array_equal(thirds[0], thirds[2])
    expected = notes_of(tune_of(*rows))
    assert notes_of(roll.inverse_transform(thirds[0, 3:])) == expected
    np.testing.assert_array_equal(roll.transform(map(str, paths)), frames)


def test_what_cannot_be_framed_is_named(tmp_path):
    (tmp_path / "bad.mid").write_bytes(b"MThd")
    with pytest.raises(ValueError, match=r"bad\.mid cannot be read as a MIDI file"):
        PianoRoll().fit([tmp_path / "bad.mid"])
    with pytest.raises(ValueError, match="put it into a list"):
        PianoRoll().fit("tune.mid")
    for one in (tune_of((0, 1, 60)), mido.MidiFile(), io.BytesIO()):
        with pytest.raises(ValueError, match="put it into a list"):
            PianoRoll().fit(one)
    with pytest.raises(ValueError, match="no tunes"):
        PianoRoll().fit([])
    with pytest.raises(ValueError, match="no drum"):
        PianoRoll().fit([tune_of((0, 1, 40), drum=True)])
    roll = PianoRoll(silence=0).fit([tune_of((0, 1, 60))])
    with pytest.warns(UserWarning, match=r"1 note\(s\) lie outside the pitches 60 to 60"):
        assert roll.transform([tune_of((0, 1, 60), (0, 1, 72))]).shape == (8, 2)
    with pytest.raises(ValueError, match="frames of 2 numbers"):
        roll.inverse_transform(np.zeros((4, 3)))
    with pytest.raises(ValueError, match="'steps_per_beat' parameter of PianoRoll"):
        PianoRoll(steps_per_beat=0).fit([tune_of((0, 1, 60))])


def test_tunes_come_from_folders_and_open_files(tmp_path):
    paths = [tmp_path / "a.mid", tmp_path / "deep" / "b.MIDI"]
    paths[1].parent.mkdir()
    (tmp_path / "notes.txt").write_text("no tune")
    for i, path in enumerate(paths):
        tune_of((0, 1, 60 + i)).write(str(path))
    frames = PianoRoll().fit_transform(paths)
    np.testing.assert_array_equal(PianoRoll().fit_transform(tmp_path), frames)
    np.testing.assert_array_equal(PianoRoll().fit_transform([paths[0], paths[1].parent]), frames)
    mixed = [io.BytesIO(paths[0].read_bytes()), mido.MidiFile(paths[1])]
    roll = PianoRoll().fit(mixed)
    np.testing.assert_array_equal(roll.transform(mixed), frames)


def test_bad_files_may_be_left_out(tmp_path):
    good = tmp_path / "good.mid"
    tune_of((0, 1, 60)).write(str(good))
    (tmp_path / "bad.mid").write_bytes(good.read_bytes()[:40])
    (tmp_path / "lost.mid").symlink_to(tmp_path / "nowhere.mid")
    paths = sorted(tmp_path.glob("*.mid"))
    with pytest.warns(AudioFileWarning) as caught:
        frames = PianoRoll(errors="warn").fit_transform(paths)
    np.testing.assert_array_equal(frames, PianoRoll().fit_transform([good]))
    said = [str(warning.message) for warning in caught]
    assert ["bad.mid" in said[0], "lost.mid" in said[1], len(said)] == [True, True, 2]
    with (
        pytest.warns(AudioFileWarning, match=r"lost\.mid"),
        pytest.raises(ValueError, match="None of the 1 tunes can be read"),
    ):
        PianoRoll(errors="warn").fit([tmp_path / "lost.mid"])
    with pytest.raises(FileNotFoundError, match=r"lost\.mid"):
        PianoRoll().fit([good, tmp_path / "lost.mid"])
    with pytest.raises(ValueError, match="'errors' parameter of PianoRoll"):
        PianoRoll(errors="skip").fit([good])


def test_samples_of_a_pipeline_are_tunes():
    pytest.importorskip("keras")
    lstm = LSTMSequencer(8, units=4, n_layers=1, epochs=1, random_state=0)
    pipe = make_generative_pipeline(PianoRoll(2), SlidingWindow(step=8), lstm)
    pipe.fit(load_tunes().filenames)
    tunes = pipe.sample(3, random_state=0)
    assert [type(tune) for tune in tunes] == [pretty_midi.PrettyMIDI] * 3
    frames = lstm.sample(3, random_state=0)
    for tune, expected in zip(tunes, pipe[0].inverse_transform(frames), strict=True):
        assert notes_of(tune) == notes_of(expected)
    plain = make_pipeline(*(step for _, step in pipe.steps))
    assert len(generate(plain, 2, random_state=0)) == 2
