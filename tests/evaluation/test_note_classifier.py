"""A classifier of notes: scikit-learn's contract, what it hears, and its state."""

import pickle

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import KFold, cross_val_score

import audiogen
from audiogen.datasets import load_notes
from audiogen.evaluation import NoteClassifier
from audiogen.evaluation._note_spectra import hear
from audiogen.metrics import frechet_audio_distance, frechet_distance, measure
from helpers.generators import without_graphs

LABELS = ["pitch", "instrument_family"]
SMALL = {"units": 4, "comb_units": 4, "epochs": 2, "random_state": 0}


def test_pitch_and_family_of_held_out_notes(classifier, notes):
    found = classifier.predict(notes.data[60:])
    true = notes.frame[LABELS].to_numpy()[60:]
    assert found.dtype == object
    pitch, family = (found == true).mean(axis=0)
    assert pitch > 0.9
    assert family > 0.8
    assert classifier.score(notes.data[60:], notes.frame[LABELS][60:]) == np.mean(
        (found == true).all(axis=1)
    )


def test_shapes_are_those_of_several_outputs(classifier, notes):
    X = notes.data[:5]
    pitches, families = classifier.classes_
    assert pitches.tolist() == [48, 51, 54, 57, 60, 63]
    assert families.tolist() == ["bass", "mallet", "organ"]
    assert classifier.label_names_ == LABELS
    of_pitch, of_family = classifier.predict_proba(X)
    assert of_pitch.shape == (5, 6)
    np.testing.assert_allclose(of_family.sum(axis=1), 1, atol=1e-12)
    found = classifier.predict(X)
    assert found[:, 0].tolist() == pitches[of_pitch.argmax(axis=1)].tolist()
    assert found[:, 1].tolist() == families[of_family.argmax(axis=1)].tolist()
    assert classifier.get_feature_names_out()[0] == "noteclassifier0"


def test_the_forward_pass_is_that_of_keras(classifier, notes):
    inputs = classifier._inputs(hear(notes.data[:7], 16000))
    *logits, salience = classifier.network_(list(inputs), training=False)
    of_pitch, of_family = classifier._logits(notes.data[:7])
    np.testing.assert_allclose(of_pitch, np.asarray(salience), atol=1e-4)
    np.testing.assert_allclose(of_family, np.asarray(logits[1]), atol=1e-4)
    before_labels = classifier.network_.get_layer("label_1").input
    features = keras.Model(classifier.network_.inputs, before_labels)(list(inputs))
    np.testing.assert_allclose(classifier.transform(notes.data[:7]), features, atol=1e-4)


@pytest.mark.filterwarnings("ignore:.* rows are few for 16 features")
def test_its_features_are_an_embedding(classifier, notes):
    real, other = notes.data[:40], notes.data[40:]
    found = frechet_audio_distance(real, other, sample_rate=16000, embedding=classifier)
    assert found == frechet_distance(classifier.transform(real), classifier.transform(other))
    [same] = measure([frechet_distance], real, other, sample_rate=16000, embedding=classifier)
    assert same.value == found
    assert same.embedding == f"NoteClassifier {classifier.version}"


@without_graphs
def test_the_same_seed_makes_the_same_bits_and_leaves_the_global_state(notes):
    before = np.random.get_state()[1].copy()
    X, y = notes.data[:20], notes.frame[LABELS][:20]
    one, two = (NoteClassifier(**SMALL).fit(X, y) for _ in range(2))
    other = clone(one).set_params(random_state=1).fit(X, y)
    assert one.version == two.version != other.version
    np.testing.assert_array_equal(one.transform(X), two.transform(X))
    np.testing.assert_array_equal(before, np.random.get_state()[1])


@without_graphs
def test_training_goes_on_after_a_pickle_and_a_file(notes, tmp_path):
    X, y = notes.data[:20], notes.frame[LABELS][:20]
    one = NoteClassifier(**SMALL).fit(X, y)
    audiogen.save(one, tmp_path / "classifier.skops")
    again = pickle.loads(pickle.dumps(one)), audiogen.load(tmp_path / "classifier.skops")
    one.partial_fit(X, y)
    for copy in again:
        np.testing.assert_array_equal(copy.partial_fit(X, y).transform(X), one.transform(X))
        assert copy.n_iter_ == 3


@without_graphs
def test_a_single_label_is_an_array(notes):
    X, families = notes.data[:20], notes.frame["instrument_family"].to_numpy()[:20]
    one = NoteClassifier(**SMALL).partial_fit(X[:10], families[:10], classes=np.unique(families))
    assert one.predict(X).shape == (20,)
    assert one.predict_proba(X).shape == (20, 3)
    assert one.classes_.tolist() == ["bass", "mallet", "organ"]
    scores = cross_val_score(one, X, notes.frame[LABELS][:20], cv=KFold(2))
    assert np.isfinite(scores).all()


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ({"pitch": [60.5, 61.0]}, "column 'pitch' .* must hold labels"),
        ({"pitch": [60.0, None]}, "'pitch' is missing"),
        ({"qualities": [(), ("dark",)]}, "column 'qualities' .* must hold labels"),
        ({"pitch": [60]}, "2 samples but y has 1"),
        (None, "requires y"),
    ],
)
def test_what_is_no_label_is_named(notes, y, message):
    y = None if y is None else pd.DataFrame(y)
    with pytest.raises(ValueError, match=message):
        NoteClassifier(**SMALL).fit(notes.data[:2], y)


def test_later_calls_have_the_labels_of_the_first(classifier, notes):
    X = notes.data[:2]
    one = pickle.loads(pickle.dumps(classifier))
    with pytest.raises(ValueError, match="labels .*'instrument_family'.* Got .*'pitch'"):
        one.partial_fit(X, {"pitch": [48, 51]})
    with pytest.raises(ValueError, match="'pitch' has classes .* 61"):
        one.partial_fit(X, {"pitch": [48, 61], "instrument_family": ["organ", "bass"]})
    with pytest.raises(ValueError, match="classes must be a list .* Got 3"):
        NoteClassifier(**SMALL).partial_fit(X, notes.frame[LABELS][:2], classes=[48, 51, 54])
    with pytest.raises(ValueError, match="features"):
        one.predict(X[:, :4000])
    with pytest.raises(ValueError, match="'sample_rate' parameter of NoteClassifier"):
        NoteClassifier(sample_rate=500).fit(X, [0, 1])


def test_a_score_is_of_the_labels_of_fit(classifier, notes):
    X, y = notes.data[:20], notes.frame[LABELS][:20]
    assert classifier.score(X, y) > 0.8
    with pytest.raises(ValueError, match=r"labels \['pitch', 'instrument_family'\], as in fit"):
        classifier.score(X, y[LABELS[::-1]])
    with pytest.raises(ValueError, match=r"as in fit. Got \[0\]"):
        classifier.score(X, y["pitch"])
    with pytest.raises(ValueError, match="labels of one type. .* DataFrame"):
        classifier.score(X, y.to_numpy())


@pytest.mark.long
def test_pitches_of_real_notes_of_the_other_split():
    train, valid = load_notes(), load_notes("valid")
    classifier = NoteClassifier(random_state=0).fit(train.data, train.frame[LABELS])
    pitch, family = classifier.predict(valid.data).T
    known = valid.frame["pitch"].isin(train.frame["pitch"])
    near = np.abs(pitch.astype(float) - valid.frame["pitch"]) <= 1
    assert near[known].mean() > 0.9
    assert np.mean(family == valid.frame["instrument_family"]) > 0.35
