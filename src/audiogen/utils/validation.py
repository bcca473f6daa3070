"""Parameters and arrays checked, with messages that say what to do."""

import math
import numbers
import sys
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from audiogen.utils.large import map_rows, slabs
from audiogen.utils.silence import is_silenced

__all__ = [
    "Instance", "Interval", "Options", "Sizes", "as_floating_point", "check_audio",
    "check_midi_pitch", "check_parameters", "plain", "warn_user",
]  # fmt: skip

_KINDS = {numbers.Integral: "an int", numbers.Real: "a number", float: "a float"}


@dataclass(frozen=True)
class Interval:
    """A number within bounds.

    Parameters
    ----------
    kind : {numbers.Integral, numbers.Real, float}
        What type the number has. Booleans are not numbers here.
    low, high : float or None
        Bounds; None where there is none, though infinity itself is refused.
    closed : {"left", "right", "both", "neither"}, default="left"
        Which bounds belong to the interval.
    """

    kind: type
    low: float | None
    high: float | None
    closed: str = "left"

    def allows(self, value: Any) -> bool:
        """Tell whether a value is of this kind and within the bounds."""
        low, high, holds_low, holds_high = self._ends()
        if not self.is_kind(value) or not (value >= low if holds_low else value > low):
            return False
        return bool(value <= high if holds_high else value < high)

    def is_kind(self, value: Any) -> bool:
        """Tell whether a value is a number of this kind, within the bounds or not."""
        kind = (float, np.floating) if self.kind is float else self.kind
        return isinstance(value, kind) and not isinstance(value, bool | np.bool_)

    def _ends(self) -> tuple[float, float, bool, bool]:
        """Return the bounds, and whether each belongs to the interval, which infinity does not."""
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        holds_low = self.low is not None and self.closed in ("left", "both")
        return low, high, holds_low, self.high is not None and self.closed in ("right", "both")

    def __str__(self) -> str:
        low, high, holds_low, holds_high = self._ends()
        left, right = "[" if holds_low else "(", "]" if holds_high else ")"
        return f"{_KINDS[self.kind]} in the range {left}{low}, {high}{right}"


@dataclass(frozen=True)
class Options:
    """One of a few values, None among them where it is named.

    Parameters
    ----------
    *values : object
        The values.
    """

    values: tuple

    def __init__(self, *values: Any) -> None:
        object.__setattr__(self, "values", values)

    def allows(self, value: Any) -> bool:
        """Tell whether a value is one of the few."""
        text = isinstance(value, str)
        return any(value is v or (text and isinstance(v, str) and value == v) for v in self.values)

    def __str__(self) -> str:
        return " or ".join(repr(v) for v in self.values)


@dataclass(frozen=True)
class Instance:
    """An instance of a type.

    Parameters
    ----------
    kind : type
        The type, or a tuple of them.
    words : str
        How the message calls it: "a bool".
    """

    kind: Any
    words: str

    def allows(self, value: Any) -> bool:
        """Tell whether a value is such an instance."""
        return isinstance(value, self.kind)

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Sizes:
    """A tuple or list of at least one int, all of them positive."""

    def allows(self, value: Any) -> bool:
        """Tell whether a value is such a tuple or list."""
        positive = Interval(numbers.Integral, 1, None)
        listed = isinstance(value, tuple | list)
        return listed and len(value) > 0 and all(map(positive.allows, value))

    def __str__(self) -> str:
        return "a tuple of one or more ints in the range [1, inf)"


def check_parameters(
    owner: Any, constraints: dict[str, Any], values: dict[str, Any] | None = None
) -> None:
    """Check parameters against what each may be.

    Parameters
    ----------
    owner : estimator or str
        The estimator whose parameters they are, or the name of a function.
    constraints : dict of str to constraint or tuple of constraints
        For each parameter an `Interval`, `Options`, `Instance` or `Sizes`, or several of
        which one must hold.
    values : dict, default=None
        The parameters' values; None takes them from the estimator's attributes.

    Raises
    ------
    TypeError, ValueError
        TypeError where no constraint is of the value's type. The message names the
        parameter, its owner, what is allowed and what was given.

    Examples
    --------
    >>> import numbers
    >>> from audiogen.utils.validation import Interval, check_parameters
    >>> check_parameters("f", {"epochs": Interval(numbers.Integral, 1, None)}, {"epochs": 0})
    Traceback (most recent call last):
        ...
    ValueError: The 'epochs' parameter of f must be an int in the range [1, inf). Got 0 instead.
    """
    name_of_owner = owner if isinstance(owner, str) else type(owner).__name__
    for name, allowed in constraints.items():
        allowed = allowed if isinstance(allowed, tuple) else (allowed,)
        value = getattr(owner, name) if values is None else values[name]
        if not any(rule.allows(value) for rule in allowed):
            message = (
                f"The '{name}' parameter of {name_of_owner} must be "
                f"{' or '.join(map(str, allowed))}. Got {value!r} instead."
            )
            raise (ValueError if _right_type(value, allowed) else TypeError)(message)


