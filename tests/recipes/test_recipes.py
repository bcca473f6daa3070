"""Every recipe, small: fitted, sampled, kept in a file and played in a process of its own."""

import functools
import subprocess
import sys

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from sklearn.pipeline import Pipeline

from audiogen import generate, recipes
from audiogen.datasets import load_notes

N_TIMESTEPS = 4096
ROWS = np.arange(0, 148, 6)  # of every family
NAMES = recipes.__all__
ELSEWHERE = ["continuation", "style_codes"]  # test_recordings.py trains them too
SHOWN = [pytest.param(n, marks=pytest.mark.long) if n in ELSEWHERE else n for n in NAMES]
# What makes each small enough for a test; all go on to the generator but n_components.
CODES = {"n_codes": 8, "sample_rate": 16000, "units": 8, "n_heads": 2, "n_layers": 1, "epochs": 1}
SMALL = {
    "harmonic_cvae": {"n_components": 8, "epochs": 2},
    "harmonic_gmm": {"n_components": 8},
    "harmonic_gan": {"n_components": 8, "epochs": 2},
    "captioned_notes": {"n_components": 8, "epochs": 2},
    "voices": {"n_components": 8, "sample_rate": 16000},
    "drum_kit": {"n_components": 8, "sample_rate": 16000},
    "texture": {"n_codes": 8, "sample_rate": 16000},
    "continuation": {**CODES, "clock": None},
    "style_codes": CODES,
    "spectral_cvae": {"n_components": 8, "epochs": 2},
    "spectral_gan": {"n_components": 8, "epochs": 2},
    "classic_gan": {"filters": (4, 4), "latent_dim": 4, "epochs": 1},
    "classic_lstm": {"units": 4, "n_layers": 1, "epochs": 1, "extra_frames": 2},
    "classic_wavenet": {"filters": 4, "code_channels": 4, "epochs": 1},
    "classic_cvae": {"filters": (4, 4), "latent_dim": 2, "epochs": 1},
}
# As their docstrings say: these are fitted without y, the others with it; some take both.
WITHOUT_Y = ["classic_gan", "classic_lstm", "classic_wavenet", "texture", "continuation"]
EITHER_WAY = ["classic_cvae", "spectral_cvae"]


@pytest.fixture(scope="module")
def notes():
    """The first quarter of a second of real notes, cut when they sound."""
    bunch = load_notes("train", captions=True)
    y = bunch.frame[["pitch", "instrument_family", "caption"]].iloc[ROWS].reset_index(drop=True)
    return np.ascontiguousarray(bunch.data[ROWS, 800 : 800 + N_TIMESTEPS]), y


@pytest.fixture(scope="module")
def fitted(notes):
    """Return a function that fits each recipe once, with y where it asks for one."""
    X, y = notes
    return functools.cache(
        lambda name: make(name).fit(X, None if name in WITHOUT_Y else conditions_of(name, y))
    )


def conditions_of(name, y):
    return y.drop(columns="instrument_family" if name == "captioned_notes" else "caption")


