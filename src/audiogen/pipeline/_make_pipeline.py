"""Generative pipelines without names to think of."""

from typing import Any

from audiogen.pipeline._pipeline import GenerativePipeline

__all__ = ["make_generative_pipeline"]


def make_generative_pipeline(
    *steps: Any, memory: Any = None, verbose: bool = False, sample_rate: int | None = None
) -> GenerativePipeline:
    """Build a `GenerativePipeline` with steps named after their types.

    Parameters
    ----------
    *steps : estimators
        Selectors, transformers and a generator, in that order.
    memory : str, joblib.Memory or None, default=None
        Cache of the fitted transformers.
    verbose : bool, default=False
        Whether to show how long each step takes.
    sample_rate : int, default=None
        Sampling rate of the audio, in Hz, where no step states it.

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
        list(zip(numbered, steps, strict=True)),
        memory=memory,
        verbose=verbose,
        sample_rate=sample_rate,
    )
