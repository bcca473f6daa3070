"""Sound gone on with, and holes in it filled, by generators of codes."""

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from audiogen.generators import BaseSequencer, infill_codes
from audiogen.pipeline._inverse import (
    call_with_y,
    inverse_transform_steps,
    is_passthrough,
    split_steps,
)
from audiogen.pipeline._sample_rate import sample_rate_of
from audiogen.pipeline._samples import draw_samples
from audiogen.signal import fill_gap, limit_overs
from audiogen.utils.seeds import draw_seed
from audiogen.utils.validation import Interval, as_floating_point, check_audio, check_parameters

__all__ = ["inpaint", "sample_sound"]

_HEARD = 256  # patches of a prompt that count: 12 s at the defaults
_SHARED = 8  # patches on each side of what is new that are decoded with it


def inpaint(
    model: Any,
    recording: npt.ArrayLike,
    start: float,
    stop: float,
    y: Any = None,
    *,
    random_state: Any = None,
) -> np.ndarray:
    """Fill a hole in a recording with sound that goes with both sides of it.

    Codes are drawn given those before and after the hole, as `audiogen.generators.infill_codes`
    does. Their sound is matched in level, and fades at both ends into what the sound around the
    hole would go on as.

    Parameters
    ----------
    model : Pipeline or GenerativePipeline
        A fitted pipeline of a codec, such as `SpectralCodes`, and a sequencer, such as
        `audiogen.recipes.continuation` returns.
    recording : array-like of shape (n_timesteps,)
        The recording, at the sampling rate of the model. What is in the hole is not read.
    start, stop : float
        Where the hole begins and ends, in seconds.
    y : DataFrame, array-like, scalar or dict, default=None
        The condition, for models with conditions; None draws it.
    random_state : int, RandomState or None, default=None
        Seed of what is drawn; None takes the generator's own.

    Returns
    -------
    recording : ndarray of shape (n_timesteps,)
        A copy, whose samples outside the hole are those of the recording. float32, or float64
        where that was given.

    Raises
    ------
    TypeError
        Where the model does not end in a sequencer of codes.
    ValueError
        Where its steps make no codes of sound, where the hole is not in the recording, or where
        neither side of it is as long as a code.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen import inpaint
    >>> from audiogen.recipes import texture
    >>> noise = np.random.default_rng(0).normal(0, 0.1, size=44100)
    >>> model = texture(n_codes=16, random_state=0).fit([noise])
    >>> whole = inpaint(model, noise, 0.5, 1.0)
    >>> np.flatnonzero(whole != noise)[[0, -1]].tolist()
    [11025, 22049]
    """
    steps, generator = split_steps(model)
    if not isinstance(generator, BaseSequencer):
        raise TypeError(
            "inpaint takes a pipeline that ends in a sequencer of codes, such as "
            f"audiogen.recipes.continuation returns. Got {type(generator).__name__}."
        )
    check_is_fitted(generator)
    sound = _CodedSound("inpaint", steps, sample_rate_of(model))
    whole = as_floating_point(np.array(recording))
    if whole.ndim != 1:
        raise ValueError(f"recording must have the shape (n_timesteps,). Got {whole.shape}.")
    first, last = _hole(start, stop, len(whole), sound.sample_rate)
    seed = draw_seed(generator.random_state if random_state is None else random_state)
    n_steps = sound.n_patches(last - first)
    beyond = n_steps * sound.length - (last - first)  # patches that begin or end with the hole
    before = sound.encode_end(whole[:first])
    after = sound.encode_beginning(whole[last + (beyond if len(before) else 0) :])
    if not len(before) and not len(after):
        raise ValueError(
            f"The hole leaves too little of the recording: {sound.length} samples are needed on "
            f"one side at least. Got {first} before it and {len(whole) - last} after it."
        )
    codes = infill_codes(generator, before, after, n_steps, y, random_state=seed)
    before, after = before[-_SHARED:], after[:_SHARED]
    parts = [part for part in (before, codes, after) if len(part)]
    audio = sound.decode(np.concatenate(parts)[np.newaxis], None, seed)[0]
    filling = fill_gap(
        audio,
        len(before) * sound.length if len(before) else beyond,
        last - first,
        whole[:first],
        whole[last:],
        overlap=sound.length,
    )
    whole[first:last] = limit_overs(filling, sound.sample_rate)
    return whole


