"""Signals: plain NumPy functions on arrays of audio."""

from audiogen.signal._griffin_lim import griffin_lim
from audiogen.signal._harmonic_analysis import analyse_note
from audiogen.signal._harmonic_synthesis import synthesise_note
from audiogen.signal._harmonics import HarmonicNote, harmonic_knots
from audiogen.signal._hold import hold_note
from audiogen.signal._mfcc import mfcc
from audiogen.signal._mulaw import mu_law_decode, mu_law_encode
from audiogen.signal._nyquist import pack_nyquist, unpack_nyquist
from audiogen.signal._pghi import pghi
from audiogen.signal._phase import instantaneous_frequency, phase_from_frequency
from audiogen.signal._pitch import track_pitch
from audiogen.signal._stft import count_frames, dual_window, istft, stft

__all__ = [
    "HarmonicNote",
    "analyse_note",
    "count_frames",
    "dual_window",
    "griffin_lim",
    "harmonic_knots",
    "hold_note",
    "instantaneous_frequency",
    "istft",
    "mfcc",
    "mu_law_decode",
    "mu_law_encode",
    "pack_nyquist",
    "pghi",
    "phase_from_frequency",
    "stft",
    "synthesise_note",
    "track_pitch",
    "unpack_nyquist",
]
