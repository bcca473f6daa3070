"""The Fréchet distance against closed forms, scipy's sqrtm and its own laws."""

import librosa
import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.datasets import make_notes
from audiogen.metrics import frechet_audio_distance, frechet_distance

few_rows = pytest.mark.filterwarnings("ignore:.*rows are few for:UserWarning")


def by_square_root(A, B):
    cov_a, cov_b = np.cov(A, rowvar=False), np.cov(B, rowvar=False)
    root = scipy.linalg.sqrtm(cov_a @ cov_b).real
    shift = A.mean(axis=0) - B.mean(axis=0)
    return shift @ shift + np.trace(cov_a + cov_b - 2 * root)


def correlated(rng, n_rows, n_features, offset=0.0):
    mixing = rng.standard_normal((n_features, n_features))
    return rng.standard_normal((n_rows, n_features)) @ mixing + offset


@pytest.mark.parametrize("n_features", [2, 13, 128])
def test_equals_the_definition(n_features):
    rng = np.random.default_rng(n_features)
    A = correlated(rng, 9 * n_features, n_features)
    B = correlated(rng, 20 * n_features, n_features, offset=0.5)
    assert frechet_distance(A, B) == pytest.approx(by_square_root(A, B), rel=1e-9)


def test_more_rows_than_a_block():
    rng = np.random.default_rng(0)
    A, B = correlated(rng, 20000, 64), correlated(rng, 17000, 64, offset=1)
    assert frechet_distance(A, B) == pytest.approx(by_square_root(A, B), rel=1e-9)


def test_one_feature_has_a_closed_form():
    rng = np.random.default_rng(0)
    a, b = rng.normal(1, 2, 300), rng.normal(-3, 5, 200)
    expected = (a.mean() - b.mean()) ** 2 + (a.std(ddof=1) - b.std(ddof=1)) ** 2
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-12)
    assert frechet_distance(a[:, np.newaxis], b) == pytest.approx(expected, rel=1e-12)


def test_gaussians_of_known_covariance():
    # Whitened samples have exactly these moments: (1 - 3)^2 + (2 - 4)^2 and 1^2 + 2^2.
    rng = np.random.default_rng(0)
    white = rng.standard_normal((100, 2))
    white -= white.mean(axis=0)
    white = white @ np.linalg.inv(np.linalg.cholesky(np.cov(white, rowvar=False))).T
    distance = frechet_distance(white * [1, 2], white * [3, 4] + [1, 2])
    assert distance == pytest.approx(13, rel=1e-12)


@few_rows
def test_fewer_rows_than_features():
    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((10, 40)), 2 * rng.standard_normal((15, 40))
    # With a third of the directions, sqrtm of the singular product is good to 1e-6.
    assert frechet_distance(A, B) == pytest.approx(by_square_root(A, B), rel=1e-5)


@few_rows
@pytest.mark.parametrize("n_rows", [5, 100])
def test_orthogonal_subspaces_share_nothing(n_rows):
    rng = np.random.default_rng(0)
    A, B = np.zeros((2, n_rows, 12))
    A[:, :5], B[:, 5:] = rng.standard_normal((n_rows, 5)), rng.standard_normal((n_rows, 7))
    A, B = A - A.mean(axis=0), B - B.mean(axis=0)
    expected = A.var(axis=0, ddof=1).sum() + B.var(axis=0, ddof=1).sum()
    assert frechet_distance(A, B) == pytest.approx(expected, rel=1e-12)


def test_singular_covariances():
    rng = np.random.default_rng(0)
    A, B = correlated(rng, 100, 3), correlated(rng, 100, 3, offset=1)
    twice = frechet_distance(np.hstack([A, A]), np.hstack([B, B]))
    assert twice == pytest.approx(2 * frechet_distance(A, B), rel=1e-9)


@pytest.mark.parametrize("least", [1e-1, 1e-3, 1e-6, 1e-12])
def test_the_spread_of_scaled_axes_has_a_closed_form(least):
    """However thin the Gaussians are along some axes, and whichever way leads there."""
    rng = np.random.default_rng(0)
    white = rng.standard_normal((400, 8))
    white -= white.mean(axis=0)
    white = white @ np.linalg.inv(np.linalg.cholesky(np.cov(white, rowvar=False))).T
    a, b = np.geomspace(1, least, 8), np.geomspace(1, least, 8)[::-1]
    turn = np.linalg.qr(rng.standard_normal((8, 8)))[0]
    distance = frechet_distance(white * a @ turn, white * b @ turn)
    assert distance == pytest.approx(np.sum((a - b) ** 2), rel=1e-7)
    assert frechet_distance(white * a @ turn, white * a @ turn) <= 1e-8


def test_constant_sets():
    rng = np.random.default_rng(0)
    A, constant = correlated(rng, 100, 3), np.ones((50, 3))
    assert frechet_distance(constant, constant) == 0
    assert frechet_distance(constant, 3 * constant) == 12
    expected = np.sum((A.mean(axis=0) - 1) ** 2) + A.var(axis=0, ddof=1).sum()
    assert frechet_distance(A, constant) == pytest.approx(expected, rel=1e-12)


def test_float32_with_an_offset_loses_nothing_more():
    rng = np.random.default_rng(0)
    A = (correlated(rng, 5000, 4) + 1000).astype(np.float32)
    B = (correlated(rng, 5000, 4) + 1000).astype(np.float32)
    exact = by_square_root(A.astype(np.float64), B.astype(np.float64))
    assert frechet_distance(A, B) == pytest.approx(exact, rel=1e-9)


