"""Warnings and errors that audiogen adds to Python's own."""

__all__ = ["AudioFileError", "AudioFileWarning", "ExtrapolationWarning", "UnknownWordsWarning"]


class AudioFileError(ValueError):
    """A sound file, or the metadata beside it, cannot be used."""


class AudioFileWarning(UserWarning):
    """A sound file or a tune was left out, and why."""


class ExtrapolationWarning(UserWarning):
    """A condition lies outside the range that a generator was trained on."""


class UnknownWordsWarning(UserWarning):
    """A text has words that a generator was not trained on."""
