"""Training by epochs, as a scikit-learn estimator."""

import numbers
import os
import threading
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator

from audiogen.training._callback_lists import checked_callbacks, resumed_seed
from audiogen.training._check_sizes import check_sizes
from audiogen.training._fit_data import FitData
from audiogen.utils.seeds import Stream, draw_seed, make_rng, spawn_seed
from audiogen.utils.validation import Instance, Interval, Options, check_parameters, plain

__all__ = ["TrainedEstimator"]

_FIT = {
    "callbacks": (Options(None), Instance((list, tuple), "a list of Keras callbacks")),
    "monitor": (Options(None), Instance(str, "a str")),
    "checkpoint_dir": (Options(None), Instance((str, os.PathLike), "a path")),
    "preview": (Options(None), Instance(Callable, "a callable")),
    "preview_every": Interval(numbers.Integral, 1, None),
}
_BUILDING = threading.Lock()


class TrainedEstimator(BaseEstimator):
    """Base of estimators that are trained by epochs: seeds, history, resuming, state.

    A subclass has the parameters `epochs`, `batch_size`, `learning_rate`, `max_samples`,
    `validation_fraction`, `patience`, `plateau_patience`, `ema`, `precision`, `warm_start`,
    `random_state` and `verbose`, and supplies the hooks `_prepare`, `_architecture`,
    `_build` and `_batch`.

    Attributes
    ----------
    history_ : dict of str to list of float
        Losses, one value an epoch; those of held-out samples begin with "val_".
    n_iter_ : int
        Number of epochs trained.

    Notes
    -----
    A fitted estimator holds arrays and plain numbers. Its networks are built, by `_build`
    and from what `_architecture` returned, when they are first needed; no network is ever
    read from a file.
    """

    history_: dict[str, list[float]]
    n_iter_: int

    _constraints: dict[str, Any] = {
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
    # The loss that patience watches where the caller of fit names none.
    _monitored = "loss"

    # ------------------------------------------------------------------ hooks

    @abstractmethod
    def _prepare(self, X: Any, y: Any, *, fresh: bool, seed: int) -> FitData:
        """Validate data and conditions; learn from them, if fresh, what precedes training."""

    @abstractmethod
    def _architecture(self, data: FitData) -> dict[str, Any]:
        """Return the keyword arguments of `_build`: plain numbers, strings, tuples, dicts."""

    @staticmethod
    @abstractmethod
    def _build(**architecture: Any) -> Any:
        """Return a new ``keras.Model`` with an attribute ``networks``, a dict of its parts."""

    @abstractmethod
    def _batch(self, x: Any, condition: np.ndarray | None, rng: np.random.Generator) -> Any:
        """Return what ``keras.Model.fit`` takes for a batch of what `FitData.read` returned."""

    def _optimizer_settings(self) -> list[dict[str, Any]]:
        """Return the arguments of `make_adam` for each optimizer, one or two."""
        return [{"learning_rate": self.learning_rate, "ema": self.ema}]

    def _own_callbacks(self, data: FitData) -> list[Any]:
        """Return callbacks that training of this kind needs."""
        return []

    def _unwatched(self) -> int:
        """Return the number of epochs at the start that `patience` leaves out."""
        return 0

    def _finish(self, data: FitData) -> None:
        """Learn what sampling needs beside the networks, after training and before previews."""

    # --------------------------------------------------------------- learning

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        callbacks: Sequence[Any] | None = None,
        monitor: str | None = None,
        checkpoint_dir: str | os.PathLike | None = None,
        preview: Callable[[Any, Any, int], Any] | None = None,
        preview_every: int = 10,
    ) -> Self:
        """Learn to generate sounds like those given.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps), (n_samples, n_features) or \
                (n_samples, ...)
            Audio, features or spectrograms. A memory map is read batch by batch.
        y : array-like or DataFrame with n_samples rows, default=None
            The conditions. Number columns of a DataFrame are quantities, everything
            else is a category.
        callbacks : list of keras.callbacks.Callback, default=None
            Further callbacks, such as those of `audiogen.training.callbacks`.
        monitor : str, default=None
            The key of `history_` that `patience` and `plateau_patience` watch. None
            watches the loss, of held-out samples where there are any.
        checkpoint_dir : str or path-like, default=None
            A folder for `audiogen.training.callbacks.Checkpoint`: the same call after a
            crash resumes from there. Through a pipeline it is
            ``fit(X, y, vae__checkpoint_dir=...)``.
        preview : callable, default=None
            The function of a `audiogen.training.callbacks.Preview`, called as
            ``preview(samples, y, epoch)`` while training, with four samples.
        preview_every : int, default=10
            Number of epochs from one call of `preview` to the next.

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
            "callbacks": callbacks,
            "monitor": monitor,
            "checkpoint_dir": checkpoint_dir,
            "preview": preview,
            "preview_every": preview_every,
        }
        check_parameters(f"{type(self).__name__}.fit", _FIT, given)
        listed = checked_callbacks(type(self).__name__, callbacks or ())
        if preview is not None or checkpoint_dir is not None:
            from audiogen.training.callbacks import Checkpoint, Preview

            if preview is not None:
                listed.append(Preview(preview, preview_every))
            if checkpoint_dir is not None:
                listed.append(Checkpoint(checkpoint_dir))
        if monitor is not None and not (self.patience or self.plateau_patience):
            raise ValueError(
                f"monitor={monitor!r} is watched by nothing: set patience or plateau_patience."
            )
        fresh = not (self.warm_start and self.__sklearn_is_fitted__())
        return self._learn(X, y, int(self.epochs), listed, monitor, fresh=fresh)

    def partial_fit(self, X: Any, y: Any = None) -> Self:
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
        return self._learn(X, y, 1, [], None, fresh=not self.__sklearn_is_fitted__())

    def _learn(
        self,
        X: Any,
        y: Any,
        epochs: int,
        callbacks: list[Any],
        monitor: str | None,
        *,
        fresh: bool,
    ) -> Self:
        seed = resumed_seed(callbacks)
        if seed is None:
            seed = draw_seed(self.random_state) if fresh else self._seed
        data = self._prepare(X, y, fresh=fresh, seed=seed)
        if fresh:
            self._start(data)
        else:
            self._continue_with_parameters(data)
        data.callbacks = self._all_callbacks(data, callbacks, monitor)
        data.monitor = monitor
        try:
            self._train(data, epochs)
        except Exception:
            if not fresh:  # the networks have moved on: their history and weights go with them
                self._collect_weights()
            raise
        self._collect_weights()
        self._finish(data)
        return self

    def _start(self, data: FitData) -> None:
        """Set up everything that the data and the seed decide before training."""
        described = self._architecture(data)
        seed = spawn_seed(data.seed, Stream.NETWORK)
        self._seed = data.seed
        self._arguments = plain({**described, "precision": self.precision, "seed": seed})
        self._optimizers = plain(self._optimizer_settings())
        self._weights: dict[str, Any] = {}
        self._training_state: dict[str, Any] | None = None
        self._live_model: Any = None
        self.history_ = {}
        self.n_iter_ = 0

    def _continue_with_parameters(self, data: FitData) -> None:
        """Take over a new learning rate; refuse what would need other networks."""
        wanted = plain({**self._architecture(data), "precision": self.precision})
        for name, value in wanted.items():
            if value != self._arguments[name]:
                raise self._changed(name, self._arguments[name], value)
        settings = plain(self._optimizer_settings())
        if settings != self._optimizers:
            self._change_optimizers(settings)

    def _change_optimizers(self, settings: list[dict[str, Any]]) -> None:
        """Take over another learning rate, and refuse what else may have changed."""
        from audiogen.training._state import dump_training_state, optimizers

        for old, new in zip(self._optimizers, settings, strict=True):
            for name in {**old, **new}.keys() - {"learning_rate"}:
                if old.get(name) != new.get(name):
                    raise self._changed(name, old.get(name), new.get(name))
        self._training_state = dump_training_state(self._model)
        self._live_model, self._optimizers = None, settings
        for optimizer, new in zip(optimizers(self._model), settings, strict=True):
            if "decay" not in new:  # the rate is a variable, which was just restored
                optimizer.learning_rate = new["learning_rate"]

    def _changed(self, name: str, old: Any, new: Any) -> ValueError:
        return ValueError(
            f"{type(self).__name__} goes on with the networks of the first fit, of "
            f"{name}={old!r}. Got {name}={new!r}; set it back, or begin anew by fit with "
            "warm_start=False."
        )

    def _all_callbacks(
        self, data: FitData, callbacks: list[Any], monitor: str | None
    ) -> list[Any]:
        """Return the callbacks of a training in their order; checkpoints come last."""
        from audiogen.training.callbacks import Average, Checkpoint, Plateau

        first: list[Any] = []
        if self._optimizers[0]["ema"]:
            first.append(Average())
        if self.patience or self.plateau_patience:
            watched = monitor or f"{'val_' if len(data.held_out) else ''}{self._monitored}"
            patience, plateau_patience = plain((self.patience, self.plateau_patience))
            first.append(Plateau(watched, patience, plateau_patience, self._unwatched()))
        last = [c for c in callbacks if isinstance(c, Checkpoint)]
        others = [c for c in callbacks if not isinstance(c, Checkpoint)]
        return [*first, *self._own_callbacks(data), *others, *last]

    def _train(self, data: FitData, epochs: int) -> None:
        """Train on some rows, watching others, for so many more epochs."""
        from audiogen.training import Batches, train

        def make_batch(rows: np.ndarray, rng: np.random.Generator) -> Any:
            condition = None if data.codes is None else data.codes[rows]
            return self._batch(data.read(rows), condition, rng)

        order, size = spawn_seed(self._seed, Stream.ORDER), int(self.batch_size)
        validation = None
        if len(data.held_out):
            validation = Batches(data.held_out, size, make_batch, order, shuffle=False)
        last = self.n_iter_ + epochs
        for callback in data.callbacks:
            callback.set_model(self._model)
            if hasattr(callback, "set_fit"):
                callback.set_fit(self, data)
        try:
            train(
                self._model,
                Batches(data.rows, size, make_batch, order),
                history=self.history_,
                last_epoch=last,
                validation=validation,
                callbacks=data.callbacks,
                verbose=self.verbose,
            )
        finally:
            self.n_iter_ = max(map(len, self.history_.values()), default=0)

    def _split(self, n_samples: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows to train on and the rows to validate on, each in order."""
        rows = np.arange(n_samples)
        if self.max_samples is not None:
            whole = isinstance(self.max_samples, numbers.Integral)
            most = self.max_samples if whole else max(1, int(self.max_samples * n_samples))
            rng = make_rng(seed, Stream.SUBSET)
            rows = np.sort(rng.choice(n_samples, min(most, n_samples), replace=False))
        n_held_out = int(self.validation_fraction * len(rows))
        shuffled = make_rng(seed, Stream.SPLIT).permutation(rows)
        return np.sort(shuffled[n_held_out:]), np.sort(shuffled[:n_held_out])

    # ---------------------------------------------------------------- networks

    @property
    def _model(self) -> Any:
        """The ``keras.Model`` that is trained, built when it is first needed."""
        with _BUILDING:
            if self._live_model is None:
                self._live_model = self._rebuilt()
        return self._live_model

    def _rebuilt(self) -> Any:
        from audiogen.networks import assign_layer_weights
        from audiogen.training._loop import compile_model
        from audiogen.training._optimizer import make_adam
        from audiogen.training._state import assign_training_state

        model = self._build(**self._arguments)
        compile_model(model, *(make_adam(**settings) for settings in self._optimizers))
        for name, weights in self._weights.items():
            assign_layer_weights(model.networks[name], weights)
        if self._training_state is not None:
            assign_training_state(model, self._training_state)
            self._training_state = None
        return model

    def _network(self, name: str) -> Any:
        """Return one of the networks, for the attributes that give them to users."""
        if "_arguments" not in vars(self):
            raise AttributeError(f"This {type(self).__name__} is not fitted yet; call fit first.")
        return self._model.networks[name]

    def _collect_weights(self) -> None:
        """Keep the weights of all networks as arrays, from which they can be built again."""
        from audiogen.networks import layer_weights

        networks = self._model.networks.items()
        self._weights = {name: layer_weights(network) for name, network in networks}

    # ------------------------------------------------------------------- state

    def __sklearn_is_fitted__(self) -> bool:
        """Tell whether a training has ended, well or by an interrupt."""
        return bool(vars(self).get("_weights"))

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        model = state.pop("_live_model", None)
        if model is not None:
            from audiogen.training._state import dump_training_state

            state["_training_state"] = dump_training_state(model)
        return state

    def _check_state(self) -> None:
        """Refuse a description of networks that the weights are not of; `audiogen.load` asks."""
        if "_arguments" in vars(self):
            check_sizes(type(self).__name__, self._arguments, self._weights)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "_arguments" in state:
            self._live_model = None
