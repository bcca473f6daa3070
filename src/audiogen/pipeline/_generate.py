"""Samples of a generator, inverted through the steps before it."""

import numbers
from typing import Any

from audiogen.pipeline._inverse import invert_samples, split_steps
from audiogen.pipeline._recordings import sample_sound
from audiogen.pipeline._samples import draw_samples
from audiogen.utils.seeds import draw_seed
from audiogen.utils.validation import Interval, Options, check_parameters

__all__ = ["generate"]


def generate(
    estimator: Any,
    n_samples: int | None = None,
    y: Any = None,
    *,
    return_y: bool = False,
    random_state: Any = None,
    join: str = "audio",
    crossfade: int = 0,
    duration: float | None = None,
    prompt: Any = None,
    **options: Any,
) -> Any:
    """Sample a fitted generator and invert the steps before it.

    Parameters
    ----------
    estimator : estimator
        A fitted generator, or a Pipeline or `GenerativePipeline` that ends in one. Any
        estimator with a method ``sample`` is a generator, scikit-learn's GaussianMixture and
        KernelDensity among them.
    n_samples : int, default=None
        Number of samples; None takes as many as `y` has rows, or 1.
    y : array-like, DataFrame, scalar or dict, default=None
        The conditions wanted. None draws them as often as they were trained on.
    return_y : bool, default=False
        Whether to return the conditions as well.
    random_state : int, RandomState or None, default=None
        Seed of the samples; None takes the generator's own `random_state`. The generator
        itself stays as it is, and so does NumPy's global state.
    join : {"audio", "spectrogram"}, default="audio"
        For generators of frames that follow each other: "audio" turns each frame into audio
        and joins that; "spectrogram" joins frames along time and turns them into audio
        together. Frames that are moments of one recording (``SlidingWindow(axis=1)``) or of
        tunes (`PianoRoll`) are always joined along time.
    crossfade : int, default=0
        Length, in samples, of the crossfade after each seam of ``join="audio"``: a mirror
        image of the frame before fades out while the new frame fades in. The length of the
        audio stays the same. Attacks of notes are softened too: 4,000 samples make seams no
        harsher than the notes themselves.
    duration : float, default=None
        Length of each sample, in seconds, for pipelines of codes of sound, such as
        `audiogen.recipes.continuation` returns; None leaves it to the generator.
    prompt : array-like, default=None
        What to go on from, for generators of codes, one for all samples or one for each: sound of
        shape (n_timesteps,) or (n_samples, n_timesteps), or a list of arrays, for pipelines of
        codes of sound, of which the last 12 s count; codes for others. It is not repeated: X goes
        on where the sound ends, without a seam.
    **options : dict
        Further keywords of the generator's ``sample``, such as ``seed_frames`` of
        `LSTMSequencer` or ``temperature`` of `TransformerSequencer`.

    Returns
    -------
    X : ndarray of shape (n_samples, n_timesteps)
        Audio, or whatever the first step was given in `fit`: a list of tunes for `PianoRoll`.
        float32 from audiogen's own generators.
    y : DataFrame, ndarray or None
        The conditions, only if `return_y` is True.

    Raises
    ------
    TypeError
        Where the last step is no generator or has no such option, or a step has no inverse.
    ValueError
        Where `y` is given to a generator that takes no conditions.

    Notes
    -----
    What a sequence model and the steps before it do is asked of them. A generator whose
    attribute ``generates_frames`` is True returns frames that follow each other, of shape
    ``(n_samples, n_frames, *frame_shape)``. A step with the method
    ``inverse_transform_sequence(X)`` gets whole runs of such frames, all others frame by
    frame. Where that step's attribute ``joins_along_time`` is True, what it returns is one
    recording, or tune, for each sample; otherwise it returns frames, as a window of frames
    does that leaves them as they are. Own sequence models and own windows work the same.

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
    given = {"join": join, "crossfade": crossfade, "duration": duration}
    check_parameters("generate", _CONSTRAINTS, given)
    steps, generator = split_steps(estimator)
    if random_state is None:
        random_state = getattr(generator, "random_state", None)
    seed = draw_seed(random_state)  # one for the samples and for what their inverse draws
    if duration is not None or (prompt is not None and steps):
        X, y = sample_sound(estimator, n_samples, y, seed, duration, prompt, options)
        return (X, y) if return_y else X
    if prompt is not None:
        options["prompt"] = prompt
    X, y = draw_samples(generator, n_samples, y, seed, options)
    X = invert_samples(steps, generator, X, y, join, crossfade, seed)
    return (X, y) if return_y else X


_CONSTRAINTS = {
    "join": Options("audio", "spectrogram"),
    "crossfade": Interval(numbers.Integral, 0, None),
    "duration": (Options(None), Interval(numbers.Real, 0, None, closed="neither")),
}
