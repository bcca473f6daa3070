"""Music: tunes drawn, arranged and played, with what was fitted elsewhere."""

from audiogen.music._arrange import arrange, within_reach
from audiogen.music._compose import compose
from audiogen.music._render import render

__all__ = ["arrange", "compose", "render", "within_reach"]
