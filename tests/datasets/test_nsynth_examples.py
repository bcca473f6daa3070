"""NSynth's examples.json: every fault is named, and nothing is read outside of the corpus."""

import json
import pathlib

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen.datasets import load_nsynth
from audiogen.datasets._nsynth_examples import read_examples
from audiogen.exceptions import AudioFileError

ENTRY = {
    "qualities": [0, 1, 0, 0, 0, 0, 0, 0, 0, 0], "pitch": 49, "note": 217499,
    "instrument_source_str": "synthetic", "velocity": 25, "instrument_str": "bass_synthetic_068",
    "instrument": 656, "sample_rate": 16000, "qualities_str": ["dark"], "instrument_source": 2,
    "note_str": "bass_synthetic_068-049-025", "instrument_family": 0,
    "instrument_family_str": "bass",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "cannot be read as JSON"),
        ("", "cannot be read as JSON"),
        ("{}", "lists no notes"),
        ("[1]", "must hold a dictionary with a 'pitch' for each note"),
        ('{"a": {}}', "must hold a dictionary with a 'pitch' for each note"),
        ('{"a": {"pitch": "high"}}', "pitch or velocity that is no number"),
        ('{"a": {"pitch": 1, "sample_rate": 1}, "b": {"pitch": 1, "sample_rate": 2}}', "mixes"),
        ('{"a": {"pitch": Infinity}}', "note 'a' has a pitch outside 0 to 127: inf"),
        (
            '{"a": {"pitch": 1, "velocity": -Infinity}}',
            "'a' has a velocity outside 0 to 127: -inf",
        ),
        ('{"a": {"pitch": 1, "sample_rate": Infinity}}', "whole numbers of Hz. Got inf"),
        ('{"a": {"pitch": 1, "sample_rate": 0}}', "whole numbers of Hz. Got 0"),
        ('{"a": {"pitch": NaN}}', "note 'a' has a pitch outside 0 to 127: nan"),
        ('{"a": {"pitch": 1}, "b": {"pitch": -1}}', "note 'b' has a pitch outside 0 to 127: -1"),
        ('{"a": {"pitch": 127.5}}', "outside 0 to 127: 127.5"),
        ('{"a": {"pitch": true}}', "no number: pitch True"),
        ('{"a": {"pitch": "60"}}', "no number: pitch '60'"),
        ('{"a": {"pitch": [60]}}', r"no number: pitch \[60\]"),
        ('{"a": {"pitch": 1%s}}' % ("0" * 400), "outside 0 to 127: 1000"),
        ('{"a": {"pitch": 1%s}}' % ("0" * 5000), "cannot be read as JSON"),
        ('{"a": {"pitch": %s}}' % ("[" * 100_000), "cannot be read as JSON"),
        (
            '{"a": {"pitch": 1, "sample_rate": 1e9}}',
            "1,000,000 whole numbers of Hz. Got 1000000000.0",
        ),
        ('{"a": {"pitch": 1, "sample_rate": 1%s}}' % ("0" * 30), "whole numbers of Hz. Got 10000"),
        ('{"a": {"pitch": 1, "sample_rate": [1]}}', r"whole numbers of Hz. Got \[1\]"),
        (
            '{"a": {"pitch": 1, "instrument_str": 3}}',
            "note 'a' must have text for its instrument, not 3",
        ),
        (
            '{"a": {"pitch": 1, "instrument_family_str": ["organ"]}}',
            "text for its instrument_family",
        ),
        (
            '{"a": {"pitch": 1}, "b": {"pitch": 1, "instrument_source": {}}}',
            "note 'b' must have text for its instrument_source",
        ),
        (
            '{"a": {"pitch": 1, "qualities_str": "dark"}}',
            "list of text for its qualities_str, not 'dark'",
        ),
        ('{"a": {"pitch": 1, "qualities_str": [1]}}', r"for its qualities_str, not \[1\]"),
        ('{"a": {"pitch": 1, "qualities_str": null}}', "for its qualities_str, not None"),
        ('{"a": {"pitch": 1, "instrument_str": "\\ud800"}}', "must have text for its instrument"),
        ('{"a": {"pitch": 1}}', "has no folder 'audio'"),
    ],
)
def test_bad_json(tmp_path, text, words):
    (tmp_path / "examples.json").write_text(text)
    with pytest.raises(AudioFileError, match=words) as caught:
        load_nsynth(tmp_path)
    assert str(tmp_path / "examples.json") in str(caught.value)


@pytest.mark.parametrize(
    "name", ["../outside", "/{root}/outside", "a/../../outside", "..", "", "a\\b", "C:outside",
             "a\0b", "\ud800"],
)  # fmt: skip
def test_names_that_lead_out_of_the_corpus(tmp_path, name):
    soundfile.write(tmp_path / "outside.wav", [0.5, -0.5], 16_000)
    (tmp_path / "corpus" / "audio").mkdir(parents=True)
    name = name.format(root=tmp_path)
    (tmp_path / "corpus" / "examples.json").write_text(json.dumps({name: {"pitch": 60}}))
    for errors in ("raise", "warn"):
        with pytest.raises(
            AudioFileError, match=r"examples\.json: the note .* cannot be the name"
        ):
            load_nsynth(tmp_path / "corpus", errors=errors)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
    | st.sampled_from([10**400, 1e300, "../a", "/", 60, 127]),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_mutants_are_read_or_refused_by_name(tmp_path_factory, data):
    entry = dict(ENTRY)
    for key in data.draw(st.lists(st.sampled_from([*ENTRY, "other"]), min_size=1, max_size=3)):
        entry[key] = data.draw(JSON)
    note = data.draw(st.just("a") | st.text(max_size=5))
    path = tmp_path_factory.getbasetemp() / "examples.json"
    path.write_text(json.dumps({note: entry}))
    try:
        frame, sample_rate = read_examples(path)
    except AudioFileError as error:
        words = str(error)
    else:
        assert frame.note.tolist() == [note]
        assert pathlib.PurePath(note).name == note
        assert frame.pitch.dropna().between(0, 127).all()
        assert 1 <= sample_rate <= 1_000_000
        return
    assert str(path) in words


def test_sparse_entries(tmp_path):
    (tmp_path / "audio").mkdir()
    for name in "ab":
        soundfile.write(tmp_path / "audio" / f"{name}.wav", [0.5, -0.5], 16_000)
    entries = {"a": {"pitch": 60, "instrument_family": 6}, "b": {"pitch": None}}
    (tmp_path / "examples.json").write_text(json.dumps(entries))
    notes = load_nsynth(tmp_path)
    assert notes.frame.pitch.dtype == np.float64
    assert notes.frame.pitch.isna().tolist() == [False, True]
    assert notes.frame.instrument_family[0] == "organ"
    assert notes.frame.velocity.isna().all()
