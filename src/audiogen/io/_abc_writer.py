"""Scores written in ABC notation."""

import pathlib
from collections.abc import Mapping, Sequence
from fractions import Fraction

from audiogen.io._abc_fields import ACCIDENTALS, MODE_NAMES
from audiogen.io._keys import signature, signature_accidentals, spell, tonic_name
from audiogen.io._layout import Event, Marks, layout, marks, odd_part
from audiogen.io._score import Score
from audiogen.utils.files import atomic_path

_UNIT = Fraction(1, 2)  # an eighth, in quarter notes
_SIGNS = {accidental: sign for sign, accidental in ACCIDENTALS.items()}
_BARS_A_LINE = 4


def write_abc(score: Score, path: pathlib.Path) -> None:
    """Write a tune: a voice for each layer of each part, named after the part."""
    own = marks(score)
    voices: list[tuple[str, list[list[Event]]]] = []
    for index, part in enumerate(score.parts or ["melody"]):
        cuts = own.times if index == 0 else []
        voices += [(part, bars) for bars in layout(score, part, cuts)]
    lines = _header(score)
    lines += [_voice(i, part) for i, (part, _) in enumerate(voices, 1)]
    lines.append(f"K:{tonic_name(score.tonic, score.mode)}{MODE_NAMES[score.mode]}")
    for i, (part, bars) in enumerate(voices, 1):
        lines.append(f"V:{i}")
        lines += ["%%MIDI channel 10"] if part == "drums" else []
        lines += _music(score, bars, own if i == 1 else Marks({}, {}, {}))
    with atomic_path(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _header(score: Score) -> list[str]:
    beat = Fraction(score.beat) / 4
    if score.bpm * score.beat != score.tempo or score.bpm != round(score.bpm, 6):
        beat = Fraction(1, 4)
    title = [f"T:{_plain(score.title)}"] if score.title else []
    return [
        "X:1",
        *title,
        f"M:{score.metre[0]}/{score.metre[1]}",
        "L:1/8",
        f"Q:{beat}={_number(score.tempo / float(4 * beat))}",
    ]


def _voice(number: int, part: str) -> str:
    name = _plain(part).replace('"', "'")
    return f'V:{number} name="{name}"' + (" clef=perc" if part == "drums" else "")


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _plain(text: str) -> str:
    """Return text on one line, "%" kept from starting a comment."""
    return " ".join(text.split()).replace("%", "\\%")


def _music(score: Score, bars: Sequence[Sequence[Event]], own: Marks) -> list[str]:
    signature_signs = signature_accidentals(signature(score.tonic, score.mode))
    texts = []
    for bar in bars:
        words = []
        signs: dict[str, int] = {}
        for event in bar:
            if event.start in own.sections:
                words.append(f"[P:{_plain(own.sections[event.start]).replace(']', ')')}]")
            if event.start in own.tempos:
                words.append(f"[Q:1/4={_number(own.tempos[event.start])}]")
            if event.start in own.chords:
                words.append(f'"{own.chords[event.start] or "N.C."}"')
            words.append(_event(score, event, signs, signature_signs))
        texts.append(" ".join(words))
    groups = [texts[i : i + _BARS_A_LINE] for i in range(0, len(texts), _BARS_A_LINE)]
    lines = [" | ".join(group) + " |" for group in groups]
    return [*lines[:-1], lines[-1] + "]"]


def _event(
    score: Score, event: Event, signs: dict[str, int], signature_signs: Mapping[str, int]
) -> str:
    """Return a note, a chord or a rest; a triplet's note as a tuplet of one."""
    duration = event.end - event.start
    odd, tuplet = odd_part(duration), ""
    if 3 <= odd <= 9:
        share = 1 << (odd.bit_length() - 1)  # 2 for 3, 4 for 5 and 7
        tuplet = f"({odd}:{share}:1"
        duration *= Fraction(odd, share)
    length = _length(duration / _UNIT)
    if not event.pitches:
        return f"{tuplet}z{length}"
    fifths = signature(score.tonic, score.mode)
    spelt = [spell(pitch, fifths) for pitch in event.pitches]
    if event.continued:  # of "C" and "^C", a tie alone does not say which goes on
        places = [(letter, octave) for letter, _, octave in spelt]
        signs |= {p[0]: 0 for p in places if places.count(p) > 1 and p[0] not in signs}
    notes = [_note(*note, signs, signature_signs) for note in spelt]
    text = notes[0] if len(notes) == 1 else f"[{''.join(notes)}]"
    return f"{tuplet}{text}{length}{'-' * event.tied}"


def _note(
    letter: str,
    accidental: int,
    octave: int,
    signs: dict[str, int],
    signature_signs: Mapping[str, int],
) -> str:
    """Return a note; a letter that was altered in the bar keeps a sign, in any octave."""
    sign = ""
    if letter in signs or signature_signs[letter] != accidental:
        sign = _SIGNS[accidental]
        signs[letter] = accidental
    if octave >= 5:
        return sign + letter.lower() + "'" * (octave - 5)
    return sign + letter + "," * (4 - octave)


def _length(units: Fraction) -> str:
    over = "" if units.numerator == 1 else str(units.numerator)
    under = "" if units.denominator == 1 else f"/{units.denominator}"
    return over + under
