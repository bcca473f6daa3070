"""What no metric may pass over: an error says what is wrong, or the value is right."""

import functools

import numpy as np
import pytest

from audiogen import metrics

RATE = 16000
N = 30
FEATURES = {
    "frechet_distance": metrics.frechet_distance,
    "corrected": functools.partial(metrics.frechet_distance, corrected=True),
    "kernel_distance": functools.partial(metrics.kernel_distance, bandwidth=1),
    "kl_divergence": metrics.kl_divergence,
    "density_and_coverage": metrics.density_and_coverage,
    "n_different_bins": functools.partial(metrics.n_different_bins, n_bins=10),
}
AUDIO = {
    "frechet_audio_distance": metrics.frechet_audio_distance,
    "rhythm_likeness": metrics.rhythm_likeness,
    "texture_distance": metrics.texture_distance,
    "nearest_frame_distance": metrics.nearest_frame_distance,
    "summarize": metrics.summarize,
}
ONE_SET = {
    "n_pitches": metrics.n_pitches,
    "pitch_range": metrics.pitch_range,
    "pitch_entropy": metrics.pitch_entropy,
    "tonality": metrics.tonality,
    "onset_autocorrelation": metrics.onset_autocorrelation,
    "texture_statistics": metrics.texture_statistics,
}
few_rows = pytest.mark.filterwarnings("ignore:.*rows are few for:UserWarning")


@pytest.fixture(scope="module")
def rows():
    return np.random.default_rng(0).standard_normal((N, 3))


@pytest.fixture(scope="module")
def clips():
    return 0.1 * np.random.default_rng(0).standard_normal((2, 4 * RATE))


@few_rows
@pytest.mark.parametrize("name", FEATURES)
def test_bad_features(name, rows):
    metric = FEATURES[name]
    for X, words in (
        (rows[:, :2], "same features. Got 3 and 2"),
        (np.where(rows > 2, np.nan, rows), "holds NaN"),
        (rows[:0], "must have at least"),
        (rows.astype(complex), "array of real numbers"),
        (rows[np.newaxis, np.newaxis], "must have the shape"),
        ([[1.0, 2.0, 3.0], [1.0]], "as many features in each row"),
    ):
        with pytest.raises(ValueError, match=words):
            metric(rows, X)
    if name not in ("n_different_bins", "density_and_coverage"):
        with pytest.raises(ValueError, match="must have at least"):
            metric(rows, rows[:1])


@few_rows
@pytest.mark.parametrize("name", FEATURES)
def test_fewer_rows_than_features(name):
    """Rows that lie in ten directions out of fifty are as far apart as in ten."""
    rng = np.random.default_rng(0)
    narrow = rng.standard_normal((2, 20, 10))
    wide = narrow @ np.linalg.qr(rng.standard_normal((50, 10)))[0].T
    expected = FEATURES[name](*narrow)
    if name == "kl_divergence":  # whose logarithms of distances count once for each feature
        constant = np.log(20 / 19)
        expected = 5 * (expected - constant) + constant
    assert FEATURES[name](*wide) == pytest.approx(expected)


@few_rows
def test_constant_embeddings(rows):
    ones = np.ones((N, 3))
    assert metrics.frechet_distance(ones, 3 * ones) == 12
    assert metrics.frechet_distance(ones, 3 * ones, corrected=True) == pytest.approx(12)
    with pytest.raises(ValueError, match="real has no bandwidth"):
        metrics.kernel_distance(ones, rows)
    with pytest.raises(ValueError, match="real has 1 different rows"):
        metrics.n_different_bins(ones, rows, n_bins=10)
    assert metrics.kl_divergence(ones, ones) == pytest.approx(np.log(N / (N - 1)))
    assert metrics.kl_divergence(ones, 3 * ones) > 10
    assert metrics.density_and_coverage(ones, rows)["coverage"] == 0


