"""A short tune, and a generator whose notes are known."""

import numpy as np
import pandas as pd

RATE = 16000
FAMILIES = ["organ", "flute"]


class Tones:
    """A generator whose notes are known: sines, whose second partial is the latent."""

    condition_names_ = ["pitch", "instrument_family"]
    categories_ = {"pitch": None, "instrument_family": np.array(FAMILIES)}
    latent_dim_ = 3
    sample_rate = RATE

    def __init__(self, n_timesteps=32000):
        self.n_timesteps = n_timesteps
        self.asked = []

    def decode(self, Z, y):
        self.asked.append(len(Z))
        t = np.arange(self.n_timesteps) / RATE
        f = 440 * 2 ** ((y.pitch.to_numpy(float)[:, None] - 69) / 12)
        second = np.tanh(Z[:, :1])
        loud = np.where(y.pitch < 62, 0.4, 0.1)[:, np.newaxis]
        return loud * (np.sin(2 * np.pi * f * t) + second * np.sin(4 * np.pi * f * t))


def notes(*rows, **columns):
    table = pd.DataFrame(rows, columns=["onset", "duration", "pitch", "instrument_family"])
    return table.assign(**columns)


TUNE = notes(
    (0.0, 0.5, 60, "organ"), (0.5, 0.25, 64.5, "organ"), (0.75, 0.75, 67, "organ"),
    (0.25, 0.5, 76, "flute"), (1.0, 1.5, 72, "flute"),
)  # fmt: skip
