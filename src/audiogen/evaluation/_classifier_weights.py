"""What the weights of a classifier of notes say of notes, without Keras."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from audiogen.utils.products import affine

__all__ = ["digest_of", "features_of", "logits_of"]

Weights = Mapping[str, Sequence[np.ndarray]]


def features_of(weights: Weights, inputs: Sequence[np.ndarray]) -> tuple[np.ndarray, Any]:
    """Return features of notes, and the logits of their pitches.

    Parameters
    ----------
    weights : dict of str to list of ndarray
        Weights of the network of `audiogen.networks.build_classifier`.
    inputs : sequence of ndarray
        What it sees.

    Returns
    -------
    features : ndarray of shape (n_samples, units), float32
    salience : ndarray of shape (n_samples, n_pitches), float32, or None
        None where no label is a pitch.
    """
    heard, salience = inputs[0], None
    if len(inputs) > 1:
        hidden = np.maximum(affine(inputs[1], *weights["comb_units"]), 0)
        salience = affine(hidden, *weights["salience"])[..., 0]
        heard = np.concatenate([heard, salience], axis=1)
    return np.maximum(affine(heard, *weights["features"]), 0), salience


def logits_of(weights: Weights, features: np.ndarray, n_labels: int) -> list[np.ndarray]:
    """Return the logits that follow from features, of each label.

    Parameters
    ----------
    weights : dict of str to list of ndarray
        As of `features_of`.
    features : ndarray of shape (n_samples, units)
        The features.
    n_labels : int
        Number of labels.

    Returns
    -------
    logits : list of ndarray of shape (n_samples, n_classes), float32
    """
    return [affine(features, *weights[f"label_{i}"]) for i in range(n_labels)]


def digest_of(weights: Weights) -> str:
    """Return eight digits that other weights do not have.

    Parameters
    ----------
    weights : dict of str to list of ndarray
        Weights of a network.

    Returns
    -------
    digest : str
    """
    digest = hashlib.sha256()
    for name, arrays in sorted(weights.items()):
        digest.update(name.encode())
        for array in arrays:
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:8]
