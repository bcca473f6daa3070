"""GANSynth's figures, by a classifier that was trained on other notes."""

import numpy as np
import pytest
import scipy.stats

from audiogen.evaluation import NoteClassifier, gansynth_figures
from audiogen.metrics import frechet_distance
from helpers.generators import without_graphs

pytestmark = pytest.mark.filterwarnings("ignore:.* rows are few for 16 features")


def test_figures_are_what_their_names_say(classifier, notes):
    X, pitch = notes.data[60:], notes.frame["pitch"].to_numpy()[60:]
    figures = gansynth_figures(classifier, notes.data[:60], X, sample_rate=16000, pitch=pitch)
    assert figures["classified_pitch_accuracy"] == np.mean(classifier.predict(X)[:, 0] == pitch)
    found = classifier.predict_proba(X)[0]
    entropies = scipy.stats.entropy(found, base=2, axis=1)
    assert figures["classified_pitch_entropy"] == pytest.approx(entropies.mean())
    surprise = scipy.stats.entropy(found, found.mean(axis=0, keepdims=True), axis=1)
    assert figures["inception_score"] == pytest.approx(np.exp(surprise.mean()))
    features = [classifier.transform(audio) for audio in (notes.data[:60], X)]
    assert figures["frechet_feature_distance"] == frechet_distance(*features)


def test_noise_is_told_from_notes(classifier, notes):
    real, held_out = notes.data[:60], notes.data[60:]
    hiss = np.random.default_rng(0).normal(size=held_out.shape).astype(np.float32)
    of_notes, of_hiss = (gansynth_figures(classifier, real, X) for X in (held_out, hiss))
    for figure in ("classified_pitch_entropy", "n_different_bins", "frechet_feature_distance"):
        assert of_hiss[figure] > 1.5 * of_notes[figure], figure
    assert of_hiss["inception_score"] < 0.7 * of_notes["inception_score"]
    assert "classified_pitch_accuracy" not in of_hiss


def test_too_few_notes_have_no_bins(classifier, notes):
    figures = gansynth_figures(classifier, notes.data[:9], notes.data[:9])
    assert np.isnan(figures["n_different_bins"])


@without_graphs
def test_what_does_not_go_together_is_refused(classifier, notes):
    X = notes.data[:6]
    families = NoteClassifier(units=4, epochs=1, random_state=0).fit(X, [0, 1, 0, 1, 0, 1])
    with pytest.raises(ValueError, match="no label 'pitch'"):
        gansynth_figures(families, X, X)
    with pytest.raises(ValueError, match="at 44100 Hz, but the classifier hears at 16000"):
        gansynth_figures(classifier, X, X, sample_rate=44100)
    with pytest.raises(ValueError, match=r"each of the 6 generated notes. Got the shape \(2,\)"):
        gansynth_figures(classifier, X, X, pitch=[60, 61])
