"""Checks of estimators whose X is no array of numbers, which scikit-learn's own cannot try."""

import copy
import functools
import pickle
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone

__all__ = ["check_estimator", "estimator_checks"]

_FRESH = """
import pickle, sys
with open(sys.argv[1], "rb") as file:
    estimator, draw = pickle.load(file)
with open(sys.argv[2], "wb") as file:
    pickle.dump(draw(estimator), file)
"""


def check_estimator(
    estimator: BaseEstimator,
    X: Any,
    y: Any = None,
    *,
    draw: Callable[[Any], Any],
    wrong: dict[str, Any],
) -> None:
    """Check that an estimator keeps the rules of scikit-learn that do not depend on what X is.

    Parameters
    ----------
    estimator : estimator
        Not fitted; its parameters make a quick fit, and `random_state` is an int.
    X : list, ndarray or DataFrame
        What it is fitted on, two rows at least. Some checks fit it to the first half of the rows.
    y : list, ndarray, DataFrame or dict of lists, default=None
        What is handed to `fit` beside X, a row for each of X.
    draw : callable
        ``draw(fitted)`` returns what the fitted estimator is for, the same at each call: its
        samples of one seed, or its predictions. A new process has to find it by name, so it is a
        function of an installed module or an `operator.methodcaller`. Results are compared by
        their pickles.
    wrong : dict of str to object
        For some parameters a value that `fit` has to refuse, with an error that names the
        parameter.

    Raises
    ------
    AssertionError
        Naming the rule that is broken.

    See Also
    --------
    sklearn.utils.estimator_checks.check_estimator : For estimators of numbers.

    Examples
    --------
    >>> from operator import methodcaller
    >>> from audiogen.generators import Harmonizer
    >>> from audiogen.io import Score
    >>> from audiogen.utils.estimator_checks import check_estimator
    >>> table = {"onset": [0, 2], "duration": [2, 2], "pitch": [67, 60], "chord": ["G7", "C"]}
    >>> tune = Score(table)
    >>> draw = methodcaller("predict", [tune])
    >>> harmonizer = Harmonizer("hmm", random_state=0)
    >>> check_estimator(harmonizer, [tune, tune], draw=draw, wrong={"temperature": 0})
    """
    for check in estimator_checks(estimator, X, y, draw=draw, wrong=wrong):
        check()


def estimator_checks(
    estimator: BaseEstimator,
    X: Any,
    y: Any = None,
    *,
    draw: Callable[[Any], Any],
    wrong: dict[str, Any],
) -> list[Callable[[], None]]:
    """Return the checks of `check_estimator`, each on its own.

    Parameters
    ----------
    estimator : estimator
        As of `check_estimator`.
    X : object
        As of `check_estimator`.
    y : object, default=None
        As of `check_estimator`.
    draw : callable
        As of `check_estimator`.
    wrong : dict of str to object
        As of `check_estimator`.

    Returns
    -------
    checks : list of callable
        Each takes nothing and raises AssertionError where its rule is broken.
    """
    checks = _Checks(estimator, X, y, draw, wrong)
    names = sorted(name for name in vars(_Checks) if name.startswith("check_"))
    return [getattr(checks, name) for name in names]


