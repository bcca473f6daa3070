"""Parameters and arrays checked, with messages that say what to do."""

import numbers
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Instance", "Interval", "Options", "Sizes", "check_audio", "check_parameters"]

_KINDS = {numbers.Integral: "an int", numbers.Real: "a number", float: "a float"}


@dataclass(frozen=True)
class Interval:
    """A number within bounds.

    Parameters
    ----------
    kind : {numbers.Integral, numbers.Real, float}
        What type the number has. Booleans are not numbers here.
    low, high : float or None
        Bounds; None where there is none.
    closed : {"left", "right", "both", "neither"}, default="left"
        Which bounds belong to the interval.
    """

    kind: type
    low: float | None
    high: float | None
    closed: str = "left"

    def allows(self, value: Any) -> bool:
        """Tell whether a value is of this kind and within the bounds."""
        if isinstance(value, bool | np.bool_) or not isinstance(value, self.kind):
            return False
        return value == value and self._contains(value)

    def _contains(self, value: Any) -> bool:
        above = self.low is None or (
            value >= self.low if self.closed in ("left", "both") else value > self.low
        )
        below = self.high is None or (
            value <= self.high if self.closed in ("right", "both") else value < self.high
        )
        return bool(above and below)

    def __str__(self) -> str:
        left = "[" if self.low is not None and self.closed in ("left", "both") else "("
        right = "]" if self.high is not None and self.closed in ("right", "both") else ")"
        low = "-inf" if self.low is None else f"{self.low}"
        high = "inf" if self.high is None else f"{self.high}"
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
        return any(value is v or (isinstance(v, str) and value == v) for v in self.values)

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


def check_parameters(owner, constraints, values=None):
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


def _right_type(value, allowed):
    """Tell whether some constraint is of this type, so that only the value is off."""
    for rule in allowed:
        if isinstance(rule, Sizes):
            return isinstance(value, tuple | list)
        if isinstance(rule, Interval) and isinstance(value, rule.kind):
            return not isinstance(value, bool | np.bool_)
        if isinstance(rule, Options) and type(value) in {type(v) for v in rule.values}:
            return True
    return False


def check_audio(audio, *, name="audio", min_samples=1):
    """Return audio as a finite, two-dimensional floating-point array.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        One clip, or clips of one length.
    name : str, default="audio"
        What the message calls it.
    min_samples : int, default=1
        The fewest clips that will do.

    Returns
    -------
    audio : ndarray of shape (n_samples, n_timesteps)
        float32 or float64 as given; anything else becomes float32.

    Raises
    ------
    ValueError
        Where the shape is another, or samples are missing, NaN or infinite.

    Examples
    --------
    >>> from audiogen.utils.validation import check_audio
    >>> check_audio([0.0, 0.5, -0.5]).shape
    (1, 3)
    """
    audio = np.asarray(audio)
    if audio.dtype.kind not in "fiub":
        raise ValueError(f"{name} must be an array of real numbers. Got dtype {audio.dtype}.")
    if audio.dtype not in (np.float32, np.float64):
        audio = audio.astype(np.float32)
    if audio.ndim == 1:
        audio = audio[np.newaxis]
    if audio.ndim != 2 or audio.shape[1] == 0:
        raise ValueError(
            f"{name} must have the shape (n_samples, n_timesteps) with at least one time step. "
            f"Got {audio.shape}."
        )
    if len(audio) < min_samples:
        raise ValueError(f"{name} must hold at least {min_samples} clip(s). Got {len(audio)}.")
    if not np.isfinite(audio).all():
        row = int(np.flatnonzero(~np.isfinite(audio).all(axis=1))[0])
        raise ValueError(
            f"{name} holds NaN or infinite samples, first in row {row}. "
            "Remove that row or repair it with numpy.nan_to_num."
        )
    return audio
