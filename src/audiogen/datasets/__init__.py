"""Notes and recordings.

``load_*`` reads what is local, ``fetch_*`` downloads, ``make_*`` computes.
"""

from ._fetch_nsynth import fetch_nsynth
from ._folder import load_audio_folder
from ._gtzan import load_gtzan
from ._notes import load_notes
from ._nsynth import load_nsynth
from ._save_nsynth import save_nsynth
from ._synthetic import make_notes
from ._tunes import load_tunes

__all__ = [
    "fetch_nsynth",
    "load_audio_folder",
    "load_gtzan",
    "load_notes",
    "load_nsynth",
    "load_tunes",
    "make_notes",
    "save_nsynth",
]
