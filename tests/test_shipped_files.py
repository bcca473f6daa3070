"""Data in the repository: a closed list, each with its licence beside it, and how large it is."""

import json
import pathlib
import tomllib

import pytest

from audiogen.datasets import load_tunes

ROOT = pathlib.Path(__file__).parent.parent
DATA = "src/audiogen/datasets/data"
MODELS = "src/audiogen/music/models"
WORDS = "src/audiogen/preprocessing/data"
WRITTEN = (".css", ".js", ".md", ".py", ".pyi", ".toml")  # by hand
# All other files, and the file that says where they come from and under which licence. No file
# that a program made of a corpus belongs here, whatever it is called: models alone are trained.
KNOWN = {
    "src/audiogen/py.typed": "LICENSE",
    "docs/scale.png": "LICENSE",
    "examples/data/water.ogg": "examples/data/LICENSES.md",
    "tests/lowest.txt": "LICENSE",
    **{
        f"tests/fuzz/finds/*.{suffix}": "LICENSE"
        for suffix in ("abc", "csv", "flac", "gz", "json", "jsonl", "musicxml", "rf64")
    },
    f"{DATA}/tunes/*.mid": f"{DATA}/tunes/ORIGINS.md",
    f"{DATA}/notes-train/examples.json": f"{DATA}/LICENSES.md",
    f"{DATA}/notes-train/audio/*.flac": f"{DATA}/LICENSES.md",
    f"{DATA}/notes-valid/examples.json": f"{DATA}/LICENSES.md",
    f"{DATA}/notes-valid/audio/*.flac": f"{DATA}/LICENSES.md",
    f"{DATA}/notes-44100-train/examples.json": f"{DATA}/LICENSES-44100.md",
    f"{DATA}/notes-44100-train/audio/*.ogg": f"{DATA}/LICENSES-44100.md",
    f"{DATA}/notes-44100-valid/examples.json": f"{DATA}/LICENSES-44100.md",
    f"{DATA}/notes-44100-valid/audio/*.ogg": f"{DATA}/LICENSES-44100.md",
    f"{DATA}/drums-44100/index.csv": f"{DATA}/drums-44100/LICENSES.md",
    f"{DATA}/drums-44100/audio/*.ogg": f"{DATA}/drums-44100/LICENSES.md",
    f"{MODELS}/melody.skops": f"{MODELS}/SOURCES.md",
    f"{MODELS}/chords.skops": f"{MODELS}/SOURCES.md",
    f"{MODELS}/groove.skops": f"{MODELS}/SOURCES.md",
    f"{MODELS}/voices.skops": f"{MODELS}/SOURCES.md",
    f"{MODELS}/drums.skops": f"{MODELS}/SOURCES.md",
    f"{WORDS}/wordnet.txt.gz": f"{WORDS}/WORDNET.md",
}
FOLDERS = ("src", "tests", "examples", "docs", "benchmarks", "scripts")
FILES = [
    path
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*"))
    if path.is_file() and "__pycache__" not in path.parts
]
SOURCES = (ROOT / MODELS / "SOURCES.md").read_text()


def size(pattern):
    """Return the megabytes of the files of a pattern, one at least."""
    return sum([path.stat().st_size for path in ROOT.glob(pattern)] or [1e12]) / 1e6


def test_every_file_of_data_is_known():
    named = {path.relative_to(ROOT) for path in FILES if path.suffix not in WRITTEN}
    known = {path.relative_to(ROOT) for pattern in KNOWN for path in ROOT.glob(pattern)}
    assert named == known


@pytest.mark.parametrize(("pattern", "licence"), KNOWN.items())
def test_its_licence_is_beside_it(pattern, licence):
    assert list(ROOT.glob(pattern)), "no such file: take the line out"
    text = (ROOT / licence).read_text()
    if pattern.endswith((".mid", ".skops")):
        assert all(f" {path.name} " in text.replace("`", " ") for path in ROOT.glob(pattern))
    assert "licence" in text or licence == "LICENSE" or "CC0" in text


def test_no_text_holds_a_corpus():
    """What is written by hand is short; only examples.json is not."""
    assert max(path.stat().st_size for path in FILES if path.suffix in WRITTEN) < 40_000
    for path in ROOT.glob(f"{DATA}/*/examples.json"):
        listed = set(json.loads(path.read_text()))
        assert listed == {sound.stem for sound in (path.parent / "audio").iterdir()}


def test_data_is_small():
    assert len(load_tunes().data) <= 30
    assert size(f"{MODELS}/voices.skops") <= 4
    assert size(f"{DATA}/notes-44100-*/**/*") <= 12
    assert size(f"{DATA}/drums-44100/**/*") <= 2
    assert size(f"{MODELS}/*.skops") <= 8
    assert size(f"{WORDS}/*") <= 0.3


def test_sources_of_the_models_are_stated():
    models = tomllib.loads((ROOT / MODELS / "sources.toml").read_text())["models"]
    rows = dict(line.split("`", 2)[1:] for line in SOURCES.splitlines() if line.startswith("| `"))
    for book in ("O'Neill", "Ryan", "Aird", "Northumbrian Minstrelsy"):
        assert book in models["melody"]["source"]
        assert book in rows["melody.skops"]
    assert "1855 to 1930" in models["chords"]["source"]
    assert "1855 to 1930" in rows["chords.skops"]
    assert "Groove MIDI Dataset" in models["groove"]["source"]
    assert "Groove MIDI Dataset" in rows["groove.skops"]
    assert models["groove"]["licence"] == "CC-BY-4.0"
    assert "CC-BY 4.0" in rows["groove.skops"]
