"""Notes without a pitch get the right one, or are left out by name."""

import io
import logging

import numpy as np
import pandas as pd
import pytest
import soundfile

from audiogen.datasets import load_notes, make_notes, track_missing_pitch


def as_mp3(note, rate):
    file = io.BytesIO()
    soundfile.write(file, note, rate, format="MP3")
    file.seek(0)
    decoded = soundfile.read(file, dtype="float32")[0][: len(note)]
    return np.pad(decoded, (0, len(note) - len(decoded)))


@pytest.fixture(scope="module")
def real():
    notes = load_notes("valid")
    return notes.data, notes.frame


def test_real_notes_get_their_own_pitch(real):
    X, frame = real
    kept, found = track_missing_pitch(X, frame.assign(pitch=np.nan), 16000)
    assert len(kept) == len(found) >= 36
    truth = frame.set_index("note").pitch[found.note]
    assert (found.pitch.to_numpy() == truth.to_numpy()).all()
    assert found.pitch.dtype == np.int64


@pytest.mark.parametrize("rate", [16000, 44100])
def test_mp3s_get_their_own_pitch(rate):
    notes = make_notes(9, pitch=53, sample_rate=rate, duration=0.8, random_state=3)
    X = np.stack([as_mp3(note, rate) for note in notes.data])
    _, found = track_missing_pitch(X, notes.frame.assign(pitch=np.nan), rate)
    assert set(found.pitch) == {53}
    assert len(found) >= 8


def test_what_is_in_doubt_is_left_out_by_name(caplog):
    time = np.arange(16000) / 16000
    f = 440 * 2 ** ((53 - 69) / 12)
    low = sum(np.sin(2 * np.pi * f * k * time) / k**1.5 for k in range(1, 12))
    whistle = np.sin(2 * np.pi * 18 * f * time)  # tracked as 103
    noise = np.random.default_rng(0).standard_normal(16000)
    X = 0.1 * np.stack([low, low + 2 * whistle, low, 0.1 * noise, 0 * low])
    names = ["low", "whistle", "known", "noise", "silence"]
    frame = pd.DataFrame({"note": names, "pitch": [np.nan, np.nan, 77, np.nan, None]})
    said = r"3 note\(s\).* left out: whistle \(hardly 103\), noise \(.*\), silence \(silent"
    with caplog.at_level(logging.INFO, "audiogen"), pytest.warns(UserWarning, match=said):
        kept, found = track_missing_pitch(X, frame, 16000)
    assert found.note.tolist() == ["low", "known"]
    assert found.pitch.tolist() == [53, 77]
    np.testing.assert_array_equal(kept, X[[0, 2]])
    assert caplog.messages == ["Tracked the pitch of 1 note(s): low 53."]


def test_pitches_that_are_there_are_kept(real):
    X, frame = real
    kept, found = track_missing_pitch(X, frame, 16000)
    assert kept is X
    pd.testing.assert_frame_equal(found, frame)


def test_faults():
    silence = np.zeros((2, 8000))
    with (
        pytest.warns(UserWarning, match=r"left out: 0 \(silent.*\), 1 \("),
        pytest.raises(ValueError, match="No note is left"),
    ):
        track_missing_pitch(silence, pd.DataFrame({"pitch": [None, None]}), 16000)
    with pytest.raises(ValueError, match="X has 2 notes but frame has 1"):
        track_missing_pitch(silence, pd.DataFrame({"pitch": [60]}), 16000)
    with pytest.raises(ValueError, match="pitch 440 is no MIDI pitch"):
        track_missing_pitch(silence, pd.DataFrame({"pitch": [60, 440]}), 16000)
    with pytest.raises(ValueError, match="'sample_rate' parameter of track_missing_pitch"):
        track_missing_pitch(silence, pd.DataFrame({"pitch": [60, 61]}), np.inf)
