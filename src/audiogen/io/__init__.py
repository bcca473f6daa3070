"""Sound files, MIDI files, scores and sampled instruments, read and written."""

from audiogen.io._chords import CHORD_QUALITIES, chord_name, parse_chord
from audiogen.io._clip_reader import open_clip, read_beginning, read_clip
from audiogen.io._clip_writer import CLIP_SUFFIXES, check_clip_format, write_clip
from audiogen.io._general_midi import general_midi_drums
from audiogen.io._keys import MINOR_MODES, SCALES
from audiogen.io._midi import read_midi
from audiogen.io._midi_sources import MIDI_SUFFIXES, midi_files
from audiogen.io._midi_writer import write_midi
from audiogen.io._row_store import key_of_files, remove_stored_rows, stored_rows, stored_sets
from audiogen.io._sampled_instrument import SampledInstrument, Zone
from audiogen.io._score import Score
from audiogen.io._score_files import SCORE_SUFFIXES, read_tunes
from audiogen.io._spans import Section

__all__ = [
    "CHORD_QUALITIES",
    "CLIP_SUFFIXES",
    "MIDI_SUFFIXES",
    "MINOR_MODES",
    "SCALES",
    "SCORE_SUFFIXES",
    "SampledInstrument",
    "Score",
    "Section",
    "Zone",
    "check_clip_format",
    "chord_name",
    "general_midi_drums",
    "key_of_files",
    "midi_files",
    "open_clip",
    "parse_chord",
    "read_beginning",
    "read_clip",
    "read_midi",
    "read_tunes",
    "remove_stored_rows",
    "stored_rows",
    "stored_sets",
    "write_clip",
    "write_midi",
]
