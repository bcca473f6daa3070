"""Codes between others: drawn as both sides together make them likely."""

import numpy as np
import pandas as pd
import pytest

from audiogen.generators import KernelSequencer, NgramSequencer, infill_codes


def test_both_sides_decide_as_bayes_has_it():
    """Of a Markov chain the middle of three steps has probabilities that can be worked out."""
    steps = np.array([[0.1, 0.6, 0.3], [0.2, 0.1, 0.7], [0.5, 0.4, 0.1]])
    rng = np.random.default_rng(0)
    chain = [0]
    for _ in range(800):
        chain.append(rng.choice(3, p=steps[chain[-1]]))
    model = NgramSequencer(2, random_state=0).fit([np.array(chain)])
    for first, last in ((0, 0), (1, 1)):
        drawn = [infill_codes(model, [first], [last], 1, random_state=i)[0] for i in range(80)]
        wanted = steps[first] * steps[:, last]
        found = np.bincount(drawn, minlength=3) / len(drawn)
        np.testing.assert_allclose(found, wanted / wanted.sum(), atol=0.15)


def test_a_pattern_is_completed():
    pattern = np.array([[0, 1], [2, 0], [4, 3], [2, 1], [3, 3]], np.int16)
    model = KernelSequencer(random_state=0).fit(np.tile(pattern, (1, 20, 1)))
    whole = np.tile(pattern, (10, 1))
    filled = infill_codes(model, whole[:13], whole[20:], 7)
    np.testing.assert_array_equal(filled, whole[13:20])
    assert filled.dtype == np.int16
    np.testing.assert_array_equal(infill_codes(model, None, whole[5:], 5), whole[:5])
    assert infill_codes(model, whole[:5], None, 90).shape == (90, 2)


def test_conditions_seeds_and_wrong_codes():
    X, y = np.repeat([[[0, 1] * 20], [[2, 3] * 20]], 4, axis=0).reshape(8, 40), list("aaaabbbb")
    model = KernelSequencer(random_state=0).fit(X, pd.DataFrame({"style": y}))
    assert set(infill_codes(model, [], [], 20, {"style": "b"})) == {2, 3}
    drawn = [infill_codes(model, [0], [1], 30, random_state=i) for i in (5, 5, 6)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert (drawn[0] != drawn[2]).any()
    with pytest.raises(ValueError, match="The code 9 is unknown"):
        infill_codes(model, [0], [9], 2)
    with pytest.raises(ValueError, match="gap of one sequence. Got 2 on one side"):
        infill_codes(model, [[0, 1], [2, 3]], [1], 2)
    with pytest.raises(ValueError, match="'n_steps' parameter of infill_codes .*Got 0"):
        infill_codes(model, [0], [1], 0)
