"""The notes that come with the package."""

import hashlib
import json
import pathlib
import time

import numpy as np
import pandas as pd
import pytest
import soundfile
from sklearn.model_selection import KFold

from audiogen.datasets import load_notes
from audiogen.datasets._nsynth_format import FAMILIES

SPLITS = ("train", "valid")


@pytest.fixture(scope="module")
def splits():
    return {split: load_notes(split) for split in SPLITS}


def test_sizes(splits):
    n_notes = sum(len(splits[split].data) for split in SPLITS)
    assert 150 <= n_notes <= 190
    n_bytes = sum(pathlib.Path(f).stat().st_size for s in SPLITS for f in splits[s].filenames)
    assert n_bytes <= 10e6


@pytest.mark.parametrize("split", SPLITS)
def test_form(splits, split):
    notes = splits[split]
    assert notes.data.dtype == np.float32
    assert notes.data.shape == (len(notes.frame), 64_000)
    assert 0.9 < np.abs(notes.data).max() <= 1
    assert (np.abs(notes.data).max(axis=1) > 0.01).all()
    assert list(notes.frame.columns) == [
        "note", "pitch", "velocity", "instrument", "instrument_family", "instrument_source",
        "qualities",
    ]  # fmt: skip
    assert notes.frame.pitch.dtype == np.int64
    assert notes.frame.velocity.isin([25, 50, 75, 100, 127]).all()
    assert notes.sample_rate == 16_000
    assert all(isinstance(q, tuple) for q in notes.frame.qualities)


def test_rows_are_the_files_of_their_names(splits):
    notes = splits["valid"]
    for row in (0, 17, len(notes.data) - 1):
        audio, rate = soundfile.read(notes.filenames[row], dtype="float32")
        assert rate == 16_000
        np.testing.assert_array_equal(notes.data[row], audio)
        assert pathlib.Path(notes.filenames[row]).stem == notes.frame.note[row]
        assert soundfile.info(notes.filenames[row]).subtype == "PCM_16"


def test_valid_can_be_asked_of_a_model_of_train(splits):
    train, valid = splits["train"].frame, splits["valid"].frame
    assert set(train.instrument_family) == set(valid.instrument_family) == set(FAMILIES)
    for family, rows in valid.groupby("instrument_family"):
        known = train.pitch[train.instrument_family == family]
        assert known.min() <= rows.pitch.min()
        assert rows.pitch.max() <= known.max()
    assert not set(train.note) & set(valid.note)
    digests = [hashlib.sha256(x.tobytes()).digest() for s in SPLITS for x in splits[s].data]
    assert len(set(digests)) == len(digests)


def test_spread(splits):
    train = splits["train"].frame
    assert (train.instrument.value_counts() >= 2).all()
    assert (train.instrument_family.value_counts() >= 8).all()
    assert train.velocity.nunique() == 5
    octaves = (train.pitch // 12).value_counts()
    assert (octaves[[2, 3, 4, 5, 6, 7]] >= 10).all()


@pytest.mark.parametrize("n_folds", [2, 3, 5, 10])
def test_folds_that_are_not_shuffled_leave_every_family_to_train_on(splits, n_folds):
    frame = splits["train"].frame
    for train, test in KFold(n_folds).split(frame):
        assert set(frame.instrument_family[train]) == set(FAMILIES)
        shares = frame.instrument_family[test].value_counts()
        assert shares.max() <= 2 + 14 / n_folds
    assert frame.index.tolist() == list(range(len(frame)))
    neighbours = frame.instrument_family.eq(frame.instrument_family.shift())
    assert neighbours.mean() < 0.2
    assert abs(frame.pitch.corr(pd.Series(frame.index))) < 0.15


def test_the_order_is_the_same_for_all_time(splits):
    names = ["keyboard_electronic_001-085-050", "mallet_acoustic_000-061-075"]
    assert [splits[split].frame.note[0] for split in SPLITS] == names


def test_licences_name_every_instrument_and_author(splits):
    text = splits["train"].DESCR
    for split in SPLITS:
        for instrument in splits[split].frame.instrument.unique():
            assert f"`{instrument}`" in text
    for author in ("Xavier Hosxe", "Bengt Nilsson", "Greg Sullivan", "Berklee", "Brosowsky"):
        assert author in text.split("## Credits")[1]


@pytest.mark.parametrize("split", SPLITS)
def test_files_and_json_match(splits, split):
    folder = pathlib.Path(splits[split].filenames[0]).parent
    listed = json.loads((folder.parent / "examples.json").read_text())
    assert {path.stem for path in folder.iterdir()} == set(listed)


def test_x_and_y(splits):
    X, y = load_notes("valid", return_X_y=True)
    np.testing.assert_array_equal(X, splits["valid"].data)
    pd.testing.assert_frame_equal(y, splits["valid"].frame[["pitch", "instrument_family"]])
    _, y = load_notes("valid", return_X_y=True, conditions=["velocity"])
    assert list(y.columns) == ["velocity"]


def test_bad_parameters():
    with pytest.raises(ValueError, match="'split' parameter of load_notes must be 'train' or 'v"):
        load_notes("test")
    with pytest.raises(ValueError, match=r"names 'genre'.*columns are note, pitch"):
        load_notes(conditions=["genre"])
    with pytest.raises(TypeError, match="'conditions' parameter"):
        load_notes(conditions="pitch")


def test_loads_fast():
    started = time.perf_counter()
    load_notes("train")
    assert time.perf_counter() - started < 2
