"""TransformerSequencer: its two forward passes, what it learns, and how training goes on."""

import pickle
import signal

import keras
import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.estimator_checks import parametrize_with_checks

import audiogen
from audiogen.generators import NgramSequencer, TransformerSequencer
from audiogen.generators._clock import beats_of
from audiogen.generators._code_windows import CodeWindows
from audiogen.generators._sequence_draw import log_likelihoods
from audiogen.generators._sequences import CodeSequences
from helpers.generators import without_graphs

TINY = {"units": 8, "n_heads": 2, "n_layers": 1, "context": 16, "random_state": 0}
STEADY = {"patience": None, "plateau_patience": None, "dropout": 0.0}


class Codec:
    """Codebooks as a fitted codec has them, and the codes of sounds cut elsewhere."""

    codebooks_ = np.random.default_rng(0).normal(size=(2, 5, 3)).astype(np.float32)

    def __init__(self, shifted=()):
        self.shifted = shifted

    def shifted_codes(self):
        return self.shifted


def sequences():
    rng = np.random.default_rng(0)
    return [rng.integers(5, size=(n, 2)) for n in (40, 30, 20)]


@pytest.mark.long
@without_graphs
@parametrize_with_checks(
    [TransformerSequencer(**TINY, epochs=1, validation_fraction=0.0, batch_size=64)]
)
def test_check_estimator(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    "precision", ["float32", pytest.param("mixed_bfloat16", marks=pytest.mark.long)]
)
def test_steps_in_numpy_are_those_of_keras(precision):
    y = ["a", "b", "a"]
    model = TransformerSequencer(**TINY, epochs=2, clock=4.0, precision=precision)
    model.fit(sequences(), y, codec=Codec())
    heard, condition = sequences()[0][:16], model.conditions_.encode(["b"])
    clock = model._clock_starts([heard], condition, ())
    ours = log_likelihoods(model._predictor(condition, clock, 1), heard[np.newaxis])[0]
    hands = np.stack([beats_of(clock)(step) for step in range(16)], axis=1)
    told = np.append(condition, [[1]], axis=1).astype(np.float32)
    model._arguments["precision"] = "float32"  # what weights are, whatever they were trained in
    model._live_model = None
    logits = model.network_([heard[np.newaxis].astype(np.float32), hands, told])
    for level, values in enumerate(logits):
        logs = log_softmax(np.asarray(values, dtype=float)[0], axis=1)
        theirs = logs[np.arange(16), heard[:, level]]
        np.testing.assert_allclose(ours[:, level], theirs, atol=1e-5)


def test_it_learns_what_sounds_alike():
    """Codes that are as good as the same are one code to it, and two to n-grams."""
    rng = np.random.default_rng(0)
    codec = Codec()
    codec.codebooks_ = np.repeat(np.eye(4, dtype=np.float32), 8, axis=0)[np.newaxis]
    codec.codebooks_ = codec.codebooks_ + rng.normal(0, 0.01, codec.codebooks_.shape)
    pattern = np.tile([0, 2, 1, 0, 3], 24)
    X = 8 * pattern + rng.integers(8, size=(5, 120))
    model = TransformerSequencer(**{**TINY, "units": 16}, learning_rate=0.01, epochs=25)
    model.fit(X[:4, :, np.newaxis], codec=codec)
    ngram = NgramSequencer().fit(X[:4])
    bits = -model.score(X[4:, :, np.newaxis])
    assert 3 <= bits < 3.5, "eight codes are as likely"
    assert -ngram.score(X[4:]) > bits + 0.3
    assert model.history_["val_loss"][-1] < model.history_["val_loss"][0]
    drawn = model.sample(2, prompt=X[4, :20, np.newaxis], n_steps=40)[..., 0] // 8
    assert (drawn == pattern[:40]).mean() > 0.8, "further than attention reaches"


@pytest.fixture(scope="module")
def whole():
    return fitted(epochs=3)


def fitted(**parameters):
    model = TransformerSequencer(
        **TINY, **STEADY, validation_fraction=0.3, clock=5.0, memory=True, ema=0.5, batch_size=4
    )
    return model.set_params(**parameters).fit(sequences(), list("aba"), codec=Codec())


def same(model, other):
    assert model.history_ == other.history_
    drawn = [m.sample(2, y=["b"], n_steps=8, guidance=2.0) for m in (model, other)]
    np.testing.assert_array_equal(*drawn)


@pytest.mark.long
def test_partial_fit_is_one_more_epoch_saved_and_loaded_or_not(whole, tmp_path):
    two = fitted(epochs=2)
    audiogen.save(two, tmp_path / "model.skops")
    for model in (two, audiogen.load(tmp_path / "model.skops")):
        same(model.partial_fit(sequences(), list("aba"), codec=Codec()), whole)
    with pytest.raises(ValueError, match="y must be given now if"):
        two.partial_fit(sequences())
    with pytest.raises(ValueError, match="other codebooks"):
        other = Codec()
        other.codebooks_ = Codec.codebooks_ + 1
        two.partial_fit(sequences(), list("aba"), codec=other)


