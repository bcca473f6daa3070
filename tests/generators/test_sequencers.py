"""Sequencers of codes: the laws that all keep, and what n-grams and the kernel predict."""

import pickle
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

import audiogen
from audiogen.generators import KernelSequencer, NgramSequencer

SEQUENCERS = [NgramSequencer(random_state=0), KernelSequencer(clock=4.0, random_state=0)]
every_sequencer = pytest.mark.parametrize("sequencer", SEQUENCERS, ids=lambda s: type(s).__name__)


class Codec:
    """Codebooks as a fitted codec has them."""

    codebooks_ = np.random.default_rng(0).normal(size=(2, 5, 3)).astype(np.float32)


def sequences():
    """Sequences of unlike lengths that mostly repeat a pattern, in two levels."""
    rng = np.random.default_rng(0)
    pattern = np.array([[0, 1], [2, 0], [4, 3], [2, 1]])
    rows = [np.tile(pattern, (6, 1))[: 20 + i] for i in range(4)]
    return [
        np.where(rng.random(row.shape) < 0.1, rng.integers(5, size=row.shape), row).astype(
            np.int16
        )
        for row in rows
    ]


@pytest.fixture(scope="module")
def fitted():
    """Each sequencer fitted once, with conditions; tests must not change it."""
    y = pd.DataFrame({"style": ["a", "b", "a", "b"]})
    return {type(s).__name__: clone(s).fit(sequences(), y, codec=Codec()) for s in SEQUENCERS}


@parametrize_with_checks(SEQUENCERS)
def test_check_estimator(estimator, check):
    check(estimator)


@every_sequencer
def test_samples_are_codes_of_the_type_and_shape_asked_for(sequencer, fitted):
    model = fitted[type(sequencer).__name__]
    drawn = model.sample(3, n_steps=7, random_state=1)
    assert drawn.shape == (3, 7, 2)
    assert drawn.dtype == np.int16
    assert drawn.min() >= 0
    assert drawn.max() < 5
    assert model.sample().shape == (1, 23, 2)
    flat = clone(sequencer).fit(np.array([[0, 1, 2, 1], [1, 0, 2, 2]], np.uint8))
    assert flat.sample(2).dtype == np.uint8
    assert flat.sample(2, prompt=[0, 1], n_steps=3).shape == (2, 3)


@every_sequencer
def test_same_seed_same_bits_and_rows_do_not_know_of_each_other(sequencer, fitted):
    model = fitted[type(sequencer).__name__]
    y = pd.DataFrame({"style": ["a", "b"] * 10})
    many = model.sample(y=y, n_steps=6, random_state=5)
    np.testing.assert_array_equal(model.sample(y=y[:3], n_steps=6, random_state=5), many[:3])
    assert not np.array_equal(model.sample(y=y, n_steps=6, random_state=6), many)
    again = clone(sequencer).fit(sequences(), pd.DataFrame({"style": list("abab")}), codec=Codec())
    np.testing.assert_array_equal(again.sample(y=y, n_steps=6, random_state=5), many)


@every_sequencer
def test_conditions_are_told_returned_and_checked(sequencer, fitted):
    model = fitted[type(sequencer).__name__]
    _, y = model.sample(3, y={"style": "b"}, n_steps=2, return_y=True)
    assert list(y["style"]) == ["b"] * 3
    with pytest.raises(ValueError, match="'c' is unknown.*a, b"):
        model.sample(y={"style": "c"})
    with pytest.raises(ValueError, match="fitted with the conditions"):
        model.score(sequences())
    with pytest.raises(ValueError, match="fitted without conditions"):
        clone(sequencer).fit(sequences()).sample(y="a")


@every_sequencer
def test_conditions_and_guidance_decide_what_is_drawn(sequencer):
    rng = np.random.default_rng(0)
    y = np.array(["low", "high"] * 8)
    X = rng.integers(3, size=(16, 30)) + np.where(y == "low", 0, 2)[:, np.newaxis]
    model = clone(sequencer).fit(X, y)
    low, high = (model.sample(20, y=[name], random_state=1) for name in ("low", "high"))
    assert low.mean() < 1.4
    assert high.mean() > 2.6
    strict = model.sample(20, y=["low"], guidance=3.0, random_state=1)
    assert (strict == 2).mean() < (low == 2).mean(), "what both have is less of the one"
    free = model.sample(40, y=["low"], guidance=0.0, random_state=1)
    assert (free > 2).any()
    assert model.score(X, y) > model.score(X, y[::-1])