class _Checks:
    """The rules, one method each."""

    def __init__(
        self, estimator: Any, X: Any, y: Any, draw: Callable[[Any], Any], wrong: dict[str, Any]
    ) -> None:
        self.estimator, self.X, self.y = estimator, X, y
        self.draw, self.wrong = draw, wrong

    @functools.cached_property
    def one(self) -> Any:
        """A fitted estimator that checks leave as it is."""
        return self.watched[0]

    @functools.cached_property
    def half(self) -> Any:
        """An estimator fitted to the first half of the rows."""
        return self.fitted(rows=self.n_half)

    @property
    def n_half(self) -> int:
        """The number of these rows."""
        return (len(self.X) + 1) // 2

    @functools.cached_property
    def watched(self) -> tuple[Any, list[str]]:
        """A fitted estimator, and what changed while it was fitted and drew."""
        before = self.surroundings(self.estimator)
        fitted = self.fitted()
        self.draw(fitted)
        after = self.surroundings(fitted)
        return fitted, [name for name in before if before[name] != after[name]]

    def surroundings(self, estimator: Any) -> dict[str, Any]:
        """Return what fitting and drawing must not change."""
        return {
            "parameters": repr(estimator.get_params(deep=False)),
            "X": _bits(self.X),
            "y": _bits(self.y),
            "the state of random": _bits(random.getstate()),
            "the state of numpy.random": _bits(np.random.get_state()),  # noqa: NPY002  guarded
        }

    def fitted(self, estimator: Any = None, rows: int | None = None) -> Any:
        """Return an estimator, a new one by default, fitted to the first rows, or to all."""
        estimator = clone(self.estimator) if estimator is None else estimator
        X, y = _first(self.X, rows), _first(self.y, rows)
        found = estimator.fit(X) if y is None else estimator.fit(X, y)
        assert found is estimator, f"{_name(estimator)}.fit does not return the estimator"
        return estimator

    def must_refuse(self, name: str, call: Callable[[], Any], words: str) -> None:
        """Check that a call raises TypeError or ValueError with a name in its message."""
        message = None
        try:
            call()
        except (TypeError, ValueError) as error:
            message = str(error)
        assert message is not None, f"{_name(self.estimator)} takes {words}"
        assert re.search(rf"\b{name}\b", message), f"the error of {words} is: {message}"

    def check_constructor_only_keeps_its_parameters(self) -> None:
        parameters = self.estimator.get_params(deep=False)
        made = type(self.estimator)(**parameters)
        assert set(vars(made)) == set(parameters), (
            f"{_name(made)}() sets the attributes {sorted(set(vars(made)) ^ set(parameters))}"
        )
        for name, value in parameters.items():
            assert getattr(made, name) is value, f"{_name(made)}() changes {name}"

    def check_only_the_first_parameter_has_a_place(self) -> None:
        parameters = list(signature(type(self.estimator)).parameters.values())
        placed = [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]
        assert len(placed) <= 1, f"{_name(self.estimator)}() takes {placed} by their places"

    def check_constructor_has_defaults(self) -> None:
        parameters = signature(type(self.estimator)).parameters.values()
        missing = [p.name for p in parameters if p.default is p.empty]
        assert not missing, f"{_name(self.estimator)}() has no defaults of {missing}"

    def check_constructor_refuses_nothing(self) -> None:
        for name, value in self.wrong.items():
            try:
                type(self.estimator)(**{name: value})
            except Exception as error:
                raise AssertionError(f"the constructor checks {name}, not fit: {error}") from error

    def check_repr_names_class_and_parameters(self) -> None:
        found = "".join(repr(self.estimator).split())
        assert found.startswith(f"{_name(self.estimator)}("), f"its repr is {found}"
        for name, parameter in signature(type(self.estimator)).parameters.items():
            value = repr(getattr(self.estimator, name))
            shown = value == repr(parameter.default) or f"{name}={''.join(value.split())}" in found
            assert shown, f"{name}={value} is not in its repr: {found}"

    def check_clone_has_equal_parameters(self) -> None:
        before = repr(self.estimator.get_params(deep=False))
        assert repr(clone(self.estimator).get_params(deep=False)) == before, "clone differs"

    def check_set_params_sets_and_refuses(self) -> None:
        copied = clone(self.estimator)
        for name in copied.get_params(deep=False):
            marked = object()
            copied.set_params(**{name: marked})
            assert getattr(copied, name) is marked, f"set_params does not set {name}"
        try:
            copied.set_params(no_such_parameter=0)
        except ValueError:
            return
        raise AssertionError("set_params takes a parameter that there is not")

    def check_fit_leaves_parameters_and_data_alone(self) -> None:
        changed = {"parameters", "X", "y"}.intersection(self.watched[1])
        assert not changed, f"fit changes {sorted(changed)}"

    def check_fit_sets_attributes_with_underscores(self) -> None:
        found = set(vars(self.one)) - set(self.estimator.get_params(deep=False))
        wrong = sorted(name for name in found if not (name.startswith("_") or name.endswith("_")))
        assert not wrong, f"fit sets {wrong}: begin or end them with an underscore"

    def check_same_seed_gives_same_bits(self) -> None:
        found = _bits(self.draw(self.fitted(rows=self.n_half)))
        assert found == _bits(self.draw(self.half)), "two fits of one seed differ"

    def check_calls_do_not_change_each_other(self) -> None:
        before, found = _bits(self.one), _bits(self.draw(self.one))
        assert _bits(self.one) == before, "a call changes the estimator"
        assert found == _bits(self.draw(self.one)), "two calls differ"

    def check_fit_again_forgets(self) -> None:
        again = self.fitted(copy.deepcopy(self.one), rows=self.n_half)
        found = _bits(self.draw(again))
        assert found == _bits(self.draw(self.half)), "fit remembers an earlier fit"

    def check_global_random_states_stay(self) -> None:
        changed = [name for name in self.watched[1] if "random" in name]
        assert not changed, f"fit or a call changes {changed}"

    def check_pickles_in_a_fresh_process(self) -> None:
        fitted = self.one
        with tempfile.TemporaryDirectory() as folder:
            given, found = Path(folder) / "given", Path(folder) / "found"
            given.write_bytes(pickle.dumps((fitted, self.draw)))
            command = [sys.executable, "-c", _FRESH, str(given), str(found)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"a fresh process fails: {done.stderr[-2000:]}"
            again = pickle.loads(found.read_bytes())
        assert _bits(again) == _bits(self.draw(fitted)), "a fresh process finds something else"

    def check_errors_name_the_parameter(self) -> None:
        for name, value in self.wrong.items():
            self.must_refuse_parameter(name, value)

    def check_wrong_random_states_are_refused(self) -> None:
        if "random_state" in self.estimator.get_params(deep=False):
            for value in ("seed", -1, 0.5):
                self.must_refuse_parameter("random_state", value)

    def must_refuse_parameter(self, name: str, value: Any) -> None:
        """Check that fit refuses the value of a parameter."""
        estimator = clone(self.estimator).set_params(**{name: value})
        self.must_refuse(name, lambda: self.fitted(estimator), f"{name}={value!r}")

    def check_wrong_X_is_refused(self) -> None:  # noqa: N802
        for X in (None, 3, object(), "text", [], [None], [object()]):
            call = functools.partial(clone(self.estimator).fit, X, _first(self.y, 1))
            self.must_refuse("X", call, f"X={X!r}")

    def check_y_of_another_length_is_refused(self) -> None:
        if self.y is not None:
            y = _first(self.y, len(self.X) - 1)
            call = functools.partial(clone(self.estimator).fit, self.X, y)
            self.must_refuse("y", call, "y with a row less than X")

    def check_no_samples_are_refused(self) -> None:
        if hasattr(self.estimator, "sample"):
            for n in (0, -1, 1.5):
                call = functools.partial(self.one.sample, n)
                self.must_refuse("n_samples", call, f"n_samples={n}")

    def check_not_fitted_is_said(self) -> None:
        from sklearn.exceptions import NotFittedError

        try:
            self.draw(clone(self.estimator))
        except NotFittedError:
            return
        except Exception as error:
            raise AssertionError(f"not fitted, it raises {error!r}") from error
        raise AssertionError("it can be used before it is fitted")

    def check_tags_say_that_X_is_no_array(self) -> None:  # noqa: N802
        tags = self.estimator.__sklearn_tags__().input_tags
        claimed = tags.two_d_array and not (tags.string or tags.categorical)
        assert not claimed, "the tags say that X is an array of numbers"


def _name(estimator: Any) -> str:
    return type(estimator).__name__


def _first(data: Any, n_rows: int | None) -> Any:
    """Return the first rows of a list, an array, a DataFrame or a dict of lists."""
    if isinstance(data, dict):
        return {name: values[:n_rows] for name, values in data.items()}
    return None if data is None else data[:n_rows]


def _bits(thing: Any) -> bytes:
    """Return a pickle of values, equal where they are: shared objects are written out."""
    return pickle.dumps(pickle.loads(pickle.dumps(thing)))
