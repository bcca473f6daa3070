"""Damaged files of tunes are read as notes that can be played, or refused by name."""

import functools
import json
import random
from xml.etree import ElementTree

import numpy as np
from hypothesis import given

from audiogen.datasets import load_tunes
from audiogen.io import Score, Section, read_midi, read_tunes
from audiogen.preprocessing import PianoRoll
from helpers.examples import examples
from helpers.midi import general_midi
from helpers.midi_mutants import damage_midi, events_of
from helpers.mutants import SEEDS, damage_bytes, damage_json, damage_text, read_or_refused

SCORE = Score(
    {
        "onset": [0, 1, 2.5, 3, 4, 6, 7, 0, 4],
        "duration": [1, 1.5, 0.5, 1, 2, 1, 1, 4, 4],
        "pitch": [60, 62, 64, 65, 67, 65, 62, 36, 43],
        "part": ["melody"] * 7 + ["bass"] * 2,
    },
    sections=[Section("A", 0, 4), Section("B", 4, 8)],
    chords=[(0, 4, "C"), (4, 8, "G7")],
    tempos=[(4, 90)],
    title="Tune",
)
ABC = """X:1
T:A jig
R:jig
M:6/8
L:1/8
Q:3/8=110
P:AB
K:Edor
V:1 name="Flute"
|:"Em"B2E {g}~E3|(3BAB [ceg]2 z>f|1 A/2B/2c- c3:|2 !trill!^a,,3 =f'3||
P:B
[M:9/8]d2e [K:G]fgf "D7"a3|[1 b6 z3:|[2 b9|]
V:2
E,6|E,6|E,6||E,9|E,9|]
w:la la la

X:2
T:Another
C:Trad.
M:C|
K:D
D2 F2 A2 d2|D8 & d8|]
"""
TUNE_LINE = {
    "metre": [6, 8], "tonic": 7, "mode": "maj", "genre": "jig", "title": "T", "year": 1800,
    "sections": [
        {"pickup": [[60, 12, 62, None, 0]],
         "bars": [[[0, 36, 67, [7, "maj"], 0], [36, 36, 71, None, 0]], [[0, 72, 67, None, 1]]]},
        {"pickup": [], "bars": [[[0, 36, None, [2, "dom"], 0], [36, 36, 74, None, 0]]]},
    ],
}  # fmt: skip


def assert_playable(score):
    assert isinstance(score, Score)
    assert len(score.notes)
    numbers = score.notes[["onset", "duration", "pitch", "velocity"]].to_numpy(float)
    assert np.isfinite(numbers).all()
    assert (score.notes.onset >= 0).all()
    assert (score.notes.duration > 0).all()
    assert score.notes.pitch.between(0, 127).all()
    assert np.isfinite(score.seconds)


def assert_tunes_or_refused(path):
    tunes = read_or_refused(read_tunes, path)
    for score, about in tunes or []:
        assert_playable(score)
        assert all(value is None or isinstance(value, str | int) for value in about.values())
    if tunes is None:
        left = read_or_refused(functools.partial(read_tunes, errors="warn"), path)
        assert left is not None


@functools.cache
def midi_tracks(folder):
    paths = [general_midi(folder / "whole.mid"), SCORE.save(folder / "score.mid")]
    return [events_of(path) for path in [*paths, load_tunes().filenames[4]]]


@examples(600)
@given(seed=SEEDS)
def test_midi_with_other_events(tmp_path_factory, seed):
    folder, rng = tmp_path_factory.getbasetemp(), random.Random(seed)
    path = folder / "damaged.mid"
    path.write_bytes(damage_midi(rng.choice(midi_tracks(folder)), rng))
    tune = read_or_refused(read_midi, path)
    instruments = (
        [instrument for instrument in tune.instruments if not instrument.is_drum] if tune else []
    )
    notes = [note for instrument in instruments for note in instrument.notes]
    for note in notes:
        assert 0 <= note.start < note.end < np.inf
        assert 0 <= note.pitch <= 127
    assert_tunes_or_refused(path)
    if notes and tune.time_to_tick(max(note.end for note in notes)) < 5000 * tune.resolution:
        assert np.isfinite(PianoRoll().fit_transform([path])).all()


@examples(300)
@given(seed=SEEDS)
def test_abc(tmp_path_factory, seed):
    path = tmp_path_factory.getbasetemp() / "damaged.abc"
    path.write_text(damage_text(ABC, random.Random(seed)), errors="surrogatepass")
    assert_tunes_or_refused(path)


@functools.cache
def musicxml(folder):
    return SCORE.save(folder / "whole.musicxml").read_text()


def damage_xml(text, rng):
    """Drop, repeat, move or empty elements, or write other words in them."""
    root = ElementTree.fromstring(text)
    for _ in range(rng.randint(1, 4)):
        parents = [element for element in root.iter() if len(element)]
        if not parents:
            break
        parent, other = rng.choice(parents), rng.choice(parents)
        child, how = rng.choice(list(parent)), rng.randrange(6)
        if how == 0:
            parent.remove(child)
        elif how == 1:
            parent.append(child)
        elif how == 2 and other not in child.iter():
            other.append(child)
        elif how == 3 and child.attrib:
            child.attrib[rng.choice(sorted(child.attrib))] = rng.choice(XML_WORDS)
        elif how == 4:
            child.tag = rng.choice([element.tag for element in root.iter()])
        else:
            child.text = rng.choice(XML_WORDS)
    return ElementTree.tostring(root, encoding="unicode")


XML_WORDS = (
    "",
    "x",
    "0",
    "-1",
    "1e999",
    "nan",
    "9" * 400,
    "99999",
    "3/0",
    "128",
    "C",
    "whole",
    "no",
    "64",
)


@examples(60)
@given(seed=SEEDS)
def test_musicxml(tmp_path_factory, seed):
    folder, rng = tmp_path_factory.getbasetemp(), random.Random(seed)
    path, text = folder / "damaged.musicxml", musicxml(folder)
    if rng.random() < 0.8:
        path.write_text(damage_xml(text, rng))
    else:
        path.write_bytes(damage_bytes(text.encode(), rng))
    assert_tunes_or_refused(path)


@examples(400)
@given(seed=SEEDS)
def test_lines_of_json(tmp_path_factory, seed):
    rng = random.Random(seed)
    path = tmp_path_factory.getbasetemp() / "damaged.jsonl"
    lines = [json.dumps(TUNE_LINE), damage_json(TUNE_LINE, rng)]
    if rng.random() < 0.2:
        lines[0] = damage_bytes(lines[0].encode(), rng).decode(errors="replace")
    path.write_text("\n".join(lines), encoding="utf-8", errors="surrogatepass")
    assert_tunes_or_refused(path)