def length(name):
    """Return the length of a sound, of whole patches where a recipe is one of codes."""
    patch = 4 * 186 if make(name).steps[0][0] == "codes" else 1
    return -(-N_TIMESTEPS // patch) * patch


def make(name, **parameters):
    return getattr(recipes, name)(random_state=0, **{**SMALL[name], **parameters})


@pytest.mark.parametrize("name", SHOWN)
def test_it_gives_audio_of_the_length_it_learnt(name, fitted, notes):
    if name in WITHOUT_Y:
        sounds = fitted(name).sample(2, random_state=1)
        n_frames = 2 if name == "classic_lstm" else 1
        assert sounds.shape == (2, n_frames * length(name))
    else:
        wanted = conditions_of(name, notes[1]).iloc[:3]
        sounds, y = fitted(name).sample(y=wanted, return_y=True, random_state=1)
        assert sounds.shape == (3, length(name))
        pd.testing.assert_frame_equal(y.reset_index(drop=True), wanted)
    assert sounds.dtype == np.float32
    assert np.isfinite(sounds).all()
    assert np.abs(sounds).max() > 1e-4


@pytest.mark.parametrize("name", EITHER_WAY)
def test_those_of_any_sound_need_no_y(name, notes):
    sounds = make(name).fit(notes[0]).sample(2, random_state=1)
    assert len(sounds) == 2
    assert np.isfinite(sounds).all()


@pytest.mark.parametrize("name", SHOWN)
def test_keywords_go_on_to_the_generator(name):
    without_epochs = {"harmonic_gmm": ("alpha", 3.0)}
    without_epochs |= dict.fromkeys(["voices", "drum_kit"], ("temperature", 0.7))
    without_epochs["texture"] = ("order", 4)
    parameter, value = without_epochs.get(name, ("epochs", 77))
    pipe = make(name, **{parameter: value})
    assert getattr(pipe[-1], parameter) == value
    assert pipe[-1].random_state == 0
    with pytest.raises(TypeError, match="no_such_parameter"):
        getattr(recipes, name)(no_such_parameter=1)


@pytest.mark.parametrize("name", SHOWN)
def test_each_states_the_sample_rate(name):
    assert make(name).sample_rate == 16000
    assert make(name, sample_rate=22050).sample_rate == 22050


@pytest.fixture(scope="module")
def plain(notes):
    """The report's models, small, in scikit-learn's own Pipeline."""
    names = [name for name in NAMES if name.startswith("classic")]
    return {f"plain_{name}": Pipeline(make(name).steps).fit(notes[0]) for name in names}


FRESH = """
import sys, audiogen, joblib, numpy as np
folder, names = sys.argv[1], sys.argv[2:]
for name in names:
    pipe = joblib.load(f"{folder}/{name}")
    np.save(f"{folder}/{name}.npy", audiogen.generate(pipe, 2, random_state=3))
"""


@pytest.mark.long
def test_each_sounds_the_same_in_a_fresh_process(fitted, plain, tmp_path):
    pipes = {**{name: fitted(name) for name in NAMES if name not in ELSEWHERE}, **plain}
    for name, pipe in pipes.items():
        joblib.dump(pipe, tmp_path / name)
    command = [sys.executable, "-c", FRESH, str(tmp_path), *pipes]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    for name, pipe in pipes.items():
        sounds = generate(pipe, 2, random_state=3)
        assert np.isfinite(sounds).all()
        assert sounds.shape == (2, (1 + name.endswith("lstm")) * length(name))
        np.testing.assert_array_equal(np.load(tmp_path / f"{name}.npy"), sounds, err_msg=name)


@pytest.mark.long
@pytest.mark.parametrize(
    "name",
    ["harmonic_cvae", "harmonic_gmm", pytest.param("harmonic_gan", marks=pytest.mark.long)],
)
def test_a_model_holds_no_audio_and_does_not_grow_with_the_notes(name, tmp_path):
    """One note of 4 s takes 256,000 bytes."""
    bunch = load_notes("train")
    families = bunch.frame.instrument_family
    order = families.groupby(families).cumcount().sort_values(kind="stable").index
    sizes = []
    for n_notes in (59, 139):  # no sizes of layers
        rows = order[:n_notes]
        y = bunch.frame[["pitch", "instrument_family"]].iloc[rows]
        parameters = {} if name == "harmonic_gmm" else {"epochs": 1}
        pipe = getattr(recipes, name)(n_components=48, random_state=0, **parameters)
        joblib.dump(pipe.fit(bunch.data[rows], y), tmp_path / "model")
        sizes.append((tmp_path / "model").stat().st_size)
        for array in arrays(pipe):
            kept = array.ndim > 1 and n_notes in array.shape
            assert not kept, "something is kept of each note"
    assert abs(sizes[1] / sizes[0] - 1) < 0.03


def arrays(thing):
    """Yield the arrays that estimators hold, and those inside them."""
    if isinstance(thing, np.ndarray):
        yield thing
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from arrays(value)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from arrays(value)
    elif type(thing).__module__.split(".")[0] in ("audiogen", "sklearn"):
        yield from arrays(vars(thing))


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("harmonic_gmm", {}),
        pytest.param("harmonic_cvae", {"epochs": 150}, marks=pytest.mark.long),
    ],
)
def test_asked_for_a_louder_note_it_is_louder_and_brighter(name, own):
    """As the notes learnt are, whose pitch has nothing to do with it."""
    rng = np.random.default_rng(0)
    n = 64
    y = pd.DataFrame({"pitch": rng.integers(48, 73, n), "velocity": rng.integers(20, 128, n)})
    hertz = 440 * 2 ** ((y.pitch.to_numpy() - 69) / 12)
    k = np.arange(1, 11)
    shapes = k ** (y.velocity.to_numpy()[:, np.newaxis] / 127 - 2.0)
    phases = 2 * np.pi * hertz[:, np.newaxis, np.newaxis] * k[:, np.newaxis]
    tones = np.sin(phases * np.arange(8000) / 16000)
    levels = 10 ** ((y.velocity.to_numpy() / 127 - 1.5) * 30 / 20)
    X = levels[:, np.newaxis] * np.einsum("nk,nkt->nt", shapes, tones)
    pipe = getattr(recipes, name)(random_state=0, n_components=16, **own)
    pipe.fit(X / np.abs(X).max(), y)
    asked = np.linspace(25, 120, 6)
    wanted = pd.DataFrame({"pitch": 60, "velocity": np.repeat(asked, 4)})
    notes = pipe.sample(y=wanted, random_state=0)
    power = np.square(np.abs(np.fft.rfft(notes)))
    level = power.sum(axis=1).reshape(6, 4).mean(axis=1)
    centroid = (power @ np.arange(power.shape[1]) / power.sum(axis=1)).reshape(6, 4).mean(axis=1)
    assert spearmanr(asked, level).statistic > 0.9
    assert spearmanr(asked, centroid).statistic > 0.9
