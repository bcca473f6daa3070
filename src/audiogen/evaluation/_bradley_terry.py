"""Strengths of sets from which of two won how often."""

import numpy as np

__all__ = ["bradley_terry"]

_TOLERANCE, _MOST_STEPS = 1e-9, 10_000


def bradley_terry(wins: np.ndarray, compared: np.ndarray | None = None) -> np.ndarray:
    """Return the log-strengths of the model of Bradley and Terry.

    Parameters
    ----------
    wins : ndarray of shape (..., n_sets, n_sets)
        How often the set of the row won over that of the column; a draw is half a win for each.
    compared : ndarray of shape (n_sets, n_sets), bool, default=None
        Which sets were compared at all; None takes it from `wins`.

    Returns
    -------
    strengths : ndarray of shape (..., n_sets)
        Their sum is 0. The odds that one set wins over another are the exponential of their
        difference.

    Notes
    -----
    Half a win each way is added to every two sets that were compared, as Haldane and Anscombe do
    for odds: strengths are finite where one set won always. The estimate is found by the
    minorisation of Hunter [1]_.

    References
    ----------
    .. [1] D. R. Hunter, "MM algorithms for generalized Bradley-Terry models", Annals of Statistics
       32(1), 2004.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.evaluation._bradley_terry import bradley_terry
    >>> one, other = bradley_terry(np.array([[0, 7], [2, 0]]))
    >>> print(f"{one - other:.3f} = log(7.5 / 2.5) = {np.log(3):.3f}")
    1.099 = log(7.5 / 2.5) = 1.099
    """
    wins = np.asarray(wins, dtype=float)
    compared = (wins + wins.swapaxes(-1, -2)) > 0 if compared is None else compared
    wins = wins + 0.5 * compared
    games = wins + wins.swapaxes(-1, -2)
    won = wins.sum(axis=-1)
    strengths = np.zeros(won.shape)
    for _ in range(_MOST_STEPS):
        power = np.exp(strengths)
        both = power[..., :, np.newaxis] + power[..., np.newaxis, :]
        new = np.log(won / (games / both).sum(axis=-1))
        new -= new.mean(axis=-1, keepdims=True)
        moved = np.abs(new - strengths).max()
        strengths = new
        if moved < _TOLERANCE:
            break
    return strengths
