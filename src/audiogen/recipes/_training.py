"""What the training of several recipes has in common."""

__all__ = ["NOTES_GAN", "TO_THE_END"]

# All epochs, on all notes: a generative loss on a few held-out notes says little.
TO_THE_END = {"validation_fraction": 0.0, "patience": None, "plateau_patience": None}

# Of `GANGenerator` on a few dozen principal components of notes.
NOTES_GAN = {
    "latent_dim": 16, "loss": "hinge", "penalty_weight": 1.0, "dropout": 0.0, "epochs": 400,
    "batch_size": 32, "learning_rate": 1e-3, **TO_THE_END,
}  # fmt: skip
