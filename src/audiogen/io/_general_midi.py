"""General MIDI's percussion notes, and the drums that play them."""

from collections.abc import Iterable

from audiogen.utils.validation import warn_user

__all__ = ["general_midi_drums"]

# For each note the drums that may play it, its own first, by the names that `load_drums` has.
_DRUMS = {
    27: "sidestick", 28: "clap", 29: "shaker", 30: "shaker", 31: "sidestick", 32: "sidestick",
    33: "claves", 34: "triangle", 35: "kick", 36: "kick", 37: "sidestick rimshot claves",
    38: "snare", 39: "clap fingersnap", 40: "snare", 41: "tom_low", 42: "hihat_closed",
    43: "tom_low", 44: "hihat_pedal hihat_closed", 45: "tom_low", 46: "hihat_open",
    47: "tom_mid", 48: "tom_mid", 49: "crash", 50: "tom_high", 51: "ride", 52: "china crash",
    53: "ride_bell ride", 54: "tambourine jingle_bell", 55: "splash crash", 56: "cowbell",
    57: "crash", 58: "vibraslap maracas", 59: "ride", 60: "bongo_high bongo",
    61: "bongo_low bongo", 62: "conga_mute conga", 63: "conga_high conga", 64: "conga_low conga",
    65: "timbale tom_high", 66: "timbale tom_mid", 67: "agogo cowbell", 68: "agogo cowbell",
    69: "cabasa shaker", 70: "maracas shaker", 71: "whistle triangle", 72: "whistle triangle",
    73: "guiro shaker", 74: "guiro shaker", 75: "claves woodblock", 76: "woodblock claves",
    77: "woodblock claves", 78: "cuica conga_high", 79: "cuica conga_low", 80: "triangle",
    81: "triangle", 82: "shaker maracas", 83: "jingle_bell tambourine", 84: "bell_tree triangle",
    85: "castanets claves", 86: "surdo tom_low", 87: "surdo tom_low",
}  # fmt: skip
# What drums of which nothing is there are most like.
_LIKE = {
    "bongo": "bongo_high", "bongo_high": "conga_high", "bongo_low": "conga_low",
    "castanets": "sidestick", "clap": "snare", "claves": "sidestick", "conga": "conga_low",
    "conga_high": "conga", "conga_low": "bongo", "conga_mute": "conga_high",
    "cowbell": "ride_bell", "crash": "splash", "fingersnap": "clap", "hihat_closed": "hihat_pedal",
    "hihat_open": "hihat_closed", "hihat_pedal": "shaker", "jingle_bell": "tambourine",
    "kick": "tom_low", "maracas": "shaker", "ride": "crash", "ride_bell": "ride",
    "rimshot": "snare", "shaker": "hihat_closed", "sidestick": "rimshot", "snare": "clap",
    "splash": "hihat_open", "tambourine": "shaker", "tom_high": "tom_mid", "tom_low": "tom_high",
    "tom_mid": "tom_low", "triangle": "ride_bell", "woodblock": "sidestick",
}  # fmt: skip


def general_midi_drums(notes: Iterable[int], drums: Iterable[str]) -> list[str]:
    """Return the drums that play percussion notes of General MIDI, the nearest there are.

    Parameters
    ----------
    notes : iterable of int
        Percussion notes, as those of channel 10 of a MIDI file: 35 is the bass drum.
    drums : iterable of str
        The drums there are, by the names that `audiogen.datasets.load_drums` has: those of a
        fitted kit are ``kit[-1].categories_["drum"]``.

    Returns
    -------
    played : list of str
        The drum of each note. Where a note's own drum is missing it is one that sounds
        most like it; notes beyond those of General MIDI are played by the last resort, the
        first of `drums`.

    Raises
    ------
    ValueError
        If there are no drums.

    Warns
    -----
    UserWarning
        Once for all notes whose own drum is missing; it names each with what plays it.

    References
    ----------
    .. [1] MIDI Manufacturers Association, "General MIDI 2", RP-024, 1999.

    Examples
    --------
    >>> from audiogen.io import general_midi_drums
    >>> general_midi_drums([36, 42, 38], ["kick", "snare", "hihat_closed"])
    ['kick', 'hihat_closed', 'snare']
    """
    known = list(dict.fromkeys(drums))
    if not known:
        raise ValueError("general_midi_drums needs at least one drum. Got none.")
    notes = [int(note) for note in notes]
    played = {note: _nearest(note, known) for note in dict.fromkeys(notes)}
    lacking = {note: drum for note, drum in played.items() if drum not in _own(note)}
    if lacking:
        named = ", ".join(f"{note} by {drum}" for note, drum in sorted(lacking.items()))
        warn_user(f"There is no drum for some percussion notes, which others play: {named}.")
    return [played[note] for note in notes]


def _own(note: int) -> list[str]:
    """Return the drum of a note, and the one that has its name without high and low."""
    first, *others = _DRUMS.get(note, "-").split()
    return [first, *(drum for drum in others if first.startswith(drum + "_"))]


def _nearest(note: int, known: list[str]) -> str:
    """Return the drum that plays a note: its own, one of those like it, or the first."""
    wanted = _DRUMS.get(note, known[0]).split()
    for drum in wanted:
        if drum in known:
            return drum
    tried, drum = set(wanted), wanted[-1]
    while drum in _LIKE and _LIKE[drum] not in tried:
        drum = _LIKE[drum]
        if drum in known:
            return drum
        tried.add(drum)
    return known[0]
