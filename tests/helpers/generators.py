"""Each generator, small, and data for all of them."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from audiogen.generators import (
    ConditionalGaussianMixture,
    ConditionalKernelSmoother,
    ConditionalVAE,
    GANGenerator,
    LSTMSequencer,
    WaveNetAutoencoder,
)

GENERATORS = [
    ConditionalVAE(
        latent_dim=2, units=(8,), filters=(4, 4), epochs=2, batch_size=8, ema=0.5, random_state=0
    ),
    GANGenerator(latent_dim=2, units=(8,), filters=(4, 4), epochs=2, batch_size=8, random_state=0),
    LSTMSequencer(
        extra_frames=6, units=4, n_layers=1, epochs=2, batch_size=8, ema=0.5, random_state=0
    ),
    WaveNetAutoencoder(
        filters=4,
        dilations=(1, 2),
        downsampling=4,
        code_channels=4,
        epochs=2,
        batch_size=8,
        random_state=0,
    ),
]
# Those that go on from frames take no y (they leave it alone, as scikit-learn's transformers do).
CONDITIONAL = [g for g in GENERATORS if not hasattr(g, "extra_frames")]


def each(generators):
    """Return the parameters of a law; WaveNet and VAE, the slowest, show it by pytest -m long."""
    return pytest.mark.parametrize(
        "generator",
        [
            pytest.param(
                g,
                marks=pytest.mark.long
                if isinstance(g, WaveNetAutoencoder | ConditionalVAE)
                else [],
            )
            for g in generators
        ],
        ids=lambda g: type(g).__name__,
    )


every_generator = each(GENERATORS)
# Laws of training take long for all: the GAN, which changes most of it, shows them, the others by
# pytest -m long.
every_trained_generator = pytest.mark.parametrize(
    "generator",
    [
        pytest.param(g, marks=[] if isinstance(g, GANGenerator) else pytest.mark.long)
        for g in GENERATORS
    ],
    ids=lambda g: type(g).__name__,
)
every_conditional_generator = each(CONDITIONAL)
# What is fitted without epochs keeps the laws that name none.
WITHOUT_EPOCHS = [
    ConditionalGaussianMixture(latent_dim=4, random_state=0),
    ConditionalKernelSmoother(random_state=0),
]
SAMPLERS = [*GENERATORS, *WITHOUT_EPOCHS]
every_sampler = each(SAMPLERS)
every_conditional_sampler = each([*CONDITIONAL, *WITHOUT_EPOCHS])
N = 12


def features():
    return np.random.default_rng(0).normal(size=(N, 6)).astype(np.float32) * 3


def conditions():
    return pd.DataFrame({"pitch": np.arange(60, 60 + N), "family": ["reed", "mallet"] * (N // 2)})


def brief(generator, epochs=1):
    """Return an unfitted copy that trains for so many epochs, where it has any."""
    copy = clone(generator)
    return copy.set_params(epochs=epochs) if hasattr(copy, "epochs") else copy


def without_graphs(test):
    """Do not compile: these networks train too briefly for it to pay. Bits may differ."""
    ignored = "ignore:Even though the .tf.config.experimental_run_functions_eagerly"
    return pytest.mark.filterwarnings(ignored)(pytest.mark.usefixtures("eager")(test))
