"""Pipelines that end in a generator, and the way from its samples back to audio."""

import numbers
from functools import partial

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline
from sklearn.utils.metaestimators import available_if

from audiogen.pipeline._generate import generate
from audiogen.pipeline._inverse import back, call, inverted, taken_apart
from audiogen.pipeline._previews import write_preview
from audiogen.preprocessing import SlidingWindow
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["GenerativePipeline", "make_generative_pipeline"]


class GenerativePipeline(Pipeline):
    """A scikit-learn Pipeline that ends in a generator.

    It adds three things to ``sklearn.pipeline.Pipeline``, whose parameters and
    attributes it has: `sample`; `y` for the steps whose ``transform`` or
    ``inverse_transform`` takes it; and row selectors, such as `PitchFilter`, as the
    first steps, which drop rows from X and y alike.

    Parameters
    ----------
    steps : list of (str, estimator)
        Selectors, transformers and a generator, in that order.
    memory : str, joblib.Memory or None, default=None
        Where fitted transformers are cached.
    verbose : bool, default=False
        Whether the time of each step is shown.

    Examples
    --------
    >>> from audiogen import GenerativePipeline
    >>> from audiogen.datasets import make_notes
    >>> from audiogen.generators import ConditionalVAE
    >>> from audiogen.preprocessing import PeakNormalizer
    >>> X, y = make_notes(4, random_state=0, return_X_y=True)
    >>> vae = ConditionalVAE(latent_dim=2, filters=(4, 4), epochs=1, random_state=0)
    >>> pipe = GenerativePipeline([("peak", PeakNormalizer()), ("vae", vae)]).fit(X, y)
    >>> pipe.sample(y=y).shape == X.shape
    True
    """

    def fit(self, X, y=None, *, preview_dir=None, preview_every=10, sample_rate=16000, **params):
        """Fit all steps, selectors first.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio, or what the first step takes.
        y : DataFrame or array-like, default=None
            The conditions.
        preview_dir : str or path-like, default=None
            A folder for four samples, as WAV files and pictures, of every so many epochs, to
            listen to progress. Those of the same epoch are replaced.
        preview_every : int, default=10
            Epochs from one preview to the next.
        sample_rate : int, default=16000
            Of the previews, in Hz.
        **params : dict
            Parameters for the ``fit`` of steps, as ``step__parameter``.

        Returns
        -------
        self : GenerativePipeline
        """
        windows = any(isinstance(step, SlidingWindow) for _, step in self.steps)
        if windows and y is not None:
            raise ValueError("SlidingWindow makes windows rows, so y must be None with it.")
        if preview_dir is not None:
            name = _generator_name(self)
            params[f"{name}__preview"] = partial(self._preview, preview_dir, sample_rate)
            params[f"{name}__preview_every"] = preview_every
        return super().fit(*self.select(X, y), **params)

    def _preview(self, folder, sample_rate, samples, y, epoch):
        steps, generator = taken_apart(self)
        write_preview(folder, inverted(steps, generator, samples, y), epoch, sample_rate)

    def select(self, X, y=None):
        """Drop the rows that the leading selectors drop.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            What the first step takes.
        y : DataFrame or array-like, default=None
            The conditions.

        Returns
        -------
        X, y : the same without those rows
        """
        for step in self._selectors():
            X, y = step.select(X, y)
        return X, y

    def sample(
        self,
        n_samples=None,
        y=None,
        *,
        return_y=False,
        random_state=None,
        join="audio",
        crossfade=0,
    ):
        """Generate audio; see `generate`, which this is.

        Parameters
        ----------
        n_samples : int, default=None
            How many; None takes as many as `y` has rows, or 1.
        y : array-like, DataFrame, scalar or dict, default=None
            The conditions wanted.
        return_y : bool, default=False
            Whether the conditions are returned as well.
        random_state : int, RandomState or None, default=None
            Decides the samples.
        join : {"audio", "spectrogram"}, default="audio"
            How frames that follow each other are joined.
        crossfade : int, default=0
            Samples after each seam in which audio is blended.

        Returns
        -------
        X : ndarray of shape (n_samples, n_timesteps), float32
        y : DataFrame, ndarray or None
            Only if `return_y` is True.
        """
        return generate(
            self,
            n_samples,
            y,
            return_y=return_y,
            random_state=random_state,
            join=join,
            crossfade=crossfade,
        )

    @available_if(lambda self: _final_has(self, "transform"))
    def transform(self, X, y=None):
        """Transform X with every step, y handed to those that take it.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            What the first step takes.
        y : DataFrame or array-like, default=None
            The conditions.

        Returns
        -------
        X : ndarray
            Without the rows that selectors drop.
        """
        X, y = self._forward(X, y)
        final = self.steps[-1][1]
        return X if final in (None, "passthrough") else call(final.transform, X, y)

    @available_if(lambda self: _final_has(self, "inverse_transform"))
    def inverse_transform(self, X, y=None):
        """Walk back through every step, y handed to those that take it.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            What the last step returned.
        y : DataFrame or array-like, default=None
            The conditions.

        Returns
        -------
        X : ndarray
        """
        return back([step for _, step in self.steps], X, y)

    @available_if(lambda self: _final_has(self, "encode"))
    def encode(self, X, y=None):
        """Return the generator's latents of audio.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio, or what the first step takes.
        y : DataFrame or array-like, default=None
            The conditions.

        Returns
        -------
        Z : ndarray of shape (n_samples, latent_dim)
        """
        X, y = self._forward(X, y)
        return self.steps[-1][1].encode(X, y)

    @available_if(lambda self: _final_has(self, "decode"))
    def decode(self, Z, y=None):
        """Return the audio of latents.

        Parameters
        ----------
        Z : array-like of shape (n_samples, latent_dim)
            Latents.
        y : DataFrame or array-like, default=None
            The conditions.

        Returns
        -------
        X : ndarray of shape (n_samples, n_timesteps), float32
        """
        steps, generator = taken_apart(self)
        if y is not None and generator.conditions_ is not None:
            y = generator.conditions_.complete(y, len(Z))
        return back(steps, generator.decode(Z, y), y)

    @available_if(lambda self: _final_has(self, "decode"))
    def interpolate(self, Z, y=None, n_steps=8):
        """Return audio on the way from one sound to another, both ends included.

        Parameters
        ----------
        Z : array-like of shape (2, latent_dim)
            The latents of the two ends: `encode` gives those of real sounds, standard normal
            numbers are those of new ones.
        y : DataFrame, array-like or dict, default=None
            The conditions of the two ends, two rows, or one for both.
        n_steps : int, default=8
            How many, at least 2.

        Returns
        -------
        X : ndarray of shape (n_steps, n_timesteps), float32
            Audio, or whatever the first step was given in `fit`.

        Notes
        -----
        Quantities, such as pitch, go straight from one end to the other. There is nothing
        between two categories: at every step the latents of both ends are decoded, each as
        its own, and the features that the generator makes are mixed, before the way back to
        audio. A generator without conditions decodes latents on a straight line.

        Examples
        --------
        >>> import pandas as pd
        >>> from audiogen.datasets import make_notes
        >>> from audiogen.recipes import harmonic_gmm
        >>> X, y = make_notes(8, duration=0.5, random_state=0, return_X_y=True)
        >>> pipe = harmonic_gmm(n_components=4, random_state=0).fit(X, y)
        >>> ends = y.iloc[[0, 1]]
        >>> pipe.interpolate(pipe.encode(X[:2], ends), ends.assign(pitch=60), n_steps=5).shape
        (5, 8000)
        """
        rule = {"n_steps": Interval(numbers.Integral, 2, None)}
        check_parameters("GenerativePipeline.interpolate", rule, {"n_steps": n_steps})
        Z = np.asarray(Z)
        if Z.ndim != 2 or len(Z) != 2:
            raise ValueError(f"Z must hold two latents, (2, latent_dim). Got the shape {Z.shape}.")
        share = np.linspace(0, 1, n_steps, dtype=np.float32)
        steps, generator = taken_apart(self)
        if y is None or generator.conditions_ is None:
            return self.decode((1 - share[:, np.newaxis]) * Z[0] + share[:, np.newaxis] * Z[1], y)
        y = generator.conditions_.complete(y, 2)
        first, last = (_on_the_way(y, end, share) for end in (0, 1))
        a = generator.decode(np.repeat(Z[:1], n_steps, axis=0), first)
        b = generator.decode(np.repeat(Z[1:], n_steps, axis=0), last)
        share = share.reshape(-1, *[1] * (a.ndim - 1))
        return back(steps, (1 - share) * a + share * b, first)

    @available_if(lambda self: _final_has(self, "score"))
    def score(self, X, y=None):
        """Return the generator's own score of audio.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio, or what the first step takes.
        y : DataFrame or array-like, default=None
            The conditions.

        Returns
        -------
        score : float
        """
        X, y = self._forward(X, y)
        return self.steps[-1][1].score(X, y)

    def _selectors(self):
        selectors = []
        for _, step in self.steps:
            if not hasattr(step, "select") or isinstance(step, Pipeline):
                break
            selectors.append(step)
        return selectors

    def _forward(self, X, y):
        """Return X, as the last step sees it, and its y."""
        for _, step in self.steps[:-1]:
            if step in (None, "passthrough"):
                continue
            if hasattr(step, "select"):
                X, y = step.select(X, y)
            else:
                X = call(step.transform, X, y)
        return X, y


