"""One training loop for every generator: ``keras.Model.fit``, wrapped once."""

import audiogen.networks  # noqa: F401  imports Keras quietly, before the modules below
from audiogen.training._batches import Batches
from audiogen.training._loop import compile_model, train
from audiogen.training._optimizer import make_adam
from audiogen.training._precision import with_precision
from audiogen.training._state import dump_model, load_model
from audiogen.training.callbacks import (
    Average,
    Checkpoint,
    Collapse,
    Plateau,
    Preview,
    Warmup,
    fingerprint,
)

__all__ = [
    "Average",
    "Batches",
    "Checkpoint",
    "Collapse",
    "Plateau",
    "Preview",
    "Warmup",
    "compile_model",
    "dump_model",
    "fingerprint",
    "load_model",
    "make_adam",
    "train",
    "with_precision",
]
