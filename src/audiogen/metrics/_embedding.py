"""Embeddings that are handed in: callables, with what figures by them depend on."""

import inspect
import numbers
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from audiogen.metrics._features import check_embeddings, mfcc_frames
from audiogen.signal import resample
from audiogen.utils.large import map_rows
from audiogen.utils.validation import Interval, Options, check_audio, check_parameters

__all__ = ["Embedding", "embed", "label_of", "takes"]

_RATE = Interval(numbers.Real, 0, None, closed="neither")


@dataclass(frozen=True)
class Embedding:
    """A function that embeds audio, with its name, sampling rate and version.

    `embed`, `measure` and `frechet_audio_distance` take any callable, and read these
    attributes where it has them. This class gives them to one that has not.

    Parameters
    ----------
    function : callable
        Function that takes audio of shape (n_samples, n_timesteps) and returns embeddings of shape
        (n_samples, n_features), or (n_samples, n_frames, n_features). Where it has a parameter
        `sample_rate`, it is given that, too.
    name : str
        Name, by which figures say what they were measured with.
    sample_rate : float, default=None
        Sampling rate in Hz that the function needs; audio of another one is resampled. None takes
        audio as it is.
    version : str, default=""
        Version of the function or of its weights.

    See Also
    --------
    embed : Embed audio.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import Embedding, embed
    >>> peaks = Embedding(lambda audio: np.abs(audio).max(axis=1), name="peak", version="1")
    >>> embed([[0.0, 0.5], [-1.0, 0.0]], sample_rate=16000, embedding=peaks)
    array([[0.5],
           [1. ]])
    """

    function: Callable[..., npt.ArrayLike]
    name: str = field(kw_only=True)
    sample_rate: float | None = field(default=None, kw_only=True)
    version: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        _check_callable(self.function, "function")
        check_parameters(self, {"sample_rate": (_RATE, Options(None))})


def embed(
    audio: npt.ArrayLike,
    *,
    sample_rate: float,
    embedding: Callable[..., npt.ArrayLike] | Embedding | None = None,
) -> np.ndarray:
    """Compute embeddings of clips.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps)
        Clips; integers are scaled by the full scale of their type.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    embedding : callable or Embedding, default=None
        Function of audio; see `Embedding`. None takes `mfcc_frames`. Of more than some 256 MB of
        audio, it is called with a few clips at a time.

    Returns
    -------
    embeddings : ndarray of shape (n_samples, n_features) or (n_samples, n_frames, n_features)

    Raises
    ------
    TypeError
        Where the embedding is no function.
    ValueError
        Where the audio or what the function returns has another shape or is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import embed, log_mel_statistics
    >>> clips = np.random.default_rng(0).standard_normal((2, 16000))
    >>> embed(clips, sample_rate=16000).shape
    (2, 32, 13)
    >>> embed(clips, sample_rate=16000, embedding=log_mel_statistics).shape
    (2, 64)
    """
    check_parameters("embed", {"sample_rate": _RATE}, {"sample_rate": sample_rate})
    clips = check_audio(audio)
    owner: Any = mfcc_frames if embedding is None else embedding
    wanted = getattr(owner, "sample_rate", None) or sample_rate
    function = owner.function if isinstance(owner, Embedding) else owner
    _check_callable(function, "embedding")
    extra = {"sample_rate": wanted} if takes(function, "sample_rate") else {}

    def embedded(rows: np.ndarray) -> np.ndarray:
        if wanted != sample_rate:
            rows = np.stack([resample(clip, sample_rate, wanted) for clip in rows])
        found = np.asarray(function(rows, **extra))
        if found.ndim == 0 or len(found) != len(rows):
            raise ValueError(
                f"{label_of(owner)} must return a row for each of {len(rows)} clips. "
                f"Got the shape {found.shape}."
            )
        return found

    return check_embeddings(map_rows(embedded, clips), f"what {label_of(owner)} returns", 1)


def _check_callable(function: Any, name: str) -> None:
    if not callable(function):
        raise TypeError(f"{name} must be callable. Got {function!r}.")


def label_of(embedding: Any) -> str:
    """Return the name of an embedding and its version, where it has one."""
    embedding = mfcc_frames if embedding is None else embedding
    kind = type(embedding).__name__
    name = getattr(embedding, "name", None) or getattr(embedding, "__name__", kind)
    return f"{name} {getattr(embedding, 'version', '') or ''}".strip()


def takes(function: Callable[..., Any], name: str) -> bool:
    """Tell whether a function has a parameter of that name."""
    try:
        return name in inspect.signature(function).parameters
    except (TypeError, ValueError):  # of compiled functions, which tell nothing
        return False
