"""What `save` writes of models of music stands on the floors below it."""

import json
import zipfile

import numpy as np
import pytest

from audiogen import save
from audiogen.generators import GrooveComposer, Harmonizer, MelodyComposer
from audiogen.io import Score
from audiogen.music import pretrained

SONG = Score(
    {"onset": range(16), "duration": [1] * 16, "pitch": [60, 64, 67, 72] * 4},
    chords=[(0, 4, "C"), (4, 8, "F"), (8, 12, "G7"), (12, 16, "C")],
)


def modules_of(path):
    """The modules of all that a file holds."""
    found = set()

    def visit(node):
        if isinstance(node, dict):
            found.update([node["__module__"]] if "__module__" in node else [])
            node = list(node.values())
        if isinstance(node, list):
            for item in node:
                visit(item)

    with zipfile.ZipFile(path) as archive:
        visit(json.loads(archive.read("schema.json")))
    return found


def own(name):
    """A model of that kind fitted here."""
    if name == "melody":
        return MelodyComposer(epochs=1, units=4, random_state=0).fit([SONG, SONG])
    if name == "chords":
        return Harmonizer(epochs=1, random_state=0).fit([SONG, SONG])
    patterns = np.zeros((4, 32, 9, 2), np.float32)
    patterns[:, ::8, 0, 0] = 1.0
    return GrooveComposer(units=4, width=2, epochs=1, random_state=0).fit(patterns)


@pytest.mark.parametrize("name", ["melody", "chords", "groove", "voices", "drums"])
def test_nothing_that_is_saved_is_defined_in_music(name, tmp_path):
    models = [pretrained(name), *([own(name)] if name in ("melody", "chords", "groove") else [])]
    for number, model in enumerate(models):
        save(model, tmp_path / f"{number}.skops")
        modules = modules_of(tmp_path / f"{number}.skops")
        kinds = {m.split(".")[1] for m in modules if m.startswith("audiogen.")}
        assert kinds
        assert kinds <= {"generators", "pipeline", "preprocessing"}
