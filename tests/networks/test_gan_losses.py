"""The gradient penalty against closed forms."""

import keras
import numpy as np
import pytest
from keras import ops

from audiogen.networks._gan_losses import gradient_penalty


@pytest.mark.parametrize("weights", [(3.0, 4.0), (0.3, 0.4), (0.0, 0.0)])
def test_penalty_of_a_linear_score_is_that_of_its_weights(weights):
    kernel = np.array(weights, np.float32)[:, np.newaxis]
    real, generated = np.random.default_rng(0).normal(size=(2, 8, 2)).astype(np.float32)
    found = gradient_penalty(lambda x: ops.matmul(x, kernel), real, generated, 0)
    assert float(found) == pytest.approx((np.hypot(*weights) - 1) ** 2, abs=1e-5)


def test_penalty_mixes_real_and_generated_evenly():
    """Of half the squared length the gradient is x itself: (share * 2 - 1)^2 has mean 1/3."""
    real = np.ones((20_000, 2, 2), np.float32)
    draws = keras.random.SeedGenerator(0)

    def score(x):
        return 0.5 * ops.sum(ops.square(x), axis=(1, 2))[:, None]

    found = gradient_penalty(score, real, 0 * real, draws)
    assert float(found) == pytest.approx(1 / 3, abs=0.01)
    again = gradient_penalty(score, real, 0 * real, keras.random.SeedGenerator(0))
    assert float(found) == float(again) != float(gradient_penalty(score, real, 0 * real, draws))
