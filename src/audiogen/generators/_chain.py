"""Paths through a chain of states."""

import numpy as np
from scipy.special import logsumexp

__all__ = ["draw_path", "most_likely_path", "tied"]


def most_likely_path(emissions: np.ndarray, transitions: np.ndarray) -> np.ndarray:
    """Return the likeliest path by Viterbi's algorithm.

    Parameters
    ----------
    emissions : ndarray of shape (n_steps, n_states)
        Logarithms of how well a state goes with a step.
    transitions : ndarray of shape (n_steps, n_states, n_states)
        Logarithms of how well a state goes with the one before; those of the first step are
        not looked at.

    Returns
    -------
    path : ndarray of shape (n_steps,), int
    """
    best, back = emissions[0], []
    for step in range(1, len(emissions)):
        ways = best[:, np.newaxis] + transitions[step]
        back.append(ways.argmax(axis=0))
        best = ways.max(axis=0) + emissions[step]
    path = [int(best.argmax())]
    for before in reversed(back):
        path.append(int(before[path[-1]]))
    return np.array(path[::-1])


def draw_path(emissions: np.ndarray, transitions: np.ndarray, chances: np.ndarray) -> np.ndarray:
    """Return a path drawn by its probability, forwards summed and backwards drawn.

    Parameters
    ----------
    emissions, transitions : ndarray
        As in `most_likely_path`.
    chances : ndarray of shape (n_steps,)
        Uniform numbers from 0 to 1.

    Returns
    -------
    path : ndarray of shape (n_steps,), int
    """
    forward = [emissions[0]]
    for step in range(1, len(emissions)):
        ways = forward[-1][:, np.newaxis] + transitions[step]
        forward.append(logsumexp(ways, axis=0) + emissions[step])
    path = [_drawn(forward[-1], chances[-1])]
    for step in range(len(emissions) - 1, 0, -1):
        path.append(_drawn(forward[step - 1] + transitions[step][:, path[-1]], chances[step - 1]))
    return np.array(path[::-1])


def tied(probabilities: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return probabilities of steps, the mean of them for steps that see the same.

    Parameters
    ----------
    probabilities : ndarray of shape (n_steps, n_states)
        One row a step.
    seen : ndarray of shape (n_steps, n_values)
        What is compared.

    Returns
    -------
    probabilities : ndarray of shape (n_steps, n_states)
    """
    _, group = np.unique(np.round(seen, 6), axis=0, return_inverse=True)
    group = group.ravel()
    sums = np.zeros((group.max() + 1, probabilities.shape[1]))
    np.add.at(sums, group, probabilities)
    return (sums / np.bincount(group)[:, np.newaxis])[group]


def _drawn(logits: np.ndarray, chance: float) -> int:
    cumulated = np.cumsum(np.exp(logits - logits.max()))
    return int(np.searchsorted(cumulated, chance * cumulated[-1], side="right"))
