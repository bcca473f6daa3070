"""A saved pipeline."""

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import audiogen
from audiogen import GenerativePipeline
from audiogen.generators import ConditionalGaussianMixture


@pytest.fixture(scope="session")
def saved(tmp_path_factory):
    """Return the bytes of a pipeline's file, with most kinds of parts in it."""
    rng = np.random.default_rng(0)
    y = pd.DataFrame({"pitch": np.arange(60, 80), "family": ["reed", "mallet"] * 10})
    y["size"] = np.array(["small", "large"] * 10, dtype=object)
    mixture = ConditionalGaussianMixture(n_components=2, random_state=np.random.RandomState(0))
    pca = PCA(3).set_output(transform="default")
    log = FunctionTransformer(np.log1p, inverse_func=np.expm1)
    pipeline = GenerativePipeline(
        [("log", log), ("scale", StandardScaler()), ("pca", pca), ("mixture", mixture)]
    ).fit(rng.uniform(0.1, 3.0, (20, 6)), y)
    path = tmp_path_factory.mktemp("saved") / "whole.skops"
    audiogen.save(pipeline, path)
    return path.read_bytes()
