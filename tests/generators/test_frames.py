import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from audiogen.generators._frames import FrameScaling, distinct_frames
from audiogen.generators._principal_axes import principal_axes, project
from audiogen.preprocessing import SlidingWindow


@given(
    n_frames=st.integers(2, 30),
    width=st.integers(2, 8),
    step=st.integers(1, 10),
    frame_shape=st.sampled_from([(), (1,), (3,), (2, 2)]),
    flipped=st.booleans(),
)
@settings(deadline=None, max_examples=80)
def test_distinct_frames_are_those_of_the_windows(n_frames, width, step, frame_shape, flipped):
    n_frames += width
    source = np.arange(n_frames * int(np.prod(frame_shape)), dtype=np.float32)
    source = source.reshape(n_frames, *frame_shape)
    windows = np.lib.stride_tricks.sliding_window_view(source, width, axis=0)
    windows = np.moveaxis(windows, -1, 1)[::step]
    if flipped:
        windows = windows[::-1, ::-1]
    frames, starts = distinct_frames(windows)
    for window, start in zip(windows, starts, strict=True):
        np.testing.assert_array_equal(frames[start : start + width], window)
    assert np.shares_memory(frames, source)
    assert len(frames) <= n_frames
    assert not frames.flags.writeable


@pytest.mark.parametrize(
    "X",
    [
        np.arange(60.0).reshape(3, 4, 5),
        np.asfortranarray(np.arange(60.0).reshape(3, 4, 5)),
        np.broadcast_to(np.arange(20.0).reshape(4, 5), (3, 4, 5)),
        np.broadcast_to(np.arange(15.0).reshape(3, 1, 5), (3, 4, 5)),
        np.lib.stride_tricks.as_strided(np.arange(60.0), (3, 4, 5), (32, 40, 8)),
        np.arange(60.0).reshape(3, 4, 5)[::-1],
        np.arange(60.0).reshape(3, 4, 5)[1:2],
    ],
    ids=["C", "Fortran", "same windows", "same frames", "no whole step", "backwards", "one"],
)
def test_windows_of_any_strides(X):
    frames, starts = distinct_frames(X)
    for window, start in zip(X, starts, strict=True):
        np.testing.assert_array_equal(frames[start : start + X.shape[1]], window)


@pytest.mark.parametrize("shape", [(40, 300), (300, 40), (40, 40)])
@pytest.mark.parametrize("n_axes", [5, 1000])
def test_axes_are_those_of_a_principal_component_analysis(shape, n_axes, monkeypatch):
    monkeypatch.setattr("audiogen.utils.blocks._VALUES_PER_BLOCK", 1000)  # many blocks
    rng = np.random.default_rng(0)
    X = rng.normal(size=shape) * np.geomspace(1, 1e-2, shape[1]) + 100
    X = X.astype(np.float32)
    rows = np.arange(5, 35)
    axes, centre, power = principal_axes(X, rows, n_axes)
    peer = PCA(min(n_axes, 29, shape[1]), svd_solver="full").fit(X[rows].astype(float))
    assert axes.dtype == np.float32
    assert axes.shape == peer.components_.shape, "30 centred rows span 29 dimensions"
    np.testing.assert_allclose(axes @ axes.T, np.eye(len(axes)), atol=1e-5)
    np.testing.assert_allclose(np.abs(np.sum(axes * peer.components_, axis=1)), 1, atol=1e-4)
    np.testing.assert_allclose(centre, peer.mean_, rtol=1e-6)
    assert power == pytest.approx(peer.explained_variance_.sum() * 29 / 30, rel=1e-4)
    components, rest = project(X, rows, axes, centre)
    left = X[rows] - peer.inverse_transform(peer.transform(X[rows]))
    np.testing.assert_allclose(components, (X[rows] - centre) @ axes.T, atol=1e-4)
    np.testing.assert_allclose(rest, np.linalg.norm(left, axis=1), atol=5e-3)


def test_rows_all_alike_have_one_axis_of_zeros():
    for shape in [(5, 9), (9, 5)]:
        axes, centre, power = principal_axes(np.full(shape, 3.0, np.float32), np.arange(5), 4)
        assert (axes.shape, np.abs(axes).max(), power) == ((1, shape[1]), 0, 0)
        np.testing.assert_array_equal(centre, 3)


def test_every_frame_counts_once():
    rng = np.random.default_rng(0)
    frames = (rng.normal(size=(50, 4, 3)) * 5 + 20).astype(np.float32)
    windows = SlidingWindow(length=5, step=2).fit_transform(frames)
    rows = np.array([0, 1, 2, 20])
    held = frames[[*range(10), *range(40, 46)]]
    scaling = FrameScaling(None).fit(windows, rows)
    np.testing.assert_allclose(scaling.mean_, held.mean(axis=0), rtol=1e-5)
    assert scaling.scale_ == pytest.approx(np.sqrt(held.var(axis=0).mean()), rel=1e-5)
    in_components = FrameScaling(1000).fit(windows, rows)
    assert in_components.axes_.shape == (12, 12)
    np.testing.assert_allclose(in_components.centre_, held.mean(axis=0).ravel(), rtol=1e-5)
    z = in_components.forward(held)
    assert np.mean(z**2) == pytest.approx(1, rel=1e-4)
    np.testing.assert_allclose(in_components.inverse(z), held, atol=1e-4)
    for part in (slice(-1), slice(-1, None)):
        read = in_components.reader(windows, rows)(rows[[3, 1]], part)
        np.testing.assert_allclose(
            read[..., :-1], in_components.forward(windows[[20, 1], part]), atol=1e-5
        )
        assert read[..., -1].max() < 1e-2, "nothing is left out"


@pytest.mark.parametrize("n_components", [None, 8])
def test_windows_are_never_made(n_components):
    frames = np.random.default_rng(0).uniform(-1, 1, (200, 32768)).astype(np.float32)
    windows = SlidingWindow().fit_transform(frames)
    rows = np.arange(len(windows))
    assert windows.nbytes == 184 * 17 * 32768 * 4 > 400e6
    tracemalloc.start()
    try:
        scaling = FrameScaling(n_components)
        scaling.check(windows, rows)
        scaling.fit(windows, rows).reader(windows, rows)(rows[:4], slice(None))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 110e6


@pytest.mark.parametrize(("step", "row"), [(1, 13), (6, 2), (7, 2)])
def test_the_window_that_holds_a_bad_frame_is_named(step, row):
    frames = np.zeros((30, 3), dtype=np.float32)
    windows = SlidingWindow(length=5, step=step).fit_transform(frames)
    frames[14 if step == 7 else 13, 1] = np.inf  # the windows are views
    with pytest.raises(ValueError, match=f"infinity.*first in row {row}"):
        FrameScaling(None).check(windows, np.arange(len(windows)))
    FrameScaling(None).check(windows, np.arange(1))


def test_frames_between_windows_do_not_count():
    frames = np.zeros((20, 3), dtype=np.float32)
    windows = SlidingWindow(length=4, step=10).fit_transform(frames)
    frames[6] = np.nan
    FrameScaling(2).check(windows, np.arange(2))
    assert FrameScaling(2).fit(windows, np.arange(2)).bounded_
