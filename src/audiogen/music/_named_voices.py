"""A model's voices by the names that people give them."""

from collections.abc import Sequence

from audiogen.music._casting import Role, voices_like
from audiogen.music._instruments import Instrument, instrument_words
from audiogen.music._words import spaced
from audiogen.utils.names import did_you_mean

__all__ = ["categories_of", "named_voices", "no_such_voice"]

_FEW = 12  # categories that a message lists; of more it lists words for instruments


def named_voices(
    name: str, voices: list[Role], others: Sequence[str] = ()
) -> tuple[list[Role], Instrument | None]:
    """Return the voices that a name stands for, and the instrument that it is a word for.

    Parameters
    ----------
    name : str
        A category of the model, a word for an instrument, or a family, such as "bass" of the
        category "bass_acoustic_000". Case does not matter.
    voices : list of Role
        What there is.
    others : sequence of str, default=()
        Further names that a message lists.

    Returns
    -------
    voices : list of Role
        The one that suits best first.
    instrument : Instrument or None
        None where the name is no word for one.

    Raises
    ------
    ValueError
        Where there are none.
    """
    name = name.strip().lower()
    words = spaced(name)
    word = instrument_words().get(words)
    named = [voice for voice in voices if name in categories_of(voice)]
    named.sort(key=lambda voice: voice.pitches[0] - voice.pitches[1])  # widest first
    if word is not None:
        named = voices_like(word, named or voices) or named
    family = words.replace(" ", "_") + "_"  # none of them begins an empty name's
    named = named or [
        voice for voice in voices if any(own.startswith(family) for own in categories_of(voice))
    ]
    if not named:
        raise ValueError(no_such_voice(name, voices, others))
    return named, word


def no_such_voice(name: str | None, voices: list[Role], others: Sequence[str] = ()) -> str:
    """Return what is said of a name that is none of a model's.

    Parameters
    ----------
    name : str or None
        What is asked for; None where nothing is, and there are several voices.
    voices : list of Role
        What there is.
    others : sequence of str, default=()
        Further names that are known.

    Returns
    -------
    message : str
    """
    own = list(dict.fromkeys(str(value) for v in voices for value in v.conditions.values()))
    kinds = dict.fromkeys(instrument_words().values())
    known = [kind.name for kind in kinds if voices_like(kind, voices)]
    listed = ", ".join([*(own if len(own) <= _FEW or not known else known), *others])
    if name is None:
        return f"The model has several instruments: say which, of {listed}."
    hint = did_you_mean(name, [*own, *known, *others])
    return f"The model has no {name!r}. It knows {listed}.{hint}"


def categories_of(voice: Role) -> list[str]:
    """Return the categories of a voice, in small letters."""
    return [str(value).lower() for value in voice.conditions.values()]
