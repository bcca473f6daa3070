"""Instruments that a clip can ask for, by name."""

import functools
import importlib.resources
import tomllib
from dataclasses import dataclass

from audiogen.utils.names import did_you_mean

__all__ = ["PARTS", "PITCHED_PARTS", "Instrument", "instrument_names", "load_instrument"]

PARTS = ("melody", "chords", "bass", "drums", "pad", "counter")
PITCHED_PARTS = tuple(part for part in PARTS if part != "drums")
# Programs of General MIDI that are struck or plucked.
_STRUCK = {*range(16), *range(24, 40), 45, 46, 47, *range(104, 109), *range(112, 120)}


@dataclass(frozen=True)
class Instrument:
    """An instrument that a part of a clip is written for.

    Parameters
    ----------
    name : str
        Name of the instrument.
    family : str
        Family of instruments of NSynth that plays it, such as "flute" or "string".
    voice : str
        Instrument of `audiogen.datasets.load_notes` at 44,100 Hz that is most like it.
    program : int
        General MIDI program, from 0 to 127.
    low, high : int
        The lowest and the highest MIDI pitch of a part that is written for it.
    chords : bool
        Whether it plays several notes at once.
    """

    name: str
    family: str
    voice: str
    program: int
    low: int
    high: int
    chords: bool

    @property
    def sustains(self) -> bool:
        """Whether its notes sound as long as they are held: it is not struck or plucked."""
        return self.program not in _STRUCK


def load_instrument(name: str) -> Instrument:
    """Return an instrument by its name.

    Parameters
    ----------
    name : str
        One of `instrument_names`, or another word for it, such as "fiddle".

    Returns
    -------
    instrument : Instrument
        The instrument.

    Raises
    ------
    ValueError
        For an unknown name; the message has the nearest known ones.

    Examples
    --------
    >>> from audiogen.music import load_instrument
    >>> load_instrument("fiddle")
    Instrument(name='violin', family='string', voice='string_acoustic_000', program=40, low=55,
               high=88, chords=False)
    """
    known = instrument_words()
    key = " ".join(str(name).lower().replace("-", " ").replace("_", " ").split())
    if key not in known:
        hint = did_you_mean(key, known) or f" Known are {', '.join(instrument_names())}."
        raise ValueError(f"{name!r} is no known instrument.{hint}")
    return known[key]


def instrument_names() -> list[str]:
    """Return the names of all instruments.

    Returns
    -------
    names : list of str
        In the order of the table, by families.

    Examples
    --------
    >>> from audiogen.music import instrument_names
    >>> instrument_names()[:3]
    ['flute', 'piccolo', 'recorder']
    """
    return list(dict.fromkeys(instrument.name for instrument in instrument_words().values()))


@functools.cache
def instrument_words() -> dict[str, Instrument]:
    """Return the instrument of each word or phrase, the names among them."""
    file = importlib.resources.files("audiogen.music") / "instruments.toml"
    known: dict[str, Instrument] = {}
    for name, row in tomllib.loads(file.read_text(encoding="utf-8")).items():
        low, high = row["range"]
        instrument = Instrument(
            name, row["family"], row["voice"], row["program"], low, high, row.get("chords", False)
        )
        for word in (name, *row["words"]):
            known[word.replace("-", " ")] = instrument
    return known
