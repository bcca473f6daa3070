"""Voices and drum kits at 44.1 kHz, from the notes and hits that come with the package."""

import warnings

import librosa
import numpy as np
import pandas as pd
import pytest

import audiogen
from audiogen import recipes
from audiogen.datasets import load_drums, load_notes
from audiogen.metrics import pitch_accuracy

RATE = 44_100
CONDITIONS = ["instrument", "pitch", "velocity"]
INSTRUMENTS = ["flute_acoustic_000", "guitar_acoustic_000", "brass_acoustic_000"]


def notes(split):
    """Two seconds of the notes of three instruments."""
    bunch = load_notes(split, sample_rate=RATE)
    rows = bunch.frame.instrument.isin(INSTRUMENTS).to_numpy()
    X = np.ascontiguousarray(bunch.data[rows, : 2 * RATE])
    return X, bunch.frame.loc[rows, CONDITIONS].reset_index(drop=True)


@pytest.fixture(scope="module")
def voices():
    return recipes.voices(n_components=18, random_state=0).fit(*notes("train"))


@pytest.fixture(scope="module")
def kit():
    X, y = load_drums(return_X_y=True)
    own = y.kit.isin(["muldjord", "menegass", "sonicpi1"]).to_numpy()
    return recipes.drum_kit(n_components=40, random_state=0).fit(X[own, : RATE // 2], y[own])


def spectrum(note):
    mel = librosa.feature.melspectrogram(y=note, sr=RATE, n_mels=64)
    levels = 10 * np.log10(np.maximum(mel, 1e-20))
    levels = np.maximum(levels - levels.max(), -80)
    energy = (10 ** (levels / 10)).sum(axis=0)
    return levels[:, energy > 1e-4 * energy.max()].mean(axis=1)


def distance(a, b):
    off = spectrum(a) - spectrum(b)
    return np.abs(off - off.mean()).mean()


def test_held_out_notes_are_near_those_of_their_own_instrument(voices):
    """Nearer than the bar, and nearer than those of other instruments of that pitch."""
    X, wanted = notes("valid")
    made = voices.sample(y=wanted, random_state=1)
    own = [distance(a, b) for a, b in zip(X, made, strict=True)]
    assert np.mean(own) < 4.5  # 3.5 dB where there are more notes to learn from
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", audiogen.exceptions.ExtrapolationWarning)
        others = voices.sample(y=wanted.assign(instrument=INSTRUMENTS), random_state=1)
    mixed = [distance(a, b) for a, b, i, j in
             zip(X, others, wanted.instrument, INSTRUMENTS, strict=True) if i != j]  # fmt: skip
    assert np.mean(mixed) > 1.5 * np.mean(own)


def test_they_play_in_tune_at_every_pitch(voices):
    pitch = np.arange(64, 82)
    wanted = pd.DataFrame({"instrument": "flute_acoustic_000", "pitch": pitch, "velocity": 100})
    assert pitch_accuracy(voices.sample(y=wanted), pitch, sample_rate=RATE) == 1


def test_a_voice_moves_little_from_one_pitch_to_the_next(voices):
    """With one latent: neighbours are about as bright and as loud."""
    wanted = pd.DataFrame(
        {"instrument": "brass_acoustic_000", "pitch": np.arange(60, 73), "velocity": 127}
    )
    Z = np.repeat(np.random.default_rng(0).normal(size=(1, voices[-1].latent_dim_)), 13, axis=0)
    made = voices.decode(Z, wanted)
    power = np.square(np.abs(np.fft.rfft(made)))
    centroid = power @ np.arange(power.shape[1]) / power.sum(axis=1)
    assert np.abs(np.diff(np.log2(centroid))).max() < 0.2  # octaves
    levels = 10 * np.log10(np.square(made).mean(axis=1))
    assert np.abs(np.diff(levels)).max() < 2


def test_beginnings_are_what_the_whole_begins_with(voices):
    """Synthesised alone, they have the same samples, to some tenths of a dB."""
    features = voices[2].inverse_transform(voices[3].inverse_transform(voices[4].sample(4)))
    y = pd.DataFrame({"pitch": [60, 62, 64, 65]})
    whole = voices[1].inverse_transform(features, y)
    begun = voices[1].inverse_transform(features, y, n_timesteps=30_000)
    assert begun.shape == (4, 30_000)
    for a, b in zip(whole[:, :30_000], begun, strict=True):
        assert np.corrcoef(a, b)[0, 1] > 0.999
        assert abs(10 * np.log10(np.square(b).sum() / np.square(a).sum())) < 0.5
    with pytest.raises(ValueError, match="'n_timesteps' parameter.*Got 0"):
        voices[1].inverse_transform(features, y, n_timesteps=0)


def test_models_are_small_and_come_back_the_same(voices, kit, tmp_path):
    for model in (voices, kit):
        audiogen.save(model, tmp_path / "model.skops")
        again = audiogen.load(tmp_path / "model.skops")
        np.testing.assert_array_equal(
            model.sample(2, random_state=0), again.sample(2, random_state=0)
        )
    assert model["pca"].components_.dtype == np.float16


def test_each_drum_of_a_kit_sounds_like_itself(kit):
    X, y = load_drums(return_X_y=True)
    rows = y.index[(y.kit == "menegass")]
    made = kit.sample(y=y.loc[rows], random_state=0)
    off = np.array([[distance(a, b) for b in X[rows, : RATE // 2]] for a in made])
    drums = y.drum[rows].to_numpy()
    assert np.mean(drums[off.argmin(axis=1)] == drums) > 0.9
    assert np.median(off.min(axis=1)) < 2.5


def test_harder_hits_are_louder_and_no_two_are_the_same(kit):
    velocity = np.array([20, 50, 80, 110])
    wanted = pd.DataFrame({"drum": "snare", "kit": "muldjord", "velocity": velocity})
    levels = 10 * np.log10(np.square(kit.sample(y=wanted, random_state=0)).mean(axis=1))
    assert (np.diff(levels) > 0).all()
    twice = kit.sample(2, y={"drum": "hihat_closed", "kit": "muldjord", "velocity": 90})
    assert 0.5 < distance(*twice) < 6


@pytest.mark.filterwarnings("ignore::audiogen.exceptions.ExtrapolationWarning")
def test_a_drum_that_a_kit_lacks_is_that_of_the_others(kit):
    ride = {"drum": "ride", "velocity": 89}
    made = kit.sample(y={**ride, "kit": "menegass"}, random_state=0)
    real = kit.sample(y={**ride, "kit": "muldjord"}, random_state=0)
    assert distance(made[0], real[0]) < 2


def test_half_precision_is_not_heard():
    X, y = notes("train")
    model = recipes.voices(n_components=18, temperature=0.0, random_state=0).fit(X, y)
    exact = recipes.voices(n_components=18, temperature=0.0, random_state=0)
    exact.set_params(pca__half_precision=False).fit(X, y)
    made, best = (m.sample(y=y[:4], random_state=0) for m in (model, exact))
    assert max(distance(a, b) for a, b in zip(made, best, strict=True)) < 0.1