def make_generative_pipeline(*steps, memory=None, verbose=False):
    """Build a `GenerativePipeline` whose steps are named after their types.

    Parameters
    ----------
    *steps : estimators
        Selectors, transformers and a generator, in that order.
    memory : str, joblib.Memory or None, default=None
        Where fitted transformers are cached.
    verbose : bool, default=False
        Whether the time of each step is shown.

    Returns
    -------
    pipeline : GenerativePipeline

    Examples
    --------
    >>> from audiogen import make_generative_pipeline
    >>> from audiogen.generators import ConditionalVAE
    >>> from audiogen.preprocessing import PeakNormalizer
    >>> [name for name, _ in make_generative_pipeline(PeakNormalizer(), ConditionalVAE()).steps]
    ['peaknormalizer', 'conditionalvae']
    """
    names = [type(step).__name__.lower() for step in steps]
    numbered = [
        f"{name}-{names[: i + 1].count(name)}" if names.count(name) > 1 else name
        for i, name in enumerate(names)
    ]
    return GenerativePipeline(
        list(zip(numbered, steps, strict=True)), memory=memory, verbose=verbose
    )


def _final_has(pipeline, method):
    final = pipeline.steps[-1][1]
    if final in (None, "passthrough"):
        return method in ("transform", "inverse_transform")
    getattr(final, method)  # available_if tells of the AttributeError
    return True


def _generator_name(pipeline):
    """Return the name of the generator's step, through nested pipelines."""
    name, final = pipeline.steps[-1]
    return f"{name}__{_generator_name(final)}" if isinstance(final, Pipeline) else name


def _on_the_way(y, end, share):
    """Return conditions between two rows: numbers of both, categories of one end."""
    if not isinstance(y, pd.DataFrame):
        return y[[end] * len(share)]
    rows = y.iloc[[end] * len(share)].reset_index(drop=True)
    for name in rows.select_dtypes("number"):
        low, high = y[name]
        rows[name] = (1 - share) * low + share * high
    return rows
