"""The suite finds what breaks its rules: one estimator for each way of breaking one."""

import random
from operator import methodcaller

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from audiogen.utils.estimator_checks import check_estimator, estimator_checks

X = [["a", "b"], ["c"]]


class Words(BaseEstimator):
    """Draws words that it has seen."""

    def __init__(self, size=2, *, random_state=None):
        self.size = size
        self.random_state = random_state

    def fit(self, X, y=None):
        if self.size < 1:
            raise ValueError(f"size must be positive. Got {self.size}.")
        self.words_ = sorted({word for row in X for word in row})
        return self

    def sample(self):
        check_is_fitted(self)
        rng = np.random.default_rng(self.random_state)
        return [self.words_[i] for i in rng.integers(len(self.words_), size=self.size)]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        return tags


class Busy(Words):
    def __init__(self, size=2, *, random_state=None):
        super().__init__(size, random_state=random_state)
        self.ready = True


class Placed(Words):
    def __init__(self, size=2, random_state=None):
        super().__init__(size, random_state=random_state)


class Greedy(Words):
    def fit(self, X, y=None):
        X[0].append("z")
        return super().fit(X, y)


class Vain(Words):
    def fit(self, X, y=None):
        self.size = int(self.size) + 1
        return super().fit(X, y)


class Moody(Words):
    def sample(self):
        check_is_fitted(self)
        return random.random()


class Forgetful(Words):
    def sample(self):
        return list(getattr(self, "words_", []))


class Hoarding(Words):
    def fit(self, X, y=None):
        before = getattr(self, "words_", [])
        super().fit(X, y)
        self.words_ = before + self.words_
        return self


class Silent(Words):
    def fit(self, X, y=None):
        self.words_ = ["a"]
        return self


class Numeric(Words):
    def __sklearn_tags__(self):
        return BaseEstimator.__sklearn_tags__(self)


class Other(Words):
    def fit(self, X, y=None):
        return Words().fit(X, y)


def broken(kind):
    """Return the names of the checks that do not pass."""
    arguments = {"draw": methodcaller("sample"), "wrong": {"size": 0}}
    names = []
    for check in estimator_checks(kind(random_state=0), [list(row) for row in X], **arguments):
        if check.__name__ == "check_pickles_in_a_fresh_process":
            continue  # these classes are of no module that another process finds
        try:
            check()
        except AssertionError:
            names.append(check.__name__.removeprefix("check_"))
    return names


def test_what_keeps_the_rules_passes():
    assert broken(Words) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Busy, "constructor_only_keeps_its_parameters"),
        (Placed, "only_the_first_parameter_has_a_place"),
        (Greedy, "fit_leaves_parameters_and_data_alone"),
        (Vain, "fit_leaves_parameters_and_data_alone"),
        (Moody, "calls_do_not_change_each_other"),
        (Moody, "same_seed_gives_same_bits"),
        (Moody, "global_random_states_stay"),
        (Forgetful, "not_fitted_is_said"),
        (Hoarding, "fit_again_forgets"),
        (Silent, "errors_name_the_parameter"),
        (Numeric, "tags_say_that_X_is_no_array"),
    ],
)
def test_what_breaks_a_rule_is_found(kind, name):
    assert name in broken(kind)


def test_fit_that_returns_another_estimator_is_found():
    with pytest.raises(AssertionError, match="does not return the estimator"):
        check_estimator(Other(), X, draw=methodcaller("sample"), wrong={})
