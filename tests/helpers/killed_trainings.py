"""Trainings that are killed: forked processes train with what was imported, and not used."""

import keras  # noqa: F401
import numpy as np

import audiogen
from audiogen.generators import ConditionalVAE
from helpers.killed_tasks import command


def fit(inputs, out, version):
    """Train with checkpoints, as `audiogen fit --resume` does."""
    command("fit", inputs / "notes", "--out", out / "model.skops", "--resume", "--epochs", 4,
            "--seed", version)  # fmt: skip


def train(inputs, out, version):
    rng = np.random.default_rng(version)
    X, y = rng.normal(size=(64, 12)).astype(np.float32), ["a", "b"] * 32
    vae = ConditionalVAE(latent_dim=2, units=(16,), epochs=12, batch_size=8, random_state=version)
    vae.fit(X, y, checkpoint_dir=out / "checkpoint")
    audiogen.save(vae, out / "model.skops")
