"""One training loop for every generator: ``keras.Model.fit``, wrapped once."""

import audiogen.networks  # noqa: F401  imports Keras quietly, before the modules below
from audiogen.training._batches import Batches
from audiogen.training._checkpoint import Checkpoint, fingerprint
from audiogen.training._collapse import Collapse
from audiogen.training._loop import compile_model, make_adam, train
from audiogen.training._plateau import Plateau
from audiogen.training._state import dump_model, load_model

__all__ = [
    "Batches",
    "Checkpoint",
    "Collapse",
    "Plateau",
    "compile_model",
    "dump_model",
    "fingerprint",
    "load_model",
    "make_adam",
    "train",
]
