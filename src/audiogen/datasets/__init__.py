"""Notes and recordings.

``load_*`` reads what is local, ``fetch_*`` downloads, ``make_*`` computes.
"""

from ._notes import load_notes
from ._nsynth import load_nsynth
from ._synthetic import make_notes

__all__ = ["load_notes", "load_nsynth", "make_notes"]