@few_rows
@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(2, 60), st.integers(2, 60),
    st.floats(-100, 100),
)  # fmt: skip
def test_laws(seed, n_features, n_a, n_b, offset):
    rng = np.random.default_rng(seed)
    A, B = correlated(rng, n_a, n_features), correlated(rng, n_b, n_features, 1.0)
    distance = frechet_distance(A, B)
    scale = A.var(axis=0).sum() + B.var(axis=0).sum() + distance + 1e-9
    assert distance >= 0
    assert frechet_distance(A, A) <= 1e-9 * scale
    assert abs(frechet_distance(B, A) - distance) <= 1e-7 * scale
    assert abs(frechet_distance(A + offset, B + offset) - distance) <= 1e-7 * scale
    rotation = np.linalg.qr(rng.standard_normal((n_features, n_features)))[0]
    assert abs(frechet_distance(A @ rotation, B @ rotation) - distance) <= 1e-7 * scale
    assert frechet_distance(3 * A, 3 * B) == pytest.approx(9 * distance, rel=1e-6, abs=1e-9)


def test_warns_of_few_rows():
    rng = np.random.default_rng(0)
    A = rng.standard_normal((104, 13))
    frechet_distance(A, A)
    with pytest.warns(UserWarning, match="103 rows are few for 13 features"):
        frechet_distance(A, A[1:])


@pytest.mark.parametrize(
    ("A", "B", "words"),
    [
        (np.zeros((30, 3)), np.zeros((30, 2)), "same features. Got 3 and 2"),
        (np.zeros((1, 3)), np.zeros((30, 3)), "A must have at least 2 rows. Got 1"),
        (np.zeros((30, 1)), np.full((30, 1), np.inf), "B holds NaN or infinite"),
        (np.zeros((30, 1, 1, 1)), np.zeros((30, 1)), r"Got \(30, 1, 1, 1\)"),
        (np.zeros((30, 0)), np.zeros((30, 1)), r"A must have the shape .* Got \(30, 0\)"),
        ([[1.0, 2.0], [3.0]], np.zeros((30, 1)), "A must have as many features in each row"),
        (np.array(["a", "b"]), np.zeros((30, 1)), "Got dtype <U1"),
    ],
)
def test_bad_sets(A, B, words):
    with pytest.raises(ValueError, match=words):
        frechet_distance(A, B)


def clips(seed, colour=0.0, n_samples=4):
    """Return noise, the duller the nearer `colour` is to 1."""
    rng = np.random.default_rng(seed)
    audio = rng.standard_normal((n_samples, 16001)).astype(np.float32)
    return audio[:, 1:] + np.float32(colour) * audio[:, :-1]


def test_audio_distance_is_that_of_13_of_40_mfccs_of_all_frames():
    real, generated = clips(0), clips(1, colour=0.5)
    rows = [
        np.concatenate([librosa.feature.mfcc(y=y, sr=16000, n_mfcc=40)[:13].T for y in audio])
        for audio in (real, generated)
    ]
    expected = by_square_root(*(r.astype(np.float64) for r in rows))
    distance = frechet_audio_distance(real, generated, sample_rate=16000)
    assert distance == pytest.approx(expected, rel=1e-4)


def test_audio_distance_knows_the_sample_rate():
    real, generated = clips(0), clips(1, colour=0.5)
    rates = [frechet_audio_distance(real, generated, sample_rate=r) for r in (16000, 22050)]
    assert abs(rates[0] - rates[1]) > 1e-3 * rates[0]


def test_audio_distance_with_an_embedding():
    real, generated = clips(0, n_samples=20), clips(1, 0.9, n_samples=20)

    def spread(audio):
        return np.abs(audio).mean(axis=1, keepdims=True)

    def frames(audio):
        return audio.reshape(len(audio), 100, 160).std(axis=2, keepdims=True)

    distance = frechet_audio_distance(real, generated, sample_rate=16000, embedding=spread)
    assert distance == frechet_distance(spread(real), spread(generated))
    distance = frechet_audio_distance(real, generated, sample_rate=16000, embedding=frames)
    assert distance == frechet_distance(frames(real).ravel(), frames(generated).ravel())


def test_audio_distance_of_silence():
    silence = np.zeros((4, 16000), dtype=np.float32)
    assert frechet_audio_distance(silence, silence, sample_rate=16000) == 0
    assert np.isfinite(frechet_audio_distance(clips(0), silence, sample_rate=16000))


def test_audio_distance_refuses_a_bad_rate():
    with pytest.raises(ValueError, match="'sample_rate' parameter of frechet_audio_distance"):
        frechet_audio_distance(clips(0), clips(1), sample_rate=0)


@pytest.mark.parametrize("dtype", [np.int16, np.int32])
def test_a_set_is_at_no_distance_from_itself_as_integers(dtype):
    notes = make_notes(8, duration=0.5, random_state=0).data
    whole = np.rint(notes * np.iinfo(dtype).max).astype(dtype)
    assert frechet_audio_distance(notes, whole, sample_rate=16000) < 1e-3
    assert frechet_audio_distance(whole, whole, sample_rate=16000, embedding=spectra) < 1e-9
    loud = frechet_audio_distance(notes, whole, sample_rate=16000, embedding=spectra)
    assert loud == pytest.approx(0, abs=1e-6)


def spectra(audio):
    assert np.abs(audio).max() <= 1
    return np.abs(audio).reshape(len(audio), -1, 1000).mean(axis=2, keepdims=True)
