"""The contract of every generator that is trained, kept in one place."""

import numbers
import os
from abc import abstractmethod
from collections.abc import Callable

import numpy as np

from audiogen.generators._conditions import ConditionEncoder
from audiogen.generators._sampler import BaseSampler, conditions_of
from audiogen.generators._scaling import Scaling
from audiogen.utils.seeds import draw_seed, make_rng, spawn_seed
from audiogen.utils.validation import Instance, Interval, Options, check_parameters

__all__ = ["BaseGenerator"]

_SUBSET, _SPLIT, _NETWORK, _ORDER = range(4)  # what a seed is spawned for
_GENERATED_AT_ONCE = 64
_PREVIEWED = 4
_FIT = {
    "checkpoint_dir": (Options(None), Instance((str, os.PathLike), "a path")),
    "preview": (Options(None), Instance(Callable, "a callable")),
    "preview_every": Interval(numbers.Integral, 1, None),
}


class BaseGenerator(BaseSampler):
    """Base of the generators that are trained: seeds, training, history, state.

    A subclass has the parameters `epochs`, `batch_size`, `learning_rate`,
    `max_samples`, `validation_fraction`, `patience`, `plateau_patience`, `ema`,
    `precision`, `warm_start`, `random_state` and `verbose`, and supplies `_build`,
    `_networks`, `_batch` and `_generate`.
    """

    n_iter_: int

    _constraints = {
        "epochs": Interval(numbers.Integral, 1, None),
        "batch_size": Interval(numbers.Integral, 1, None),
        "learning_rate": Interval(numbers.Real, 0, None, closed="neither"),
        "max_samples": (
            Options(None),
            Interval(numbers.Integral, 1, None),
            Interval(float, 0, 1, closed="right"),
        ),
        "validation_fraction": Interval(numbers.Real, 0, 1),
        "patience": (Options(None), Interval(numbers.Integral, 1, None)),
        "plateau_patience": (Options(None), Interval(numbers.Integral, 1, None)),
        "ema": Interval(numbers.Real, 0, 1),
        "precision": Options("float32", "mixed_bfloat16"),
        "warm_start": Instance((bool, np.bool_), "a bool"),
        "verbose": Interval(numbers.Integral, 0, None),
    }

    # ------------------------------------------------------------------ hooks

    @abstractmethod
    def _build(self, shape, condition_width, seed):
        """Return the model that is trained, for samples of a shape."""

    @abstractmethod
    def _batch(self, x, condition, rng):
        """Return what ``keras.Model.fit`` takes for a batch of scaled data."""

    @abstractmethod
    def _networks(self, model):
        """Return the parts of the model that are fitted attributes, by their names."""

    # --------------------------------------------------------------- learning

    def fit(self, X, y=None, *, checkpoint_dir=None, preview=None, preview_every=10):
        """Learn to generate sounds like those given.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps), (n_samples, n_features) or \
                (n_samples, ...)
            Audio, features or spectrograms. A memory map is read batch by batch.
        y : array-like or DataFrame with n_samples rows, default=None
            The conditions. Number columns of a DataFrame are quantities, everything
            else is a category.
        checkpoint_dir : str or path-like, default=None
            A folder that keeps, in one file replaced after each epoch, all that training
            needs to go on. The same call after a crash goes on from there, and ends with
            the bits of a training never cut off. Through a pipeline it is
            ``fit(X, y, vae__checkpoint_dir=...)``.
        preview : callable, default=None
            Called as ``preview(samples, y, epoch)`` while training, with four samples, the same
            each time but for what was learnt, their conditions, or None without any, and
            the number of epochs trained.
        preview_every : int, default=10
            Epochs from one call of `preview` to the next.

        Returns
        -------
        self : estimator

        Raises
        ------
        ValueError
            Also where the folder holds a training with other parameters or data.
        """
        check_parameters(self, self._constraints)
        given = {
            "checkpoint_dir": checkpoint_dir,
            "preview": preview,
            "preview_every": preview_every,
        }
        check_parameters(f"{type(self).__name__}.fit", _FIT, given)
        fresh = not (self.warm_start and hasattr(self, "history_"))
        return self._learn(X, y, self.epochs, fresh=fresh, **given)

    def partial_fit(self, X, y=None):
        """Train for one more epoch on the same networks.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            As in `fit`.
        y : array-like or DataFrame with n_samples rows, default=None
            As in `fit`; it may hold no category that the first call did not.

        Returns
        -------
        self : estimator
        """
        check_parameters(self, self._constraints)
        return self._learn(X, y, 1, fresh=not hasattr(self, "history_"))

    def _learn(
        self, X, y, epochs, *, fresh, checkpoint_dir=None, preview=None, preview_every=None
    ):
        from audiogen.training import Checkpoint, Preview

        X = self._validated(X, reset=fresh)
        y = conditions_of(X, y)
        checkpoint = None if checkpoint_dir is None else Checkpoint(checkpoint_dir)
        seed = None if checkpoint is None else checkpoint.seed
        if seed is None:
            seed = draw_seed(self.random_state) if fresh else self._seed
        rows, held_out = self._split(len(X), seed)
        scaling = self._new_scaling() if fresh else self._scaling
        scaling.check(X, np.sort(np.concatenate([rows, held_out])))
        if fresh:
            self._scaling = scaling.fit(X, rows)
            self._start(X, y, seed)
        elif (y is None) != (self.conditions_ is None):
            raise ValueError("y must be given now if, and only if, it was given at first.")
        codes = None if y is None else self.conditions_.encode(y)
        callbacks = self._callbacks()

        def show(epoch):
            self._finish(X, codes, rows)
            samples = self.sample(_PREVIEWED, return_y=True, random_state=self._seed)
            preview(*samples, epoch)

        if preview is not None:
            callbacks.append(Preview(show, preview_every))
        self._train(X, codes, rows, held_out, epochs, callbacks, checkpoint)
        self._finish(X, codes, rows)
        return self

    def _train(self, X, codes, rows, held_out, epochs, callbacks, checkpoint):
        """Train on some rows, watching others, for so many more epochs."""
        from audiogen.training import Average, Batches, Plateau, train

        read = self._reader(X, rows, held_out)

        def make_batch(rows, rng):
            condition = None if codes is None else codes[rows]
            return self._batch(read(rows), condition, rng)

        order = spawn_seed(self._seed, _ORDER)
        validation = None
        if len(held_out):
            validation = Batches(held_out, self.batch_size, make_batch, order, shuffle=False)
        if self.patience or self.plateau_patience:
            watched = "loss" if validation is None else "val_loss"
            plateau = Plateau(watched, self.patience, self.plateau_patience, self._unwatched())
            callbacks = [plateau, *callbacks]
        if self.ema:
            callbacks = [Average(), *callbacks]
        last = self.n_iter_ + epochs
        if checkpoint is not None:
            used = np.concatenate([rows, held_out])
            self._resume(checkpoint, X, None if codes is None else codes[used], used, callbacks)
            callbacks = [*callbacks, checkpoint]
        train(
            self._model,
            Batches(rows, self.batch_size, make_batch, order),
            history=self.history_,
            last_epoch=last,
            validation=validation,
            callbacks=callbacks,
            verbose=self.verbose,
        )
        self.n_iter_ = max(map(len, self.history_.values()), default=0)

    def _resume(self, checkpoint, X, codes, used, callbacks):
        """Tell a checkpoint what it is of, and take up what it holds."""
        from audiogen.training import fingerprint

        checkpoint.seed = self._seed
        parameters = {k: v for k, v in self.get_params().items() if k != "verbose"}
        held, numbers = self._scaling.content(X, used)
        checkpoint.fingerprint = fingerprint({**parameters, "X": X.shape}, held, numbers, codes)
        checkpoint.history = self.history_
        checkpoint.keepers = [c for c in callbacks if hasattr(c, "get_state")]
        checkpoint.restore(self._model)

    def _start(self, X, y, seed):
        """Set up everything that the data and the seed decide before training."""
        from audiogen.training import compile_model, with_precision

        self._seed = seed
        self.sample_shape_ = tuple(X.shape[1:])
        self.conditions_ = None if y is None else self._new_conditions().fit(y)
        self.condition_names_ = [] if y is None else self.conditions_.names_
        self.categories_ = {} if y is None else self.conditions_.categories_
        width = 0 if y is None else self.conditions_.width_
        model = self._build(self.sample_shape_, width, spawn_seed(seed, _NETWORK))
        model = with_precision(model, self.precision)
        compile_model(model, *self._optimizers())
        self._attach(model)
        self.history_ = {}
        self.n_iter_ = 0

    def _new_conditions(self):
        """Return what is to learn the conditions."""
        return ConditionEncoder()

    def _new_scaling(self):
        """Return what is to learn how data and the networks relate."""
        return Scaling()

    def _reader(self, X, rows, held_out):
        """Return a function from row numbers to the data as the network sees them."""
        return self._scaling.reader(X, np.concatenate([rows, held_out]))

    def _callbacks(self):
        """Return further Keras callbacks for training."""
        return []

    def _optimizers(self):
        """Return the optimizers that train the model, one or two."""
        from audiogen.training import make_adam

        return [make_adam(self.learning_rate, ema=self.ema)]

    def _unwatched(self):
        """Return how many epochs at first tell nothing about what follows."""
        return 0

    def _finish(self, X, codes, rows):
        """Do what sampling needs beside the networks, after training and before previews."""

    def _attach(self, model):
        self._model = model
        for name, network in self._networks(model).items():
            setattr(self, name, network)

    def _split(self, n_samples, seed):
        """Return the rows to train on and the rows to validate on, each in order."""
        rows = np.arange(n_samples)
        if self.max_samples is not None:
            whole = isinstance(self.max_samples, numbers.Integral)
            most = self.max_samples if whole else max(1, int(self.max_samples * n_samples))
            rng = make_rng(seed, _SUBSET)
            rows = np.sort(rng.choice(n_samples, min(most, n_samples), replace=False))
        n_held_out = int(self.validation_fraction * len(rows))
        shuffled = make_rng(seed, _SPLIT).permutation(rows)
        return np.sort(shuffled[n_held_out:]), np.sort(shuffled[:n_held_out])

    @staticmethod
    def _predict(network, *inputs):
        """Return a network's outputs as arrays, computed a block of rows at a time."""
        given = [values for values in inputs if values is not None]
        blocks: list = []
        several = False
        for start in range(0, len(given[0]), _GENERATED_AT_ONCE):
            block = [values[start : start + _GENERATED_AT_ONCE] for values in given]
            out = network(block, training=False)
            several = isinstance(out, list | tuple)
            blocks.append([np.asarray(o) for o in (out if several else [out])])
        joined = [np.concatenate(parts) for parts in zip(*blocks, strict=True)]
        return joined if several else joined[0]

    # ------------------------------------------------------------------ state

    def __getstate__(self):
        state = super().__getstate__()
        if "_model" not in state:
            return state
        from audiogen.training import dump_model

        model = state["_model"]
        networks = self._networks(model)
        state = {k: v for k, v in state.items() if k not in networks and k != "_model"}
        return {**state, "_model_state": dump_model(model)}

    def __setstate__(self, state):
        state = dict(state)
        saved = state.pop("_model_state", None)
        super().__setstate__(state)
        if saved is not None:
            from audiogen.training import load_model

            self._attach(load_model(saved))
