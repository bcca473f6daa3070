"""Sound files and MIDI files, read and written."""

from audiogen.io._clips import write_clip
from audiogen.io._midi import read_midi

__all__ = ["read_midi", "write_clip"]
