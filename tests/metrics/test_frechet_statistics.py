"""Statistics in place of sets: those of NumPy, however they were come by, and their files."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.metrics import FrechetStatistics, frechet_distance, frechet_distances

few_rows = pytest.mark.filterwarnings("ignore:.*rows are few for:UserWarning")


def assert_same(found, X):
    rows = np.reshape(X, (-1, np.shape(X)[-1])).astype(np.float64)
    np.testing.assert_allclose(found.mean, rows.mean(axis=0), rtol=1e-12, atol=1e-12)
    covariance = np.atleast_2d(np.cov(rows, rowvar=False))
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-9, atol=1e-12)
    assert found.n == len(rows)


def test_are_numpys():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((300, 5)) @ rng.standard_normal((5, 5)) + 3
    assert_same(FrechetStatistics.from_data(X), X)
    frames = X.reshape(30, 10, 5)
    assert_same(FrechetStatistics.from_data(frames), X)
    assert FrechetStatistics.from_data([1.0, 3.0]).covariance == [[2.0]]
    assert FrechetStatistics.from_data([[1.0, 3.0]]).covariance.tolist() == [[0, 0], [0, 0]]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(1, 20), min_size=1, max_size=6))
def test_blocks_are_the_whole(seed, lengths):
    rng = np.random.default_rng(seed)
    blocks = [rng.normal(1e3 * rng.random(), 1, (length, 3)) for length in lengths]
    whole = np.concatenate(blocks)
    if len(whole) > 1:
        assert_same(FrechetStatistics.from_blocks(iter(blocks)), whole)
    assert FrechetStatistics.from_blocks(iter(blocks)).n == len(whole)


def test_blocks_of_float32_far_off_lose_nothing_more():
    X = (np.random.default_rng(0).standard_normal((5000, 4)) + 1000).astype(np.float32)
    assert_same(FrechetStatistics.from_blocks(np.array_split(X, 7)), X)


@few_rows
@pytest.mark.parametrize(("n_a", "n_b", "n_features"), [(300, 200, 4), (10, 200, 20), (7, 9, 30)])
def test_stand_for_sets_in_either_place(n_a, n_b, n_features):
    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((n_a, n_features)), 2 * rng.standard_normal((n_b, n_features)) + 1
    of_a, of_b = map(FrechetStatistics.from_data, (A, B))
    distance = frechet_distance(A, B)
    for pair in ((of_a, B), (A, of_b), (of_a, of_b)):
        assert frechet_distance(*pair) == pytest.approx(distance, rel=1e-6)


def test_warn_of_few_rows_too():
    A = np.random.default_rng(0).standard_normal((20, 3))
    of_a = FrechetStatistics.from_data(A)
    with pytest.warns(UserWarning, match="20 rows are few for 3 features"):
        frechet_distance(of_a, of_a)


def test_files(tmp_path):
    X = np.random.default_rng(0).standard_normal((40, 3))
    statistics = FrechetStatistics.from_data(X)
    path = tmp_path / "new" / "real.statistics"
    statistics.save(path)
    assert [file.name for file in path.parent.iterdir()] == ["real.statistics"]
    read = FrechetStatistics.load(path)
    np.testing.assert_array_equal(read.mean, statistics.mean)
    np.testing.assert_array_equal(read.covariance, statistics.covariance)
    assert read.n == 40
    assert type(read.n) is int
    with np.load(path, allow_pickle=False) as arrays:
        assert sorted(arrays) == ["covariance", "mean", "n"]


class Harm:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was read",))


def array_alone(path):
    with path.open("wb") as file:
        np.save(file, np.eye(2))


def wrong_files():
    def arrays(**values):
        return lambda path: np.savez(path, **values)

    eye = np.eye(2)
    return {
        "text": (lambda path: path.write_text("mean 3"), "real.npz holds no statistics"),
        "empty": (lambda path: path.write_bytes(b""), "real.npz holds no statistics"),
        "array": (array_alone, "real.npz holds no statistics"),
        "other": (arrays(mean=[0, 0]), "real.npz holds no statistics.*covariance"),
        "shapes": (arrays(mean=[0, 0], covariance=np.eye(3), n=5), r"Got \(2,\) and \(3, 3\)"),
        "nan": (arrays(mean=[0, np.nan], covariance=eye, n=5), "holds NaN"),
        "one-sided": (arrays(mean=[0, 0], covariance=[[1, 2], [0, 1]], n=5), "be symmetric"),
        "no rows": (arrays(mean=[0, 0], covariance=eye, n=0), "at least 1. Got 0"),
        "endless n": (arrays(mean=[0, 0], covariance=eye, n=np.inf), "at least 1. Got inf"),
        "many n": (arrays(mean=[0, 0], covariance=eye, n=[3, 4]), "real.npz holds no statistics"),
        "pickle": (
            lambda path: path.write_bytes(pickle.dumps(Harm())), "real.npz holds no statistics",
        ),
        "object": (
            arrays(mean=np.array([Harm()]), covariance=eye, n=5), "real.npz holds no statistics",
        ),
    }  # fmt: skip


@pytest.mark.parametrize("kind", wrong_files())
def test_wrong_files_are_named(tmp_path, kind):
    write, words = wrong_files()[kind]
    path = tmp_path / "real.npz"
    write(path)
    with pytest.raises(ValueError, match=words):
        FrechetStatistics.load(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="gone.npz"):
        FrechetStatistics.load(tmp_path / "gone.npz")


def test_what_cannot_be():
    X = np.random.default_rng(0).standard_normal((40, 3))
    statistics = FrechetStatistics.from_data(X)
    with pytest.raises(ValueError, match="they have 3 and 2 features"):
        statistics + FrechetStatistics.from_data(X[:, :2])
    with pytest.raises(TypeError):
        statistics + 1
    with pytest.raises(ValueError, match="no block"):
        FrechetStatistics.from_blocks([])
    with pytest.raises(ValueError, match="A and B must have the same features. Got 3 and 2"):
        frechet_distance(statistics, X[:, :2])
    with pytest.raises(ValueError, match="A must have at least 2 rows"):
        frechet_distance(FrechetStatistics.from_data(X[:1]), X)
    with pytest.raises(ValueError, match="A must be the embeddings themselves"):
        frechet_distance(statistics, X, corrected=True)
    with pytest.raises(ValueError, match="read-only"):
        statistics.mean[0] = 1


@few_rows
def test_each_clip_against_a_set():
    rng = np.random.default_rng(0)
    real = rng.standard_normal((20, 30, 3))
    clips = rng.standard_normal((5, 30, 3)) * [[[1]], [[2]], [[1]], [[1]], [[0.1]]]
    clips[3] += 4
    each = [frechet_distance(real, clip) for clip in clips]
    for reference in (real, real.reshape(-1, 3), FrechetStatistics.from_data(real)):
        np.testing.assert_allclose(frechet_distances(reference, clips), each, rtol=1e-9)
    assert np.argmax(each) == 3
    with pytest.raises(ValueError, match="two frames at least. Got"):
        frechet_distances(real, clips[:, :1])
    with pytest.raises(ValueError, match="same features. Got 3 and 2"):
        frechet_distances(real, clips[..., :2])


def test_each_clip_of_fewer_frames_than_features():
    rng = np.random.default_rng(0)
    real, clips = rng.standard_normal((6, 40)), rng.standard_normal((3, 5, 40))
    found = frechet_distances(real, clips)
    with pytest.warns(UserWarning, match="5 rows are few"):
        assert found[1] == pytest.approx(frechet_distance(real, clips[1]), rel=1e-9)