def sample_sound(
    estimator: Any,
    n_samples: int | None,
    y: Any,
    seed: int,
    duration: float | None,
    prompt: Any,
    options: dict[str, Any],
) -> tuple[np.ndarray, Any]:
    """Return sound of a length in seconds, or that goes on from a prompt, and its conditions.

    Parameters
    ----------
    estimator : estimator
        A fitted pipeline of a codec and a sequencer.
    n_samples : int or None
        Number of samples.
    y : array-like, DataFrame, scalar, dict or None
        The conditions.
    seed : int
        Decides what is drawn.
    duration : float or None
        Length of each sample, in seconds; None leaves it to the generator.
    prompt : array-like or None
        Sound to go on from: one for all samples, or one for each.
    options : dict
        Further keywords of the generator's ``sample``.

    Returns
    -------
    X : ndarray of shape (n_samples, n_timesteps), float32
    y : DataFrame, ndarray or None
    """
    steps, generator = split_steps(estimator)
    check_is_fitted(generator)
    sound = _CodedSound("generate", steps, sample_rate_of(estimator))
    length = None
    if duration is not None:
        if "n_steps" in options:
            raise ValueError(
                "duration and n_steps both say how long samples are: give one. "
                f"Got duration={duration} and n_steps={options['n_steps']}."
            )
        length = max(1, round(duration * sound.sample_rate))
        options = {**options, "n_steps": sound.n_patches(length)}
    if prompt is None:
        codes, y = draw_samples(generator, n_samples, y, seed, options)
        return sound.decode(codes, y, seed)[:, :length], y
    tails = _tails(prompt, sound)
    heard = sound.encode(tails)
    codes, y = draw_samples(generator, n_samples, y, seed, {**options, "prompt": heard})
    heard = np.repeat(heard[:, -_SHARED:], len(codes) // len(heard), axis=0)
    audio = sound.decode(np.concatenate([heard, codes], axis=1), y, seed)
    place = heard.shape[1] * sound.length
    length = audio.shape[1] - place if length is None else length
    each = tails * (len(codes) // len(tails))
    new = [
        fill_gap(row, place, length, tail, overlap=sound.length)
        for row, tail in zip(audio, each, strict=True)
    ]
    return np.stack([limit_overs(row, sound.sample_rate) for row in new]), y


class _CodedSound:
    """What the steps of a pipeline make of sound: codes, and sound of these.

    Parameters
    ----------
    name : str
        What needs it, for messages.
    steps : list of transformers
        The fitted steps before the generator, one of which has the attribute ``patch_length_``,
        the number of samples that a code stands for.
    sample_rate : int or None
        Sampling rate of the audio, in Hz.
    """

    def __init__(self, name: str, steps: Sequence[Any], sample_rate: int | None) -> None:
        lengths = (getattr(step, "patch_length_", 0) for step in steps)
        self.length: int = next(filter(None, lengths), 0)
        if not self.length or sample_rate is None:
            raise ValueError(
                f"{name} needs to know how long codes last, for lengths in seconds and sound as a "
                "prompt: a fitted pipeline with SpectralCodes, as audiogen.recipes.continuation "
                "returns. Give n_steps and codes instead, or the sample_rate of the pipeline."
            )
        self.sample_rate = sample_rate
        self._steps = [step for step in steps if not is_passthrough(step)]

    def n_patches(self, n_timesteps: int) -> int:
        """Return how many patches so many samples take."""
        return -(-n_timesteps // self.length)

    def encode(self, sounds: list[np.ndarray]) -> np.ndarray:
        """Return the codes of sounds of one length, (n_sounds, n_patches, n_levels)."""
        X: Any = sounds
        for step in self._steps:
            X = call_with_y(step.transform, X, None)
        return np.asarray(X)  # codecs may give lists

    def encode_end(self, sound: np.ndarray) -> np.ndarray:
        """Return the codes of the last patches that are whole; there may be none."""
        n_patches = min(_HEARD, len(sound) // self.length)
        return self._encode_part(sound[len(sound) - n_patches * self.length :])

    def encode_beginning(self, sound: np.ndarray) -> np.ndarray:
        """Return the codes of the first patches that are whole; there may be none."""
        n_patches = min(_HEARD, len(sound) // self.length)
        return self._encode_part(sound[: n_patches * self.length])

    def decode(self, codes: np.ndarray, y: Any, seed: int) -> np.ndarray:
        """Return the sound of codes, (n_samples, n_timesteps)."""
        return np.asarray(inverse_transform_steps(self._steps, codes, y, seed))

    def _encode_part(self, sound: np.ndarray) -> np.ndarray:
        return self.encode([check_audio(sound, name="recording")[0]])[0] if len(sound) else sound


def _hole(start: float, stop: float, n_timesteps: int, sample_rate: int) -> tuple[int, int]:
    """Return the first sample of a hole and the one after its last."""
    rules = {name: Interval(numbers.Real, 0, None) for name in ("start", "stop")}
    check_parameters("inpaint", rules, {"start": start, "stop": stop})
    first, last = round(start * sample_rate), round(stop * sample_rate)
    if first >= last or last > n_timesteps:
        raise ValueError(
            f"The hole must lie in the recording, of {n_timesteps / sample_rate:.3f} s, and start "
            f"before it stops. Got start={start} and stop={stop}."
        )
    return first, last


def _tails(prompt: Any, sound: _CodedSound) -> list[np.ndarray]:
    """Return the last patches of prompts, as many of each."""
    listed = isinstance(prompt, list | tuple) and len(prompt) > 0 and np.ndim(prompt[0]) == 1
    rows = list(prompt) if listed else [*np.atleast_2d(np.asarray(prompt))]
    shortest = min(map(len, rows))
    n_patches = min(_HEARD, shortest // sound.length)
    if not n_patches:
        raise ValueError(
            f"A prompt must have the shape (n_timesteps,) and last {sound.length} samples "
            f"({sound.length / sound.sample_rate:.2g} s) at least. Got {shortest} samples."
        )
    return [
        check_audio(np.asarray(row)[len(row) - n_patches * sound.length :], name="prompt")[0]
        for row in rows
    ]
