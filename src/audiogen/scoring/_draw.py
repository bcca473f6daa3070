"""What a fitted estimator makes of the conditions that real audio has."""

from typing import Any

import numpy as np

from audiogen.pipeline import generate, sample_rate_of
from audiogen.scoring._known_rows import known_rows
from audiogen.utils.validation import check_audio

__all__ = ["draw"]


def draw(
    estimator: Any, X: Any, y: Any, sample_rate: float, random_state: Any
) -> tuple[np.ndarray, np.ndarray, Any]:
    """Let an estimator generate what it is shown.

    Parameters
    ----------
    estimator : estimator
        A fitted generator, or a pipeline that ends in one.
    X : array-like of shape (n_samples, n_timesteps)
        Real audio.
    y : DataFrame, record array, dict of columns, array-like or None
        Its conditions.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    random_state : int, RandomState or None
        Seed of what is generated.

    Returns
    -------
    real, generated : ndarray of shape (n_known_samples, n_timesteps)
        The real clips whose conditions the estimator knows, and as many of its own.
    y : table or None
        Their conditions.
    """
    rate = sample_rate_of(estimator)
    if rate is not None and rate != sample_rate:
        raise ValueError(
            f"This {type(estimator).__name__} makes audio at {rate} Hz, but the scorer measures "
            f"at {sample_rate} Hz. Give the scorer sample_rate={rate}."
        )
    if hasattr(estimator, "select"):
        X, y = estimator.select(X, y)
    X, y = known_rows(estimator, check_audio(X, name="X"), y)
    generated = generate(estimator, len(X), y, random_state=random_state)
    return X, check_audio(generated, name="generated audio"), y
