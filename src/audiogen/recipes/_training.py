"""What the training of several recipes has in common."""

__all__ = ["TO_THE_END"]

# All epochs, on all notes: a generative loss on a few held-out notes says little.
TO_THE_END = {"validation_fraction": 0.0, "patience": None, "plateau_patience": None}