@every_sequencer
def test_prompts_are_gone_on_from(sequencer):
    pattern = [[0, 1], [2, 0], [4, 3], [2, 1], [3, 3]]
    model = clone(sequencer).set_params(random_state=0).fit(np.tile(pattern, (1, 20, 1)))
    for start in range(5):
        prompt = np.tile(pattern, (4, 1))[start : start + 10]
        found = model.sample(prompt=prompt, n_steps=5, top_p=0.5)
        np.testing.assert_array_equal(found[0], np.roll(pattern, -start, axis=0))
    each = model.sample(
        prompt=[np.roll(pattern, -i, axis=0) for i in (0, 1)], n_steps=1, top_p=0.5
    )
    assert each[:, 0].tolist() == [pattern[0], pattern[1]]


@every_sequencer
def test_temperature_and_top_p_narrow_what_is_drawn(sequencer):
    X = np.random.default_rng(0).choice(4, p=[0.7, 0.2, 0.06, 0.04], size=(4, 200))
    model = clone(sequencer).fit(X)
    usual, cold = (model.sample(8, temperature=t, random_state=0) for t in (1.0, 0.3))
    assert (usual > 0).mean() > 0.15
    assert (cold > 0).mean() < 0.9 * (usual > 0).mean()
    narrow = model.sample(8, top_p=0.3, random_state=0)
    assert (narrow > 0).mean() < 0.9 * (usual > 0).mean()
    shares = NgramSequencer(1).fit(X)
    assert set(shares.sample(8, top_p=0.6).ravel()) == {0}
    assert set(shares.sample(8, top_p=0.8).ravel()) == {0, 1}


@every_sequencer
def test_chance_and_certainty_have_their_bits(sequencer):
    rng = np.random.default_rng(0)
    model = clone(sequencer).fit(rng.integers(8, size=(4, 300)))
    chance = model.score(rng.integers(8, size=(4, 300)))
    assert -4.2 < chance < -2.9
    sure = clone(sequencer).fit(np.tile([0, 1, 2, 3], (2, 50)))
    assert sure.score(np.tile([1, 2, 3, 0], (2, 50))) > -0.25
    both = [np.array([0, 1, 2, 3, 0]), np.array([0, 1, 2])]
    alone = [sure.score([row]) * len(row) for row in both]
    assert sure.score(both) == pytest.approx(sum(alone) / 8)


@every_sequencer
def test_wrong_codes_are_named(sequencer, fitted):
    name = type(sequencer).__name__
    wrong = [
        ([[0, -1]], "Negative values in data passed to .*integers of 0 and above. Got -1"),
        ([[0.5, 1.0]], "takes codes, which are integers.*Got float64 such as .0.5."),
        ([np.array([0.0, np.inf])], "takes codes, which are integers.*Got float64"),
        ([np.zeros((3, 2), int), np.zeros((3, 1), int)], r"\(3, 2\) in place 0 and \(3, 1\)"),
        ([np.zeros((3, 2), int), np.zeros((0, 2), int)], r"\(0, 2\) in place 1"),
    ]
    for X, message in wrong:
        with pytest.raises(ValueError, match=message):
            clone(sequencer).fit(X)
    with pytest.raises(ValueError, match="The code 9 is unknown: there are 5"):
        clone(sequencer).fit([np.full((4, 2), 9)], codec=Codec())
    with pytest.raises(ValueError, match="X has 1 level.*codec has 2"):
        clone(sequencer).fit([[0, 1]], codec=Codec())
    with pytest.raises(ValueError, match="codec must be fitted"):
        clone(sequencer).fit([[0, 1]], codec=object())
    model = fitted[name]
    with pytest.raises(ValueError, match=r"prompt must be codes of shape \(length, n_levels\)"):
        model.sample(prompt=[0, 1])
    with pytest.raises(ValueError, match="The code 7 is unknown"):
        model.sample(prompt=[[0, 7]])
    with pytest.raises(ValueError, match="2 prompts for 3"):
        model.sample(3, prompt=[[[0, 1]], [[0, 1]]])
    for option in ({"n_steps": 0}, {"temperature": 0}, {"top_p": 1.5}, {"guidance": -1.0}):
        with pytest.raises(ValueError, match=f"'{next(iter(option))}' parameter of {name}.sample"):
            model.sample(**option)
    with pytest.raises(NotFittedError):
        clone(sequencer).sample()


