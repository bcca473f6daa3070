"""The notes and the drums at 44.1 kHz that come with the package."""

import hashlib
import json
import pathlib

import numpy as np
import pytest
import soundfile

from audiogen.datasets import load_drums, load_notes
from audiogen.datasets._nsynth_format import FAMILIES
from audiogen.signal import track_pitch

SPLITS = ("train", "valid")


@pytest.fixture(scope="module")
def splits():
    return {split: load_notes(split, sample_rate=44_100) for split in SPLITS}


@pytest.fixture(scope="module")
def drums():
    return load_drums()


def test_the_notes_at_16_khz_stay_as_they_are_bit_for_bit():
    digests = [hashlib.sha256(load_notes(s).data.tobytes()).hexdigest()[:12] for s in SPLITS]
    assert digests == ["f93e3fba3ecd", "92ee5629a25a"]


def test_sizes(splits, drums):
    assert 150 <= sum(len(splits[split].data) for split in SPLITS) <= 190
    assert sum(map(size, splits["train"].filenames + splits["valid"].filenames)) <= 12e6
    assert 60 <= len(drums.data) <= 90
    assert sum(map(size, drums.filenames)) <= 2e6


def size(filename):
    return pathlib.Path(filename).stat().st_size


@pytest.mark.parametrize("split", SPLITS)
def test_form(splits, split):
    notes = splits[split]
    assert notes.data.dtype == np.float32
    assert notes.data.shape == (len(notes.frame), 176_400)
    assert notes.sample_rate == 44_100
    assert (np.abs(notes.data).max(axis=1) > 0.01).all()
    assert list(notes.frame.columns) == list(load_notes(split).frame.columns)
    folder = pathlib.Path(notes.filenames[0]).parent
    listed = json.loads((folder.parent / "examples.json").read_text())
    assert {path.stem for path in folder.iterdir()} == set(listed)
    assert {entry["sample_rate"] for entry in listed.values()} == {44_100}


def test_a_voice_can_be_learnt_of_every_instrument(splits):
    train, valid = splits["train"].frame, splits["valid"].frame
    assert set(train.instrument_family) == set(FAMILIES)
    assert train.instrument.value_counts().min() >= 4
    assert set(valid.instrument) <= set(train.instrument)
    ranges = train.groupby("instrument").pitch.agg(["min", "max"]).loc[valid.instrument]
    assert (valid.pitch.to_numpy() >= ranges["min"]).all()
    assert (valid.pitch.to_numpy() <= ranges["max"]).all()
    assert not set(train.note) & set(valid.note)
    gaps = train.groupby("instrument").pitch.apply(lambda p: np.diff(np.sort(p)).max())
    assert gaps.max() <= 17  # semitones to interpolate over


def test_pitches_are_those_stated(splits):
    """Measured by a tracker of another kind, octaves apart but for bells and bars."""
    notes = splits["valid"]
    found = track_pitch(notes.data[:, :88_200], 44_100)
    off = np.abs(found - notes.frame.pitch)
    assert np.nanmedian(off) < 0.3
    assert np.mean((off - 12 * np.rint(off / 12)) < 0.6) > 0.9


def test_music_above_8_khz_is_there(splits):
    """What the set is for."""
    spectra = np.abs(np.fft.rfft(splits["train"].data[:, :88_200])) ** 2
    share = spectra[:, 16_000:].sum(axis=1) / spectra.sum(axis=1)
    assert np.quantile(share, 0.75) > 1e-4


def test_licences_name_every_instrument_kit_and_author(splits, drums):
    text = splits["train"].DESCR
    for split in SPLITS:
        for instrument in splits[split].frame.instrument.unique():
            assert f"`{instrument}`" in text
        for note in splits[split].frame.note:
            assert f"`{note}`" in text
    for author in ("Xavier Hosxe", "Bengt Nilsson", "Greg Sullivan", "Berklee", "Brosowsky"):
        assert author in text.split("## Credits")[1]
    for kit in drums.frame.kit.unique():
        assert f"`{kit}`" in drums.DESCR or kit in ("sonicpi2", "sonicpi3")
    assert "Lars Muldjord" in drums.DESCR.split("## Credits")[1]
    assert not {"ethan", "cadence", "rumpf"} & set(drums.frame.kit)


def test_drums(drums):
    assert drums.data.dtype == np.float32
    assert drums.data.shape == (len(drums.frame), 132_300)
    assert drums.sample_rate == 44_100
    assert list(drums.frame.columns) == ["hit", "drum", "kit", "velocity", "gm_note"]
    assert drums.frame.velocity.between(1, 127).all()
    assert drums.frame.gm_note.dropna().between(27, 87).all()
    for name, hit in zip(drums.filenames, drums.data, strict=True):
        info = soundfile.info(name)
        assert (info.samplerate, info.channels) == (44_100, 1)
        assert (
            np.abs(hit[: int(0.05 * 44_100)]).max() > 0.2 * np.abs(hit).max()
        )  # no silence first
    assert drums.frame.hit.is_unique


def test_harder_hits_are_louder(drums):
    for drum in ("snare", "hihat_closed", "crash", "ride", "tom_high"):
        rows = ((drums.frame.drum == drum) & (drums.frame.kit == "muldjord")).to_numpy()
        order = np.argsort(drums.frame.velocity[rows].to_numpy())
        power = np.square(drums.data[rows]).sum(axis=1)[order]
        assert power[-1] > 5 * power[0]


def test_x_and_y(splits, drums):
    X, y = load_notes("valid", sample_rate=44_100, return_X_y=True, conditions=["instrument"])
    np.testing.assert_array_equal(X, splits["valid"].data)
    assert list(y.columns) == ["instrument"]
    X, y = load_drums(return_X_y=True)
    np.testing.assert_array_equal(X, drums.data)
    assert list(y.columns) == ["drum", "kit", "velocity"]


def test_bad_parameters():
    with pytest.raises(ValueError, match=r"must be 16000 or 44100. Got 48000 instead"):
        load_notes(sample_rate=48_000)
    with pytest.raises(TypeError, match="'sample_rate' parameter of load_notes must be an int"):
        load_notes(sample_rate=None)
    with pytest.raises(ValueError, match=r"names 'pitch'.*columns are hit, drum"):
        load_drums(conditions=["pitch"])
