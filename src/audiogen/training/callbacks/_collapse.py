"""Tell when adversarial training goes wrong, and what may help."""

import itertools
import warnings
from typing import Any

from sklearn.exceptions import ConvergenceWarning

from audiogen.networks import keras

__all__ = ["Collapse"]

_ALIKE, _ALIKE_EPOCHS = 0.05, 10
_CHANCE, _CERTAINTY, _JUDGING_EPOCHS = 0.52, 0.995, 25
_FAR = 0.1


class Collapse(keras.callbacks.Callback):
    """Warn when an adversarial training learns nothing any more.

    Parameters
    ----------
    history : dict of str to list of float
        What training appends its figures to, before this callback has its turn:
        "diversity", "accuracy" and "distance" of an `AdversarialModel`.

    Warns
    -----
    ConvergenceWarning
        Once for each stretch of epochs in which all samples were alike, or the
        discriminator was at certainty, or at chance while samples were still far from
        real ones.
    """

    def __init__(self, history: dict[str, list[float]]) -> None:
        super().__init__()
        self.history = history

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Look at the last epochs."""
        diversity, accuracy = self.history["diversity"], self.history["accuracy"]
        far = [loss > _FAR for loss in self.history["distance"]]
        if _reached([d < _ALIKE for d in diversity], _ALIKE_EPOCHS):
            self._warn(
                f"All samples were alike (diversity {diversity[-1]:.3f} of the real ones') "
                f"in the last {_ALIKE_EPOCHS} epochs, up to epoch {epoch + 1}. Lower "
                "learning_rate, set loss='hinge' or loss='wasserstein', or make batch_size larger."
            )
        if _reached([a > _CERTAINTY for a in accuracy], _JUDGING_EPOCHS):
            self._warn(
                f"The discriminator told real from generated samples with certainty in the last "
                f"{_JUDGING_EPOCHS} epochs, up to epoch {epoch + 1}, and guides the generator "
                "little. Make dropout or penalty_weight larger, set loss='wasserstein', set "
                "augment=True for waveforms and spectrograms, or train on more data."
            )
        at_chance = [a < _CHANCE and f for a, f in zip(accuracy, far, strict=True)]
        if _reached(at_chance, _JUDGING_EPOCHS):
            self._warn(
                f"The discriminator told real from generated samples no better than by chance in "
                f"the last {_JUDGING_EPOCHS} epochs, up to epoch {epoch + 1}, though they are "
                "far apart. Make penalty_weight or dropout smaller, or units and filters larger."
            )

    @staticmethod
    def _warn(message: str) -> None:
        warnings.warn(f"Training may have collapsed. {message}", ConvergenceWarning, stacklevel=2)


def _reached(signs: list[bool], length: int) -> bool:
    """Tell whether the run of signs at the end is just so long."""
    return sum(1 for _ in itertools.takewhile(bool, reversed(signs))) == length
