"""Checkpoints: one file, replaced whole after each epoch, to resume training from."""

import hashlib
import json
import math
import os
import pathlib
import warnings
import zipfile
from typing import Any

import numpy as np

from audiogen.networks import keras
from audiogen.training._state import assign_variables, dump_variables
from audiogen.utils.blocks import blocks_of
from audiogen.utils.files import atomic_path

__all__ = ["Checkpoint"]

_NAME = "checkpoint.npz"
# What NumPy raises for files that are cut off, empty, or of another kind.
_NO_CHECKPOINT = OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile


def fingerprint(
    parameters: dict[str, Any], X: Any, rows: np.ndarray, codes: np.ndarray | None
) -> str:
    """Return a digest of what training depends on.

    Parameters
    ----------
    parameters : dict
        The estimator's parameters.
    X : array of shape (n_samples, ...)
        The data; read block by block.
    rows : ndarray of int
        The rows that are used.
    codes : ndarray or None
        The encoded conditions of those that are used.

    Returns
    -------
    digest : str
        32 hexadecimal digits.
    """
    digest = hashlib.blake2b(digest_size=16)
    described = {name: _lasting(value) for name, value in parameters.items()}
    digest.update(repr(sorted(described.items())).encode())
    digest.update(repr((X.shape, str(X.dtype))).encode())
    for block in blocks_of(np.asarray(rows), X):
        digest.update(np.ascontiguousarray(X[block]).tobytes())
    if codes is not None:
        digest.update(np.ascontiguousarray(codes).tobytes())
    return digest.hexdigest()


def _lasting(value: Any) -> Any:
    """Return a parameter, or the name of its type where `repr` holds an address.

    Parameters of an estimator stand beside it. A RandomState has moved on by the time it is
    given again: the seed that was drawn from it is in the file.
    """
    named = isinstance(value, np.random.RandomState) or hasattr(value, "get_params")
    return type(value).__name__ if named else value


class Checkpoint(keras.callbacks.Callback):
    """Keep all that training needs to resume, in one file in a folder.

    The file is replaced after each epoch. The same ``fit`` with a checkpoint in the same
    folder resumes from there, and ends with the bits of a training that was never cut off.

    Parameters
    ----------
    folder : str or path-like
        The folder of the file ``checkpoint.npz``; it is made where it is missing.

    Attributes
    ----------
    seed : int or None
        The seed of the training that the file holds; None where there is no file.

    Examples
    --------
    >>> import tempfile
    >>> from audiogen.generators import ConditionalVAE
    >>> from audiogen.training.callbacks import Checkpoint
    >>> X = [[0.0, 2.0], [1.0, 3.0], [4.0, 4.0], [5.0, 5.0]]
    >>> vae = ConditionalVAE(latent_dim=1, units=(8,), epochs=2)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     first = vae.fit(X, callbacks=[Checkpoint(folder)]).sample(random_state=0)
    ...     again = vae.fit(X, callbacks=[Checkpoint(folder)]).sample(random_state=0)
    >>> (first == again).all()
    np.True_
    """

    def __init__(self, folder: str | os.PathLike) -> None:
        super().__init__()
        self.path = pathlib.Path(folder) / _NAME
        self.seed: int | None = None
        self._saved: Any = None

    def read(self) -> None:
        """Read the file, if there is one.

        Raises
        ------
        ValueError
            Where the file is no checkpoint.
        """
        self._saved = self._read()
        self.seed = None if self._saved is None else self._saved[0]["seed"]

    def set_fit(self, estimator: Any, data: Any) -> None:
        """Take the estimator and its data, and restore what the file holds.

        Parameters
        ----------
        estimator : estimator
            What is trained.
        data : FitData
            Its data.

        Raises
        ------
        ValueError
            Where the file is of a training with other parameters or data.
        """
        self.seed = data.seed
        self._history = estimator.history_
        self._keepers = [c for c in data.callbacks if hasattr(c, "get_state")]
        parameters = {k: v for k, v in estimator.get_params().items() if k != "verbose"}
        codes = None if data.codes is None else data.codes[data.used]
        described = {**parameters, "X": data.X.shape, "monitor": data.monitor}
        content, rows = data.content
        self._fingerprint = fingerprint(described, content, rows, codes)
        self._restore(self.model)

    def _read(self) -> Any:
        if not self.path.exists():
            return None
        try:
            with self.path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
                arrays = dict(saved)
            return json.loads(str(arrays.pop("meta"))), arrays
        except _NO_CHECKPOINT as error:
            raise ValueError(
                f"{self.path} is no checkpoint: {error}. Move it away, or give another "
                "checkpoint_dir."
            ) from error

    def _restore(self, model: Any) -> None:
        if self._saved is None:
            return
        (meta, arrays), self._saved = self._saved, None  # they may be gigabytes
        if meta["fingerprint"] != self._fingerprint:
            raise ValueError(
                f"{self.path} is of a training with other parameters or other data. Give them "
                "as they were, or give another checkpoint_dir."
            )
        groups: dict = {name: [] for name in meta["groups"]}
        for name in sorted(arrays):
            groups[name.split(":")[0]].append(arrays[name])
        self._history.update(meta["history"])
        assign_variables(model, [groups[f"variables{i}"] for i in range(meta["n_groups"])])
        for i, (keeper, state) in enumerate(zip(self._keepers, meta["keepers"], strict=True)):
            lists = {key: groups[f"keeper{i}.{key}"] for key in state.pop("lists")}
            keeper.set_state({**state, **lists})

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write the file; where that fails, say so and go on.

        An epoch that ended in NaN is not written: there is no going on from it.
        """
        if any(math.isnan(value) for value in (logs or {}).values()):
            return
        variables = dump_variables(self.model)
        groups = {f"variables{i}": values for i, values in enumerate(variables)}
        keepers = []
        for i, keeper in enumerate(self._keepers):
            state = keeper.get_state()
            lists = [key for key, value in state.items() if isinstance(value, list)]
            groups.update({f"keeper{i}.{key}": state.pop(key) for key in lists})
            keepers.append({**state, "lists": lists})
        meta = {
            "seed": self.seed,
            "fingerprint": self._fingerprint,
            "history": self._history,
            "n_groups": len(variables),
            "groups": list(groups),
            "keepers": keepers,
        }
        arrays: dict[str, Any] = {
            f"{k}:{i:06d}": a for k, values in groups.items() for i, a in enumerate(values)
        }
        try:
            with atomic_path(self.path) as temporary:
                np.savez(temporary, meta=np.array(json.dumps(meta)), **arrays)
        except OSError as error:
            warnings.warn(
                f"The checkpoint {self.path} could not be written in epoch {epoch + 1}: {error}. "
                "Training goes on; an earlier checkpoint, where there is one, is intact.",
                stacklevel=2,
            )
