"""Training that survives being cut off: one file, replaced whole after each epoch."""

import hashlib
import json
import math
import pathlib
import warnings
import zipfile

import keras
import numpy as np

from audiogen.training._state import assign_variables, dump_variables
from audiogen.utils.files import atomic_path

__all__ = ["Checkpoint", "fingerprint"]

_NAME = "checkpoint.npz"
_BLOCK_BYTES = 2**26
# What NumPy raises for files that are cut off, empty, or of another kind.
_NO_CHECKPOINT = OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile


def fingerprint(parameters, X, rows, codes):
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
    rows = np.asarray(rows)
    size = max(1, _BLOCK_BYTES // max(1, X[:1].nbytes))
    for start in range(0, len(rows), size):
        block = rows[start : start + size]
        digest.update(np.ascontiguousarray(X[block]).tobytes())
    if codes is not None:
        digest.update(np.ascontiguousarray(codes).tobytes())
    return digest.hexdigest()


def _lasting(value):
    """Return a parameter, or the name of its type where `repr` holds an address.

    Parameters of an estimator stand beside it. A RandomState has moved on by the time it is
    given again: the seed that was drawn from it is in the file.
    """
    named = isinstance(value, np.random.RandomState) or hasattr(value, "get_params")
    return type(value).__name__ if named else value


class Checkpoint(keras.callbacks.Callback):
    """Keep all that training needs to go on, in one file in a folder.

    Parameters
    ----------
    folder : str or path-like
        Where the file is, or is to be.

    Attributes
    ----------
    seed : int
        The seed of the training; known before it where the file exists.
    fingerprint : str
        What `fingerprint` returned for this training.
    history : dict of str to list of float
        The losses so far, which training appends to.
    keepers : list of callbacks
        Those with a state of their own: methods ``get_state``, which returns a dict of
        numbers and lists of arrays, and ``set_state``.
    """

    def __init__(self, folder):
        super().__init__()
        self.path = pathlib.Path(folder) / _NAME
        self.seed = self.fingerprint = None
        self.history: dict = {}
        self.keepers: list = []
        self._saved = self._read()
        if self._saved is not None:
            self.seed = self._saved[0]["seed"]

    def _read(self):
        if self.path.parent.is_dir():
            for leftover in self.path.parent.glob(".partial-*.npz"):
                leftover.unlink()  # of a process that was killed while writing
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

    def restore(self, model):
        """Bring model, optimizers, callbacks and history to where they were.

        Parameters
        ----------
        model : keras.Model
            Newly compiled.

        Raises
        ------
        ValueError
            Where the file is of another training.
        """
        if self._saved is None:
            return
        (meta, arrays), self._saved = self._saved, None  # they may be gigabytes
        if meta["fingerprint"] != self.fingerprint:
            raise ValueError(
                f"{self.path} is of a training with other parameters or other data. Give them "
                "as they were, or give another checkpoint_dir."
            )
        groups: dict = {name: [] for name in meta["groups"]}
        for name in sorted(arrays):
            groups[name.split(":")[0]].append(arrays[name])
        self.history.update(meta["history"])
        assign_variables(model, [groups[f"variables{i}"] for i in range(meta["n_groups"])])
        for i, (keeper, state) in enumerate(zip(self.keepers, meta["keepers"], strict=True)):
            lists = {key: groups[f"keeper{i}.{key}"] for key in state.pop("lists")}
            keeper.set_state({**state, **lists})

    def on_epoch_end(self, epoch, logs=None):
        """Write the file; where that fails, say so and go on.

        An epoch that ended in NaN is not written: there is no going on from it.
        """
        if any(math.isnan(value) for value in (logs or {}).values()):
            return
        variables = dump_variables(self.model)
        groups = {f"variables{i}": values for i, values in enumerate(variables)}
        keepers = []
        for i, keeper in enumerate(self.keepers):
            state = keeper.get_state()
            lists = [key for key, value in state.items() if isinstance(value, list)]
            groups.update({f"keeper{i}.{key}": state.pop(key) for key in lists})
            keepers.append({**state, "lists": lists})
        meta = {
            "seed": self.seed,
            "fingerprint": self.fingerprint,
            "history": self.history,
            "n_groups": len(variables),
            "groups": list(groups),
            "keepers": keepers,
        }
        arrays = {f"{k}:{i:06d}": a for k, values in groups.items() for i, a in enumerate(values)}
        try:
            with atomic_path(self.path) as temporary:
                np.savez(temporary, meta=np.array(json.dumps(meta)), **arrays)
        except OSError as error:
            warnings.warn(
                f"The checkpoint {self.path} could not be written in epoch {epoch + 1}: {error}. "
                "Training goes on; an earlier checkpoint, where there is one, is intact.",
                stacklevel=2,
            )
