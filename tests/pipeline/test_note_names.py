"""Names of notes wherever a pitch is asked for: the same as MIDI pitches."""

import numpy as np
import pandas as pd
import pytest

from audiogen import make_generative_pipeline, render
from audiogen.datasets import load_nsynth, make_notes, save_nsynth, track_missing_pitch
from audiogen.generators import ConditionalGaussianMixture
from audiogen.io import Score
from audiogen.metrics import pitch_accuracy
from audiogen.preprocessing import HarmonicPlusNoise, PitchFilter
from audiogen.signal import midi_to_hz, steady_pitch

NAMES, PITCHES = ["C4", "F#4", "Bb4"], [60, 66, 70]


@pytest.fixture(scope="module")
def notes():
    return make_notes(3, pitch=NAMES, family="organ", duration=0.25, random_state=0)


@pytest.fixture(scope="module")
def pipeline(notes):
    mixture = ConditionalGaussianMixture(1, random_state=0)
    pipe = make_generative_pipeline(PitchFilter("C2", 84), mixture, sample_rate=16_000)
    return pipe.fit(notes.data, notes.frame[["pitch", "instrument_family"]])


def test_notes_are_made_and_judged(notes):
    same = make_notes(3, pitch=PITCHES, family="organ", duration=0.25, random_state=0)
    np.testing.assert_array_equal(notes.data, same.data)
    assert notes.frame.pitch.tolist() == PITCHES
    assert pitch_accuracy(notes.data, NAMES, sample_rate=16_000) == 1
    assert pitch_accuracy(notes.data, "C4", sample_rate=16_000) == pytest.approx(1 / 3)


def test_corpora(tmp_path, notes):
    frame = notes.frame.assign(pitch=NAMES)
    save_nsynth(tmp_path, notes.data, frame)
    assert load_nsynth(tmp_path, pitch_range=("C#4", "Bb4")).frame.pitch.tolist() == PITCHES[1:]
    assert track_missing_pitch(notes.data, frame, 16_000)[1].pitch.tolist() == PITCHES


def test_filters():
    X, y = np.zeros((3, 8), dtype=np.float32), pd.DataFrame({"pitch": PITCHES})
    assert PitchFilter("F#4", "A4").select(X, y)[1].pitch.tolist() == [66]
    with pytest.raises(ValueError, match="'low' parameter of PitchFilter must not exceed 'high'"):
        PitchFilter("C5", "C4").fit(X)


def test_conditions_of_samples(pipeline):
    families = {"instrument_family": "organ"}
    named = pipeline.sample(y={"pitch": NAMES, **families}, random_state=0)
    numbered = pipeline.sample(y={"pitch": PITCHES, **families}, random_state=0)
    np.testing.assert_array_equal(named, numbered)
    one, y = pipeline.sample(y={"pitch": "C4", **families}, random_state=0, return_y=True)
    np.testing.assert_array_equal(one, numbered[:1])
    assert y.pitch.tolist() == [60]
    with pytest.raises(ValueError, match="'H4' is no name of a note"):
        pipeline.sample(y={"pitch": "H4", **families})


def test_conditions_of_training(notes):
    X, y = notes.data, notes.frame[["pitch", "instrument_family"]]
    models = []
    for pitch in (NAMES, PITCHES, ["C4", 66, "Bb4"]):
        given = y.assign(pitch=pd.Series(pitch, dtype=object))
        mixture = ConditionalGaussianMixture(1, random_state=0)
        pipe = make_generative_pipeline(HarmonicPlusNoise(sample_rate=16_000), mixture)
        models.append(pipe.fit(X, given))
    wanted = {"pitch": [61], "instrument_family": ["organ"]}
    made = [model.sample(y=wanted, random_state=0) for model in models]
    np.testing.assert_array_equal(made[0], made[1])
    np.testing.assert_array_equal(made[2], made[1])
    assert PitchFilter("F#4", "A4").select(X, y.assign(pitch=NAMES))[1].pitch.tolist() == ["F#4"]
    assert midi_to_hz("A4") == 440
    t = np.arange(32_000) / 16_000
    rising = np.sin(2 * np.pi * (440 * t + t**2))
    named, numbered = (steady_pitch(rising, p, sample_rate=16_000) for p in ("A4", 69))
    np.testing.assert_array_equal(named, numbered)


def test_pitches_that_are_categories_stay_so(notes):
    y = pd.DataFrame({"pitch": ["C4", "high", "high"]})
    mixture = ConditionalGaussianMixture(1, random_state=0).fit(notes.data, y)
    assert mixture.sample(y={"pitch": "C4"}, random_state=0).shape == (1, 4_000)


def test_scores_and_rendering(pipeline):
    table = {"onset": [0.0, 0.2, 0.4], "duration": 0.2, "instrument_family": "organ"}
    audio, expected = (
        render(pipeline, {**table, "pitch": pitch}, random_state=0) for pitch in (NAMES, PITCHES)
    )
    np.testing.assert_array_equal(audio, expected)
    columns = {"onset": [0, 1, 2], "duration": [1, 1, 1]}
    named = Score({**columns, "pitch": NAMES}).notes
    pd.testing.assert_frame_equal(named, Score({**columns, "pitch": PITCHES}).notes)
