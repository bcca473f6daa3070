"""Music: words in, finished clips out, composed, arranged and played with fitted models."""

from audiogen.music._arrange import arrange
from audiogen.music._brief import Brief
from audiogen.music._clip import Clip
from audiogen.music._instruments import Instrument, instrument_names, load_instrument
from audiogen.music._load_clip import load_clip
from audiogen.music._make_clip import make_clip
from audiogen.music._plan import Plan, PlannedSection, plan
from audiogen.music._play_midi import play_midi
from audiogen.music._pretrained import pretrained
from audiogen.music._prompt import parse_prompt
from audiogen.music._render import render
from audiogen.music._sample_instrument import sample_instrument
from audiogen.music._styles import Style, load_style, style_names
from audiogen.music._takes import make_takes, save_takes

__all__ = [
    "Brief",
    "Clip",
    "Instrument",
    "Plan",
    "PlannedSection",
    "Style",
    "arrange",
    "instrument_names",
    "load_clip",
    "load_instrument",
    "load_style",
    "make_clip",
    "make_takes",
    "parse_prompt",
    "plan",
    "play_midi",
    "pretrained",
    "render",
    "sample_instrument",
    "save_takes",
    "style_names",
]
