"""A kernel smoother of sounds: a generator that needs a handful of sounds of each kind."""

import numbers
from typing import Any

import numpy as np

from audiogen.generators._conditions import ConditionEncoder
from audiogen.generators._latents import LatentMixin
from audiogen.utils.products import affine
from audiogen.utils.validation import Instance, Interval

__all__ = ["ConditionalKernelSmoother"]

_WIDTH = 0.1  # of the trained range, for quantities that a dict of bandwidths leaves out


class ConditionalKernelSmoother(LatentMixin):
    """Kernel-weighted mean of sounds with the same categories, and a Gaussian around it.

    The mean is the Nadaraya-Watson estimate [1]_ [2]_: of the training samples that have the
    categories asked for, a mean weighted by a Gaussian kernel on the quantities. What that
    leaves of these samples spans the directions in which generated ones vary. So with an
    instrument as the category, pitch moves within that instrument, and a latent that stays the
    same gives one voice, in tune from note to note. There are no epochs and no network.

    Parameters
    ----------
    bandwidth : float or dict of str to float, default=0.1
        Standard deviation of the kernel, as a part of the trained range of each quantity. A dict
        has it in the unit of each quantity that it names, whether y has that or not; others have
        a tenth of their range. Of a column of text it is that of the distance of encoded texts.
    temperature : float, default=0.3
        Size of the variation around the mean: 0 always gives the mean, with 1 samples vary
        as much as what the mean leaves of those in training.
    latent_dim : int, default=8
        Number of directions of variation, at most; there are no more than samples of one
        combination of categories.
    text : str, default=None
        Name of the column of y that is read as words, by `TextConditions`; None reads none.
    random_state : int, RandomState or None, default=None
        Seed of the samples.

    Attributes
    ----------
    samples_ : ndarray of shape (n_train, n_values), float32
        The training samples, scaled.
    residuals_ : ndarray of shape (n_train, n_values), float32
        What the mean leaves of each.
    mixing_ : ndarray of shape (n_train, latent_dim_), float64
        Shares of the residuals of a combination of categories in each direction.
    groups_ : ndarray of shape (n_train,), int
        The combination of categories of each training sample.
    latent_dim_ : int
        Number of directions of variation.
    n_features_in_ : int
        Length of the second axis of X.
    sample_shape_ : tuple of int
        Shape of one sample.
    condition_names_ : list
        Names of the conditions; empty without y.
    categories_ : dict
        Categories of each condition, None for a quantity.

    Notes
    -----
    Distances count from the nearest training sample: between two that are far apart the mean
    goes over from one to the other, and beyond the last one stays with it.

    Of a combination of categories that training did not have, the samples stand in that agree
    in the first columns of y, as many as possible. So for drums the column of the drum
    comes first, and that of the kit second.

    All training samples are kept, as they are handed in: after a `PrincipalComponents` that is a
    few dozen numbers of each.

    Sounds must be described so that the mean of two is a sound: `HarmonicPlusNoise` and
    log-magnitude spectrograms do so, waveforms do not.

    References
    ----------
    .. [1] E. A. Nadaraya, "On estimating regression", Theory of Probability and its
       Applications 9 (1), 1964.
    .. [2] G. S. Watson, "Smooth regression analysis", Sankhya A 26, 1964.

    Examples
    --------
    >>> import pandas as pd
    >>> from audiogen.generators import ConditionalKernelSmoother
    >>> X = [[0.0, 2.0], [4.0, 2.0], [9.0, 9.0]]
    >>> y = pd.DataFrame({"instrument": ["harp", "harp", "flute"], "pitch": [60, 64, 62]})
    >>> smoother = ConditionalKernelSmoother({"pitch": 2.0}, temperature=0.0, random_state=0)
    >>> smoother.fit(X, y).sample(y={"instrument": "harp", "pitch": 62})
    array([[2., 2.]], dtype=float32)
    """

    _constraints = {
        **LatentMixin._constraints,
        "bandwidth": (
            Interval(numbers.Real, 0, None, closed="neither"),
            Instance(dict, "a dict of numbers in the range (0, inf)"),
        ),
        "temperature": Interval(numbers.Real, 0, None),
        "latent_dim": Interval(numbers.Integral, 1, None),
    }

    def __init__(
        self,
        bandwidth: float | dict[str, float] = 0.1,
        *,
        temperature: float = 0.3,
        latent_dim: int = 8,
        text: str | None = None,
        random_state: Any = None,
    ) -> None:
        self.bandwidth = bandwidth
        self.temperature = temperature
        self.latent_dim = latent_dim
        self.text = text
        self.random_state = random_state

    # ------------------------------------------------------------------- hooks

    def _new_conditions(self) -> ConditionEncoder:
        return ConditionEncoder(False, self.text)

    def _fit(self, x: np.ndarray, condition: np.ndarray | None, rng: np.random.Generator) -> None:
        self.samples_ = x.reshape(len(x), -1)
        self._widths = self._bandwidths()
        self._places, self._values = self._positions(len(x), condition)
        self.groups_ = np.unique(self._places, axis=0, return_inverse=True)[1].reshape(-1)
        weights = self._weights(self._places, self._values)
        self.residuals_ = self.samples_ - affine(weights, self.samples_).astype(np.float32)
        self.latent_dim_ = min(int(self.latent_dim), int(np.bincount(self.groups_).max()))
        self.mixing_ = np.zeros((len(x), self.latent_dim_))
        for group in np.unique(self.groups_):
            rows = np.flatnonzero(self.groups_ == group)
            shares = _principal_shares(self.residuals_[rows], self.latent_dim_)
            self.mixing_[rows, : shares.shape[1]] = shares

    def _decode(self, Z: np.ndarray, condition: np.ndarray | None) -> np.ndarray:
        weights = self._weights(*self._positions(len(Z), condition))
        group = self.groups_[np.argmax(weights, axis=1)]
        shares = affine(Z, self.mixing_.T) * (group[:, np.newaxis] == self.groups_)
        x = affine(weights, self.samples_)
        x += self.temperature * affine(shares, self.residuals_)
        if self._scaling.bounded_:
            x = np.clip(x, -1, 1)
        return x.astype(np.float32).reshape(len(Z), *self.sample_shape_)

    # ------------------------------------------------------------------ pieces

    def _bandwidths(self) -> dict[Any, float]:
        """Return the bandwidth of each quantity, in parts of its trained range."""
        ranges = {} if self.conditions_ is None else self.conditions_.ranges_
        sizes = {name: float(high - low) or 1.0 for name, (low, high) in ranges.items()}
        if self.text is not None:
            sizes[self.text] = 1.0
        if not isinstance(self.bandwidth, dict):
            return {name: float(self.bandwidth) for name in sizes}
        rule = Interval(numbers.Real, 0, None, closed="neither")
        for name, width in self.bandwidth.items():
            if not rule.allows(width):
                raise ValueError(
                    f"The 'bandwidth' parameter of {type(self).__name__} must have {rule} for "
                    f"each quantity. Got {width!r} for {name!r}."
                )
            if self.categories_.get(name) is not None and name != self.text:
                raise ValueError(
                    f"The 'bandwidth' parameter of {type(self).__name__} names {name!r}, which "
                    "is a category: only quantities have a bandwidth."
                )
        return {n: float(self.bandwidth.get(n, _WIDTH * size)) / size for n, size in sizes.items()}

    def _positions(
        self, n_samples: int, condition: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the place of each category, and the quantities in units of their bandwidth."""
        places, values = [], []
        if self.conditions_ is not None and condition is not None:
            ends = np.cumsum([self.conditions_.widths_[name] for name in self.condition_names_])
            parts = np.split(condition, ends[:-1], axis=1)
            for name, part in zip(self.condition_names_, parts, strict=True):
                if name == self.text:
                    values += list(part.T.astype(np.float64) / self._widths[name])
                elif self.categories_[name] is not None:
                    places.append(part.argmax(axis=1))
                else:  # encoded from -1 to 1
                    values.append(part[:, 0].astype(np.float64) / (2 * self._widths[name]))
        empty = np.zeros((n_samples, 0))
        return (
            np.stack(places, axis=1) if places else empty.astype(int),
            np.stack(values, axis=1) if values else empty,
        )

    def _weights(self, places: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Return the weight of each training sample in the mean under each condition."""
        same = places[:, np.newaxis] == self._places
        agreeing = np.cumprod(same, axis=2).sum(axis=2)
        away = np.square(values[:, np.newaxis] - self._values).sum(axis=2)
        away[agreeing < agreeing.max(axis=1, keepdims=True)] = np.inf
        weights = np.exp(-0.5 * (away - away.min(axis=1, keepdims=True)))
        return weights / weights.sum(axis=1, keepdims=True)


def _principal_shares(residuals: np.ndarray, most: int) -> np.ndarray:
    """Return the shares of residuals in their principal directions, of standard deviation 1."""
    gram = residuals.astype(np.float64) @ residuals.T
    vectors = np.linalg.eigh(gram)[1][:, ::-1][:, :most]
    signs = np.where(vectors.sum(axis=0) < 0, -1.0, 1.0)  # an eigenvector may point either way
    return vectors * signs / np.sqrt(len(residuals))
