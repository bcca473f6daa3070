"""Short waves."""

import numpy as np


def waves(n_samples=6, n_timesteps=64):
    """Sines, low in even rows and high in odd ones."""
    rng = np.random.default_rng(0)
    rates = np.where(np.arange(n_samples) % 2, 0.9, 0.2) + rng.uniform(0, 0.1, n_samples)
    return 0.8 * np.sin(np.arange(n_timesteps) * rates[:, np.newaxis]).astype(np.float32)
