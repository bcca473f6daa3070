"""Signals: plain NumPy functions on arrays of audio."""

from audiogen.signal._mfcc import mfcc

__all__ = ["mfcc"]
