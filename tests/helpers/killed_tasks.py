"""What is killed: each writes below `out`, the same at every run of one version."""

import os

import matplotlib.figure  # noqa: F401  these four would be imported again in every process
import numpy as np
import requests  # noqa: F401
import skops.io  # noqa: F401
import soundfile  # noqa: F401
from joblib.externals.loky import get_reusable_executor
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler

import audiogen
from audiogen.cli import main
from audiogen.datasets import _reading, fetch_nsynth, load_notes, load_nsynth
from audiogen.io import write_clip
from audiogen.music import make_clip, render
from audiogen.recipes import harmonic_gmm

PROGRAMS = {0: "organ", 81: "flute"}  # of `general_midi`, what plays them


def fetch(inputs, out, version):
    fetch_nsynth("test", out, base_url=(inputs / "url").read_text(), verbose=0)


def save(inputs, out, version):
    """Save a model of 24 MB, which takes longer to write than to fit."""
    X = np.random.default_rng(version).normal(size=(2, 1_000_000))
    audiogen.save(StandardScaler().fit(X), out / "model.skops")


def sweep(inputs, out, version):
    """Search over a recipe's mixtures in two processes, and keep the best."""
    notes = load_notes("valid")
    X, y = notes.data[:24, :4000], notes.frame[["pitch", "instrument_family"]][:24]
    model = harmonic_gmm(random_state=version)
    name = f"{model.steps[-1][0]}__n_components"
    search = GridSearchCV(model, {name: [1, 2]}, cv=2, scoring=closeness, n_jobs=2)
    audiogen.save(search.fit(X, y).best_estimator_, out / "best.skops")
    get_reusable_executor().shutdown()


def closeness(model, X, y):
    """Return how near the mean of what is sampled lies to that of the data."""
    return -float(abs(model.sample(y=y, random_state=0).std() - X.std()))


def cache(inputs, out, version):
    """Decode a corpus into a memory map in the cache folder."""
    os.environ["AUDIOGEN_DATA"] = str(out)
    _reading._MOST_IN_MEMORY = 0  # bytes: all sounds go through the cache
    load_nsynth(inputs / "source", "test", verbose=0)


def sample(inputs, out, version):
    command("sample", inputs / "model.skops", "-n", 2, "--seed", version, "--out", out / "notes")


def render_tune(inputs, out, version):
    """Render a MIDI file, over what is there."""
    model, tune = audiogen.load(inputs / "model.skops"), inputs / "tune.mid"
    audio = render(model, tune, sample_rate=16_000, random_state=version, programs=PROGRAMS)
    write_clip(out / "clip.wav", audio * 2.0**-version, 16_000)
    write_clip(out / "clip.flac", audio * 2.0**-version, 16_000)


def clip(inputs, out, version):
    """Compose a clip over another one."""
    made = make_clip("jig", seconds=2 + version, sample_rate=16_000, random_state=version)
    made.save(out, stems=True)


def clip_command(inputs, out, version):
    command("clip", "jig", "--seconds", 2, "--seed", version, "--out", out / "clip")


def listening_test(inputs, out, version):
    audio = inputs / "source" / "nsynth-test" / "audio"
    command("listen", audio, inputs / "notes", "-n", 40, "--seed", version, "--out", out / "test")


def report(inputs, out, version):
    words = ("report", inputs / "model.skops", "-n", 2, "--seed", version)
    if not (out / "page.html").exists():
        command(*words, "--out", out / "page.html")


def command(*words):
    """Run the command line; what is there already, whole, is left alone."""
    status = main([*map(str, words), "--quiet"])
    if status:
        raise SystemExit(status)
