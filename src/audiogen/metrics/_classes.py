"""Metrics of what a classifier says of clips."""

import numpy as np
import numpy.typing as npt
from scipy.special import rel_entr

__all__ = ["inception_score", "paired_kl_divergence"]

_TOLERANCE = 1e-3  # of the sum of a row, which may be of half precision
_FLOOR = 1e-6  # as in audiocraft, so that figures can be compared


def inception_score(probabilities: npt.ArrayLike) -> float:
    """Compute the inception score of clips, by any classifier.

    It is high where each clip is surely of one class, and there are clips of all classes [1]_.

    Parameters
    ----------
    probabilities : array-like of shape (n_samples, n_classes)
        Probabilities of the classes for each generated clip, such as ``predict_proba`` of a
        classifier of pitches or instruments that was trained on real clips.

    Returns
    -------
    score : float
        From 1 to the number of classes.

    Raises
    ------
    ValueError
        Where these are no probabilities.

    Notes
    -----
    No real clip is looked at: a single clip of each class is enough for the best score. That of
    few clips is biased low; compare sets of one size, and with the score of real clips.

    References
    ----------
    .. [1] T. Salimans, I. Goodfellow, W. Zaremba, V. Cheung, A. Radford and X. Chen, "Improved
       techniques for training GANs", NeurIPS 2016.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import inception_score
    >>> round(inception_score(np.eye(4)), 6), round(inception_score(np.full((9, 4), 0.25)), 6)
    (4.0, 1.0)
    """
    P = _probabilities(probabilities, "probabilities")
    return float(np.exp(rel_entr(P, P.mean(axis=0)).sum(axis=1).mean()))


def paired_kl_divergence(real: npt.ArrayLike, generated: npt.ArrayLike) -> float:
    """Compute the mean divergence of what a classifier says of clips and of their references.

    Each generated clip has a reference of its own: what it was to sound like, or whose
    caption it was made from [1]_.

    Parameters
    ----------
    real, generated : array-like of shape (n_samples, n_classes)
        Probabilities of the classes for each reference, and for the clip generated for it in
        the same row. A classifier of labels that do not exclude each other is to give them by a
        softmax all the same.

    Returns
    -------
    divergence : float
        Mean of KL(real || generated) over the pairs, in nats.

    Raises
    ------
    ValueError
        Where these are no probabilities, or there are not as many of them.

    See Also
    --------
    kl_divergence : Between two sets of features, without pairs.

    Notes
    -----
    1e-6 is added to the probabilities of generated clips, so that classes that are thought
    impossible stay finite; the divergence of equal ones is a little below 0.

    References
    ----------
    .. [1] J. Copet, F. Kreuk, I. Gat, T. Remez, D. Kant, G. Synnaeve, Y. Adi and A. Défossez,
       "Simple and controllable music generation", NeurIPS 2023.

    Examples
    --------
    >>> from audiogen.metrics import paired_kl_divergence
    >>> round(paired_kl_divergence([[0.5, 0.5]], [[0.25, 0.75]]), 3)
    0.144
    """
    P, Q = _probabilities(real, "real"), _probabilities(generated, "generated")
    if P.shape != Q.shape:
        raise ValueError(
            "real and generated must have one row for each pair, of the same classes. "
            f"Got {P.shape} and {Q.shape}."
        )
    return float(rel_entr(P, Q + _FLOOR).sum(axis=1).mean())


def _probabilities(P: npt.ArrayLike, name: str) -> np.ndarray:
    P = np.asarray(P)
    if P.dtype.kind not in "fiu" or P.ndim != 2 or 0 in P.shape:
        raise ValueError(
            f"{name} must be probabilities of shape (n_samples, n_classes). "
            f"Got the shape {P.shape} and dtype {P.dtype}."
        )
    P = P.astype(np.float64)
    totals = P.sum(axis=1)
    wrong = ~((P >= 0).all(axis=1) & (np.abs(totals - 1) <= _TOLERANCE))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            f"{name} must be probabilities, at least 0 and with a sum of 1 in each row. Row {row} "
            f"has the sum {totals[row]:g} and the smallest value {P[row].min():g}."
        )
    return P / totals[:, np.newaxis]
