"""The callbacks of a fit: checked, and asked for what they resume."""

from collections.abc import Sequence
from typing import Any

__all__ = ["checked_callbacks", "resumed_seed"]


def checked_callbacks(owner: str, callbacks: Sequence[Any]) -> list[Any]:
    """Return callbacks as a list; refuse what is none."""
    for callback in callbacks:
        usable = hasattr(callback, "on_epoch_end") and hasattr(callback, "set_model")
        if isinstance(callback, type) or not usable:
            raise TypeError(
                f"The 'callbacks' parameter of {owner}.fit must be a list of Keras callbacks, "
                f"each made by its constructor. Got {callback!r} in it."
            )
        if type(callback).__name__ == "BackupAndRestore":  # it would restore weights alone
            raise ValueError(
                f"Keras' BackupAndRestore does not go on with a training of {owner}: give "
                "checkpoint_dir to fit, which does."
            )
    return list(callbacks)


def resumed_seed(callbacks: list[Any]) -> int | None:
    """Return the seed of the training that a checkpoint resumes, if there is one."""
    for callback in callbacks:
        if hasattr(callback, "read") and hasattr(callback, "seed"):
            callback.read()
            if callback.seed is not None:
                return int(callback.seed)
    return None
