"""The suite finds what breaks its rules: one estimator for each way of breaking one."""

import random
from operator import methodcaller

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from audiogen.utils.estimator_checks import check_estimator, estimator_checks
from audiogen.utils.seeds import draw_seed

X = [["a", "b"], ["c"]]


class Words(BaseEstimator):
    """Draws words that it has seen."""

    def __init__(self, size=2, *, random_state=None):
        self.size = size
        self.random_state = random_state

    def fit(self, X, y=None):
        if self.size < 1:
            raise ValueError(f"size must be positive. Got {self.size}.")
        draw_seed(self.random_state)
        if not isinstance(X, list) or not X or not all(isinstance(row, list) for row in X):
            raise TypeError(f"X must be a list of lists of words. Got {X!r}.")
        if y is not None and len(y) != len(X):
            raise ValueError(f"y has {len(y)} rows, X has {len(X)}.")
        self.words_ = sorted({word for row in X for word in row})
        return self

    def sample(self, n_samples=1):
        check_is_fitted(self)
        if not isinstance(n_samples, int) or n_samples < 1:
            raise ValueError(f"n_samples must be a positive int. Got {n_samples}.")
        rng = np.random.default_rng(self.random_state)
        n_words = n_samples * self.size
        return [self.words_[i] for i in rng.integers(len(self.words_), size=n_words)]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        return tags


class Busy(Words):
    def __init__(self, size=2, *, random_state=None):
        super().__init__(size, random_state=random_state)
        self.ready = True


class Strict(Words):
    def __init__(self, size=2, *, random_state=None):
        if size < 1:
            raise ValueError(f"size must be positive. Got {size}.")
        super().__init__(size, random_state=random_state)


class Needy(Words):
    def __init__(self, size, *, random_state=None):
        super().__init__(size, random_state=random_state)


class Nameless(Words):
    def __repr__(self):
        return "words"


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
    def sample(self, n_samples=1):
        check_is_fitted(self)
        return random.random()


class Counting(Words):
    def sample(self, n_samples=1):
        self.n_calls_ = getattr(self, "n_calls_", 0) + 1
        return super().sample(n_samples)


class Forgetful(Words):
    def sample(self, n_samples=1):
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


class Loud(Words):
    def fit(self, X, y=None):
        self.words = X
        return super().fit(X, y)


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
    rows = [list(row) for row in X]
    for check in estimator_checks(kind(3, random_state=0), rows, [0, 1], **arguments):
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
        (Strict, "constructor_refuses_nothing"),
        (Needy, "constructor_has_defaults"),
        (Nameless, "repr_names_class_and_parameters"),
        (Placed, "only_the_first_parameter_has_a_place"),
        (Greedy, "fit_leaves_parameters_and_data_alone"),
        (Vain, "fit_leaves_parameters_and_data_alone"),
        (Loud, "fit_sets_attributes_with_underscores"),
        (Counting, "calls_do_not_change_each_other"),
        (Moody, "calls_do_not_change_each_other"),
        (Moody, "same_seed_gives_same_bits"),
        (Moody, "global_random_states_stay"),
        (Forgetful, "not_fitted_is_said"),
        (Hoarding, "fit_again_forgets"),
        (Silent, "errors_name_the_parameter"),
        (Silent, "wrong_random_states_are_refused"),
        (Silent, "wrong_X_is_refused"),
        (Silent, "y_of_another_length_is_refused"),
        (Forgetful, "no_samples_are_refused"),
        (Numeric, "tags_say_that_X_is_no_array"),
    ],
)
def test_what_breaks_a_rule_is_found(kind, name):
    assert name in broken(kind)


def test_fit_that_returns_another_estimator_is_found():
    with pytest.raises(AssertionError, match="does not return the estimator"):
        check_estimator(Other(), X, draw=methodcaller("sample"), wrong={})
