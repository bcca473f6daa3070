"""What has no network works where neither Keras nor a backend is installed.

Here each process finds none of them, as it would after README's lean install; in ``tox -e
nobackend``, which runs this file as well, none of them is there.
"""

import importlib.metadata
import os
import pathlib
import re
import subprocess
import sys
import tomllib

import numpy as np
import pytest
import soundfile
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from audiogen import recipes, save
from audiogen.datasets import load_notes, load_nsynth, load_tunes

ROOT = pathlib.Path(__file__).parent.parent
NO_BACKEND = """
import sys
class Hidden:
    def find_spec(self, name, *_):
        if name.split(".")[0] in {"keras", "tensorflow", "jax", "torch"}:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
sys.meta_path.insert(0, Hidden())
"""


def run(code, *words, cwd):
    done = subprocess.run(
        [sys.executable, "-c", NO_BACKEND + code, *map(str, words)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "MPLBACKEND": "agg"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    notes = load_notes("train")
    rows = notes.frame.instrument_family.isin(["organ", "flute"]).to_numpy()
    y = notes.frame.loc[rows, ["pitch", "instrument_family"]]
    path = tmp_path_factory.mktemp("model") / "model.skops"
    model = recipes.harmonic_gmm(random_state=0).set_params(pca__n_components=8)
    save(model.fit(notes.data[rows], y), path)
    return path


def test_a_mixture_is_fitted_saved_loaded_and_measured(tmp_path):
    code = """
import numpy as np, audiogen
notes = audiogen.datasets.make_notes(16, duration=0.5, random_state=0)
y = notes.frame[["pitch", "instrument_family"]]
model = audiogen.recipes.harmonic_gmm(random_state=0)
model.set_params(pca__n_components=4).fit(notes.data, y)
audiogen.save(model, "model.skops")
again = audiogen.load("model.skops").sample(y=y, random_state=0)
np.testing.assert_array_equal(again, model.sample(y=y, random_state=0))
print(audiogen.metrics.pitch_accuracy(again, y.pitch, sample_rate=16000))
print(audiogen.metrics.frechet_audio_distance(notes.data, again, sample_rate=16000))
"""
    accuracy, distance = map(float, run(code, cwd=tmp_path).split())
    assert accuracy > 0.8
    assert 0 < distance < 5000


def test_a_tune_is_rendered(model, tmp_path):
    code = """
import sys, audiogen
model, tune = audiogen.load(sys.argv[1]), sys.argv[2]
clip = audiogen.render(model, tune, programs={0: "organ"}, random_state=0)
audiogen.write_clip("clip.wav", clip, 44100)
"""
    tune = next(f for f in load_tunes().filenames if "london" in f)
    run(code, model, tune, cwd=tmp_path)
    clip, rate = soundfile.read(tmp_path / "clip.wav")
    assert rate == 44100
    assert 0.1 < np.abs(clip).max() <= 1


def test_the_command_line_samples_and_evaluates(model, tmp_path):
    command = "from audiogen.cli import main; sys.exit(main())"
    words = ("sample", model, "--pitch", 60, 67, "--family", "organ", "--quiet", "--out", "new")
    run(command, *words, cwd=tmp_path)
    assert sorted(load_nsynth(tmp_path / "new").frame.pitch) == [60, 67]
    printed = run(command, "evaluate", "new/audio", "new/audio", "--quiet", cwd=tmp_path)
    assert re.search(r"frechet_audio_distance +-?0", printed)
    assert "harmonic_gmm" in run(command, "recipes", cwd=tmp_path)


def test_a_network_says_what_to_install(tmp_path):
    code = """
import audiogen
try:
    audiogen.generators.ConditionalVAE(epochs=1).fit([[0.0], [1.0]])
except ImportError as error:
    print(error)
"""
    assert "pip install keras tensorflow" in run(code, cwd=tmp_path)


def test_the_lean_install_of_the_readme_lacks_keras_and_tensorflow_only():
    """What it names brings the other dependencies along."""
    text = (ROOT / "README.md").read_text()
    line = re.search(r"pip install --no-deps \S+\n(?:python -m )?pip install (.+)", text)[1]
    found, waiting = set(), [Requirement(name) for name in line.split()]
    while waiting:
        name = canonicalize_name(waiting.pop().name)
        if name not in found:
            found.add(name)
            needs = map(Requirement, importlib.metadata.requires(name) or [])
            waiting += [n for n in needs if n.marker is None or n.marker.evaluate({"extra": ""})]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {canonicalize_name(Requirement(need).name) for need in project["dependencies"]}
    assert declared - found == {"keras", "tensorflow"}
