"""The form of a sound: how alike moments are that are seconds apart."""

import numpy as np
from scipy.stats import wasserstein_distance

from audiogen.signal import band_levels

MOMENT = 22  # frames: a quarter of a second at the rate of the benchmarks
OCTAVES = (8, 16), (16, 32), (32, 64)  # moments apart: 2 to 4, 4 to 8 and 8 to 16 s
_LEAST = 1e-9


class Form:
    """The form that sounds are compared with.

    A moment is a quarter of a second: the levels of 30 bands, less their means in the recording
    and over their deviations. The similarity of two moments is the cosine between them.

    Parameters
    ----------
    sound : ndarray of shape (n_timesteps,)
        The recording.
    rate : int
        Sampling rate, in Hz.
    """

    def __init__(self, sound, rate):
        self.rate = rate
        moments = moments_of(sound, rate)
        self.usual = moments.mean(axis=0), moments.std(axis=0) + _LEAST
        self.seen = self.similarities(sound)

    def similarities(self, sound):
        """Return a dict of the lag, in moments, to the similarities of moments so far apart."""
        mean, deviation = self.usual
        rows = (moments_of(sound, self.rate) - mean) / deviation
        rows /= np.linalg.norm(rows, axis=1, keepdims=True) + _LEAST
        lags = range(OCTAVES[0][0], OCTAVES[-1][1] + 1)
        return {lag: (rows[:-lag] * rows[lag:]).sum(axis=1) for lag in lags}

    def repeats(self, sound):
        """Return the correlation, over lags of 2 to 16 s, of mean similarities."""
        own = self.similarities(sound)
        means = [[found[lag].mean() for lag in own] for found in (own, self.seen)]
        return np.corrcoef(means)[0, 1]

    def distance(self, sound):
        """Return how far similarities are from the recording's.

        It is the Wasserstein distance between all similarities of moments 2 to 4 s apart here
        and there, and so for 4 to 8 and 8 to 16 s, in the mean.
        """
        own = self.similarities(sound)
        return np.mean(
            [
                wasserstein_distance(*(octave(found, *span) for found in (own, self.seen)))
                for span in OCTAVES
            ]
        )


def octave(similarities, low, high):
    found = [s for lag, s in similarities.items() if low <= lag < high]
    return np.concatenate(found)


def moments_of(sound, rate):
    """Return the mean levels of bands in each moment, in dB."""
    levels = band_levels(sound, rate)[0]
    n = len(levels) // MOMENT
    return levels[: n * MOMENT].reshape(n, MOMENT, -1).mean(axis=1)
