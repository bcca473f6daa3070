"""Music: tunes composed, arranged and played with fitted models."""

from audiogen.music._arrange import arrange, within_reach
from audiogen.music._compose import compose
from audiogen.music._render import render

__all__ = ["arrange", "compose", "render", "within_reach"]