def _right_type(value: Any, allowed: tuple) -> bool:
    """Tell whether some constraint is of this type, so that only the value is off."""
    for rule in allowed:
        if isinstance(rule, Sizes) and isinstance(value, tuple | list):
            return True
        if isinstance(rule, Interval) and rule.is_kind(value):
            return True
        if isinstance(rule, Options) and isinstance(value, tuple({type(v) for v in rule.values})):
            return True
    return False


def plain(value: Any) -> Any:
    """Return NumPy's numbers as Python's, which is what Keras and JSON take.

    Parameters
    ----------
    value : object
        A parameter. Tuples, lists and dicts are converted item by item.

    Returns
    -------
    value : object
        An int, float, bool or str where a NumPy scalar was given; anything else as it is.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.utils.validation import plain
    >>> plain((np.int64(3), np.float64(0.5), "elu"))
    (3, 0.5, 'elu')
    """
    if isinstance(value, np.generic):
        value = value.item()
        return float(value) if isinstance(value, np.longdouble) else value
    if type(value) in (tuple, list):
        return type(value)(map(plain, value))
    if type(value) is dict:
        return {key: plain(item) for key, item in value.items()}
    return value


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn, and name the line outside audiogen and scikit-learn that led here.

    Parameters
    ----------
    message : str
        What to say.
    category : type of Warning, default=UserWarning
        Kind of the warning.

    Examples
    --------
    >>> import warnings
    >>> from audiogen.utils.validation import warn_user
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     warn_user("Mind the gap.")
    >>> str(caught[0].message)
    'Mind the gap.'
    """
    if is_silenced(category):
        return
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None:
        package = frame.f_globals.get("__name__", "").partition(".")[0]
        if package not in ("audiogen", "sklearn", "joblib"):
            break
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


def check_midi_pitch(pitch: npt.ArrayLike, name: str = "pitch") -> None:
    """Refuse numbers that are no MIDI pitches.

    Parameters
    ----------
    pitch : array-like of float
        Pitches; NaN, which stands for an unknown one, is allowed.
    name : str, default="pitch"
        What the message calls them.

    Raises
    ------
    ValueError
        Where a pitch lies outside the range from 0 to 127; the message names it.

    Examples
    --------
    >>> from audiogen.utils.validation import check_midi_pitch
    >>> check_midi_pitch([60, 440])
    Traceback (most recent call last):
        ...
    ValueError: pitch 440 is no MIDI pitch (0 to 127); is it in Hz?
    """
    values = np.atleast_1d(np.asarray(pitch, dtype=np.float64))
    wrong = values[(values < 0) | (values > 127)]
    if len(wrong):
        hint = "; is it in Hz?" if wrong[0] > 127 else "."
        raise ValueError(f"{name} {wrong[0]:g} is no MIDI pitch (0 to 127){hint}")


_LOUDEST = 1e3  # a float beyond this was never scaled to [-1, 1]
_MOST_CHANNELS, _FEWEST_FRAMES = 8, 1000


def as_floating_point(audio: np.ndarray) -> np.ndarray:
    """Return audio as floating-point numbers, samples of PCM scaled to [-1, 1].

    Parameters
    ----------
    audio : ndarray
        Floats stay as they are. Integers of 8, 16 and 32 bits are divided by
        their type's full scale, unsigned ones after half of it is taken off (128 is the
        silence of uint8). Integers of 64 bits, which NumPy makes of Python's, are no format of
        samples and keep their values, as other floats do.

    Returns
    -------
    audio : ndarray of the same shape
        float32, or float64 where that was given.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.utils.validation import as_floating_point
    >>> as_floating_point(np.array([-32768, 16384], dtype=np.int16))
    array([-1. ,  0.5], dtype=float32)
    >>> as_floating_point(np.array([0, 128, 192], dtype=np.uint8))
    array([-1. ,  0. ,  0.5], dtype=float32)
    """
    if audio.dtype in (np.float32, np.float64):
        return audio
    return map_rows(_floats_of, audio)


def _floats_of(audio: np.ndarray) -> np.ndarray:
    if audio.dtype.kind not in "iu" or audio.dtype.itemsize == 8:
        return audio.astype(np.float32)
    full_scale = 2.0 ** (8 * audio.dtype.itemsize - 1)
    zero = full_scale if audio.dtype.kind == "u" else 0.0
    if audio.dtype.itemsize < 4:
        return (audio.astype(np.float32) - np.float32(zero)) / np.float32(full_scale)
    return ((audio.astype(np.float64) - zero) / full_scale).astype(np.float32)


def check_audio(
    audio: npt.ArrayLike, *, name: str = "audio", min_samples: int = 1, any_level: bool = False
) -> np.ndarray:
    """Return audio as a finite, two-dimensional floating-point array.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        One clip, or clips of one length: floating-point numbers whose full scale is 1, or
        integers, which `as_floating_point` scales by the full scale of their type.
    name : str, default="audio"
        What the message calls it.
    min_samples : int, default=1
        The fewest clips that will do.
    any_level : bool, default=False
        Whether samples may be beyond 1,000, for steps that do without a full scale.

    Returns
    -------
    audio : ndarray of shape (n_samples, n_timesteps)
        float32, or float64 where that was given.

    Raises
    ------
    ValueError
        If `audio` holds no real numbers, NaN, infinity or samples beyond 1,000, or has another
        shape; also if it has the shape (n_timesteps, n_channels), 8 channels at most and
        more than 1,000 time steps, which would otherwise be taken for very short clips.

    Examples
    --------
    >>> from audiogen.utils.validation import check_audio
    >>> check_audio([0.0, 0.5, -0.5]).shape
    (1, 3)
    """
    try:
        audio = np.asarray(audio)
    except ValueError as error:  # which NumPy says of shapes that go together to no array
        raise ValueError(
            f"{name} must hold clips of one length. Cut or pad them, as FixedLength does."
        ) from error
    if audio.dtype.kind not in "fiu":
        raise ValueError(f"{name} must be an array of real numbers. Got dtype {audio.dtype}.")
    if audio.ndim == 1:
        audio = audio[np.newaxis]
    if audio.ndim != 2 or audio.shape[1] == 0:
        raise ValueError(
            f"{name} must have the shape (n_samples, n_timesteps) with at least one time step. "
            f"Got {audio.shape}."
        )
    if len(audio) < min_samples:
        raise ValueError(f"{name} must hold at least {min_samples} clip(s). Got {len(audio)}.")
    if audio.shape[1] <= _MOST_CHANNELS and len(audio) > _FEWEST_FRAMES:
        raise ValueError(
            f"{name} has the shape {audio.shape}, which looks like (n_timesteps, n_channels). "
            f"Give {name}.mean(axis=1) for one clip, or {name}.T for a clip of each channel."
        )
    audio = as_floating_point(audio)
    if not any_level:
        for rows in slabs(audio):
            _refuse_samples(audio[rows], name, rows.start)
    return audio


def _refuse_samples(audio: np.ndarray, name: str, first: int) -> None:
    """Refuse samples that are NaN, infinite or were never scaled; the row is named."""
    if not audio.size or (audio.max() <= _LOUDEST and audio.min() >= -_LOUDEST):
        return
    finite = np.isfinite(audio).all(axis=1)
    if not finite.all():
        raise ValueError(
            f"{name} holds NaN or infinite samples, first in row {first + np.argmin(finite)}. "
            "Remove that row or repair it with numpy.nan_to_num."
        )
    peaks = np.abs(audio).max(axis=1)
    row = int(np.argmax(peaks > _LOUDEST))
    raise ValueError(
        f"{name} must be floating-point samples whose full scale is 1. Got {peaks[row]:g} in row "
        f"{first + row}: divide by the full scale (32768 for 16 bits), or give the integers."
    )