@few_rows
@pytest.mark.parametrize("name", FEATURES)
@pytest.mark.parametrize("change", ["rotated", "moved", "in another order"])
def test_what_changes_nothing(name, change, rows):
    rng = np.random.default_rng(1)
    others = 1.5 * rng.standard_normal((N, 3)) + 0.5
    turn = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    if change == "in another order" and name in ("corrected", "n_different_bins"):
        return  # draws halves, or starts k-means, by their places
    changed = {
        "rotated": lambda X: X @ turn,
        "moved": lambda X: X + np.array([5, -3, 100]),
        "in another order": lambda X: X[::-1],
    }[change]
    before = FEATURES[name](rows, others)
    assert FEATURES[name](changed(rows), changed(others)) == pytest.approx(before, rel=1e-3)


@pytest.mark.parametrize("name", [*AUDIO, *ONE_SET])
def test_bad_audio(name, clips):
    def call(audio):
        if name in ONE_SET:
            return ONE_SET[name](audio, sample_rate=RATE)
        return AUDIO[name](clips, audio, sample_rate=RATE)

    for audio, words in (
        (np.where(clips > 0.3, np.nan, clips), "holds NaN"),
        (1e5 * clips, "full scale is 1"),
        (clips[:, :0], "at least one time step"),
        (clips[:0], "at least 1 clip"),
        (clips.T, "looks like"),
    ):
        with pytest.raises(ValueError, match=words):
            call(audio)
    with pytest.raises(ValueError, match="'sample_rate' parameter of"):
        (ONE_SET.get(name) or functools.partial(AUDIO[name], clips))(clips, sample_rate=-1)


@few_rows
@pytest.mark.parametrize(
    "name", ["frechet_audio_distance", "summarize", "n_pitches", "pitch_range", "pitch_entropy"]
)
def test_clips_of_other_lengths(name, clips):
    ragged = [clips[0], clips[1][:30000]]
    metric = ONE_SET.get(name) or functools.partial(AUDIO[name], clips)
    with pytest.raises(ValueError, match="clips of one length"):
        metric(ragged, sample_rate=RATE)


@pytest.mark.parametrize("embedding", [metrics.mfcc_frames, metrics.log_mel_statistics])
def test_embeddings_of_clips_of_other_lengths(embedding, clips):
    with pytest.raises(ValueError, match="clips of one length"):
        embedding([clips[0], clips[1][:30000]], RATE)


@few_rows
def test_sets_of_one_clip(clips):
    """It is like itself and unlike another, or an error says what is too little."""
    one, other = clips[:1], clips[1:] + 0.1 * np.sin(np.arange(4 * RATE))
    for name in ("frechet_audio_distance", "nearest_frame_distance"):
        near, far = (AUDIO[name](one, X, sample_rate=RATE) for X in (one, other))
        assert near == pytest.approx(0, abs=1e-6)
        assert far > 1
    assert metrics.rhythm_likeness(one, one, sample_rate=RATE) == pytest.approx(1)
    with pytest.raises(ValueError, match="real must be more than one clip"):
        metrics.texture_distance(one, other, sample_rate=RATE)
    figures = metrics.summarize(one, one, sample_rate=RATE)
    assert figures["frechet_audio_distance"] == pytest.approx(0, abs=1e-6)
    assert np.isnan(figures["kl_divergence"])


@few_rows
def test_silence(clips):
    silence = np.zeros_like(clips)
    far = metrics.frechet_audio_distance(clips, silence, sample_rate=RATE)
    assert far > 100 * metrics.frechet_audio_distance(clips, clips[::-1], sample_rate=RATE)
    figures = metrics.summarize(clips, silence, sample_rate=RATE)
    assert figures["silent"] == 1
    assert figures["n_pitches"] == figures["pitch_range"] == 0
    assert np.isnan(figures["pitch_entropy"])
    assert metrics.nearest_frame_distance(clips, silence, sample_rate=RATE) > 100
    assert metrics.rhythm_likeness(silence, clips, sample_rate=RATE) == 0
