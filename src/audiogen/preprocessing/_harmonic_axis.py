"""Spectra on an axis on which the harmonics of every pitch lie in the same places."""

import numpy as np

__all__ = ["HarmonicAxis"]

_LOBE = np.arange(-4, 5)  # bins about a harmonic: all of the lobe of a Gaussian window
_REACH = 3  # bins from a harmonic to where it is 43 dB down, and noise begins


class HarmonicAxis:
    """Where the bins of a spectrum lie, seen from the harmonics of one pitch.

    It has a column for each of nine bins about each harmonic; one for the mean between a harmonic
    and those beside it, and below the first; and one for the mean of each of some bands, for what
    is above the last.

    Parameters
    ----------
    spacing : float
        Bins from a harmonic to the next.
    n_harmonics : int
        Number of harmonics; those above the highest bin have the values of the last below it.
    edges : ndarray of shape (n_bands + 1,)
        Edges of the bands, in bins, from 0 to the number of bins.

    Attributes
    ----------
    tonal : ndarray of shape (n_bins,), bool
        Which bins are near a harmonic.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.preprocessing._harmonic_axis import HarmonicAxis
    >>> axis = HarmonicAxis(20.0, 2, np.array([0, 30, 65]))
    >>> levels = -np.square(np.arange(65.0) - 20)[np.newaxis]  # a partial at the fundamental
    >>> axis.columns(levels)[0, :9]
    array([-16.,  -9.,  -4.,  -1.,   0.,  -1.,  -4.,  -9., -16.])
    """

    def __init__(self, spacing: float, n_harmonics: int, edges: np.ndarray) -> None:
        self.n_harmonics = n_harmonics
        bins = np.arange(int(edges[-1]))
        harmonic = np.clip(np.round(bins / spacing), 1, n_harmonics).astype(int)
        away = bins - harmonic * spacing
        covered = bins < (n_harmonics + 0.5) * spacing
        self.tonal = covered & (np.abs(away) <= _REACH)
        self._places = ((harmonic - 1) * len(_LOBE) + away - _LOBE[0])[self.tonal]
        last = min(n_harmonics, max(1, int(bins[-1] / spacing)))
        centres = np.minimum(np.arange(1, n_harmonics + 1), last) * spacing
        lobe = np.clip(_LOBE, -spacing / 2, spacing / 2)
        self._samples = np.clip(centres[:, np.newaxis] + lobe, 0, bins[-1]).ravel()
        zones = np.where(bins < spacing / 2, 0, harmonic)
        self._between = _means(zones[covered & ~self.tonal], n_harmonics + 1)
        self._rest = np.flatnonzero(covered & ~self.tonal)
        means, there = _means(np.searchsorted(edges, bins, "right") - 1, len(edges) - 1)
        means[edges[:-1][~there].astype(int), ~there] = 1  # bands narrower than a bin
        self._bands = means
        # Noise is interpolated between the middles of zones, and of bands above them.
        middles = np.concatenate([[spacing / 4], np.arange(1, n_harmonics + 1) * spacing])
        above = 0.5 * (edges[1:] + edges[:-1])
        self._above = above > middles[-1]
        self._middles = np.concatenate([middles, above[self._above]])

    def columns(self, levels: np.ndarray) -> np.ndarray:
        """Return the columns of logarithmic spectra.

        Parameters
        ----------
        levels : ndarray of shape (n_frames, n_bins)
            Logarithms of magnitudes.

        Returns
        -------
        columns : ndarray of shape (n_frames, 9 * n_harmonics + n_harmonics + 1 + n_bands)
            The bins about each harmonic, the means between them, and those of the bands.
        """
        lobes = _interpolated(levels, self._samples)
        low = lobes.reshape(len(levels), self.n_harmonics, -1).min(axis=2)
        low = np.concatenate([low[:, :1], low], axis=1)
        means, there = self._between
        between = np.where(there, levels[:, self._rest] @ means, low)
        return np.concatenate([lobes, between, levels @ self._bands], axis=1)

    def spectra(self, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the logarithmic spectra that have given columns, tones and noise apart.

        Parameters
        ----------
        columns : ndarray of shape (n_frames, n_columns)
            As `columns` returns them.

        Returns
        -------
        tones : ndarray of shape (n_frames, n_tonal)
            The bins that `tonal` tells.
        noise : ndarray of shape (n_frames, n_bins)
            What lies between harmonics, in all bins.
        """
        n_lobes = self.n_harmonics * len(_LOBE)
        tones = _interpolated(columns[:, :n_lobes], self._places)
        noise = columns[:, n_lobes:]
        keep = np.concatenate([np.ones(self.n_harmonics + 1, bool), self._above])
        noise, bins = noise[:, keep], np.arange(len(self.tonal))
        at = np.clip(np.searchsorted(self._middles, bins) - 1, 0, len(self._middles) - 2)
        left, right = self._middles[at], self._middles[at + 1]
        share = np.clip((bins - left) / (right - left), 0, 1).astype(columns.dtype)
        return tones, noise[:, at] * (1 - share) + noise[:, at + 1] * share


def _means(groups: np.ndarray, n_groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a matrix that takes means over groups of bins, and whether each has any."""
    matrix = (groups[:, np.newaxis] == np.arange(n_groups)).astype(np.float32)
    counts = matrix.sum(axis=0)
    return matrix / np.maximum(counts, 1), counts > 0


def _interpolated(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return values between columns by cubic Lagrange interpolation.

    It is exact for the parabolas that the logarithms of a Gaussian window's lobes are.
    """
    first = np.clip(places.astype(int) - 1, 0, values.shape[1] - 4)
    t = (places - first).astype(values.dtype)
    nodes = range(4)
    weights = [
        np.prod([(t - other) / (node - other) for other in nodes if other != node], axis=0)
        for node in nodes
    ]
    parts = [values[:, first + node] * weight for node, weight in zip(nodes, weights, strict=True)]
    return np.sum(parts, axis=0)
