"""What the training of several recipes has in common."""

__all__ = ["TO_THE_END"]

# As long as asked for, on all notes: a generative loss on few held-out ones says little.
TO_THE_END = {"validation_fraction": 0.0, "patience": None, "plateau_patience": None}
