import numbers
import os
import pathlib

import numpy as np
import pytest

from audiogen.utils.files import atomic_path
from audiogen.utils.progress import Progress
from audiogen.utils.seeds import draw_seed, make_rng, spawn_seed
from audiogen.utils.validation import Instance, Interval, Options, check_audio, check_parameters


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (Interval(numbers.Integral, 1, None), [1, np.int64(7)], [0, -1, 1.5, True, "1", None]),
        (Interval(numbers.Real, 0, 1), [0, 0.5, np.float32(0.25)], [1, -0.1, float("nan")]),
        (Interval(numbers.Real, 0, 1, closed="right"), [1, 0.1], [0, 1.1]),
        (Interval(numbers.Real, 0, 1, closed="neither"), [0.5], [0, 1]),
        (Options("a", None), ["a", None], ["b", 0, []]),
        (Instance(bool, "a bool"), [True], [1, None]),
    ],
)
def test_rules(rule, good, bad):
    for value in good:
        check_parameters("f", {"x": rule}, {"x": value})
    for value in bad:
        with pytest.raises((TypeError, ValueError), match="The 'x' parameter of f must be"):
            check_parameters("f", {"x": rule}, {"x": value})


def test_wrong_type_is_a_type_error_and_wrong_value_a_value_error():
    rule = (Interval(numbers.Integral, 1, None), Options(None))
    with pytest.raises(ValueError, match=r"an int in the range \[1, inf\) or None. Got 0"):
        check_parameters("f", {"x": rule}, {"x": 0})
    with pytest.raises(TypeError, match="Got 'many'"):
        check_parameters("f", {"x": rule}, {"x": "many"})


def test_check_audio_names_the_row():
    audio = np.zeros((3, 4), dtype=np.float32)
    audio[2, 1] = np.nan
    with pytest.raises(ValueError, match="first in row 2"):
        check_audio(audio)
    with pytest.raises(ValueError, match=r"\(2, 2, 2\)"):
        check_audio(np.zeros((2, 2, 2)))
    assert check_audio(np.zeros((2, 3), dtype=np.int16)).dtype == np.float32


def test_atomic_path_keeps_the_old_file_when_writing_fails(tmp_path):
    path = tmp_path / "new" / "a.txt"
    with atomic_path(path) as temporary:
        temporary.write_text("old")
    with pytest.raises(RuntimeError), atomic_path(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]
    umask = os.umask(0)
    os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask
    with pytest.raises(IsADirectoryError), atomic_path(pathlib.Path(tmp_path)):
        pass


def test_seeds_are_functions_of_their_arguments_and_touch_nothing():
    before = np.random.get_state()[1].copy()
    assert draw_seed(None) != draw_seed(None)
    assert draw_seed(np.random.RandomState(3)) == draw_seed(np.random.RandomState(3))
    assert spawn_seed(5, 1) == spawn_seed(5, 1) != spawn_seed(5, 2)
    assert make_rng(5, 1).random() == make_rng(5, 1).random() != make_rng(5, 2).random()
    np.testing.assert_array_equal(before, np.random.get_state()[1])
    with pytest.raises(ValueError, match="cannot be used to seed"):
        draw_seed("seven")


def test_progress_is_plain_lines_off_a_terminal_and_silent_at_zero(capfd, caplog):
    for verbose in (0, 1):
        with caplog.at_level("INFO", logger="audiogen"), Progress(2, "work", verbose) as progress:
            progress.step(loss=1.0)
            progress.step(loss=0.5)
        assert len(caplog.records) == verbose
    assert "work: 2 of 2" in caplog.records[0].getMessage()
    assert "loss=0.5" in caplog.records[0].getMessage()
    out, err = capfd.readouterr()
    assert "\r" not in out + err
