"""Preprocessing: transformers between audio and what generators learn."""

from audiogen.preprocessing._harmonic import HarmonicPlusNoise

__all__ = ["HarmonicPlusNoise"]
