"""The period of a note, among the peaks of its autocorrelation that its spectrum bears out."""

import numpy as np
from scipy.ndimage import maximum_filter1d

__all__ = ["note_frequencies"]

_HIGHEST_HZ = 4700.0
_DIP = 0.2  # a period counts once the autocorrelation has fallen below this
_PERIODIC = 0.35  # lower peaks are noise
_NEAR = 0.8  # of the highest peak; lower ones are no candidates
_SHARE = 0.94  # the first candidate this near to the highest is the period
_HIGHER = 0.01  # by which a period must be better than half of it
_AUDIBLE = 1e-3  # of the power of the loudest line
_STRONG = 1e-2
_LOBE = 3  # bins from a line in which there is no other
_OFF, _WIDE = 0.03, 0.2  # of a harmonic's and of the fundamental's frequency; further off is none
_COMPARED = 12  # harmonics
_TINY = 1e-30


def note_frequencies(
    lags: np.ndarray, rate: float, power: np.ndarray, bin_hz: float
) -> np.ndarray:
    """Return the fundamental frequency of notes.

    Parameters
    ----------
    lags : ndarray of shape (n_samples, n_lags)
        Normalised autocorrelations.
    rate : float
        Lags per second.
    power : ndarray of shape (n_samples, n_bins)
        Power spectra of the same notes.
    bin_hz : float
        Distance between two bins, in Hz.

    Returns
    -------
    frequency : ndarray of shape (n_samples,), float64
        In Hz; NaN where there is no period, or no line within the spectrum.

    Notes
    -----
    Partials of bars and bells are no harmonics, yet nearly repeat after some of their periods;
    such a common period has hardly one of its first harmonics. A candidate is borne out where
    the loudest line is a harmonic of its frequency, and where its first harmonic or two
    neighbours are heard. Of these the first that comes near the highest is taken, or half its
    frequency, where odd harmonics of that are heard and the autocorrelation is higher. Where only
    the first harmonic is heard among other lines, or no candidate is borne out, the note is
    inharmonic, and its frequency is that of this line or of the lowest strong one.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal._period import note_frequencies
    >>> lags = np.cos(2 * np.pi * np.arange(400) / 40)[np.newaxis]
    >>> power = np.full((1, 100), 1e-9)
    >>> power[0, 20] = 1
    >>> note_frequencies(lags, 16000, power, 20).round()
    array([400.])
    """
    before, here, after = lags[:, :-2], lags[:, 1:-1], lags[:, 2:]
    is_peak = (here > before) & (here >= after) & np.maximum.accumulate(here < _DIP, axis=1)
    is_peak[:, : int(rate / _HIGHEST_HZ)] = False
    height = np.where(is_peak, here, 0)
    highest = height.max(axis=1, keepdims=True)
    is_candidate = is_peak & (height >= _NEAR * highest)
    loudest = power.max(axis=1, keepdims=True)
    is_line = (power == maximum_filter1d(power, 2 * _LOBE + 1, axis=1)) & (
        power > _AUDIBLE * loudest
    )
    is_line[:, [0, -1]] = False
    frequency = np.full(len(lags), np.nan)
    for row in np.flatnonzero((highest[:, 0] >= _PERIODIC) & is_line.any(axis=1)):
        lines, levels = _tips(np.log(power[row] + _TINY), np.flatnonzero(is_line[row]))
        lag, heights = _tips(lags[row], np.flatnonzero(is_candidate[row]) + 1)
        frequency[row] = _chosen(rate / lag, heights, lines * bin_hz, levels)
    return frequency


def _tips(values: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the places and heights of the tips of parabolas through peaks."""
    a, b, c = (values[at + shift].astype(np.float64) for shift in (-1, 0, 1))
    bend = a - 2 * b + c
    return at + 0.5 * (a - c) / bend, b - 0.125 * (a - c) ** 2 / bend


def _chosen(
    candidates: np.ndarray, heights: np.ndarray, lines: np.ndarray, levels: np.ndarray
) -> float:
    """Return the frequency of a note, of the candidates from high to low or of the lines."""
    heard, borne_out = _heard_harmonics(candidates, lines, int(np.argmax(levels)))
    if not borne_out.any():
        return float(lines[levels >= levels.max() + np.log(_STRONG)][0])
    near = heights >= _SHARE * heights[borne_out].max()
    first = int(np.argmax(near & borne_out))
    if np.count_nonzero(heard[first]) == 1 < len(lines):
        return float(lines[np.argmin(np.abs(lines - candidates[first]))])
    ratio = candidates[first] / candidates
    odd = heard[:, 1:6:2].sum(axis=1) >= 2
    better = borne_out & odd & (heights > heights[first] + _HIGHER)
    better &= np.abs(ratio - 2) <= 2 * _OFF
    return float(candidates[np.argmax(better)] if better.any() else candidates[first])


def _heard_harmonics(
    candidates: np.ndarray, lines: np.ndarray, loudest: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return which first harmonics of candidates are lines, and which candidates are borne out."""
    number = lines / candidates[:, np.newaxis]
    nearest = np.rint(number)
    is_harmonic = np.abs(number - nearest) <= np.minimum(_OFF * nearest, _WIDE)
    is_harmonic &= nearest > 0
    heard = np.zeros((len(candidates), _COMPARED + 1), dtype=bool)
    rows, columns = np.nonzero(is_harmonic & (nearest <= _COMPARED))
    heard[rows, nearest[rows, columns].astype(int)] = True
    neighbours = (heard[:, 1:] & heard[:, :-1]).any(axis=1)
    return heard, is_harmonic[:, loudest] & (heard[:, 1] | neighbours)
