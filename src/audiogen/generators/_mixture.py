"""A conditional Gaussian mixture: a generator that is fitted in a moment."""

import numbers
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import log_softmax, logsumexp
from scipy.stats import multivariate_normal
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.mixture import GaussianMixture

from audiogen.generators._latents import EncoderMixin
from audiogen.generators._mixture_latents import mixture_of_normal, normal_of_mixture
from audiogen.utils.blas import single_blas_thread
from audiogen.utils.products import affine
from audiogen.utils.validation import Interval, Options

__all__ = ["ConditionalGaussianMixture"]

_LEAST_VARIANCE = 1e-10
_LEAST_SHARE = 1e-7  # of a sample in a Gaussian: most have none, and each costs a row


class ConditionalGaussianMixture(EncoderMixin):
    """Gaussian mixture whose mean and weights follow a condition.

    The mean is a ridge regression on the encoded condition. What that leaves, in its
    first principal components, is a Gaussian mixture [1]_ whose weights depend on the
    condition by a logistic regression. It has no epochs, cannot collapse, and does well
    with a few hundred notes after a PCA.

    Parameters
    ----------
    n_components : int, default=4
        Gaussians, at most: never more than half as many as there are different samples.
    latent_dim : int, default=64
        Principal components of the residuals that the mixture is over, at most.
    covariance_type : {"tied", "full", "diag"}, default="tied"
        Whether the Gaussians share one covariance, have one each, or a diagonal one each,
        as in `sklearn.mixture.GaussianMixture`.
    alpha : float, default=1.0
        Strength of the ridge regression.
    reg_covar : float, default=1e-4
        Added to every variance, as a share of the mean variance of the residuals.
    text : str, default=None
        Name of the column of y that is read as words, by `TextConditions`; None reads none.
    random_state : int, RandomState or None, default=None
        Seed of the mixture's start and of the draws.

    Attributes
    ----------
    regression_ : sklearn.linear_model.Ridge or None
        From encoded conditions to means; None without y.
    basis_ : ndarray of shape (n_directions, n_values) or None
        The principal directions of the residuals; None where the mixture is over all
        of the values of a sample.
    latent_dim_ : int
        How many principal components, or values, the mixture is over.
    noise_variance_ : float
        Variance, in each direction, of what the principal components leave.
    mixture_ : sklearn.mixture.GaussianMixture
        Of the residuals' principal components.
    weights_ : sklearn.linear_model.LogisticRegression or None
        From encoded conditions to weights; None where they are the mixture's own.
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
    X is held in memory whole. `sample` leaves out the noise of `noise_variance_`, as
    `ConditionalVAE` leaves out its decoder's; `score` counts it in.

    `decode` maps standard normal latents to the mixture under a condition by the
    Knothe-Rosenblatt rearrangement [2]_: coordinate by coordinate, in the order of the principal
    components, each quantile of a normal becomes that of the mixture given the coordinates before.
    The map is smooth and has an inverse, `encode`. `sample` decodes latents drawn.

    References
    ----------
    .. [1] M. E. Tipping, C. M. Bishop, "Mixtures of Probabilistic Principal Component
       Analyzers", Neural Computation 11, 1999.
    .. [2] M. Rosenblatt, "Remarks on a multivariate transformation", Annals of
       Mathematical Statistics 23, 1952.

    Examples
    --------
    >>> from audiogen.generators import ConditionalGaussianMixture
    >>> X = [[0.0, 2.0], [1.0, 3.0], [4.0, 4.0], [5.0, 5.0]]
    >>> mixture = ConditionalGaussianMixture(n_components=1, random_state=0)
    >>> mixture.fit(X, y=["low", "low", "high", "high"]).sample(3, y="low").shape
    (3, 2)
    """

    _constraints = {
        **EncoderMixin._constraints,
        "n_components": Interval(numbers.Integral, 1, None),
        "latent_dim": Interval(numbers.Integral, 1, None),
        "covariance_type": Options("tied", "full", "diag"),
        "alpha": Interval(numbers.Real, 0, None, closed="neither"),
        "reg_covar": Interval(numbers.Real, 0, None, closed="neither"),
    }

    def __init__(
        self,
        n_components: int = 4,
        *,
        latent_dim: int = 64,
        covariance_type: str = "tied",
        alpha: float = 1.0,
        reg_covar: float = 1e-4,
        text: str | None = None,
        random_state: Any = None,
    ) -> None:
        self.n_components = n_components
        self.latent_dim = latent_dim
        self.covariance_type = covariance_type
        self.alpha = alpha
        self.reg_covar = reg_covar
        self.text = text
        self.random_state = random_state

    def score(self, X: npt.ArrayLike, y: Any = None) -> float:
        """Return the mean log-likelihood of sounds.

        Parameters
        ----------
        X : array-like of shape (n_samples, *sample_shape_)
            Sounds.
        y : array-like, DataFrame, scalar or dict, default=None
            Their conditions; needed where there were any in `fit`.

        Returns
        -------
        score : float
            In nats a sample. Higher is better.
        """
        x = self._validated_forward(X)
        x = x.reshape(len(x), -1)
        condition = self._encoded(len(x), y)
        residuals, z = self._parts(x, condition)
        joint = self._log_weights(len(x), condition) + self._log_densities(z)
        left = x.shape[1] - z.shape[1]
        squares = (residuals**2).sum(axis=1, dtype=float) - (z**2).sum(axis=1, dtype=float)
        noise = 0.0
        if left:
            noise = -0.5 * (
                left * np.log(2 * np.pi * self.noise_variance_) + squares / self.noise_variance_
            )
        scale = x.shape[1] * np.log(float(self._scaling.scale_))
        return float(np.mean(logsumexp(joint, axis=1) + noise) - scale)

    # ------------------------------------------------------------------- hooks

    def _fit(self, x: np.ndarray, condition: np.ndarray | None, rng: np.random.Generator) -> None:
        x = x.reshape(len(x), -1)
        self._mean = x.mean(axis=0, dtype=np.float64).astype(np.float32)
        self.regression_ = None
        if condition is not None:
            self.regression_ = Ridge(self.alpha).fit(condition, x - self._mean)
        self.basis_ = None
        residuals, _ = self._parts(x, condition)
        floor = max(self.reg_covar * float(residuals.var()), _LEAST_VARIANCE)
        self.basis_, self.noise_variance_ = _principal(residuals, self.latent_dim, floor)
        _, z = self._parts(x, condition)
        self.latent_dim_ = z.shape[1]
        self.weights_ = None
        with single_blas_thread():  # of many small products, threads take more time than they save
            self.mixture_ = self._mixture(z, floor, int(rng.integers(2**31 - 1)))
            if condition is not None and self.mixture_.n_components > 1:
                self.weights_ = _soft_classifier(condition, self.mixture_.predict_proba(z))

    def _encode(self, x: np.ndarray, condition: np.ndarray | None) -> np.ndarray:
        _, z = self._parts(x.reshape(len(x), -1), condition)
        return normal_of_mixture(z, *self._mixture_at(len(x), condition))

    def _decode(self, Z: np.ndarray, condition: np.ndarray | None) -> np.ndarray:
        n_samples = len(Z)
        z = mixture_of_normal(Z, *self._mixture_at(n_samples, condition))
        residuals = z if self.basis_ is None else affine(z, self.basis_.astype(np.float64))
        x = self._means(n_samples, condition) + residuals
        if self._scaling.bounded_:
            x = np.clip(x, -1, 1)
        return x.reshape(n_samples, *self.sample_shape_)

    # ------------------------------------------------------------------ pieces

    def _parts(self, x: np.ndarray, condition: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        """Return what the means leave of scaled samples, and its principal components."""
        residuals = x - self._means(len(x), condition).astype(np.float32)
        return residuals, residuals if self.basis_ is None else residuals @ self.basis_.T

    def _mixture(self, z: np.ndarray, floor: float, seed: int) -> GaussianMixture:
        if len(z) == 1:
            z = np.repeat(z, 2, axis=0)  # scikit-learn asks for two samples
        # One Gaussian a sample would give the samples back.
        most = max(1, len(np.unique(z, axis=0)) // 2)
        return GaussianMixture(
            min(self.n_components, most),
            covariance_type=self.covariance_type,
            reg_covar=floor,
            random_state=seed,
        ).fit(z)

    def _mixture_at(self, n_samples: int, condition: np.ndarray | None) -> Any:
        """Return log weights at each condition, and the Gaussians' means and Cholesky factors."""
        roots = np.linalg.cholesky(self._covariances())
        return self._log_weights(n_samples, condition), self.mixture_.means_, roots

    def _means(self, n_samples: int, condition: np.ndarray | None) -> np.ndarray:
        if self.regression_ is None or condition is None:
            return np.broadcast_to(self._mean, (n_samples, len(self._mean)))
        slopes = np.atleast_2d(self.regression_.coef_)  # one feature leaves one dimension
        predicted = affine(condition.astype(np.float64), slopes.T.astype(np.float64))
        return predicted + self.regression_.intercept_ + self._mean

    def _log_weights(self, n_samples: int, condition: np.ndarray | None) -> np.ndarray:
        if self.weights_ is None or condition is None:
            return np.tile(np.log(self.mixture_.weights_), (n_samples, 1))
        scores = affine(condition, self.weights_.coef_.T) + self.weights_.intercept_
        if scores.shape[1] == 1:  # of two classes, that of the first is 0
            scores = np.concatenate([np.zeros_like(scores), scores], axis=1)
        return log_softmax(scores, axis=1)

    def _log_densities(self, z: np.ndarray) -> np.ndarray:
        means, covariances = self.mixture_.means_, self._covariances()
        columns = [
            multivariate_normal(m, c).logpdf(z).reshape(-1)
            for m, c in zip(means, covariances, strict=True)
        ]
        return np.stack(columns, axis=1)

    def _covariances(self) -> np.ndarray:
        """Return the covariance of each Gaussian, as a matrix."""
        found = self.mixture_.covariances_
        if self.covariance_type == "diag":
            return found[:, np.newaxis] * np.eye(found.shape[1])
        return np.broadcast_to(found, (self.mixture_.n_components, *found.shape[-2:]))


def _principal(residuals: np.ndarray, most: int, floor: float) -> tuple[np.ndarray | None, float]:
    """Return the principal directions, and the mean variance of all others.

    Either side of the matrix will do for it: the smaller is taken.
    """
    n_samples, n_values = residuals.shape
    if n_values <= most:
        return None, 0.0
    wide = n_values > n_samples
    gram = residuals @ residuals.T if wide else residuals.T @ residuals
    values, vectors = np.linalg.eigh(gram.astype(np.float64))
    most = min(most, n_samples)
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1][:, :most]
    basis = vectors.T @ residuals if wide else vectors.T
    lengths = np.linalg.norm(basis, axis=1, keepdims=True)
    good = lengths[:, 0] > 1e-5 * max(lengths.max(), 1e-30)
    good[0] = True
    basis = (basis / np.maximum(lengths, 1e-30))[good]
    left = values[len(basis) :].sum() / n_samples / (n_values - len(basis))
    return basis.astype(np.float32), float(left + floor)


def _soft_classifier(condition: np.ndarray, shares: np.ndarray) -> LogisticRegression:
    """Fit a logistic regression whose targets are shares: a row for each class that it has."""
    counted = shares > _LEAST_SHARE
    counted[shares.argmax(axis=0), np.arange(shares.shape[1])] = True  # no class is left out
    rows, classes = np.nonzero(counted)
    return LogisticRegression(max_iter=1000).fit(condition[rows], classes, shares[rows, classes])
