"""What rounding leaves open, in decoders, features and BLAS, is not heard in generated notes."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from audiogen import recipes
from audiogen.datasets import load_drums, load_notes
from audiogen.pipeline import inverse_transform_steps
from audiogen.preprocessing import HarmonicPlusNoise, OneShotSpectrogram

NOT_HEARD = 1e-4  # of full scale
CONDITIONS = {
    "harmonic_cvae": ["pitch", "instrument_family"],
    "harmonic_gmm": ["pitch", "instrument_family"],
    "voices": ["instrument", "pitch", "velocity"],
    "drum_kit": ["drum", "kit", "velocity"],
}


def nearest(values):
    """Return the numbers next to others, of the same type, above or below at random."""
    up = np.random.default_rng(0).random(values.shape) < 0.5
    return np.nextafter(values, np.where(up, np.inf, -np.inf).astype(values.dtype))


def how_far(model, y):
    """Return how far each note moves with its last bits, or with another thread of BLAS.

    Those of the decoder's output, and those of features that are synthesised.
    """
    steps, generator = [step for _, step in model.steps[:-1]], model[-1]
    kinds = (HarmonicPlusNoise, OneShotSpectrogram)
    first = next(i for i, step in enumerate(steps) if isinstance(step, kinds)) + 1
    Z = np.random.default_rng(0).standard_normal((len(y), generator.latent_dim_))

    def decoded():
        return generator._decode(Z, generator.conditions_.encode(y))

    def features(x):
        return inverse_transform_steps(steps[first:], generator._scaling.inverse(x), y)

    def audio(F):
        return inverse_transform_steps(steps[:first], F, y, random_state=0)

    with threadpool_limits(1, user_api="blas"):
        made = audio(features(decoded()))
        others = [audio(features(nearest(decoded()))), audio(nearest(features(decoded())))]
    with threadpool_limits(2, user_api="blas"):
        others.append(audio(features(decoded())))
    return np.max([np.abs(made - other).max(axis=1) for other in others], axis=0)


@pytest.mark.parametrize(("name", "own"), [("harmonic_gmm", {}), ("harmonic_cvae", {"epochs": 4})])
def test_last_bits_are_not_heard(name, own):
    X, y = load_notes("train", return_X_y=True)
    X, y = X[::3, :12_000], y.loc[::3, CONDITIONS[name]].reset_index(drop=True)
    model = getattr(recipes, name)(n_components=32, random_state=0, **own).fit(X, y)
    rows = np.random.default_rng(0).integers(len(y), size=100)
    assert how_far(model, y.iloc[rows]).max() < NOT_HEARD / 100  # these notes are short


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:PrincipalComponents keeps 88")  # of 88 hits
@pytest.mark.parametrize("name", CONDITIONS)
def test_last_bits_are_not_heard_in_a_thousand_notes(name):
    if name == "drum_kit":
        X, y = load_drums(return_X_y=True)
    else:
        rate = 44_100 if name == "voices" else 16_000
        asked = {"sample_rate": rate, "conditions": CONDITIONS[name]}
        X, y = load_notes("train", return_X_y=True, **asked)
    y = y[CONDITIONS[name]]
    model = getattr(recipes, name)(random_state=0).fit(X, y)
    rows = np.random.default_rng(0).integers(len(y), size=1000)
    for block in np.split(rows, 10):
        assert how_far(model, y.iloc[block]).max() < NOT_HEARD
