"""Preprocessing: transformers between audio and what generators learn."""

from audiogen.preprocessing._base import ClipTransformer
from audiogen.preprocessing._codes import SpectralCodes
from audiogen.preprocessing._components import PrincipalComponents
from audiogen.preprocessing._filter import PitchFilter
from audiogen.preprocessing._flatten import Flatten
from audiogen.preprocessing._harmonic import HarmonicPlusNoise
from audiogen.preprocessing._length import FixedLength
from audiogen.preprocessing._noise import NoiseReducer
from audiogen.preprocessing._normalize import PeakNormalizer
from audiogen.preprocessing._one_shot import OneShotSpectrogram
from audiogen.preprocessing._onset import OnsetTrimmer
from audiogen.preprocessing._patches import SpectralPatches
from audiogen.preprocessing._piano_roll import PianoRoll
from audiogen.preprocessing._pitch_aligned import PitchAlignedSpectrogram
from audiogen.preprocessing._quantizer import ResidualVectorQuantizer
from audiogen.preprocessing._spectrogram import STFTSpectrogram
from audiogen.preprocessing._text import TextConditions
from audiogen.preprocessing._window import SlidingWindow

__all__ = [
    "ClipTransformer",
    "FixedLength",
    "Flatten",
    "HarmonicPlusNoise",
    "NoiseReducer",
    "OneShotSpectrogram",
    "OnsetTrimmer",
    "PeakNormalizer",
    "PianoRoll",
    "PitchAlignedSpectrogram",
    "PitchFilter",
    "PrincipalComponents",
    "ResidualVectorQuantizer",
    "STFTSpectrogram",
    "SlidingWindow",
    "SpectralCodes",
    "SpectralPatches",
    "TextConditions",
]
