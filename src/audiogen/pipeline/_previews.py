"""Samples written to files while a pipeline is trained."""

import contextlib
import os
import pathlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import sklearn
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from audiogen.display import NoteDisplay
from audiogen.pipeline._inverse import invert_samples, split_steps
from audiogen.pipeline._sample_rate import sample_rate_of
from audiogen.utils.files import atomic_path, check_writable
from audiogen.utils.validation import warn_user

__all__ = ["preview_parameters", "requested", "write_preview"]


_NO_AUDIO = (
    "preview_dir is for pipelines whose samples are audio (n_samples, n_timesteps). Got {}; give "
    "preview=... to the generator instead."
)


def preview_parameters(pipeline: Pipeline, X: Any, folder: Any, every: int) -> dict[str, Any]:
    """Return the parameters for the generator's ``fit`` that write previews.

    Parameters
    ----------
    pipeline : Pipeline
        Ends in a generator that is trained in epochs.
    X : array-like
        What it is fitted to.
    folder : path-like
        Where to write.
    every : int
        Number of epochs from one preview to the next.

    Returns
    -------
    parameters : dict of str to object

    Raises
    ------
    ValueError
        Where X is no audio, the generator has no epochs, or nothing states the sample rate.
    TypeError
        Where the folder is no path.
    OSError
        Where it cannot be written to.
    """
    if not isinstance(folder, str | os.PathLike):
        raise TypeError(f"preview_dir must be the path of a folder. Got {folder!r} instead.")
    check_writable(pathlib.Path(folder) / _name(0, 0))
    if np.ndim(X) != 2:
        raise ValueError(_NO_AUDIO.format(f"X of shape {np.shape(X)}"))
    steps, generator = split_steps(pipeline)
    if not has_fit_parameter(generator, "preview"):
        raise ValueError(
            "preview_dir is for generators that are trained in epochs, and "
            f"{type(generator).__name__} has none; leave it out."
        )
    sample_rate = sample_rate_of(pipeline)
    if sample_rate is None:
        raise ValueError(
            "preview_dir needs the sample rate of the audio, which no step states. Give it as "
            f"{type(pipeline).__name__}(steps, sample_rate=...)."
        )

    def preview(samples: Any, y: Any, epoch: int) -> None:
        audio = invert_samples(steps, generator, samples, y)
        try:
            write_preview(folder, audio, epoch, sample_rate)
        except OSError as error:  # no reason to lose the training
            warn_user(f"The preview after epoch {epoch} was not written: {error}")

    return {"preview": preview, "preview_every": every}


@contextlib.contextmanager
def requested(pipeline: Pipeline, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return parameters for the generator's ``fit`` under the names that the pipeline takes.

    With scikit-learn's metadata routing the generator requests them for as long as this lasts.
    """
    if not sklearn.get_config()["enable_metadata_routing"]:
        path = _generator_path(pipeline)
        yield {f"{path}__{name}": value for name, value in parameters.items()}
        return
    generator = split_steps(pipeline)[1]
    before = generator.get_metadata_routing().fit.requests
    generator.set_fit_request(**dict.fromkeys(parameters, True))
    try:
        yield parameters
    finally:
        generator.set_fit_request(**{name: before[name] for name in parameters})


def _generator_path(pipeline: Pipeline) -> str:
    """Return the name of the generator's step, through nested pipelines."""
    name, final = pipeline.steps[-1]
    return f"{name}__{_generator_path(final)}" if isinstance(final, Pipeline) else name


def _name(epoch: int, number: int) -> str:
    """Return the name of a preview's file."""
    return f"epoch_{epoch:04d}_{number}.wav"


def write_preview(
    folder: str | os.PathLike[str], audio: np.ndarray, epoch: int, sample_rate: int
) -> None:
    """Write clips as WAV files, with a picture of each.

    Parameters
    ----------
    folder : path-like
        Where to write; made where it does not exist.
    audio : ndarray of shape (n_samples, n_timesteps)
        The clips; samples beyond [-1, 1] are clipped.
    epoch : int
        Number in the names of the files, ``epoch_0010_0.wav`` and so on. Files of those names
        are replaced.
    sample_rate : int
        Sampling rate of the audio, in Hz.

    Raises
    ------
    ValueError
        Where the samples are not audio.
    """
    import soundfile

    if np.ndim(audio) != 2:
        raise ValueError(_NO_AUDIO.format(f"samples of shape {np.shape(audio)}"))
    for i, clip in enumerate(np.clip(audio, -1, 1)):
        path = pathlib.Path(folder) / _name(epoch, i)
        with atomic_path(path) as temporary:
            soundfile.write(temporary, clip, sample_rate)
        NoteDisplay(clip, sample_rate=sample_rate, name=f"epoch {epoch}").save(
            path.with_suffix(".png")
        )
