"""What fuzzers found, one file each, stays refused by name."""

import pathlib
import re

import pytest
import soundfile

from audiogen import read_clip
from audiogen.datasets import load_audio_folder
from audiogen.io import read_tunes
from audiogen.music import Brief, load_style
from helpers.mutants import bounded

FINDS = pathlib.Path(__file__).parent / "finds"
ROW = re.compile(r"^\| `(.+?)` \| .+? \| (.+) \|$", re.MULTILINE)
REASONS = dict(ROW.findall((FINDS / "README.md").read_text()))
READERS = {".rf64": read_clip, ".flac": read_clip, ".toml": load_style, ".json": Brief.load}


def test_each_file_has_its_row():
    assert {path.name for path in FINDS.iterdir()} == {"README.md", *REASONS}


@pytest.mark.parametrize("name", REASONS)
def test_it_is_refused(name, tmp_path):
    path = FINDS / name
    soundfile.write(tmp_path / "a.wav", [0.5], 16_000)
    tables = {".csv": lambda path: load_audio_folder(tmp_path, labels=path)}
    read = (READERS | tables).get(path.suffix, read_tunes)
    with bounded(), pytest.raises(ValueError, match=REASONS[name]) as caught:
        read(path)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 500 + len(str(path))
