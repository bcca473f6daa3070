"""Drum patterns drawn from the networks of a groove composer."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from audiogen.generators._groove_context import (
    N_DRUMS,
    N_LEVELS,
    around_step,
    context_of_step,
    drum_logits,
    hidden_of_step,
    touch_of,
    values_of,
)

__all__ = ["compose", "fill_end", "first_usual", "nats_of_hits", "usual_counts"]

_GROUPS = ((0,), (1,), (4, 5, 6), (2, 3, 7, 8))  # kick, snare, toms, cymbals
_USUAL = (0.35, 0.95)  # quantiles
_FILL_DRUMS = [1, 4, 5, 6]  # snare and toms
_FILL_ODDS = 1.5  # log odds added to their hits
_FILL_DRAWS = 16
_MOST_CONDITIONS = 64  # more are quantities, which have no usual patterns of their own

Networks = Mapping[str, Mapping[str, Sequence[np.ndarray]]]


def compose(
    networks: Networks,
    X: np.ndarray,
    start: int,
    condition: np.ndarray | None,
    rng: np.random.Generator,
    *,
    temperature: float,
    guidance: float = 0.0,
    bias: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Return patterns that go on from a step in a new way.

    Parameters
    ----------
    networks : dict
        Weights of the networks "hits" and "touch".
    X : ndarray of shape (n_samples, n_steps, n_drums, 2)
        Patterns; what is at the step and after it is not looked at.
    start : int
        The step.
    condition : ndarray of shape (n_samples, width) or None
        The encoded conditions.
    rng : numpy.random.Generator
        What is drawn from, pattern after pattern.
    temperature, guidance : float
        As of `GrooveComposer.sample`.
    bias : ndarray of shape (n_drums,) or float, default=0.0
        Added to the log odds of each drum's hits.

    Returns
    -------
    X : ndarray of shape (n_samples, n_steps, n_drums, 2), float32
    """
    chance = rng.random((*X.shape[:-1], 5), dtype=np.float32)
    hits = (X[..., 0] > 0).astype(np.float32)
    for step in range(start, X.shape[1]):
        odds = _odds(networks["hits"], hits, step, condition, guidance)
        for drum in range(hits.shape[2]):
            wanted = odds(drum) / temperature + np.broadcast_to(bias, hits.shape[2])[drum]
            hits[:, step, drum] = chance[:, step, drum, 0] < _probability(wanted)
    X = X * (hits[..., np.newaxis] > 0)
    for step in range(start, X.shape[1]):
        logits = (networks["touch"], condition, temperature)
        _draw_touch(X, hits, step, chance[:, step, :, 1:], *logits)
    return X


def nats_of_hits(
    networks: Networks, hits: np.ndarray, step: int, condition: np.ndarray | None
) -> np.ndarray:
    """Return minus the log-likelihood of the hits of a step."""
    weights, known = networks["hits"], hits[:, step, :, np.newaxis]
    hidden = hidden_of_step(weights, context_of_step(hits, step), condition)
    columns = [drum_logits(weights, hidden, known, i)[:, 0] for i in range(hits.shape[2])]
    odds = np.stack(columns, axis=1).astype(np.float64)
    return (np.logaddexp(0, odds) - hits[:, step] * odds).sum(axis=1)


def usual_counts(X: np.ndarray, condition: np.ndarray | None) -> dict[str, np.ndarray]:
    """Return how many hits of kick, snare, toms and cymbals are usual under each condition.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_steps, n_drums, 2)
        Patterns.
    condition : ndarray of shape (n_samples, width) or None
        Their encoded conditions.

    Returns
    -------
    usual : dict
        "conditions" (n_conditions, width), "low" and "high" (n_conditions, 4).
    """
    counts = _counts(X)
    if condition is None:
        condition = np.zeros((len(X), 1), dtype=np.float32)
    conditions, place = np.unique(condition, axis=0, return_inverse=True)
    place = place.ravel()
    if len(conditions) > _MOST_CONDITIONS:
        conditions, place = conditions[:1], np.zeros(len(X), dtype=int)
    bounds = [np.quantile(counts[place == i], _USUAL, axis=0) for i in range(len(conditions))]
    low, high = np.stack(bounds, axis=1)
    return {"conditions": conditions, "low": low, "high": high}


