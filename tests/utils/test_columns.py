"""Tables of every kind mean the same columns."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.utils.columns import (
    is_named,
    number_column,
    read_columns,
    take_rows,
    validated_conditions,
)

PITCH, FAMILY = [60, 62, 64], ["organ", "flute", "organ"]


def records():
    y = np.empty(3, dtype=[("pitch", "i4"), ("family", "U8")])
    y["pitch"], y["family"] = PITCH, FAMILY
    return y


TABLES = {
    "pandas": lambda: pd.DataFrame({"pitch": PITCH, "family": FAMILY}, index=[7, 8, 9]),
    "pandas nullable": lambda: pd.DataFrame(
        {"pitch": pd.array(PITCH, "Int64"), "family": pd.array(FAMILY, "string")}
    ),
    "pandas objects": lambda: pd.DataFrame({"pitch": PITCH, "family": FAMILY}, dtype=object),
    "pandas on Arrow": lambda: pd.DataFrame(
        {"pitch": pd.array(PITCH, "int64[pyarrow]"), "family": pd.array(FAMILY, "string[pyarrow]")}
    ),
    "polars": lambda: pl.DataFrame({"pitch": PITCH, "family": FAMILY}),
    "pyarrow": lambda: pa.table({"pitch": PITCH, "family": FAMILY}),
    "batch": lambda: pa.RecordBatch.from_pydict({"pitch": PITCH, "family": FAMILY}),
    "records": records,
    "recarray": lambda: records().view(np.recarray),
    "dict of lists": lambda: {"pitch": PITCH, "family": FAMILY},
    "dict of Series": lambda: {"pitch": pl.Series(PITCH), "family": pd.Series(FAMILY)},
}


@pytest.mark.parametrize("kind", TABLES)
def test_columns_have_names_and_kinds(kind):
    y = TABLES[kind]()
    assert is_named(y)
    columns = read_columns(y)
    assert list(columns) == ["pitch", "family"]
    np.testing.assert_array_equal(columns["pitch"].values, PITCH)
    assert columns["pitch"].values.dtype.kind == "i"
    assert columns["family"].values.tolist() == FAMILY
    assert columns["family"].values.dtype.kind == "U" or kind != "records"
    assert (columns["pitch"].is_category, columns["family"].is_category) == (False, True)
    assert number_column(y, "pitch").tolist() == PITCH
    assert number_column(y, "velocity") is None


@pytest.mark.parametrize("kind", TABLES)
def test_rows_keep_the_type(kind):
    y = TABLES[kind]()
    for rows in ([False, True, True], [1, 2], np.array([1, 2])):
        taken = take_rows(y, rows)
        assert type(taken) is (pa.Table if kind == "batch" else type(y))
        assert read_columns(taken)["family"].values.tolist() == FAMILY[1:]
    if kind == "pandas":
        assert take_rows(y, [1, 2]).index.tolist() == [8, 9]
    assert validated_conditions(np.zeros((3, 4)), y) is y
    with pytest.raises(ValueError, match="X has 4 samples but y has 3"):
        validated_conditions(np.zeros((4, 4)), y)


@pytest.mark.parametrize(
    "y",
    [FAMILY, np.array(FAMILY), pd.Series(FAMILY), pl.Series(FAMILY), pa.array(FAMILY)],
    ids=lambda y: type(y).__name__,
)
def test_what_has_no_names_is_one_category(y):
    assert not is_named(y)
    columns = read_columns(y)
    assert list(columns) == [0]
    assert columns[0].is_category
    assert columns[0].values.tolist() == FAMILY
    assert number_column(y, "pitch") is None
    assert list(take_rows(y, [2])) == FAMILY[2:] or take_rows(y, [2]).to_pylist() == FAMILY[2:]
    assert validated_conditions(np.zeros((3, 4)), y).tolist() == FAMILY


@pytest.mark.parametrize(
    "values",
    [
        pd.Series(pd.Categorical([3, 4, 3])),
        pd.Categorical([3, 4, 3]),
        pa.chunked_array([pa.array([3, 4, 3]).dictionary_encode()]),
    ],
    ids=lambda values: type(values).__name__,
)
def test_a_declared_category_is_one_even_of_whole_numbers(values):
    tables = [{"take": values}]
    tables.append(
        pa.table(tables[0]) if isinstance(values, pa.ChunkedArray) else pd.DataFrame(tables[0])
    )
    for y in tables:
        column = read_columns(y)["take"]
        assert column.is_category
        assert column.values.tolist() == [3, 4, 3]


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["flute", "organ"])])
def test_categories_of_polars(dtype):
    column = read_columns(pl.DataFrame({"family": pl.Series(FAMILY, dtype=dtype)}))["family"]
    assert column.is_category
    assert column.values.tolist() == FAMILY


def test_missing_values_are_seen():
    numbers = {"x": [1, None, 3]}
    for y in (pd.DataFrame(numbers, dtype="Int64"), pl.DataFrame(numbers), pa.table(numbers)):
        np.testing.assert_array_equal(read_columns(y)["x"].values, [1, np.nan, 3])
    words = {"x": ["a", None, "b"]}
    encoded = pa.table({"x": pa.array(words["x"]).dictionary_encode()})
    for y in (pd.DataFrame(words), pl.DataFrame(words), pa.table(words), encoded):
        assert pd.isna(read_columns(y)["x"].values).tolist() == [False, True, False]


def test_numbers_in_a_column_of_objects_are_numbers():
    y = pd.DataFrame(
        {"a": [1, 2.5], "b": [1, None], "c": [True, False], "d": [1, "x"]}, dtype=object
    )
    columns = read_columns(y)
    assert columns["a"].values.tolist() == [1.0, 2.5]
    assert not columns["a"].is_category
    np.testing.assert_array_equal(columns["b"].values, [1, np.nan])
    assert columns["c"].is_category
    assert columns["d"].is_category
    with pytest.raises(ValueError, match="column 'd' must hold numbers"):
        number_column(y, "d")


def test_what_is_no_table_is_refused():
    with pytest.raises(TypeError, match=r"a lazy LazyFrame: call its collect\(\)"):
        is_named(pl.LazyFrame({"pitch": PITCH}))
    with pytest.raises(ValueError, match="different names"):
        is_named(pd.DataFrame(np.eye(2), columns=["a", "a"]))
    assert read_columns({}) == read_columns(pd.DataFrame(index=[0, 1])) == {}
    with pytest.raises(ValueError, match="two dimensions"):
        read_columns(np.zeros((2, 2, 2)))
    for y in (60, {"pitch": 60, "family": "organ"}):
        with pytest.raises(ValueError, match="a row for each sample in fit"):
            validated_conditions(np.zeros((1, 4)), y)
    assert validated_conditions(np.zeros((1, 4)), None) is None


@given(
    values=st.lists(st.integers(-5, 5) | st.none(), min_size=1, max_size=8),
    kind=st.sampled_from([pd.DataFrame, pl.DataFrame, pa.table, dict]),
)
@settings(deadline=None, max_examples=40)
def test_every_library_reads_the_same(values, kind):
    if all(value is None for value in values):
        return
    expected = [np.nan if value is None else value for value in values]
    np.testing.assert_array_equal(number_column(kind({"x": values}), "x"), expected)
