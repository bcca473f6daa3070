"""Captions: what notes are like, in words."""

import hashlib
from collections.abc import Iterable
from typing import Any

import pandas as pd

from audiogen.datasets._bunch import COLUMNS
from audiogen.utils.columns import is_named, read_columns
from audiogen.utils.seeds import draw_seed

__all__ = ["captioned", "known_columns", "make_captions"]

_QUALITIES = {
    "bright": "bright",
    "dark": "dark",
    "distortion": "distorted",
    "fast_decay": "short",
    "long_release": "long",
    "multiphonic": "multiphonic",
    "nonlinear_env": "evolving",
    "percussive": "percussive",
    "reverb": "reverberant",
    "tempo-synced": "pulsing",
}
_FAMILIES = {
    "brass": "brass instrument",
    "mallet": "mallet percussion",
    "reed": "reed instrument",
    "string": "bowed string",
    "synth_lead": "synth lead",  # or, as often, synthesizer lead
    "vocal": "voice",
}
_LOW, _HIGH = 48, 72  # C3 and C5: below and above are registers
_SOFT, _LOUD = 50, 100
_SHARE = 0.8  # of what could be said that is


def make_captions(frame: Any, *, random_state: Any = None) -> pd.Series:
    """Say in words what notes are like.

    Captions are made from NSynth's qualities, family, source, register and velocity, such as "a
    dark, long bowed string, low and loud". What is said of a note is drawn, a fifth is left out,
    so that a generator learns what each word adds.

    Parameters
    ----------
    frame : DataFrame
        Notes, with any of the columns qualities (a tuple of str), instrument_family,
        instrument_source, pitch and velocity. Names in the column note decide, beside the seed,
        what is said of each, whichever other notes there are; without them their places do.
    random_state : int, RandomState or None, default=None
        Seed of what is left out. The same int gives the same captions.

    Returns
    -------
    captions : Series of str, named "caption"
        One for each note, with the index of `frame`.

    Raises
    ------
    ValueError
        If `frame` is no DataFrame, or has none of these columns.

    See Also
    --------
    audiogen.preprocessing.TextConditions : What reads captions.

    Notes
    -----
    Qualities are called bright, dark, distorted, short (NSynth's fast_decay), long
    (long_release), multiphonic, evolving (nonlinear_env), percussive, reverberant and pulsing
    (tempo-synced). Below C3 a note is low, above C5 high; up to a velocity of 50 it is soft, from
    100 on loud.

    Examples
    --------
    >>> from audiogen.datasets import load_notes, make_captions
    >>> frame = load_notes("valid").frame
    >>> make_captions(frame, random_state=0).iloc[5]
    'a dark, percussive acoustic keyboard, low and soft'
    """
    if isinstance(frame, dict) or not is_named(frame):
        raise ValueError(f"frame must be a DataFrame. Got {type(frame).__name__}.")
    columns = {name: column.values.tolist() for name, column in read_columns(frame).items()}
    said = ["qualities", "instrument_family", "instrument_source", "pitch", "velocity"]
    if not any(name in columns for name in said):
        raise ValueError(
            f"frame must have one of the columns {', '.join(said)}. It has "
            f"{', '.join(map(str, columns)) or 'none'}."
        )
    n_notes = len(next(iter(columns.values())))
    seed, names = draw_seed(random_state), columns.get("note", range(n_notes))
    keys = [f"{seed} {name}" for name in names]
    rows = zip(*[columns.get(name, [None] * n_notes) for name in said], keys, strict=True)
    captions = [_caption(*row) for row in rows]
    return pd.Series(captions, getattr(frame, "index", None), name="caption")


def known_columns(captions: bool) -> tuple[str, ...]:
    """Return the columns of a loader's frame."""
    return (*COLUMNS, "caption") if captions else COLUMNS


def captioned(frame: pd.DataFrame, captions: bool) -> pd.DataFrame:
    """Return a loader's frame, with a column of captions where they are asked for."""
    return frame.assign(caption=make_captions(frame, random_state=0)) if captions else frame


def _caption(qualities: Any, family: Any, source: Any, pitch: Any, velocity: Any, key: str) -> str:
    """Return the caption of a note."""
    named = qualities if isinstance(qualities, Iterable) else ()
    words = [_QUALITIES.get(name, str(name).replace("_", " ")) for name in named]
    before = [", ".join(word for word in words if _is_said(key, word))]
    if isinstance(source, str) and _is_said(key, "source"):
        before.append(source)
    levels = {
        "low": pitch is not None and pitch < _LOW,
        "high": pitch is not None and pitch > _HIGH,
        "soft": velocity is not None and velocity <= _SOFT,
        "loud": velocity is not None and velocity >= _LOUD,
    }
    after = " and ".join(word for word, so in levels.items() if so and _is_said(key, word))
    kind = "sound"
    if isinstance(family, str) and (_is_said(key, "family") or not any([*before, after])):
        kind = _FAMILIES.get(family, family.replace("_", " "))
        if _drawn(key, "synth") < 0.5:
            kind = kind.replace("synth ", "synthesizer ")
    said = " ".join(filter(None, [*before, kind]))
    article = "an" if said[0] in "aeiou" else "a"
    return f"{article} {said}, {after}" if after else f"{article} {said}"


def _is_said(key: str, what: str) -> bool:
    """Tell whether something is said of a note."""
    return _drawn(key, what) < _SHARE


def _drawn(key: str, what: str) -> float:
    """Return a number from 0 to 1, drawn by a hash: the same everywhere."""
    return (
        int.from_bytes(hashlib.blake2b(f"{key} {what}".encode(), digest_size=4).digest()) / 2**32
    )