def fill_end(
    networks: Networks,
    patterns: np.ndarray,
    start: int,
    condition: np.ndarray | None,
    rng: np.random.Generator,
    *,
    temperature: float,
) -> np.ndarray:
    """Return patterns whose end is a fill: of several draws, that with most of snare and toms.

    Parameters
    ----------
    networks, condition, rng, temperature
        As of `compose`.
    patterns : ndarray of shape (n_samples, n_steps, n_drums, 2)
        The patterns.
    start : int
        The first step of the fill.

    Returns
    -------
    patterns : ndarray of shape (n_samples, n_steps, n_drums, 2), float32
    """
    known = np.repeat(patterns, _FILL_DRAWS, axis=0)
    if condition is not None:
        condition = np.repeat(condition, _FILL_DRAWS, axis=0)
    bias = np.zeros(N_DRUMS)
    bias[_FILL_DRUMS] = _FILL_ODDS
    drawn = compose(networks, known, start, condition, rng, temperature=temperature, bias=bias)
    drawn = drawn.reshape(len(patterns), _FILL_DRAWS, *patterns.shape[1:])
    busy = (drawn[:, :, start:, _FILL_DRUMS, 0] > 0).sum(axis=(2, 3))
    return drawn[np.arange(len(patterns)), busy.argmax(axis=1)]


def first_usual(
    drawn: np.ndarray, condition: np.ndarray | None, usual: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Return, of several patterns each, the first with usual numbers of hits, or the nearest.

    Parameters
    ----------
    drawn : ndarray of shape (n_samples, n_draws, n_steps, n_drums, 2)
        Patterns.
    condition : ndarray of shape (n_samples, width) or None
        Their encoded conditions.
    usual : dict
        What `usual_counts` returned.

    Returns
    -------
    X : ndarray of shape (n_samples, n_steps, n_drums, 2)
    """
    conditions = usual["conditions"]
    if condition is None:
        condition = np.zeros((len(drawn), conditions.shape[1]), dtype=np.float32)
    far = ((condition[:, np.newaxis] - conditions) ** 2).sum(axis=2)
    own = far.argmin(axis=1)
    low, high = usual["low"][own][:, np.newaxis], usual["high"][own][:, np.newaxis]
    counts = _counts(drawn)
    excess = np.maximum(low - counts, 0) + np.maximum(counts - high, 0)
    best = (excess / (1 + high)).sum(axis=2).argmin(axis=1)
    return drawn[np.arange(len(drawn)), best]


def _counts(X: np.ndarray) -> np.ndarray:
    """Return the hits of each group of drums."""
    hits = (X[..., 0] > 0).sum(axis=-2)
    return np.stack([hits[..., list(group)].sum(axis=-1) for group in _GROUPS], axis=-1)


def _odds(
    weights: Mapping[str, Sequence[np.ndarray]],
    hits: np.ndarray,
    step: int,
    condition: np.ndarray | None,
    guidance: float,
) -> Callable[[int], np.ndarray]:
    """Return a function from a drum to the log odds of its hits at a step, given `hits` so far."""
    context = context_of_step(hits, step)
    hidden, free = hidden_of_step(weights, context, condition), None
    if guidance and condition is not None:
        free = hidden_of_step(weights, context, np.zeros_like(condition))

    def odds(drum: int) -> np.ndarray:
        known = hits[:, step, :, np.newaxis]
        found = drum_logits(weights, hidden, known, drum)[:, 0]
        if free is None:
            return found
        return found + guidance * (found - drum_logits(weights, free, known, drum)[:, 0])

    return odds


def _draw_touch(
    X: np.ndarray,
    hits: np.ndarray,
    step: int,
    chance: np.ndarray,
    weights: Mapping[str, Sequence[np.ndarray]],
    condition: np.ndarray | None,
    temperature: float,
) -> None:
    """Draw velocities and offsets of the hits of a step, and note them in `X`."""
    hidden = hidden_of_step(weights, around_step(hits, touch_of(X), step), condition)
    for drum in range(X.shape[2]):
        logits = drum_logits(weights, hidden, touch_of(X[:, step]), drum) / temperature
        parts = logits[:, :N_LEVELS], logits[:, N_LEVELS:]
        classes = [_drawn(part, chance[:, drum, i]) for i, part in enumerate(parts)]
        values = values_of(np.stack(classes, axis=1), chance[:, drum, 2:])
        X[:, step, drum] = np.where(hits[:, step, drum, np.newaxis] > 0, values, 0)


def _probability(odds: np.ndarray) -> np.ndarray:
    return 0.5 + 0.5 * np.tanh(0.5 * odds)  # which cannot overflow


def _drawn(logits: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Return a class for each row, drawn by a uniform number."""
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    cumulated = np.cumsum(shares, axis=1)
    return (cumulated < chance[:, np.newaxis] * cumulated[:, -1:]).sum(axis=1)