@every_sequencer
def test_saved_and_loaded_it_draws_the_same(sequencer, fitted, tmp_path):
    model = fitted[type(sequencer).__name__]
    audiogen.save(model, tmp_path / "model.skops")
    loaded = audiogen.load(tmp_path / "model.skops")
    for again in (loaded, pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(again.sample(2), model.sample(2))


def witten_bell(training, sequence, order, n_codes):
    """Return the bits of each code by Witten-Bell smoothing, counted with dicts."""

    def contexts(codes, step, level):
        found = [codes[step][i] for i in reversed(range(level))]
        for back in range(1, order):
            found += [-1, -1] if step < back else list(codes[step - back])
        return [tuple(found[:n]) for n in range(order)]

    counts = defaultdict(lambda: np.zeros(n_codes))
    for codes in training:
        for step in range(len(codes)):
            for level in range(2):
                for context in contexts(codes, step, level):
                    counts[level, context][codes[step][level]] += 1
    bits = []
    for step in range(len(sequence)):
        for level in range(2):
            shares = np.full(n_codes, 1 / n_codes)
            for context in contexts(sequence, step, level):
                seen = counts[level, context]
                kinds = np.count_nonzero(seen)
                shares = (seen + kinds * shares) / (seen.sum() + kinds) if kinds else shares
            bits.append(-np.log2(shares[sequence[step][level]]))
    return bits


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_ngrams_are_those_of_witten_and_bell(order):
    rng = np.random.default_rng(0)
    *training, sequence = [rng.integers(4, size=(50, 2)) ** 2 // 3 for _ in range(4)]
    model = NgramSequencer(order).fit(training)
    wanted = np.mean(witten_bell(training, sequence, order, model.n_codes_))
    assert -model.score([sequence]) == pytest.approx(wanted)


def test_kernel_weights_are_those_of_whole_contexts():
    rng = np.random.default_rng(0)
    training, heard = rng.integers(5, size=(2, 12, 2))
    model = KernelSequencer(0.7, bandwidth=0.5).fit([training], codec=Codec())
    books = Codec.codebooks_.astype(float)
    latents, ours = (books[0][c[:, 0]] + books[1][c[:, 1]] for c in (training, heard))
    usual = 2 * latents.var(axis=0).sum()
    predictor = model._predictor(None, None, 1)
    for code in heard[:6]:
        predictor.append(code[np.newaxis])
    counts = 0.7 ** np.arange(6)
    away = np.full((12, 6), 1.0)
    for step in range(12):
        for back in range(min(6, step)):
            squares = np.square(latents[step - 1 - back] - ours[5 - back])
            away[step, back] = squares.sum() / usual
    # What came before the first step is as far as two steps are in the mean.
    weights = np.exp(-(away @ counts) / counts.sum() / 0.25)
    weights /= weights.max()
    np.testing.assert_allclose(predictor._nearness[0], weights, rtol=1e-9)


def test_a_clock_tells_what_contexts_do_not():
    rng = np.random.default_rng(0)
    beat, codes = 7.3, np.zeros((4, 400), int)
    for row, begins in zip(codes, rng.uniform(0, 7, size=4), strict=True):
        row[np.arange(begins, 399, beat).astype(int)] = 1
    plain, clocked = (
        KernelSequencer(decay=0.0, clock=clock).fit(codes[:3]) for clock in (None, "auto")
    )
    assert clocked.beat_lengths_ == pytest.approx([beat], abs=0.05)
    assert clocked.score(codes[3:]) > plain.score(codes[3:]) + 0.1
    drawn = clocked.sample(10, prompt=codes[3, :300], n_steps=99, random_state=0)
    assert drawn[:, codes[3, 300:399] > 0].mean() > 1.5 * drawn.mean()
    shown = KernelSequencer(clock=1.0)
    with pytest.raises(ValueError, match="'clock' parameter of KernelSequencer must be None or"):
        shown.fit(codes)
