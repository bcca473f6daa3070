"""Keras callbacks: what happens beside training, epoch by epoch."""

import audiogen.networks  # noqa: F401  imports Keras quietly, before the modules below
from audiogen.training.callbacks._average import Average
from audiogen.training.callbacks._checkpoint import Checkpoint, fingerprint
from audiogen.training.callbacks._collapse import Collapse
from audiogen.training.callbacks._plateau import Plateau
from audiogen.training.callbacks._preview import Preview
from audiogen.training.callbacks._warmup import Warmup

__all__ = ["Average", "Checkpoint", "Collapse", "Plateau", "Preview", "Warmup", "fingerprint"]
