"""The figures that GANSynth was evaluated by."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import entr

from audiogen.metrics import frechet_distance, inception_score, n_different_bins
from audiogen.utils.validation import check_audio

__all__ = ["gansynth_figures"]

_MOST_BINS, _PER_BIN = 50, 10


def gansynth_figures(
    classifier: Any,
    real: npt.ArrayLike,
    generated: npt.ArrayLike,
    *,
    sample_rate: float | None = None,
    pitch: npt.ArrayLike | None = None,
    random_state: Any = 0,
) -> dict[str, float]:
    """Measure generated notes by a classifier of pitch and by its features.

    These are the figures of GANSynth's table [1]_, but for those of listeners.

    Parameters
    ----------
    classifier : NoteClassifier
        Fitted on real notes with a label that is the pitch.
    real, generated : array-like of shape (n_samples, n_timesteps)
        Notes as long as those that it was fitted on.
    sample_rate : float, default=None
        Sampling rate of the audio, in Hz, which must be the classifier's; None is that.
    pitch : array-like of shape (n_generated,), default=None
        MIDI pitches that the generated notes were asked for.
    random_state : int, RandomState or None, default=0
        Seed of the bins.

    Returns
    -------
    figures : dict of str to float
        "classified_pitch_accuracy" where `pitch` is given: the share of notes that are
        classified as asked for; "classified_pitch_entropy": the mean entropy of the pitch's
        probabilities, in bits; "inception_score" of these probabilities; "n_different_bins",
        of one bin for ten real notes and 50 at most, as a share of the bins; and
        "frechet_feature_distance", the Fréchet distance of the features. NaN where there are too
        few notes for bins.

    Raises
    ------
    ValueError
        Where the classifier knows no pitch, or hears at another sample rate, and where `pitch`
        has not as many values as there are generated notes.

    See Also
    --------
    NoteClassifier : The classifier.
    judge : Which takes this function as `figures`.

    Notes
    -----
    Bins are of the classifier's features, where those of the paper are of spectrograms. Figures
    by two classifiers cannot be compared: say which one it was by its `version`. It is best
    trained on other notes than those that are measured.

    References
    ----------
    .. [1] J. Engel, K. K. Agrawal, S. Chen, I. Gulrajani, C. Donahue and A. Roberts, "GANSynth:
       Adversarial Neural Audio Synthesis", ICLR 2019.

    Examples
    --------
    >>> from audiogen.datasets import make_notes
    >>> from audiogen.evaluation import NoteClassifier, gansynth_figures
    >>> notes = make_notes(32, duration=0.5, random_state=0)
    >>> classifier = NoteClassifier(units=4, epochs=5, random_state=0).fit(
    ...     notes.data, notes.frame[["pitch"]]
    ... )
    >>> figures = gansynth_figures(classifier, notes.data, notes.data)
    >>> figures["n_different_bins"], round(figures["frechet_feature_distance"], 6)
    (0.0, 0.0)
    """
    if classifier.pitch_column not in getattr(classifier, "label_names_", []):
        raise ValueError(
            f"The classifier has no label {classifier.pitch_column!r}. Fit it with y=frame[["
            f"{classifier.pitch_column!r}, ...]]."
        )
    if sample_rate not in (None, classifier.sample_rate):
        raise ValueError(
            f"The notes are at {sample_rate} Hz, but the classifier hears at "
            f"{classifier.sample_rate} Hz. Resample them by audiogen.signal.resample."
        )
    label = classifier.label_names_.index(classifier.pitch_column)
    several = len(classifier.label_names_) > 1
    real, generated = (
        check_audio(audio, name=name) for name, audio in (("real", real), ("generated", generated))
    )
    if pitch is not None and np.shape(pitch) != (len(generated),):
        raise ValueError(
            f"pitch must have one value for each of the {len(generated)} generated notes. Got the "
            f"shape {np.shape(pitch)}."
        )
    found = classifier.predict_proba(generated)
    probabilities = found[label] if several else found
    classes = classifier.classes_[label] if several else classifier.classes_
    P, Q = classifier.transform(real), classifier.transform(generated)
    figures: dict[str, float] = {}
    if pitch is not None:
        right = classes[probabilities.argmax(axis=1)] == np.asarray(pitch)
        figures["classified_pitch_accuracy"] = float(right.mean())
    figures["classified_pitch_entropy"] = float(entr(probabilities).sum(axis=1).mean() / np.log(2))
    figures["inception_score"] = inception_score(probabilities)
    n_bins = min(_MOST_BINS, len(np.unique(P, axis=0)) // _PER_BIN)
    figures["n_different_bins"] = np.nan
    if n_bins > 1:
        different = n_different_bins(P, Q, n_bins=n_bins, random_state=random_state)
        figures["n_different_bins"] = different / n_bins
    figures["frechet_feature_distance"] = frechet_distance(P, Q)
    return figures
