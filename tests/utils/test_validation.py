import io
import json
import numbers
import os
import pathlib
import sys
import types
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import scipy.stats
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from audiogen.exceptions import ExtrapolationWarning
from audiogen.utils.files import atomic_path
from audiogen.utils.progress import Progress
from audiogen.utils.seeds import draw_seed
from audiogen.utils.silence import silenced
from audiogen.utils.validation import (
    Instance,
    Interval,
    Options,
    Sizes,
    check_audio,
    check_midi_pitch,
    check_parameters,
    plain,
    warn_user,
)


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
    with pytest.raises(ValueError, match="real numbers. Got dtype bool"):
        check_audio(np.zeros((2, 3), dtype=bool))


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "uint8", "uint16", "uint32"])
def test_integers_are_scaled_by_their_full_scale(dtype):
    limits = np.iinfo(dtype)
    middle = (int(limits.max) + int(limits.min) + 1) // 2
    audio = np.array([limits.min, middle, limits.max], dtype=dtype)
    found = check_audio(audio)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[0], [-1, 0, 1], atol=1 / middle if middle else 2**-7)
    assert found[0, 0] == -1
    assert found[0, 1] == 0


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=9))
def test_sixteen_bits_are_what_soundfile_reads(samples):
    file = io.BytesIO()
    soundfile.write(file, np.array(samples, np.int16), 16000, format="WAV")
    read = [soundfile.read(io.BytesIO(file.getvalue()), dtype=d)[0] for d in ("int16", "float32")]
    np.testing.assert_array_equal(check_audio(read[0])[0], read[1])


def test_audio_that_was_never_scaled_is_refused():
    audio = np.zeros((3, 4))
    audio[1, 2] = -32000
    for dtype in (np.float64, np.float32, np.int64):
        with pytest.raises(ValueError, match="full scale is 1. Got 32000 in row 1: divide"):
            check_audio(audio.astype(dtype))
    np.testing.assert_array_equal(check_audio([0, 1, -1]), [[0, 1, -1]])


def test_channels_are_not_clips():
    for n_channels in (1, 2, 6):
        with pytest.raises(ValueError, match=r"looks like \(n_timesteps, n_channels\).*x\.mean"):
            check_audio(np.zeros((16000, n_channels)), name="x")
    assert check_audio(np.zeros((2, 16000))).shape == (2, 16000)
    assert check_audio(np.zeros((500, 2))).shape == (500, 2)


def test_pitches_that_are_none_are_named():
    check_midi_pitch([0, 60.5, np.nan, 127])
    for pitch, hint in ((440, "; is it in Hz"), (127.5, ""), (-5, "")):
        with pytest.raises(ValueError, match=f"pitch {pitch} is no MIDI pitch .0 to 127.{hint}"):
            check_midi_pitch([60, pitch])


NUMPY = {
    "epochs": (Interval(numbers.Integral, 1, None), list(np.arange(1, 4)), int),
    "learning_rate": (
        Interval(numbers.Real, 0, None, closed="neither"),
        [*np.logspace(-4, -2, 3), np.float32(0.01), np.float16(0.5), np.longdouble(0.1)],
        float,
    ),
    "drawn": (
        Interval(float, 0, 1, closed="right"),
        [*scipy.stats.loguniform(1e-4, 1).rvs(3, random_state=0), np.float32(1)],
        float,
    ),
    "flag": (Instance((bool, np.bool_), "a bool"), [np.bool_(True)], bool),
    "loss": (Options("a", "b"), list(np.array(["a", "b"])), str),
    "units": (Sizes(), [(np.int64(8), np.int32(4)), list(np.arange(1, 3))], None),
}


@pytest.mark.parametrize("name", NUMPY)
def test_numbers_of_numpy_pass_and_become_those_of_python(name):
    rule, values, kind = NUMPY[name]
    for value in values:
        check_parameters("f", {name: rule}, {name: value})
        converted = plain(value)
        assert type(converted) is (kind or type(value))
        json.dumps(converted)
        assert converted == pytest.approx(value) if kind is float else converted == value
    for array in (np.array(1.0), np.ones(2)):
        with pytest.raises(TypeError):
            check_parameters("f", {name: rule}, {name: array})


@given(
    st.recursive(
        st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none() | st.text(),
        lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_what_has_no_numpy_in_it_stays(value):
    assert plain(value) == value
    assert type(plain(value)) is type(value)


def test_warnings_name_the_line_of_the_caller():
    with pytest.warns(UserWarning, match="mind") as caught:
        warn_user("mind")
    assert caught[0].filename == __file__


def test_what_is_silenced_is_silent_in_its_own_thread_alone():
    filters = list(warnings.filters)
    with silenced(ExtrapolationWarning):
        warn_user("far", ExtrapolationWarning)
        with pytest.warns(UserWarning, match="another kind"):
            warn_user("another kind")
        with silenced(UserWarning):
            warn_user("both", ExtrapolationWarning)
            warn_user("both")
        with (
            ThreadPoolExecutor(1) as pool,
            pytest.warns(ExtrapolationWarning, match="elsewhere"),
        ):
            pool.submit(warn_user, "elsewhere", ExtrapolationWarning).result()
        assert warnings.filters == filters
    with pytest.warns(ExtrapolationWarning, match="again"):
        warn_user("again", ExtrapolationWarning)


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


def test_infinity_is_in_no_interval_without_a_bound():
    for rule in (Interval(float, 0, None), Interval(float, None, 0, closed="right")):
        assert rule.allows(0.0)
        assert not rule.allows(float("inf"))
        assert not rule.allows(float("-inf"))
    assert str(Interval(float, None, 2.5, closed="both")) == "a float in the range (-inf, 2.5]"


def test_seeds_are_functions_of_their_arguments_and_touch_nothing():
    before = np.random.get_state()[1].copy()
    assert draw_seed(None) != draw_seed(None)
    assert draw_seed(np.random.RandomState(3)) == draw_seed(np.random.RandomState(3))
    np.testing.assert_array_equal(before, np.random.get_state()[1])
    with pytest.raises(ValueError, match="random_state.*Got .seven."):
        draw_seed("seven")


@pytest.mark.parametrize("stream", [None, types.SimpleNamespace(), "closed"])
def test_progress_without_a_console(monkeypatch, caplog, stream):
    if stream == "closed":
        stream = io.StringIO()
        stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    with caplog.at_level("INFO", logger="audiogen"), Progress(1, "work") as progress:
        progress.step()
    assert [record.getMessage().strip() for record in caplog.records] == ["work: 1 of 1, 0 s"]


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
