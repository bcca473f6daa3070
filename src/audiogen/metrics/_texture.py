"""Texture: how the levels of frequency bands are spread, fluctuate and go together."""

import itertools

import numpy as np
import numpy.typing as npt

from audiogen.metrics._clips import HOP_LENGTH, check_timed_clips, windows_of
from audiogen.signal import band_levels

__all__ = ["texture_distance", "texture_statistics"]

_SECONDS = 4.0
_SHORTEST = 0.5
_EDGES = 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0  # Hz
_LEAST_SHARE = 1e-3
_APART = 1, 2, 4, 8  # bands whose correlations count
_STEADY = 1e-6  # dB: a band that does not change goes with no other
_EVEN = 0.25  # of the mean deviation, which every statistic has at least


def texture_statistics(audio: npt.ArrayLike, *, sample_rate: float) -> dict[str, np.ndarray]:
    """Compute statistics of the texture of clips, in windows of 4 s.

    They are what tells one sound texture from another, such as rain from a brook [1]_.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,), or list of arrays
        Clips of half a second at least; those of a list may be of different lengths.
    sample_rate : float
        Sampling rate of the audio, in Hz.

    Returns
    -------
    statistics : dict of str to ndarray of shape (n_windows, n_values)
        Of the levels of `audiogen.signal.band_levels`, "level" (the means of bands, dB), "spread"
        (their standard deviations, dB), "modulation" (the shares of fluctuations at rates of 0.5
        to 32 Hz, by octaves, dB) and "correlation" (of bands 1, 2, 4 and 8 apart). Windows
        overlap by half; a shorter clip is one window.

    Raises
    ------
    ValueError
        Where a clip is too short, has another shape or is not finite.

    References
    ----------
    .. [1] J. H. McDermott and E. P. Simoncelli, "Sound texture perception via statistics of the
       auditory periphery: Evidence from sound synthesis", Neuron 71(5), 2011.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import texture_statistics
    >>> hiss = np.random.default_rng(0).standard_normal(10 * 16000)
    >>> statistics = texture_statistics(hiss, sample_rate=16000)
    >>> {name: values.shape for name, values in statistics.items()}
    {'level': (4, 29), 'spread': (4, 29), 'modulation': (4, 174), 'correlation': (4, 101)}
    """
    clips = check_timed_clips("texture_statistics", audio, "audio", sample_rate, _SHORTEST)
    rows: list[dict[str, np.ndarray]] = []
    for clip in clips:
        levels = band_levels(clip, sample_rate)[0]
        rows += [_of_window(w, sample_rate) for w in windows_of(levels, _SECONDS, sample_rate)]
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def texture_distance(
    real: npt.ArrayLike, generated: npt.ArrayLike, *, sample_rate: float
) -> dict[str, float]:
    """Compute how far the texture of generated clips is from that of real ones.

    Parameters
    ----------
    real, generated : array-like of shape (n_samples, n_timesteps) or (n_timesteps,), or list of \
            arrays
        Clips of half a second at least; those of a list may be of different lengths.
    sample_rate : float
        Sampling rate of the audio, in Hz.

    Returns
    -------
    distances : dict of str to float
        For each of the `texture_statistics`, the root mean square of the differences of means
        over windows, in standard deviations over real windows. 0 is the best; compare with what
        other real clips reach.

    Raises
    ------
    ValueError
        Where a clip is too short, has another shape or is not finite, or real clips are one
        window alone, 4 s, which has no deviation.

    Notes
    -----
    To each deviation a quarter of the mean one of its statistic is added, so that bands that are
    steady by chance do not count for more than others. Pieces of real clips in another order
    are at no distance: see `longest_copied_run`.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import texture_distance
    >>> rng = np.random.default_rng(0)
    >>> real, other = rng.standard_normal((2, 20 * 16000))
    >>> pulsed = other * (1 + np.sin(2 * np.pi * 3 * np.arange(20 * 16000) / 16000))
    >>> near = texture_distance(real, other, sample_rate=16000)
    >>> far = texture_distance(real, pulsed, sample_rate=16000)
    >>> near["modulation"] < 1 < far["modulation"]
    True
    """
    check_timed_clips("texture_distance", real, "real", sample_rate, _SHORTEST)
    check_timed_clips("texture_distance", generated, "generated", sample_rate, _SHORTEST)
    known = texture_statistics(real, sample_rate=sample_rate)
    made = texture_statistics(generated, sample_rate=sample_rate)
    if len(known["level"]) < 2:
        raise ValueError("real must be more than one clip, or longer than 6 s: it has one window.")
    distances: dict[str, float] = {}
    for name, windows in known.items():
        deviation = windows.std(axis=0)
        deviation = deviation + _EVEN * deviation.mean()
        apart = made[name].mean(axis=0) - windows.mean(axis=0)
        if not deviation.any():
            distances[name] = float("inf") if apart.any() else 0.0
        else:
            distances[name] = float(np.sqrt(np.square(apart / deviation).mean()))
    return distances


def _of_window(levels: np.ndarray, sample_rate: float) -> dict[str, np.ndarray]:
    deviation = levels.std(axis=0)
    steady = deviation < _STEADY
    changes = (levels - levels.mean(axis=0)) / np.where(steady, 1, deviation) * ~steady
    correlation = changes.T @ changes / len(changes)
    apart = [offset for offset in _APART if offset < len(correlation)]
    return {
        "level": levels.mean(axis=0),
        "spread": deviation,
        "modulation": _modulation(changes, sample_rate),
        "correlation": np.concatenate([np.diag(correlation, offset) for offset in apart]),
    }


def _modulation(changes: np.ndarray, sample_rate: float) -> np.ndarray:
    """Return the share of each octave of rates in the fluctuations of each band, in dB."""
    tapered = changes * np.hanning(len(changes))[:, np.newaxis]
    power = np.square(np.abs(np.fft.rfft(tapered, axis=0)))
    rates = np.fft.rfftfreq(len(changes), HOP_LENGTH / sample_rate)
    of_octaves = [
        power[(rates >= low) & (rates < high)].sum(axis=0)
        for low, high in itertools.pairwise(_EDGES)
    ]
    shares = np.stack(of_octaves) / np.maximum(np.sum(of_octaves, axis=0), 1e-12)
    return 10 * np.log10(shares + _LEAST_SHARE).ravel()
