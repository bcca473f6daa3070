"""Signals: plain NumPy functions on arrays of audio."""

from audiogen.signal._harmonic_analysis import analyse_note
from audiogen.signal._harmonic_synthesis import synthesise_note
from audiogen.signal._harmonics import HarmonicNote, harmonic_knots
from audiogen.signal._mfcc import mfcc
from audiogen.signal._pitch import track_pitch

__all__ = [
    "HarmonicNote",
    "analyse_note",
    "harmonic_knots",
    "mfcc",
    "synthesise_note",
    "track_pitch",
]