def test_what_goes_on_has_the_clock_and_the_context_of_the_first_fit():
    model = TransformerSequencer(**{**TINY, "context": 8}, epochs=1, warm_start=True)
    model.fit(sequences())
    for changed, first in ({"context": 4}, "context=8"), ({"clock": "auto"}, "clock=None"):
        model.set_params(**changed)
        with pytest.raises(ValueError, match=f"goes on with the networks .* of {first}"):
            model.fit(sequences())
        with pytest.raises(ValueError, match=f"Got {next(iter(changed))}="):
            model.partial_fit(sequences())
        model.set_params(context=8, clock=None)
    assert model.partial_fit(sequences()).n_iter_ == 2


def test_ctrl_c_leaves_a_model_that_samples_and_goes_on():
    class PressesCtrlC(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.epoch = epoch

        def on_train_batch_end(self, batch, logs=None):
            if self.epoch == 1:
                signal.raise_signal(signal.SIGINT)

    model = TransformerSequencer(**TINY, **STEADY, epochs=1000, clock=5.0, memory=True)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.warns(ConvergenceWarning, match="interrupted after 1 of 1000 epochs"):
            model.fit(sequences(), list("aba"), codec=Codec(), callbacks=[PressesCtrlC()])
    finally:
        signal.signal(signal.SIGINT, before)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.sample(2, n_steps=4), model.sample(2, n_steps=4))
    assert model.partial_fit(sequences(), list("aba"), codec=Codec()).n_iter_ == 2
    assert len(model.history_["loss"]) == 2


@pytest.mark.long
def test_a_training_that_was_cut_off_resumes_to_the_same_bits(whole, tmp_path):
    class Fails(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise RuntimeError("disk full")

    model = clone(whole)
    arguments = {"y": list("aba"), "codec": Codec(), "checkpoint_dir": tmp_path}
    with pytest.raises(RuntimeError, match="disk full"):
        model.fit(sequences(), callbacks=[Fails()], **arguments)
    same(clone(whole).fit(sequences(), **arguments), whole)


def test_held_out_windows_are_no_targets_in_any_copy():
    rng = np.random.default_rng(0)
    own, later = (
        CodeSequences(rng.integers(9, size=(35, 1)) + 10 * k, np.array([20, 15]), (20, 1), "<i8")
        for k in range(2)
    )
    windows = CodeWindows(own.with_more([later]), 8)
    assert windows.n_pieces == 18  # of two steps: ten and eight
    rows = windows.hold_out(np.array([4, 5, 17]))  # steps 8 to 11, and 14 of the second
    _, targets = windows.batch(rows, None, rng)
    np.testing.assert_array_equal(targets[0, :, 0], [*own.codes[8:12, 0], -1, -1, -1, -1])
    np.testing.assert_array_equal(targets[1, :, 0], [*[-1] * 6, own.codes[34, 0], -1])
    rows = windows.rows_of(np.delete(np.arange(18), [4, 5, 17]))
    assert rows.tolist() == list(range(10))
    assert windows.sequence_of_rows.tolist() == [0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 0, 0, 0, 1, 1]
    seen = set()
    for _ in range(200):
        inputs, targets = windows.batch(rows, None, rng)
        for heard, wanted in zip(inputs[0].astype(int), targets, strict=True):
            counted = wanted >= 0
            np.testing.assert_array_equal(heard[counted], wanted[counted])
        seen |= set(targets[targets >= 0].tolist())
    allowed = {*own.codes[:8, 0], *own.codes[12:34, 0]}
    allowed |= {*later.codes[:7, 0], *later.codes[13:33, 0]}
    assert seen == {int(code) for code in allowed}


def test_copies_cut_elsewhere_are_learnt_from_kept_and_clocked():
    X = sequences()
    codec = Codec([[row[1:] for row in X], [row[2:] for row in X]])
    model = TransformerSequencer(**TINY, epochs=1, batch_size=64, clock=4.0, memory=True)
    model.fit(X, list("aba"), codec=codec)
    assert model.lengths_.tolist() == [40, 30, 20, 39, 29, 19, 38, 28, 18]
    np.testing.assert_array_equal(model.codes_[:90], np.concatenate(X))
    later = model._starts.reshape(3, 3, 2)
    np.testing.assert_allclose(later[1, :, 1] - later[0, :, 1], 0.25 / 3)
    assert len(model._condition_of_sequence) == 9
    mixed = model.score(X, list("aba"))
    model.codes_ = None
    assert mixed > model.score(X, list("aba")) + 0.5, "the memory knows them by heart"


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("units", 12, "'units' parameter .* multiple of twice n_heads=4. Got 12"),
        ("context", 1, "'context' parameter"),
        ("memory", 0.5, "'memory' parameter"),
        ("clock", "beat", "'clock' parameter"),
        ("epochs", 0, "'epochs' parameter"),
    ],
)
def test_wrong_parameters_are_named(parameter, value, message):
    with pytest.raises((TypeError, ValueError), match=message):
        TransformerSequencer(**{"epochs": 1, parameter: value}).fit([[0, 1, 0]])


def test_too_many_names_ask_for_a_codec():
    with pytest.raises(ValueError, match="codes up to 5000 in 1 level.*give the codec"):
        TransformerSequencer(epochs=1).fit([[0, 5000]])
