import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import parametrize_with_checks

from audiogen.preprocessing import SlidingWindow

ROWS_CHANGE = "rows of the output are windows, not rows of the input"


@parametrize_with_checks(
    [SlidingWindow()],
    expected_failed_checks=lambda _: {
        "check_transformer_general": ROWS_CHANGE,
        "check_transformer_data_not_an_array": ROWS_CHANGE,
        "check_methods_sample_order_invariance": ROWS_CHANGE,
        "check_methods_subset_invariance": ROWS_CHANGE,
    },
)
def test_scikit_learn_contract(estimator, check):
    check(estimator)


def test_a_thousand_frames_make_984_rows_without_a_copy():
    frames = np.arange(1000 * 6, dtype=np.float32).reshape(1000, 3, 2)
    windows = SlidingWindow().fit_transform(frames)
    assert windows.shape == (984, 17, 3, 2)
    assert windows.dtype == np.float32
    assert np.shares_memory(windows, frames)
    assert not windows.flags.writeable
    np.testing.assert_array_equal(windows[-1], frames[-17:])


def test_a_memory_map_stays_one(tmp_path):
    np.save(tmp_path / "frames.npy", np.zeros((100, 5), dtype=np.float32))
    frames = np.load(tmp_path / "frames.npy", mmap_mode="r")
    assert np.shares_memory(SlidingWindow().fit_transform(frames), frames)


@given(
    n_frames=st.integers(2, 40),
    length=st.integers(1, 8),
    horizon=st.integers(1, 4),
    step=st.integers(1, 15),
    axis=st.sampled_from([0, 1]),
    frame_shape=st.sampled_from([(1,), (3,), (2, 2)]),
)
@settings(deadline=None, max_examples=100)
def test_windows_and_back(n_frames, length, horizon, step, axis, frame_shape):
    frames = np.arange(n_frames * np.prod(frame_shape), dtype=float)
    frames = frames.reshape(n_frames, *frame_shape)
    X = frames if axis == 0 else frames[np.newaxis]
    window = SlidingWindow(length=length, horizon=horizon, step=step, axis=axis).fit(X)
    width = length + horizon
    starts = range(0, n_frames - width + 1, step)
    if not starts:
        with pytest.raises(ValueError, match=f"at least length \\+ horizon = {width} frames"):
            window.transform(X)
        return
    windows = window.transform(X)
    np.testing.assert_array_equal(windows, [frames[i : i + width] for i in starts])
    assert np.shares_memory(windows, X)
    back = window.inverse_transform(windows)
    back = back if axis == 0 else back[0]
    held = sorted({j for i in starts for j in range(i, i + width)})
    np.testing.assert_array_equal(back, frames[held])


def test_windows_of_audio_samples():
    audio = np.arange(100, dtype=np.float32)[np.newaxis]
    window = SlidingWindow(length=9, axis=1).fit(audio)
    assert window.transform(audio).shape == (91, 10)
    np.testing.assert_array_equal(window.inverse_transform(window.transform(audio)), audio)


def test_another_recording_may_have_another_length():
    window = SlidingWindow(axis=1).fit(np.zeros((1, 50, 3)))
    assert window.transform(np.zeros((1, 30, 3))).shape == (14, 17, 3)
    with pytest.raises(ValueError, match=r"fitted on frames of shape \(3,\). Got \(4,\)"):
        window.transform(np.zeros((1, 30, 4)))


def test_several_recordings_are_refused_with_advice():
    with pytest.raises(ValueError, match="Got 2 recordings.*partial_fit"):
        SlidingWindow(axis=1).fit(np.zeros((2, 50, 3)))


def test_frames_of_another_shape_are_refused():
    window = SlidingWindow().fit(np.zeros((20, 4, 3)))
    with pytest.raises(ValueError, match="frames of shape"):
        window.transform(np.zeros((20, 4, 2)))
    with pytest.raises(ValueError, match="frames of shape"):
        window.inverse_transform(np.zeros((4, 17, 4, 2)))
    with pytest.raises(ValueError, match=r"\(n_windows, 17, ...\). Got \(4, 16, 4, 3\)"):
        window.inverse_transform(np.zeros((4, 16, 4, 3)))


@pytest.mark.parametrize(
    ("name", "value"), [("length", 0), ("horizon", 0), ("step", 0), ("axis", 2)]
)
def test_parameters(name, value):
    assert SlidingWindow(axis=np.int32(0)).fit(np.zeros((20, 2))).frame_shape_ == (2,)
    with pytest.raises(ValueError, match=f"'{name}' parameter of SlidingWindow"):
        SlidingWindow(**{name: value}).fit(np.zeros((20, 2)))
