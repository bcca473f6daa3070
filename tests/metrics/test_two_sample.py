"""The classifier two-sample test against one written with librosa and scikit-learn."""

import librosa
import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score

from audiogen.datasets import load_notes, make_notes
from audiogen.metrics import classifier_two_sample_test

RATE = 16000


@pytest.fixture(scope="module")
def notes():
    audio = load_notes("train").data[:, : 2 * RATE]
    return audio[np.random.default_rng(0).permutation(len(audio))[:80]]


@pytest.fixture
def few_trees(monkeypatch):
    """For what does not depend on how well the forests tell."""
    monkeypatch.setattr("audiogen.metrics._two_sample._N_TREES", 5)


def told_apart(real, generated):
    """Return the AUC by 64 mel bands and 20 coefficients, of forests of another make."""
    rows = []
    for wave in np.concatenate([real, generated]):
        mel = librosa.feature.melspectrogram(y=wave / np.abs(wave).max(), sr=RATE, n_mels=64)
        mel = librosa.power_to_db(mel)
        mfcc = librosa.feature.mfcc(S=mel, n_mfcc=20)
        slope = np.abs(np.diff(mfcc)).mean(1)
        rows.append(np.concatenate([mel.mean(1), mel.std(1), mfcc.std(1), slope]))
    y = np.repeat([0, 1], [len(real), len(generated)])
    forest = RandomForestClassifier(100, min_samples_leaf=2, random_state=0)
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=0)
    return cross_val_score(forest, np.array(rows), y, cv=folds, scoring="roc_auc").mean()


def test_halves_of_one_set_are_alike(notes):
    result = classifier_two_sample_test(notes[:40], notes[40:], sample_rate=RATE)
    assert abs(result.auc - 0.5) < 0.2
    assert result.p_value > 0.02


def test_noise_is_told_always(notes):
    noise = np.random.default_rng(0).standard_normal((20, RATE))
    result = classifier_two_sample_test(notes[:20], noise, sample_rate=RATE)
    assert result.auc == 1
    assert result.p_value < 1e-4


@pytest.mark.parametrize("hiss", [3e-4, 2e-3])
def test_as_librosa_and_scikit_learn_have_it(notes, hiss):
    noise = hiss * np.random.default_rng(1).standard_normal((40, notes.shape[1]))
    generated = (notes[40:] + noise).astype(np.float32)
    result = classifier_two_sample_test(notes[:40], generated, sample_rate=RATE)
    assert result.auc == pytest.approx(told_apart(notes[:40], generated), abs=0.08)


@pytest.mark.usefixtures("few_trees")
def test_features_are_librosas(notes):
    real, generated = notes[:5], notes[5:12]
    features = classifier_two_sample_test(real, generated, sample_rate=RATE).features
    assert len(features) == 2 * 32 + 2 * 20
    assert features.importance.sum() == pytest.approx(1)
    assert features.importance.is_monotonic_decreasing
    for column, clips in (("real", real), ("generated", generated)):
        mel = [
            librosa.power_to_db(librosa.feature.melspectrogram(y=x / np.abs(x).max(), sr=RATE))
            for x in clips
        ]
        levels = np.array(mel)[:, 24:28].mean(axis=1)
        hz = librosa.mel_frequencies(130, fmax=RATE / 2)[25:29].mean()
        mfcc = np.array([librosa.feature.mfcc(S=x) for x in mel])[:, 3]
        expected = {
            f"{hz:.0f} Hz mean": levels.mean(),
            f"{hz:.0f} Hz spread": levels.std(axis=1).mean(),
            "mfcc 3 spread": mfcc.std(axis=1).mean(),
            "mfcc 3 slope": np.abs(np.diff(mfcc)).mean(),
        }
        found = features[column][list(expected)]
        np.testing.assert_allclose(found, list(expected.values()), rtol=1e-3)


def test_what_told_is_named(notes):
    t = np.arange(notes.shape[1]) / RATE
    whistle = (notes[20:40] + 0.01 * np.sin(2 * np.pi * 6000 * t)).astype(np.float32)
    result = classifier_two_sample_test(notes[:20], whistle, sample_rate=RATE)
    name, kind = result.features.index[0].split(" Hz ")
    assert 5700 < float(name) < 6300
    assert kind == "mean"
    assert result.features.generated.iloc[0] > result.features.real.iloc[0] + 10


def test_copies_are_below_chance(notes):
    result = classifier_two_sample_test(notes[:20], notes[:20], sample_rate=RATE)
    assert result.auc < 0.3
    assert result.p_value > 0.95


@pytest.mark.usefixtures("few_trees")
def test_levels_change_nothing(notes):
    real, generated = notes[:6], notes[6:12]
    one = classifier_two_sample_test(real, generated, sample_rate=RATE)
    levels = 2.0 ** np.random.default_rng(0).integers(-6, 3, (6, 1))
    other = classifier_two_sample_test(real, generated * levels, sample_rate=RATE)
    assert other.auc == one.auc
    assert other.features.equals(one.features)


def test_either_set_may_come_first(notes):
    hiss = 1e-3 * np.random.default_rng(0).standard_normal(notes[20:40].shape)
    sets = notes[:20], notes[20:40] + hiss
    one, other = (
        classifier_two_sample_test(*pair, sample_rate=RATE) for pair in (sets, sets[::-1])
    )
    assert other.auc == pytest.approx(one.auc, abs=0.05)
    np.testing.assert_array_equal(
        other.features.real.sort_index(), one.features.generated.sort_index()
    )


@pytest.mark.usefixtures("few_trees")
def test_the_random_state_decides(notes):
    sets = notes[:6], notes[6:12]
    aucs = [
        classifier_two_sample_test(*sets, sample_rate=RATE, random_state=seed).auc
        for seed in (0, 0, 1)
    ]
    assert aucs[0] == aucs[1] != aucs[2]


@pytest.mark.usefixtures("few_trees")
def test_silence_and_short_clips(notes):
    silence = np.zeros((6, RATE))
    assert classifier_two_sample_test(notes[:6], silence, sample_rate=RATE).auc == 1
    assert classifier_two_sample_test(silence, silence, sample_rate=RATE).auc == 0.5
    short = classifier_two_sample_test(notes[:6, :100], notes[6:12, :100], sample_rate=RATE)
    assert np.isfinite(short.features.to_numpy()).all()


@pytest.mark.usefixtures("few_trees")
def test_other_rates():
    clips = make_notes(10, sample_rate=44100, random_state=0).data
    features = classifier_two_sample_test(clips[:5], clips[5:], sample_rate=44100).features
    assert features.index.is_unique


def test_bad_input(notes):
    with pytest.raises(ValueError, match=r"generated must hold at least 5 clip\(s\). Got 4"):
        classifier_two_sample_test(notes, notes[:4], sample_rate=RATE)
    with pytest.raises(ValueError, match="real holds NaN"):
        classifier_two_sample_test(np.full((9, 9), np.nan), notes, sample_rate=RATE)
    with pytest.raises(ValueError, match="'sample_rate' parameter of classifier_two"):
        classifier_two_sample_test(notes, notes, sample_rate=0)
