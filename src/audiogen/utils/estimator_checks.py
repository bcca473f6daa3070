"""Checks of estimators whose X is no array of numbers, which scikit-learn's own cannot try."""

import copy
import functools
import pickle
import random
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
    X : object
        What it is fitted on.
    y : object, default=None
        What is handed to `fit` beside X.
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
    >>> from sklearn.feature_extraction.text import CountVectorizer
    >>> from audiogen.utils.estimator_checks import check_estimator
    >>> draw = methodcaller("get_feature_names_out")
    >>> check_estimator(CountVectorizer(), ["one two", "two"], draw=draw, wrong={"max_df": -1})
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
        return self.fitted()

    def fitted(self, estimator: Any = None) -> Any:
        """Return a new estimator, fitted."""
        estimator = clone(self.estimator) if estimator is None else estimator
        found = estimator.fit(self.X) if self.y is None else estimator.fit(self.X, self.y)
        assert found is estimator, f"{_name(estimator)}.fit does not return the estimator"
        return estimator

    def refusal(self, estimator: Any) -> str | None:
        """Return the message with which fit refuses, or None."""
        try:
            self.fitted(estimator)
        except (TypeError, ValueError) as error:
            return str(error)
        return None

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
        X, y = copy.deepcopy(self.X), copy.deepcopy(self.y)
        before = repr(self.estimator.get_params(deep=False))
        fitted = self.fitted()
        assert repr(fitted.get_params(deep=False)) == before, "fit changes parameters"
        assert _bits(self.X) == _bits(X), "fit changes X"
        assert _bits(self.y) == _bits(y), "fit changes y"

    def check_same_seed_gives_same_bits(self) -> None:
        found = _bits(self.draw(self.fitted()))
        assert found == _bits(self.draw(self.one)), "two fits of one seed differ"

    def check_calls_do_not_change_each_other(self) -> None:
        found = _bits(self.draw(self.one))
        assert found == _bits(self.draw(self.one)), "two calls differ"

    def check_fit_again_forgets(self) -> None:
        again = self.fitted(copy.deepcopy(self.one))
        assert _bits(self.draw(again)) == _bits(self.draw(self.one)), "a second fit differs"

    def check_global_random_states_stay(self) -> None:
        before = _bits((random.getstate(), np.random.get_state()))  # noqa: NPY002  what is guarded
        self.draw(self.fitted())
        after = _bits((random.getstate(), np.random.get_state()))  # noqa: NPY002
        assert before == after, "a global random state moved"

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
            message = self.refusal(clone(self.estimator).set_params(**{name: value}))
            assert message is not None, f"fit takes {name}={value!r}"
            assert name in message, f"the error of {name}={value!r} is: {message}"

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


def _bits(thing: Any) -> bytes:
    """Return a pickle of values, equal where they are: shared objects are written out."""
    return pickle.dumps(pickle.loads(pickle.dumps(thing)))
