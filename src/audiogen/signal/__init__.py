"""Signals: plain NumPy functions on arrays of audio."""

from audiogen.signal._bands import band_levels
from audiogen.signal._compressor import compress_bus
from audiogen.signal._fades import fade
from audiogen.signal._frequency import hz_to_midi, midi_to_hz
from audiogen.signal._gaps import extrapolate, fill_gap
from audiogen.signal._harmonic_analysis import analyse_note
from audiogen.signal._harmonic_synthesis import synthesise_note
from audiogen.signal._harmonics import HarmonicNote, harmonic_knots
from audiogen.signal._hold import hold_note, loop_note
from audiogen.signal._instantaneous_frequency import (
    instantaneous_frequency,
    phase_from_frequency,
)
from audiogen.signal._joins import crossfade, likeness
from audiogen.signal._levels import (
    amplitude_to_db,
    compress_peaks,
    db_to_amplitude,
    limit_peak,
    peak,
    rms,
    scale_to_peak,
)
from audiogen.signal._limiter import limit_overs, limit_true_peak
from audiogen.signal._loudness import loudness
from audiogen.signal._master import Mastered, master
from audiogen.signal._mfcc import mfcc
from audiogen.signal._mulaw import mu_law_decode, mu_law_encode
from audiogen.signal._noise_resynthesis import resynthesise_noise, scatter_of_noise
from audiogen.signal._note_names import named_pitches
from audiogen.signal._nyquist import pack_nyquist, unpack_nyquist
from audiogen.signal._onset import find_onset
from audiogen.signal._patches import frames_beyond, patches_to_magnitude, spectral_patches
from audiogen.signal._phase_recovery import griffin_lim, pghi
from audiogen.signal._pitch import track_pitch
from audiogen.signal._resampling import resample
from audiogen.signal._residual_quantization import (
    decode_residual,
    encode_residual,
    fit_codebooks,
)
from audiogen.signal._room import room
from audiogen.signal._sounding_time import bound_sounding_time, sounding_time
from audiogen.signal._steady_pitch import steady_pitch
from audiogen.signal._stereo import pan, widen
from audiogen.signal._stft import count_frames, dual_window, istft, stft
from audiogen.signal._tempogram import find_beat_length
from audiogen.signal._true_peak import true_peak

__all__ = [
    "HarmonicNote",
    "Mastered",
    "amplitude_to_db",
    "analyse_note",
    "band_levels",
    "bound_sounding_time",
    "compress_bus",
    "compress_peaks",
    "count_frames",
    "crossfade",
    "db_to_amplitude",
    "decode_residual",
    "dual_window",
    "encode_residual",
    "extrapolate",
    "fade",
    "fill_gap",
    "find_beat_length",
    "find_onset",
    "fit_codebooks",
    "frames_beyond",
    "griffin_lim",
    "harmonic_knots",
    "hold_note",
    "hz_to_midi",
    "instantaneous_frequency",
    "istft",
    "likeness",
    "limit_overs",
    "limit_peak",
    "limit_true_peak",
    "loop_note",
    "loudness",
    "master",
    "mfcc",
    "midi_to_hz",
    "mu_law_decode",
    "mu_law_encode",
    "named_pitches",
    "pack_nyquist",
    "pan",
    "patches_to_magnitude",
    "peak",
    "pghi",
    "phase_from_frequency",
    "resample",
    "resynthesise_noise",
    "rms",
    "room",
    "scale_to_peak",
    "scatter_of_noise",
    "sounding_time",
    "spectral_patches",
    "steady_pitch",
    "stft",
    "synthesise_note",
    "track_pitch",
    "true_peak",
    "unpack_nyquist",
    "widen",
]
