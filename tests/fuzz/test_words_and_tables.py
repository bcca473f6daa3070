"""Damaged tables, settings and words are understood, or refused by name."""

import functools
import importlib.resources
import json
import pathlib
import random

import pytest
import soundfile
from hypothesis import given

from audiogen.datasets import load_audio_folder, load_nsynth
from audiogen.exceptions import AudioFileError
from audiogen.music import Brief, load_style, parse_prompt, plan, style_names
from audiogen.music._words import vocabulary
from helpers.examples import examples
from helpers.mutants import (
    SEEDS,
    bounded,
    damage_bytes,
    damage_json,
    damage_text,
    read_or_refused,
)

LABELS = """file,pitch,velocity,instrument_family,level
a.wav,C#4,100,organ,0.5
"low/b, 2.wav",60,,reed,1e3
low/c.wav,61.5,1,"éd",
"""
EXAMPLES = {
    f"organ_electronic_00{i}-060-100": {
        "pitch": 60 + i, "velocity": 100, "instrument_str": "organ_electronic_001",
        "instrument_family": 6, "instrument_family_str": "organ", "instrument_source": 1,
        "instrument_source_str": "electronic", "qualities_str": ["dark"], "sample_rate": 16000,
    }
    for i in range(2)
}  # fmt: skip
BRIEF = {
    "genre": "jig", "mood": ["happy", "calm"], "tonic": 2, "mode": "minor", "bpm": 100,
    "metre": "6/8", "seconds": 20, "instruments": ["flute", "guitar"], "without": ["bass"],
    "hits": [7.5], "ending": "fade",
}  # fmt: skip


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    """Return a folder of three sounds, which is a corpus too."""
    folder = tmp_path_factory.mktemp("sounds")
    (folder / "low").mkdir()
    (folder / "audio").mkdir()
    for name in ("a", "low/b, 2", "low/c", *(f"audio/{note}" for note in EXAMPLES)):
        soundfile.write(folder / f"{name}.wav", [0.5, -0.5], 16_000)
    return folder


def damaged_text(text, rng, words=()):
    """Return bytes of damaged text, some of which are none."""
    if rng.random() < 0.2:
        return damage_bytes(text.encode(), rng)
    return damage_text(text, rng, words).encode(errors="surrogatepass")


@examples(200)
@given(seed=SEEDS)
def test_tables_of_labels(sounds, seed):
    path = sounds / "labels.csv"
    words = ["a.wav", "pitch", "velocity", "file", "note", "../a.wav", str(sounds / "a.wav")]
    path.write_bytes(damaged_text(LABELS, random.Random(seed), words))
    load = functools.partial(load_audio_folder, sounds, sample_rate=None, duration=0.001)
    found = read_or_refused(lambda path: load(labels=path, errors="warn"), path)
    if found is not None:
        frame = found.frame
        assert len(found.data) == len(frame) == len(found.filenames) > 0
        assert frame.pitch.dropna().between(0, 127).all()
        assert frame.velocity.dropna().between(1, 127).all()


@examples(300)
@given(seed=SEEDS)
def test_examples_of_a_corpus(sounds, seed):
    rng, path = random.Random(seed), sounds / "examples.json"
    if rng.random() < 0.7:
        data = damage_json(EXAMPLES, rng).encode(errors="surrogatepass")
    else:
        data = damaged_text(json.dumps(EXAMPLES), rng)
    path.write_bytes(data)
    found = read_or_refused(load_nsynth, sounds, AudioFileError)  # or by its missing sounds
    if found is not None:
        for name in found.filenames:
            assert (sounds / "audio").samefile(pathlib.Path(name).parent)


@functools.cache
def style_texts():
    folder = importlib.resources.files("audiogen.music") / "styles"
    return [(folder / f"{name}.toml").read_text(encoding="utf-8") for name in style_names()]


@examples(300)
@given(seed=SEEDS)
def test_styles(tmp_path_factory, seed):
    rng, path = random.Random(seed), tmp_path_factory.getbasetemp() / "damaged.toml"
    words = ["1e9", "-5", "[]", "{}", '"X"', '"7/8"', "inf", "X-x.", "R-f-"]
    path.write_bytes(damaged_text(rng.choice(style_texts()), rng, words))
    style = read_or_refused(load_style, path)
    if style is not None:
        made = plan(Brief(genre=str(path), seconds=8.0).complete(0))
        assert 0 < made.seconds < 60


@examples(300)
@given(seed=SEEDS)
def test_briefs(tmp_path_factory, seed):
    rng, path = random.Random(seed), tmp_path_factory.getbasetemp() / "damaged.json"
    if rng.random() < 0.8:
        path.write_text(damage_json(BRIEF, rng), errors="surrogatepass")
    else:
        path.write_bytes(damaged_text(json.dumps(BRIEF), rng))
    brief = read_or_refused(Brief.load, path)
    if brief is not None:
        assert Brief(**brief.to_dict()) == brief
        brief.explain()


@examples(200)
@given(seed=SEEDS)
def test_prompts(seed):
    rng = random.Random(seed)
    words = prompt_words()
    text = " ".join(rng.choice(words) for _ in range(rng.randint(1, 8)))
    text = damage_text(text, rng, words) if rng.random() < 0.8 else text * 500
    fault = None
    with bounded():
        try:
            brief = parse_prompt(text)
        except ValueError as error:
            fault = str(error)
    if fault is None:
        brief.explain()
        assert parse_prompt(text) == brief
    else:
        assert 0 < len(fault) < 3000


@functools.cache
def prompt_words():
    known = [w for table in vocabulary().tables.values() if isinstance(table, dict) for w in table]
    more = [
        "in D minor",
        "100 bpm",
        "in 3/4",
        "20 seconds",
        "loop",
        "no drums",
        "hit at 7.5 s",
        "without",
        "with",
        "fade out",
        "and",
        ",",
        "1e9 seconds",
        "0 bpm",
        "at",
        "swing",
    ]
    return [*map(str, known), *more * 5]
