"""Pictures of sounds. matplotlib is imported when something is drawn."""

from audiogen.display._note import NoteDisplay

__all__ = ["NoteDisplay"]
