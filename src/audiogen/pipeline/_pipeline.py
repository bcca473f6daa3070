"""Pipelines that end in a generator, and audio from its samples."""

import numbers
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.pipeline import Pipeline
from sklearn.utils.metaestimators import available_if

from audiogen.generators import conditions_between
from audiogen.pipeline._generate import generate
from audiogen.pipeline._inverse import (
    call_with_y,
    inverse_transform_steps,
    is_passthrough,
    refuse_frames,
    split_steps,
)
from audiogen.pipeline._previews import preview_parameters, requested
from audiogen.pipeline._sample_rate import sample_rate_of, stated_rates
from audiogen.pipeline._step_before import StepBefore, asks_for_codec
from audiogen.utils.seeds import draw_seed
from audiogen.utils.validation import Interval, Options, check_parameters

__all__ = ["GenerativePipeline"]


class GenerativePipeline(Pipeline):
    """A scikit-learn Pipeline that ends in a generator.

    It adds four things to ``sklearn.pipeline.Pipeline``, whose parameters and attributes it has:
    `sample`; `y` for the steps whose ``transform`` or ``inverse_transform`` takes it; row
    selectors, such as `PitchFilter`, as the first steps, which drop rows from X and y alike; and
    the step before as the `codec` of a generator whose ``fit`` has such a parameter.

    Parameters
    ----------
    steps : list of (str, estimator)
        Selectors, transformers and a generator, in that order.
    transform_input : list of str, default=None
        Names of metadata to transform, as in ``sklearn.pipeline.Pipeline``.
    memory : str, joblib.Memory or None, default=None
        Cache of the fitted transformers.
    verbose : bool, default=False
        Whether to show how long each step takes.
    sample_rate : int, default=None
        Sampling rate of the audio, in Hz, where no step states it. As an attribute it is the
        one rate that this parameter and the steps, nested pipelines included, state: None
        where nothing does. Steps that state different rates are refused in `fit`.

    Examples
    --------
    >>> from audiogen import GenerativePipeline
    >>> from audiogen.datasets import make_notes
    >>> from audiogen.generators import ConditionalVAE
    >>> from audiogen.preprocessing import PeakNormalizer
    >>> X, y = make_notes(4, random_state=0, return_X_y=True)
    >>> vae = ConditionalVAE(latent_dim=2, filters=(4, 4), epochs=1, random_state=0)
    >>> pipe = GenerativePipeline([("peak", PeakNormalizer()), ("vae", vae)], sample_rate=16000)
    >>> pipe.fit(X, y).sample(y=y).shape == X.shape
    True
    """

    def __init__(
        self,
        steps: list,
        *,
        transform_input: list | None = None,
        memory: Any = None,
        verbose: bool = False,
        sample_rate: int | None = None,
    ) -> None:
        super().__init__(steps, transform_input=transform_input, memory=memory, verbose=verbose)
        self.sample_rate = sample_rate

    @property
    def sample_rate(self) -> int | None:
        """Sampling rate of the audio, in Hz; None where nothing states one."""
        rates = {rate for _, rate in stated_rates(self)}
        return rates.pop() if len(rates) == 1 else None

    @sample_rate.setter
    def sample_rate(self, value: int | None) -> None:
        self.__dict__["sample_rate"] = value

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters, those of steps included.

        Parameters
        ----------
        deep : bool, default=True
            Whether to return the parameters of steps as well.

        Returns
        -------
        params : dict of str to object
            `sample_rate` is the parameter, not what the steps state.
        """
        return {**super().get_params(deep), "sample_rate": self.__dict__["sample_rate"]}

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        preview_dir: Any = None,
        preview_every: int = 10,
        **params: Any,
    ) -> "GenerativePipeline":
        """Fit all steps, selectors first.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps)
            Audio, or what the first step takes.
        y : DataFrame or array-like, default=None
            The conditions.
        preview_dir : str or path-like, default=None
            Folder for four samples of every `preview_every` epochs, as WAV files and pictures,
            to listen to the progress of training. Those of the same epoch are replaced.
        preview_every : int, default=10
            Number of epochs from one preview to the next.
        **params : dict
            Parameters for the ``fit`` of steps, as ``step__parameter``; with scikit-learn's
            metadata routing, parameters that steps have requested.

        Returns
        -------
        self : GenerativePipeline

        Raises
        ------
        ValueError
            Where steps state different sample rates; where `y` is given and a step changes the
            rows of X; where `preview_dir` is given and X is no audio, the generator has no
            epochs, or nothing states the sample rate.
        TypeError, OSError
            Where `preview_dir` is no path, is no folder, or cannot be written to.
        """
        check_parameters(self, _CONSTRAINTS, self.get_params(deep=False))
        sample_rate_of(self)
        if y is not None:
            refuse_frames(split_steps(self)[0])
        further: dict[str, Any] = {}
        if preview_dir is not None:
            further = preview_parameters(self, X, preview_dir, preview_every)
        elif "preview" in params:  # from a pipeline around this one
            params["preview_every"] = preview_every
        X, y = self.select(X, y)
        if asks_for_codec(self) and f"{self.steps[-1][0]}__codec" not in params:
            further["codec"] = StepBefore(self, X, y)
        with requested(self, further) as named:
            return super().fit(X, y, **params, **named)

    def select(self, X: Any, y: Any = None) -> tuple[Any, Any]:
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
        """Generate audio, as `audiogen.generate` does.

        Parameters
        ----------
        n_samples : int, default=None
            Number of samples; None takes as many as `y` has rows, or 1.
        y : array-like, DataFrame, scalar or dict, default=None
            The conditions wanted.
        return_y : bool, default=False
            Whether to return the conditions as well.
        random_state : int, RandomState or None, default=None
            Seed of the samples; None takes the generator's own.
        join : {"audio", "spectrogram"}, default="audio"
            How frames that follow each other are joined.
        crossfade : int, default=0
            Length, in samples, of the crossfade after each seam.
        duration, prompt : float and array-like, default=None
            Seconds wanted, and sound to go on from, for pipelines of codes of sound.
        **options : dict
            Further keywords of the generator's ``sample``.

        Returns
        -------
        X : ndarray of shape (n_samples, n_timesteps), float32
            Audio, or what the first step was given.
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
            duration=duration,
            prompt=prompt,
            **options,
        )

    @available_if(lambda self: _final_has(self, "transform"))
    def transform(self, X: Any, y: Any = None) -> Any:
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
        return X if is_passthrough(final) else call_with_y(final.transform, X, y)

    @available_if(lambda self: _final_has(self, "inverse_transform"))
    def inverse_transform(self, X: Any, y: Any = None) -> Any:
        """Apply the inverse of every step, the last one first, y handed to those that take it.

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
        return inverse_transform_steps([step for _, step in self.steps], X, y)

    @available_if(lambda self: _final_has(self, "encode"))
    def encode(self, X: Any, y: Any = None) -> np.ndarray:
        """Return the latents of audio.

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
    def decode(self, Z: npt.ArrayLike, y: Any = None, *, random_state: Any = None) -> Any:
        """Return the audio of latents.

        Parameters
        ----------
        Z : array-like of shape (n_samples, latent_dim)
            Latents.
        y : DataFrame or array-like, default=None
            The conditions.
        random_state : int, RandomState or None, default=None
            Seed of what steps draw, such as the noise in notes; None takes their own.

        Returns
        -------
        X : ndarray of shape (n_samples, n_timesteps), float32
        """
        steps, generator = split_steps(self)
        if y is not None and generator.conditions_ is not None:
            y = generator.conditions_.complete(y, len(np.asarray(Z)))
        seed = None if random_state is None else draw_seed(random_state)
        return inverse_transform_steps(steps, generator.decode(Z, y), y, seed)

    @available_if(lambda self: _final_has(self, "interpolate"))
    def interpolate(self, Z: npt.ArrayLike, y: Any = None, n_steps: int = 8) -> Any:
        """Return audio of the steps from one sound to another, both ends included.

        Parameters
        ----------
        Z : array-like of shape (2, latent_dim)
            The latents of the two ends: `encode` gives those of real sounds, standard normal
            numbers are those of new ones.
        y : DataFrame, array-like or dict, default=None
            The conditions of the two ends: two rows, or one for both.
        n_steps : int, default=8
            Number of steps, at least 2.

        Returns
        -------
        X : ndarray of shape (n_steps, n_timesteps), float32
            Audio, or whatever the first step was given in `fit`.

        Notes
        -----
        The generator's own `interpolate` makes features, which are turned into audio: quantities,
        such as pitch, change linearly from one end to the other, and between two categories the
        features of both are mixed.

        Examples
        --------
        >>> from audiogen.datasets import make_notes
        >>> from audiogen.recipes import harmonic_gmm
        >>> X, y = make_notes(8, duration=0.5, random_state=0, return_X_y=True)
        >>> pipe = harmonic_gmm(n_components=4, random_state=0).fit(X, y[["pitch"]])
        >>> ends = y[["pitch"]].iloc[:2]
        >>> pipe.interpolate(pipe.encode(X[:2], ends), ends, n_steps=5).shape
        (5, 8000)
        """
        steps, generator = split_steps(self)
        features = generator.interpolate(Z, y, n_steps)
        if y is not None and generator.conditions_ is not None:
            ends = generator.conditions_.complete(y, 2)
            share = np.linspace(0, 1, n_steps)
            y = conditions_between(generator.conditions_, ends, 0, share)
            if isinstance(ends, pd.DataFrame):  # steps see no category of one end alone
                kinds = generator.categories_
                y = y[[n for n in y if kinds[n] is None or ends[n].nunique() == 1]]
        return inverse_transform_steps(steps, features, y)

    @available_if(lambda self: _final_has(self, "score"))
    def score(self, X: Any, y: Any = None) -> float:
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

    def _selectors(self) -> list:
        """Return the row selectors that the pipeline begins with."""
        selectors = []
        for _, step in self.steps:
            if not hasattr(step, "select") or isinstance(step, Pipeline):
                break
            selectors.append(step)
        return selectors

    def _forward(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Return X and y as the last step gets them."""
        for _, step in self.steps[:-1]:
            if is_passthrough(step):
                continue
            if hasattr(step, "select"):
                X, y = step.select(X, y)
            else:
                X = call_with_y(step.transform, X, y)
        return X, y


_CONSTRAINTS = {"sample_rate": (Options(None), Interval(numbers.Integral, 1, None))}


def _final_has(pipeline: Pipeline, method: str) -> bool:
    final = pipeline.steps[-1][1]
    if is_passthrough(final):
        return method in ("transform", "inverse_transform")
    getattr(final, method)  # available_if reports the AttributeError
    return True
