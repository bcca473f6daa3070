"""How fast something repeats: a Fourier tempogram over whole sequences."""

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from audiogen.utils.validation import Interval, check_parameters

__all__ = ["find_beat_length"]

_FINER = 8  # times as many frequencies as a sequence of the largest length tells apart
_OCTAVES = 1.0  # standard deviation of the prior of a beat's length
_LEAST_SHARE = 1e-9


def find_beat_length(
    novelty: npt.ArrayLike | Sequence[npt.ArrayLike],
    *,
    shortest: float = 4.0,
    longest: float = 32.0,
) -> float:
    """Return the length of a beat that sequences share.

    Parameters
    ----------
    novelty : array-like of shape (n_steps,), or list of such
        How much changes in each step, such as the onset strength of frames.
    shortest, longest : float, default=4.0, 32.0
        The range of lengths that are looked for, in steps. Lengths in the middle are preferred
        where a beat could as well be twice or half as long.

    Returns
    -------
    length : float
        In steps; it is as exact as a beat that stays the same over the longest sequence allows.

    Notes
    -----
    The power of the sequences' spectra is added up, each beat's frequency with that of its second
    harmonic, as in a Fourier tempogram [1]_ of one window. The highest counts.

    References
    ----------
    .. [1] P. Grosche, M. Mueller, "Extracting predominant local pulse information from music
       recordings", IEEE Transactions on Audio, Speech, and Language Processing 19, 2011.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import find_beat_length
    >>> pulses = np.zeros(500)
    >>> pulses[np.arange(0, 500, 10.75).round().astype(int)] = 1
    >>> round(find_beat_length(pulses), 1)
    10.8
    """
    rules = {
        "shortest": Interval(numbers.Real, 2, None),  # half the rate of steps
        "longest": Interval(numbers.Real, shortest, None),
    }
    check_parameters("find_beat_length", rules, {"shortest": shortest, "longest": longest})
    given: Any = novelty
    listed = isinstance(given, list | tuple) and np.ndim(given[0]) > 0
    rows = [np.asarray(row, dtype=float) for row in (given if listed else [given])]
    n_fft = 2 ** int(np.ceil(np.log2(_FINER * max(max(map(len, rows)), longest))))
    power = np.zeros(n_fft // 2 + 1)
    for row in rows:
        power += np.square(np.abs(np.fft.rfft(row - row.mean(), n_fft)))
    places = np.arange(int(np.ceil(n_fft / longest)), int(n_fft / shortest) + 1)
    lengths = n_fft / places
    with_harmonic = power[places] + power[np.minimum(2 * places, n_fft // 2)]
    octaves = np.log2(lengths / np.sqrt(shortest * longest))
    prior = np.exp(-0.5 * np.square(octaves / _OCTAVES))
    floor = _LEAST_SHARE * max(float(power.max()), _LEAST_SHARE)
    return float(lengths[np.argmax((with_harmonic + floor) * prior)])
