"""Training under TensorFlow: many steps at a time."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from keras import tree

from audiogen.networks import in_one_graph, keras
from audiogen.training._batches import Batches

__all__ = ["fit"]

_SECONDS = 0.1  # for which Ctrl-C waits
_BYTES = 2**22  # of batches that are read ahead


class _Steps:
    """Do steps of one kind with a model, as many at once as fit into a tenth of a second.

    Their number changes no result.

    Parameters
    ----------
    step : callable
        The model's ``train_step`` or ``test_step``.
    """

    def __init__(self, step: Any) -> None:
        self._function = in_one_graph(step)
        self._most = 1  # the first builds the graph

    def over(self, batches: Batches, *, singly: bool) -> Iterator[tuple[int, dict[str, Any]]]:
        """Go through the batches of an epoch.

        Parameters
        ----------
        batches : Batches
            The batches.
        singly : bool
            Whether somebody wants to know of each.

        Yields
        ------
        done : int
            How many batches have been gone through.
        figures : dict
            What the last step returned.
        """
        done = 0
        for several in self._groups(batches, singly):
            start = time.perf_counter()
            lengths = [len(tree.flatten(batch)[0]) for batch in several]
            rows = tree.map_structure(lambda *parts: np.concatenate(parts), *several)
            found = self._function(rows, np.array(lengths, np.int32))
            figures = {name: float(value) for name, value in found.items()}
            spent = (time.perf_counter() - start) / len(several)
            size = sum(a.nbytes for a in tree.flatten(rows)) // len(several)
            self._most = max(1, min(int(_SECONDS / spent), _BYTES // max(size, 1)))
            done += len(several)
            yield done, figures

    def _groups(self, batches: Batches, singly: bool) -> Iterator[list[Any]]:
        """Return batches that are alike but for their lengths, many at a time."""
        several: list[Any] = []
        for index in range(len(batches)):
            batch = tree.map_structure(np.asarray, batches[index])
            if several and _kinds(batch) != _kinds(several[0]):
                yield several
                several = []
            several.append(batch)
            if len(several) >= (1 if singly else self._most):
                yield several
                several = []
        if several:
            yield several


def fit(
    model: Any,
    batches: Batches,
    *,
    initial_epoch: int,
    epochs: int,
    validation_data: Batches | None,
    callbacks: Sequence[Any],
) -> None:
    """Do what ``keras.Model.fit`` does, with several steps in one call of a graph.

    Callbacks are told of each batch if one of them asks for it; steps are done singly then.

    Parameters
    ----------
    model : keras.Model
        Compiled.
    batches : Batches
        What it learns from.
    initial_epoch, epochs : int
        The first epoch, and the one after the last.
    validation_data : Batches or None
        What is validated on after each epoch.
    callbacks : sequence of keras.callbacks.Callback
        What is told.
    """
    for callback in callbacks:
        callback.set_params({"epochs": epochs, "steps": len(batches), "verbose": 0})
        callback.set_model(model)
    logs: dict[str, Any] = {}
    model.stop_training = False
    _tell(callbacks, "on_train_begin")
    for epoch in range(initial_epoch, epochs):
        _tell(callbacks, "on_epoch_begin", epoch)
        training, testing = _graph_steps(model)
        logs = _pass(model, training, batches, callbacks, "train")
        if validation_data is not None:
            model.stop_evaluating = False
            _tell(callbacks, "on_test_begin")
            measured = _pass(model, testing, validation_data, callbacks, "test")
            _tell(callbacks, "on_test_end", logs=measured)
            logs |= {f"val_{name}": value for name, value in measured.items()}
        _tell(callbacks, "on_epoch_end", epoch, logs=logs)
        if model.stop_training:
            break
    _tell(callbacks, "on_train_end", logs=logs)


def _tell(callbacks: Sequence[Any], event: str, *when: int, logs: dict | None = None) -> None:
    """Tell all callbacks. Keras' list of them swallows Ctrl-C as it turns figures to numbers."""
    for callback in callbacks:
        getattr(callback, event)(*when, {} if logs is None else logs)


def _graph_steps(model: Any) -> tuple[_Steps, _Steps]:
    """Return those of training and of testing, which go on with the model, and go."""
    if getattr(model, "graph_steps", (None,))[0] is not model.optimizer:  # their graphs hold it
        model.graph_steps = model.optimizer, _Steps(model.train_step), _Steps(model.test_step)
    return model.graph_steps[1:]


def _pass(
    model: Any, steps: _Steps, batches: Batches, callbacks: Sequence[Any], kind: str
) -> dict[str, Any]:
    """Go through all batches once, and return their figures."""
    begin, end = f"on_{kind}_batch_begin", f"on_{kind}_batch_end"
    singly = any(_has_own(callback, (begin, end)) for callback in callbacks)
    model.reset_metrics()
    logs: dict[str, Any] = {}
    _tell(callbacks, begin, 0)
    for done, logs in steps.over(batches, singly=singly):
        _tell(callbacks, end, done - 1, logs=logs)
        stopped = model.stop_training if kind == "train" else model.stop_evaluating
        if done == len(batches) or stopped:
            break
        _tell(callbacks, begin, done)
    return logs


def _has_own(callback: Any, names: tuple[str, ...]) -> bool:
    """Tell whether a callback has methods of its own; those of training have older names too."""
    older = ("on_batch_begin", "on_batch_end") if names[0].startswith("on_train") else ()
    base = keras.callbacks.Callback
    return any(
        name in vars(callback) or getattr(type(callback), name, None) is not getattr(base, name)
        for name in (*names, *older)
    )


def _kinds(batch: Any) -> list[tuple[tuple[int, ...], Any]]:
    return [(array.shape[1:], array.dtype) for array in tree.flatten(batch)]
