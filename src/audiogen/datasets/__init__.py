"""Notes and recordings.

``load_*`` reads what is local, ``fetch_*`` downloads, ``make_*`` computes.
"""

from audiogen.datasets._captions import make_captions
from audiogen.datasets._drums import load_drums
from audiogen.datasets._fetch_nsynth import fetch_nsynth
from audiogen.datasets._folder import load_audio_folder
from audiogen.datasets._gtzan import load_gtzan
from audiogen.datasets._notes import load_notes
from audiogen.datasets._nsynth import load_nsynth
from audiogen.datasets._reading import SOUND_SUFFIXES
from audiogen.datasets._recordings import load_recordings
from audiogen.datasets._save_nsynth import save_nsynth
from audiogen.datasets._synthetic import make_notes
from audiogen.datasets._track_missing_pitch import has_pitch, track_missing_pitch
from audiogen.datasets._tunes import load_tunes

__all__ = [
    "SOUND_SUFFIXES",
    "fetch_nsynth",
    "has_pitch",
    "load_audio_folder",
    "load_drums",
    "load_gtzan",
    "load_notes",
    "load_nsynth",
    "load_recordings",
    "load_tunes",
    "make_captions",
    "make_notes",
    "save_nsynth",
    "track_missing_pitch",
]
