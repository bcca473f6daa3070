"""The same figures as released packages have, where these are installed (`tox -e agree`)."""

import numpy as np
import pretty_midi
import pytest

from audiogen.metrics import density_and_coverage, pitch_accuracy, pitch_entropy, pitch_range
from audiogen.signal import hz_to_midi, midi_to_hz, track_pitch

RATE = 16000


def notes(midi):
    time = np.arange(RATE // 2) / RATE
    hertz = 440 * 2 ** ((np.asarray(midi, dtype=float)[:, np.newaxis] - 69) / 12)
    return (0.3 * sum(np.sin(2 * np.pi * n * hertz * time) / n for n in (1, 2))).astype(np.float32)


MIDI = np.array([48, 55.3, 60, 60.45, 63.6, 72, 72.2, 79])
ASKED = np.array([48, 55, 60, 60, 63, 72, 71, 67])


def test_notes_are_at_the_pitches_of_pretty_midi():
    hertz = midi_to_hz(track_pitch(notes(MIDI), RATE))
    numbers = np.array([pretty_midi.hz_to_note_number(pitch) for pitch in hertz])
    np.testing.assert_allclose(hz_to_midi(hertz), numbers, atol=1e-9)
    own = {"sample_rate": RATE, "tracker": "track_pitch"}
    _, counts = np.unique(np.rint(numbers), return_counts=True)
    shares = counts / counts.sum()
    assert pitch_entropy(notes(MIDI), **own) == pytest.approx(-shares @ np.log2(shares))
    span = np.ptp([pretty_midi.note_number_to_hz(number) for number in numbers])
    assert pitch_range(notes(MIDI), **own) == pytest.approx(span)


@pytest.mark.parametrize("tolerance", [25, 50, 100])
def test_accuracy_is_mir_evals_raw_pitch_accuracy(tolerance):
    melody = pytest.importorskip("mir_eval.melody")
    audio = np.concatenate([notes(MIDI), np.zeros((1, RATE // 2), np.float32)])
    asked = np.append(ASKED, 60)
    found = track_pitch(audio, RATE)
    voiced = ~np.isnan(found)
    cents = melody.hz2cents(midi_to_hz(np.where(voiced, found, 60)))
    expected = melody.raw_pitch_accuracy(
        np.ones(9), melody.hz2cents(midi_to_hz(asked)), voiced.astype(float),
        np.where(voiced, cents, 0), cent_tolerance=tolerance,
    )  # fmt: skip
    accuracy = pitch_accuracy(audio, asked, sample_rate=RATE, tolerance=tolerance)
    assert accuracy == pytest.approx(expected)


@pytest.mark.parametrize("k", [1, 5, 10])
def test_density_and_coverage_are_prdcs(k):
    prdc = pytest.importorskip("prdc")
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=(150, 6)), 0.9 * rng.normal(size=(120, 6)) + 0.2
    theirs = prdc.compute_prdc(real, generated, nearest_k=k)
    ours = density_and_coverage(real, generated, k=k)
    assert ours == pytest.approx({name: theirs[name] for name in ours})


def test_the_distance_of_statistics_is_torch_fidelitys():
    fidelity = pytest.importorskip("torch_fidelity.metric_fid")
    from audiogen.metrics import FrechetStatistics, frechet_distance

    rng = np.random.default_rng(0)
    sets = rng.normal(size=(300, 5)), rng.normal(0.3, 1.4, size=(200, 5))
    both = [FrechetStatistics.from_data(X) for X in sets]
    theirs = fidelity.fid_statistics_to_metric(
        *({"mu": one.mean, "sigma": one.covariance} for one in both), verbose=False
    )
    expected = theirs["frechet_inception_distance"]
    assert frechet_distance(*both) == pytest.approx(expected, rel=1e-5)
