"""Samples of any estimator that has ``sample``, scikit-learn's among them."""

import copy
import inspect
import numbers
from typing import Any

from audiogen.utils.names import did_you_mean
from audiogen.utils.seeds import draw_seed
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["draw_samples"]

_COMMON = ("n_samples", "y", "return_y", "random_state")


def draw_samples(
    generator: Any, n_samples: int | None, y: Any, random_state: Any, options: dict[str, Any]
) -> tuple[Any, Any]:
    """Return samples of a fitted generator and their conditions, None without any.

    Parameters
    ----------
    generator : estimator
        With a method ``sample`` whose first parameter is the number of samples. What else it
        takes (y, return_y, random_state, options) is read from its signature.
    n_samples : int or None
        Number of samples; None takes as many as `y` has rows, or 1.
    y : array-like, DataFrame, scalar, dict or None
        The conditions.
    random_state : int, RandomState or None
        Decides the samples; None takes the generator's own.
    options : dict
        Further keywords of ``sample``.

    Returns
    -------
    X : array of shape (n_samples, ...)
    y : DataFrame, ndarray or None

    Raises
    ------
    TypeError
        Where the estimator has no ``sample``, or ``sample`` takes no such option.
    ValueError
        Where it takes no conditions and `y` is given.
    """
    name = type(generator).__name__
    if not hasattr(generator, "sample"):
        raise TypeError(
            f"{name} cannot generate: it has no method sample. "
            "The last step must be a generator, such as ConditionalVAE."
        )
    taken = inspect.signature(generator.sample).parameters
    _refuse_unknown(name, taken, options)
    if "return_y" in taken:
        return generator.sample(n_samples, y, return_y=True, random_state=random_state, **options)
    return _draw_otherwise(generator, taken, n_samples, y, random_state, options), y


def _draw_otherwise(
    generator: Any, taken: Any, n_samples: int | None, y: Any, random_state: Any, options: dict
) -> Any:
    """Return samples of a generator that is none of audiogen's, such as a GaussianMixture."""
    if y is not None:
        if "y" not in taken:
            name = type(generator).__name__
            raise ValueError(f"y was given, but {name} takes no conditions; leave y out.")
        options = {**options, "y": y}
    if n_samples is None:
        n_samples = len(y) if hasattr(y, "__len__") and not isinstance(y, str | dict) else 1
    rule = {"n_samples": Interval(numbers.Integral, 1, None)}
    check_parameters("generate", rule, {"n_samples": n_samples})
    own = getattr(generator, "random_state", None)
    seed = draw_seed(own if random_state is None else random_state)
    if "random_state" in taken:
        options = {**options, "random_state": seed}
    elif hasattr(generator, "random_state"):
        generator = copy.copy(generator)  # it draws by its own state, which must not change
        generator.random_state = seed
    drawn = generator.sample(n_samples, **options)
    return drawn[0] if isinstance(drawn, tuple) else drawn  # mixtures add their components


def _refuse_unknown(name: str, taken: Any, options: dict[str, Any]) -> None:
    """Refuse options that a generator's ``sample`` does not take."""
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in taken.values()):
        return
    known = [option for option in taken if option not in _COMMON]
    for option in options:
        if option not in known:
            raise TypeError(
                f"{name}.sample has no option {option!r}. It has "
                f"{', '.join(known) if known else 'none'}.{did_you_mean(option, known)}"
            )
