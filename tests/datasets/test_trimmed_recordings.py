"""Recordings without the silence at their ends."""

import numpy as np
import pytest

from audiogen.datasets import load_recordings
from audiogen.io import write_clip


def test_quiet_ends_are_left_out(tmp_path):
    sound = np.concatenate(
        [np.full(300, 1e-3), np.full(500, 0.5), np.zeros(50), [0.4], np.zeros(9)]
    )
    write_clip(tmp_path / "a.wav", sound, 8000, bit_depth=32)
    (trimmed,) = load_recordings(tmp_path, trim=-40).data
    np.testing.assert_array_equal(trimmed, sound[300:851].astype(np.float32))
    write_clip(tmp_path / "a.wav", np.zeros(700), 8000)
    assert len(load_recordings(tmp_path, trim=-40).data[0]) == 700
    with pytest.raises(ValueError, match="'trim' parameter of load_recordings"):
        load_recordings(tmp_path, trim=0)
