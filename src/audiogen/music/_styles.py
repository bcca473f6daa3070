"""Styles: how music of a genre goes, read from files that say so."""

import functools
import importlib.resources
import os
import pathlib
import tomllib
from dataclasses import dataclass, field

from audiogen.generators import ChordRules
from audiogen.music._phrasing import Phrasing
from audiogen.music._style_checks import checked_style
from audiogen.music._words import genre_name
from audiogen.utils.names import did_you_mean

__all__ = ["Patterns", "SectionStyle", "Style", "Voice", "load_style", "style_names"]


# Chords of styles that say nothing, as they are called over C; written by hand.
_USUAL = {
    "major": {"C": 5.0, "F": 2.0, "G7": 1.8, "Am": 0.7, "Dm": 0.5},
    "minor": {"Cm": 5.0, "Fm": 1.8, "G7": 1.5, "Bb": 0.8, "Eb": 0.5, "Ab": 0.5},
    "dorian": {"Cm": 6.0, "Bb": 2.2, "F": 0.8, "Gm": 0.8, "Eb": 0.3},
    "mixolydian": {"C": 6.0, "Bb": 2.2, "Gm": 1.0, "F": 0.8},
    "lydian": {"C": 4.0, "D": 2.5, "G": 1.5, "Em": 1.0, "Am": 1.0},
    "phrygian": {"Cm": 4.0, "Db": 2.5, "Bbm": 1.5, "Ab": 1.0, "Fm": 1.0},
}


@dataclass(frozen=True)
class Patterns:
    """What accompanies in one metre: lists of bars, which are repeated in turn.

    A bar is a string with a character for each sixteenth note; "-" holds what sounds and "." is
    silent. Chords are "X", "x" and "o" (loud, medium, soft) or a digit, one note of the chord
    from the lowest. Bass notes are "r" (root; "R" is loud), "f" (fifth), "t" (third), "o"
    (octave), "w" (walks over chord notes) and "a" (leads to the next root). Drums are "X", "x"
    and "o".

    Parameters
    ----------
    comping : tuple of str
        Chords.
    bass : tuple of str
        Bass.
    sparse, full : tuple of str
        Chords of a sparse and of a full accompaniment; `comping` where they are empty.
    percussion : dict of str to tuple of str
        Bars of each drum.
    fill : dict of str to str
        The last bar of a section, for some or all drums.
    """

    comping: tuple[str, ...]
    bass: tuple[str, ...]
    sparse: tuple[str, ...] = ()
    full: tuple[str, ...] = ()
    percussion: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fill: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Voice:
    """What plays a part, and where it stands.

    Parameters
    ----------
    instruments : tuple of str
        Instruments of which one is drawn; empty for drums.
    pan : float
        From -1 (left) to 1 (right).
    level : float
        Level re the melody, in dB.
    """

    instruments: tuple[str, ...] = ()
    pan: float = 0.0
    level: float = 0.0


