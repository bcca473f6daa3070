"""The Fréchet audio distance, of sets and of single clips."""

import numbers
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from audiogen.metrics._embedding import Embedding, embed
from audiogen.metrics._features import check_embeddings
from audiogen.metrics._frechet import (
    check_set,
    distance_of,
    frechet_distance,
    shape_of,
    statistics_of,
)
from audiogen.metrics._statistics import FrechetStatistics
from audiogen.utils.validation import Interval, check_audio, check_parameters

__all__ = ["frechet_audio_distance", "frechet_distances"]


def frechet_audio_distance(
    real: npt.ArrayLike,
    generated: npt.ArrayLike,
    *,
    sample_rate: float,
    embedding: Callable[..., npt.ArrayLike] | Embedding | None = None,
    corrected: bool = False,
    random_state: Any = 0,
) -> float:
    """Compute the Fréchet distance between embeddings of real and generated audio.

    Parameters
    ----------
    real, generated : array-like of shape (n_samples, n_timesteps)
        Clips; integers are scaled by the full scale of their type.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    embedding : callable or Embedding, default=None
        Function that takes audio of shape (n_samples, n_timesteps) and returns embeddings of
        shape (n_samples, n_features), or (n_samples, n_frames, n_features), where every
        frame counts as a row; see `embed`. None takes the first 13 of 40 mel-frequency cepstral
        coefficients of each frame.
    corrected : bool, default=False
        Whether the bias of small sets is taken off; see `frechet_distance`.
    random_state : int, RandomState or None, default=0
        Seed of the halves of sets; only `corrected` uses it.

    Returns
    -------
    distance : float
        It depends on the embedding and, unless corrected, on the number of clips: compare
        distances only where both are the same. At least 0, but for corrected ones of sets that
        are alike.

    Raises
    ------
    ValueError
        Where the audio has another shape or is not finite.

    See Also
    --------
    frechet_distance : The distance between features of any kind.

    References
    ----------
    K. Kilgour, M. Zuluaga, D. Roblek and M. Sharifi, "Fréchet Audio Distance: A
    reference-free metric for evaluating music enhancement algorithms", Interspeech 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import frechet_audio_distance
    >>> rng = np.random.default_rng(0)
    >>> noise = rng.standard_normal((4, 32000)).astype(np.float32)
    >>> other = rng.standard_normal((4, 32000)).astype(np.float32)
    >>> tone = np.sin(np.arange(4 * 32000, dtype=np.float32)).reshape(4, 32000)
    >>> near = frechet_audio_distance(noise, other, sample_rate=16000)
    >>> near < frechet_audio_distance(noise, tone, sample_rate=16000)
    True
    """
    rate = {"sample_rate": Interval(numbers.Real, 0, None, closed="neither")}
    check_parameters("frechet_audio_distance", rate, {"sample_rate": sample_rate})
    sets = []
    for name, audio in (("real", real), ("generated", generated)):
        clips = check_audio(audio, name=name)
        sets.append(embed(clips, sample_rate=sample_rate, embedding=embedding))
    return frechet_distance(*sets, corrected=corrected, random_state=random_state)


def frechet_distances(
    reference: npt.ArrayLike | FrechetStatistics, clips: npt.ArrayLike
) -> np.ndarray:
    """Compute the Fréchet distance of each clip from a reference set.

    The frames of each clip are compared with those of the whole set [1]_. So clips can be
    ranked, and the worst be listened to.

    Parameters
    ----------
    reference : FrechetStatistics or array-like of shape (n_samples, n_features) or \
            (n_samples, n_frames, n_features)
        Embeddings of the frames of real clips, or their statistics.
    clips : array-like of shape (n_clips, n_frames, n_features)
        Embeddings of the frames of the clips, at least two for each.

    Returns
    -------
    distances : ndarray of shape (n_clips,)
        At least 0. A clip varies less than a set, so that all are larger than the distance of
        the clips together; compare them with each other.

    Raises
    ------
    ValueError
        Where shapes are others, features are different ones or values are not finite.

    See Also
    --------
    frechet_distance : The distance of all clips together.

    References
    ----------
    .. [1] A. Gui, H. Gamper, S. Braun and D. Emmanouilidou, "Adapting Fréchet Audio Distance
       for generative music evaluation", ICASSP 2024.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import frechet_distances, mfcc_frames
    >>> rng = np.random.default_rng(0)
    >>> real = mfcc_frames(rng.standard_normal((4, 16000)), 16000)
    >>> clips = [rng.standard_normal(16000), np.sin(np.arange(16000))]
    >>> frechet_distances(real, mfcc_frames(clips, 16000)).argmax()
    np.int64(1)
    """
    frames = check_embeddings(clips, "clips", 1)
    if frames.ndim != 3 or frames.shape[1] < 2:
        raise ValueError(
            "clips must have the shape (n_clips, n_frames, n_features), with two frames at "
            f"least. Got {frames.shape}."
        )
    known = check_set(reference, "reference")
    n_rows, n_features = shape_of(known)
    if n_features != frames.shape[2]:
        raise ValueError(
            "reference and clips must have the same features. "
            f"Got {n_features} and {frames.shape[2]} of them."
        )
    if n_rows > n_features:  # computed once, and not for each clip
        known = statistics_of(known)
    return np.array([distance_of(known, clip) for clip in frames])
