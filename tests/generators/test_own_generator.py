"""A sixth generator, written outside the package by what docs/own_generator.md says."""

import pathlib
import re
import sys
import types

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

import audiogen

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "own_generator.md"


def code_of_the_page():
    (block, *_) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return block


module = sys.modules["own_generator"] = types.ModuleType("own_generator")  # so that it pickles
exec(code_of_the_page(), vars(module))
LinearGaussian = module.LinearGaussian


def test_it_is_short():
    assert len(code_of_the_page().strip().splitlines()) <= 60


@parametrize_with_checks([LinearGaussian(latent_dim=2, random_state=0)])
def test_check_estimator(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    pitch = rng.integers(40, 81, 400).astype(float)
    X = 5 * pitch[:, np.newaxis] + rng.normal(size=(400, 2)) @ [[3.0, 0, 1, 2], [0, 2, 1, 0]]
    return X + 1000, pd.DataFrame({"pitch": pitch})


def test_samples_follow_the_condition_and_spread_as_the_data_do(data):
    X, y = data
    model = LinearGaussian(latent_dim=2, random_state=0).fit(X, y)
    for pitch in (45, 75):
        samples = model.sample(2000, y={"pitch": pitch})
        np.testing.assert_allclose(samples.mean(axis=0), 5 * pitch + 1000, atol=1.0)
    left = X - 5 * y.to_numpy() - 1000
    np.testing.assert_allclose(np.cov(samples.T), np.cov(left.T), atol=1.5)


def test_it_has_the_whole_contract(data):
    X, y = data
    model = LinearGaussian(latent_dim=2, random_state=0).fit(X, y)
    Z = model.encode(X, y)
    np.testing.assert_allclose(model.decode(Z, y), X, atol=0.1)
    ends = model.interpolate(Z[:2], y[:2], n_steps=5)
    np.testing.assert_allclose(ends[[0, -1]], model.decode(Z[:2], y[:2]), rtol=1e-6)
    np.testing.assert_array_equal(model.sample(8)[:3], model.sample(3))
    with pytest.raises(ValueError, match="pitch.* 200"):
        model.sample(y={"pitch": 200})


def test_it_goes_into_pipelines_and_grids(data):
    X, y = data
    pipe = make_pipeline(PCA(3), clone(LinearGaussian(random_state=0))).fit(X)
    assert audiogen.generate(pipe, 5).shape == (5, 4)
    grid = {"latent_dim": [1, 2]}
    search = GridSearchCV(LinearGaussian(random_state=0), grid, scoring=spread_error).fit(X, y)
    assert search.best_params_ == {"latent_dim": 2}


def spread_error(model, X, y):
    generated, real = (np.cov((x - 5 * y.to_numpy()).T) for x in (model.sample(y=y), X))
    return -np.abs(generated - real).sum()
