"""Samples of a generator, inverted through the steps before it."""

import numbers

from audiogen.pipeline._inverse import inverted, taken_apart
from audiogen.utils.validation import Interval, Options, check_parameters

__all__ = ["generate"]


def generate(
    estimator,
    n_samples=None,
    y=None,
    *,
    return_y=False,
    random_state=None,
    join="audio",
    crossfade=0,
):
    """Sample a fitted generator and walk back through the steps before it.

    Parameters
    ----------
    estimator : estimator
        A fitted generator, or a Pipeline or `GenerativePipeline` that ends in one.
    n_samples : int, default=None
        How many; None takes as many as `y` has rows, or 1.
    y : array-like, DataFrame, scalar or dict, default=None
        The conditions wanted. None draws them as often as they were trained on.
    return_y : bool, default=False
        Whether the conditions are returned as well.
    random_state : int, RandomState or None, default=None
        Decides the samples; None takes the generator's own `random_state`.
    join : {"audio", "spectrogram"}, default="audio"
        For generators of frames that follow each other: each frame to audio and then
        joined, or frames joined along time and then to audio. Frames that are moments of
        one recording, by ``SlidingWindow(axis=1)``, or of tunes, by `PianoRoll`, are always
        joined along time.
    crossfade : int, default=0
        Samples after each seam of ``join="audio"`` in which what was before goes on, as its
        own mirror image, and fades out while the new frame fades in. The length stays the
        same. Attacks of notes go with it: 4,000 samples make seams no harsher than the
        notes themselves.

    Returns
    -------
    X : ndarray of shape (n_samples, n_timesteps), float32
        Audio, or whatever the first step was given in `fit`: a list of tunes for `PianoRoll`.
    y : DataFrame, ndarray or None
        The conditions, only if `return_y` is True.

    Raises
    ------
    TypeError
        Where the last step is no generator, or a step cannot be inverted.

    Examples
    --------
    >>> from audiogen import generate
    >>> from audiogen.generators import ConditionalVAE
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> X = [[0.0, 2.0], [1.0, 3.0], [4.0, 4.0], [5.0, 5.0]]
    >>> vae = ConditionalVAE(latent_dim=1, units=(8,), epochs=1, random_state=0)
    >>> generate(make_pipeline(StandardScaler(), vae).fit(X), 3).shape
    (3, 2)
    """
    options = {"join": join, "crossfade": crossfade}
    check_parameters("generate", _GENERATE, options)
    steps, generator = taken_apart(estimator)
    if not hasattr(generator, "sample"):
        raise TypeError(
            f"{type(generator).__name__} cannot generate: it has no method sample. "
            "The last step must be a generator, such as ConditionalVAE."
        )
    X, y = generator.sample(n_samples, y, return_y=True, random_state=random_state)
    X = inverted(steps, generator, X, y, join, crossfade)
    return (X, y) if return_y else X


_GENERATE = {
    "join": Options("audio", "spectrogram"),
    "crossfade": Interval(numbers.Integral, 0, None),
}
