"""GrooveComposer: laws of a pattern's probability, draws, fills and what is kept."""

import copy
import itertools

import numpy as np
import pytest
from scipy.special import logsumexp
from sklearn.base import clone

import audiogen
from audiogen.generators import GrooveComposer
from audiogen.generators._groove_context import (
    around_step,
    classes_of,
    context_of_step,
    touch_of,
    values_of,
)
from audiogen.generators._groove_draw import first_usual, nats_of_hits, usual_counts
from audiogen.networks import to_numpy

SMALL = {"units": 8, "width": 4, "epochs": 2, "random_state": 0}


def patterns(n=12, n_steps=32, seed=0):
    """Return rock and samba-like patterns, with a few hits of chance."""
    rng = np.random.default_rng(seed)
    X = np.zeros((n, n_steps, 9, 2), dtype=np.float32)
    X[:, ::8, 0, 0], X[:, ::2, 2, 0] = 0.9, 0.5
    X[::2, 4::8, 1, 0] = 0.8
    X[1::2, ::3, 1, 0] = 0.4
    X[..., 0] *= rng.random(X.shape[:-1]) < 0.95
    X[..., 1] = rng.uniform(-0.3, 0.3, X.shape[:-1]) * (X[..., 0] > 0)
    return X, np.array(["rock", "latin"] * (n // 2))


@pytest.fixture(scope="module")
def fitted():
    X, y = patterns()
    return GrooveComposer(**SMALL).fit(X, y)


def every_step(step, before):
    """Return the patterns with each set of drums at a step, after those of a pattern."""
    hits = np.zeros((512, 32, 9), dtype=np.float32)
    hits[:, :step] = before[:step, :, 0] > 0
    hits[:, step] = np.array(list(itertools.product([0, 1], repeat=9)))
    return hits


@pytest.mark.parametrize("step", [0, 1, 20])
def test_probabilities_of_a_step_sum_to_one(fitted, step):
    condition = np.repeat(fitted.conditions_.encode(["rock"]), 512, axis=0)
    hits = every_step(step, patterns()[0][0])
    nats = nats_of_hits(fitted._weights, hits, step, condition)
    assert logsumexp(-nats) == pytest.approx(0, abs=1e-4)


def test_nats_are_those_of_the_network(fitted):
    X, y = patterns()
    inputs = list(fitted._batch(X, fitted.conditions_.encode(y), np.random.default_rng(0))[0])
    inputs[-1] = fitted.conditions_.encode(y)
    odds = to_numpy(fitted._model(inputs, training=False)[0])[..., 0].astype(float)
    hits = X[..., 0] > 0
    assert fitted.nats(X, y) == pytest.approx(
        (np.logaddexp(0, odds) - hits * odds).sum(axis=(1, 2)), rel=1e-5
    )
    assert fitted.score(X, y) == pytest.approx(-fitted.nats(X, y).mean())


def test_hits_are_drawn_as_often_as_they_are_likely(fitted):
    X = fitted.sample(1500, "rock", random_state=1)
    hits = every_step(0, X[0])
    condition = np.repeat(fitted.conditions_.encode(["rock"]), 512, axis=0)
    p = np.exp(-nats_of_hits(fitted._weights, hits, 0, condition))
    assert (X[:, 0, :, 0] > 0).mean(axis=0) == pytest.approx(p @ hits[:, 0], abs=0.05)


def test_samples_have_the_range_of_the_data(fitted):
    X, y = fitted.sample(20, return_y=True, random_state=0)
    assert X.shape == (20, 32, 9, 2)
    assert X.dtype == np.float32
    assert set(y) <= {"rock", "latin"}
    assert X[..., 0].min() >= 0
    assert X[..., 0].max() <= 1
    assert np.abs(X[..., 1]).max() <= 0.5
    assert not X[X[..., 0] == 0].any()


def test_the_first_samples_are_the_same_however_many_follow(fitted):
    few = fitted.sample(2, "rock", n_draws=3, random_state=7)
    many = fitted.sample(5, "rock", n_draws=3, random_state=7)
    assert (many[:2] == few).all()
    assert (fitted.sample(2, "rock", random_state=8) != few).any()


def test_learns_what_tells_styles_apart():
    X, y = patterns(64)
    composer = GrooveComposer(units=32, width=8, epochs=20, batch_size=8, ema=0.0, random_state=0)
    composer.set_params(learning_rate=5e-3).fit(X, y)
    right = composer.nats(X, y).mean()
    wrong = composer.nats(X, np.roll(y, 1)).mean()
    assert right < composer.nats(X).mean() < wrong
    made = composer.sample(20, "rock", temperature=0.7, random_state=0)
    assert (made[:, 4::8, 1, 0] > 0).mean() > 0.8
    hard = made[..., 0][made[..., 0] > 0]
    assert 0.3 < hard.mean() < 0.9


def test_how_patterns_are_drawn_is_a_parameter_too(fitted):
    ours = copy.copy(fitted).set_params(temperature=0.7, guidance=2.0, n_draws=3)
    asked = {"temperature": 0.7, "guidance": 2.0, "n_draws": 3}
    X = ours.sample(2, "rock", random_state=0)
    np.testing.assert_array_equal(X, fitted.sample(2, "rock", random_state=0, **asked))
    assert not np.array_equal(X, fitted.sample(2, "rock", random_state=0))
    np.testing.assert_array_equal(
        ours.fill(X, "rock", random_state=0),
        fitted.fill(X, "rock", temperature=0.7, random_state=0),
    )


def test_guidance_goes_on_in_the_direction_of_the_condition(fitted):
    usual = fitted.sample(60, "rock", random_state=0)
    guided = fitted.sample(60, "rock", guidance=3, random_state=0)
    assert not (usual == guided).all()
    assert fitted.nats(guided, "rock").mean() != pytest.approx(fitted.nats(usual, "rock").mean())


def test_a_fill_keeps_the_beginning_and_is_busy(fitted):
    X = fitted.sample(3, "rock", random_state=0)
    filled = fitted.fill(X, "rock", n_steps=8, random_state=0)
    assert (filled[:, :24] == X[:, :24]).all()
    drums = [1, 4, 5, 6]
    busy = (filled[:, 24:, drums, 0] > 0).sum()
    usual = (fitted.sample(3, "rock", random_state=1)[:, 24:, drums, 0] > 0).sum()
    assert busy > usual
    assert (fitted.fill(X, "rock", n_steps=8, random_state=0) == filled).all()


def test_a_context_does_not_see_what_follows():
    X, _ = patterns()
    hits, other = (X[..., 0] > 0).astype(np.float32), (X[..., 0] > 0).astype(np.float32)
    other[:, 10:] = 1 - other[:, 10:]
    assert (context_of_step(hits, 10) == context_of_step(other, 10)).all()
    assert (context_of_step(hits, 11) != context_of_step(other, 11)).any()
    touch, changed = touch_of(X), touch_of(X)
    changed[:, 10:] = 0
    assert (around_step(hits, touch, 10) == around_step(hits, changed, 10)).all()


def test_classes_and_values_are_inverse_within_a_class():
    velocity, offset = np.meshgrid(np.linspace(0.01, 1, 50), np.linspace(-0.5, 0.5, 50))
    pattern = np.stack([velocity, offset], axis=-1)
    found = values_of(classes_of(pattern), np.full(2, 0.5))
    assert np.abs(found - pattern).max(axis=(0, 1)) == pytest.approx([1 / 24, 1 / 32], abs=1e-3)


def test_the_first_usual_pattern_is_taken():
    X, y = patterns(40)
    condition = (y == "rock")[:, np.newaxis].astype(np.float32)
    usual = usual_counts(X, condition)
    empty = np.zeros_like(X[:1])
    inside = [first_usual(X[[i, i]][np.newaxis], condition[[i]], usual) for i in range(40)]
    assert all((found[0] == X[i]).all() for i, found in enumerate(inside))
    drawn = np.concatenate([empty, X[1:2], np.ones_like(empty)])[np.newaxis]
    assert (first_usual(drawn, condition[1:2], usual)[0] == X[1]).all()


def test_no_conditions_no_y():
    X, _ = patterns()
    composer = GrooveComposer(**SMALL).fit(X)
    assert composer.sample(2, guidance=1.0, n_draws=2).shape == (2, 32, 9, 2)
    assert composer.nats(X).shape == (12,)
    with pytest.raises(ValueError, match="without conditions"):
        composer.sample(2, "rock")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda X: X[:, :, :8], r"n_steps, 9, 2\)"),
        (lambda X: X * np.float32(127), r"within \[0, 1\]"),
        (lambda X: X - np.float32([0, 2]), "nearest step"),
        (lambda X: X * np.float32("nan"), "NaN"),
    ],
)
def test_refuses_other_patterns(wrong, message):
    X, y = patterns()
    with pytest.raises(ValueError, match=message):
        GrooveComposer(**SMALL).fit(wrong(X), y)


def test_refuses_unknown_styles_and_parameters(fitted):
    with pytest.raises(ValueError, match="polka"):
        fitted.sample(1, "polka")
    with pytest.raises(ValueError, match="temperature"):
        fitted.sample(1, "rock", temperature=0)
    with pytest.raises(ValueError, match="n_draws"):
        fitted.sample(1, "rock", n_draws=0)
    with pytest.raises(ValueError, match="units"):
        clone(fitted).set_params(units=0).fit(*patterns())


def test_compact_is_small_close_and_goes_on(tmp_path):
    X, y = patterns()
    composer = GrooveComposer(units=64, epochs=1, random_state=0).fit(X, y)
    nats = composer.nats(X, y)
    audiogen.save(composer, tmp_path / "large.skops")
    audiogen.save(composer.compact(), tmp_path / "small.skops")
    sizes = [(tmp_path / f"{name}.skops").stat().st_size for name in ("large", "small")]
    assert sizes[1] < sizes[0] / 4
    assert composer.nats(X, y) == pytest.approx(nats, rel=1e-2)
    assert audiogen.load(tmp_path / "small.skops").partial_fit(X, y).n_iter_ == 2