@dataclass(frozen=True)
class SectionStyle:
    """How a section is played.

    Parameters
    ----------
    level : float
        What velocities are multiplied with.
    parts : tuple of str
        Parts that play; all where it is empty.
    """

    level: float = 1.0
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Style:
    """How music of a genre goes.

    Parameters
    ----------
    name, title : str
        Name of the style, and how it is written for people.
    hand_written : tuple of str
        What no corpus taught: it was written by hand.
    metres : tuple of (int, int)
        Metres that it is played in, the usual one first.
    bpm : tuple of (float, float)
        The slowest and the fastest usual tempo, in beats a minute of the first metre.
    modes : dict of str to float
        Weights of the modes.
    tonics : tuple of int
        Usual tonics, as pitch classes.
    section_bars : tuple of int
        Usual numbers of bars of a section, the best first.
    forms : tuple of str
        The letters of one section, of two and so on; the last form is repeated where there are
        more.
    intro_bars : tuple of int
        Numbers of bars that an introduction may have.
    colour : {"triads", "sevenths", "power"}
        What chords are made of.
    drums_from : float
        The intensity from which drums play, unless they are asked for or left out.
    groove : str or None
        The style to ask a `GrooveComposer` for, in 4/4; None for the patterns.
    composer_genre : str or None
        The genre to ask a `MelodyComposer` for; None leaves it free.
    composer_top_p : float
        Share of the probability, of the likeliest notes, that it draws from: with less, a melody
        strays less from what it began with.
    composer_metres : dict
        The metre to ask it for, for metres where that is another one with bars as long.
    harmony : dict of str to ChordRules
        How chords go, by mode.
    swing : float
        Share of a beat at which its second half begins.
    swing_unit : float
        The beat that swings, in quarter notes.
    timing : float
        Standard deviation of onsets, in seconds.
    velocity : float
        Standard deviation of velocities.
    strum : float
        Time from note to note of a chord, in seconds.
    instead : dict of str to str
        Instruments that are meant by a more general name.
    melody : Phrasing or None
        How melodies are sung; None leaves them as they are composed.
    voices : dict of str to Voice
        What plays each part.
    sections : dict of str to SectionStyle
        How sections are played, by name.
    patterns : dict of (int, int) to Patterns
        What accompanies in each metre.

    Examples
    --------
    >>> from audiogen.music import load_style
    >>> style = load_style("jig")
    >>> style.metres, style.composer_genre
    (((6, 8),), 'jig')
    """

    name: str
    title: str
    hand_written: tuple[str, ...]
    metres: tuple[tuple[int, int], ...]
    bpm: tuple[float, float]
    modes: dict[str, float]
    tonics: tuple[int, ...]
    section_bars: tuple[int, ...]
    forms: tuple[str, ...]
    intro_bars: tuple[int, ...]
    colour: str
    drums_from: float
    groove: str | None
    composer_genre: str | None
    composer_top_p: float
    composer_metres: dict[tuple[int, int], tuple[int, int]]
    harmony: dict[str, ChordRules]
    swing: float
    swing_unit: float
    timing: float
    velocity: float
    strum: float
    instead: dict[str, str]
    melody: Phrasing | None
    voices: dict[str, Voice]
    sections: dict[str, SectionStyle]
    patterns: dict[tuple[int, int], Patterns]

    def section(self, name: str) -> SectionStyle:
        """Return how a section is played.

        Parameters
        ----------
        name : str
            Name of the section, such as "intro" or "A".

        Returns
        -------
        section : SectionStyle
            As the style says; at full level, with all parts, where it says nothing.
        """
        return self.sections.get(name, SectionStyle())

    def form(self, n_sections: int) -> str:
        """Return the letters of a number of sections.

        Parameters
        ----------
        n_sections : int
            Number of sections.

        Returns
        -------
        letters : str
            A letter for each section.

        Examples
        --------
        >>> from audiogen.music import load_style
        >>> load_style("jig").form(6)
        'AABBAA'
        """
        if n_sections <= len(self.forms):
            return self.forms[n_sections - 1]
        return (self.forms[-1] * n_sections)[:n_sections]


def style_names() -> list[str]:
    """Return the names of the styles that come with audiogen.

    Returns
    -------
    names : list of str
        In alphabetical order.

    Examples
    --------
    >>> from audiogen.music import style_names
    >>> style_names()[:4]
    ['air', 'funk', 'hornpipe', 'jazz_swing']
    """
    folder = importlib.resources.files("audiogen.music") / "styles"
    files = [pathlib.PurePath(item.name) for item in folder.iterdir()]
    return sorted(file.stem for file in files if file.suffix == ".toml")


def load_style(name: str | os.PathLike[str]) -> Style:
    """Return a style by its name, or read one of your own from a file.

    Parameters
    ----------
    name : str or path-like
        One of `style_names`, or words that prompts know for it, such as "lo-fi hip-hop"; or the
        path of a TOML file; those in the folder
        ``audiogen/music/styles`` show how one is written.

    Returns
    -------
    style : Style
        The style.

    Raises
    ------
    FileNotFoundError
        Where there is no such file.
    ValueError
        For an unknown name, and for a file with keys that are missing or unknown or with values
        that cannot be; the message names the file and the key.

    Examples
    --------
    >>> from audiogen.music import load_style
    >>> load_style("waltz").bpm
    (126.0, 180.0)
    """
    text = os.fspath(name)
    if not text.endswith(".toml"):
        genre = genre_name(text)
        if genre is None:
            known = style_names()
            hint = did_you_mean(text, known) or f" Known are {', '.join(known)}."
            raise ValueError(f"{text!r} is no style.{hint} A file of your own ends in .toml.")
        return _bundled(genre)
    path = pathlib.Path(text)
    if not path.is_file():
        raise FileNotFoundError(f"There is no style file {path}.")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no TOML: {error}") from error
    return _read(text, str(path), path.stem)


@functools.cache
def _bundled(name: str) -> Style:
    file = importlib.resources.files("audiogen.music") / "styles" / f"{name}.toml"
    return _read(file.read_text(encoding="utf-8"), f"{name}.toml", name)


def _read(text: str, where: str, name: str) -> Style:
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # of numbers too, which may be too long
        raise ValueError(f"{where} is no TOML: {error}") from error
    values = checked_style(table, where)
    values["melody"] = values["melody"] and Phrasing(**values["melody"])
    values["voices"] = {part: Voice(**row) for part, row in values["voices"].items()}
    values["sections"] = {key: SectionStyle(**row) for key, row in values["sections"].items()}
    values["patterns"] = {metre: Patterns(**row) for metre, row in values["patterns"].items()}
    harmony = values.pop("harmony")
    chords = _USUAL | harmony.pop("chords")
    values["harmony"] = {mode: ChordRules(row, **harmony) for mode, row in chords.items()}
    return Style(name=name, **values)
