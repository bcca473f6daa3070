"""The music of a tune in ABC notation, after the standard 2.1 (abcnotation.com)."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from audiogen.io._abc_fields import (
    ACCIDENTALS,
    Key,
    default_unit,
    read_key,
    read_metre,
    read_tempo,
    read_unit,
)
from audiogen.io._chords import LETTERS, usual_name
from audiogen.io._keys import signature_accidentals
from audiogen.io._repeats import Bar, Note

_LENGTH = r"(\d*)(/*)(\d*)"
_NOTE = rf"(\^\^|\^|__|_|=)?([A-Ga-g])([',]*){_LENGTH}"
_TOKENS = re.compile(
    "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in {
            "field": r"\[[A-Za-z]:[^\]]*\]",
            "ending": r"\[\s*\d[\d,.-]*",
            "bar": r"(?::*\|\]:*|:*\[\|:*|:*\|+:*(?!\])|::+)(?:\s*\d[\d,.-]*)?",
            "text": r'"[^"]*"?',
            "sign": r"![^!\s][^!]*!|\+[a-zA-Z.()<>][\w.()<>]*\+|[.~H-Wh-w]",
            "grace": r"\{[^}]*\}?",
            "tuplet": r"\(\d(?::\d*){0,2}",
            "chord": r"\[[^\[\]|:]*\](?:\d*/*\d*)\s*-?",
            "rest": rf"[xz]{_LENGTH}",
            "long_rest": r"[XZ]\d*",
            "note": rf"{_NOTE}\s*-?",
            "broken": r"[<>]+",
            "overlay": r"&+",
            "nothing": r"[()\s`\\y*;?@#$\"!\]+-]\d*|\[(?=\")",
        }.items()
    )
)
_SHARES = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}  # how many notes' time a tuplet takes
_LONGEST = 10_000  # bars of rest


@dataclass
class VoiceState:
    """What has been read of a voice, and what holds for what comes next."""

    key: Key
    metre: tuple[int, int] | None
    unit: Fraction
    tempo: float
    name: str = ""
    bars: list[Bar] = field(default_factory=lambda: [Bar()])
    now: Fraction = Fraction(0)  # in the bar
    floor: Fraction = Fraction(0)  # the least that the bar lasts
    last: list[Note] = field(default_factory=list)  # the note or chord before
    last_start: Fraction = Fraction(0)
    factor: Fraction = Fraction(1)  # of the next note, from broken rhythm
    tuplet: tuple[Fraction, int] = (Fraction(1), 0)  # factor, notes left
    signs: dict[str, int] = field(default_factory=dict)  # accidentals of this bar
    ties: dict[tuple[str, int], int] = field(default_factory=dict)  # pitches that are tied
    new_ties: dict[tuple[str, int], int] = field(default_factory=dict)
    ending: tuple[int, ...] = ()
    part: str = ""


class TuneReader:
    """Reads lines of music into voices of bars."""

    def __init__(self, state: VoiceState) -> None:
        self._fresh = state
        self.voices: dict[str, VoiceState] = {}
        self._voice: VoiceState | None = None

    @property
    def voice(self) -> VoiceState:
        """The voice that is being read."""
        if self._voice is None:
            self.choose("1")
        assert self._voice is not None
        return self._voice

    def choose(self, text: str) -> None:
        """Go on with the voice that stands after "V:"."""
        name, *rest = text.split(maxsplit=1) or ["1"]
        if name not in self.voices:
            self.voices[name] = copy.deepcopy(self._fresh)
        self._voice = self.voices[name]
        named = re.search(r'(?:name|nm)\s*=\s*(?:"([^"]*)"|(\S+))', " ".join(rest))
        if named:
            self._voice.name = named[1] or named[2] or ""

    def read_field(self, letter: str, text: str) -> None:
        """Take a field of the body."""
        if letter == "V":
            self.choose(text)
            return
        voice = self.voice
        if letter == "K":
            voice.key = read_key(text) or voice.key
        elif letter == "M":
            voice.metre = read_metre(text)
        elif letter == "L":
            voice.unit = read_unit(text)
        elif letter == "Q":
            voice.tempo = read_tempo(text, voice.unit) or voice.tempo
            voice.bars[-1].tempos.append((voice.now, voice.tempo))
        elif letter == "P" and text.strip():
            voice.part = voice.bars[-1].part = text.strip()
            voice.bars[-1].labels.append((voice.now, voice.part))

    def read_line(self, line: str) -> None:
        """Read a line of music."""
        place = 0
        while place < len(line):
            match = _TOKENS.match(line, place)
            if not match:
                raise ValueError(f"{line[place]!r} in {line.strip()!r} is no ABC notation")
            _READERS[str(match.lastgroup)](self, match[0])
            place = match.end()

    def _field(self, token: str) -> None:
        self.read_field(token[1], token[3:-1])

    def _bar(self, token: str) -> None:
        line, number = re.fullmatch(r"([^\d]*?)\s*(\d.*)?", token, re.S).groups()  # type: ignore[union-attr]
        colons = len(line) - len(line.lstrip(":")), len(line) - len(line.rstrip(":"))
        if not line.strip(":"):  # "::" ends one repeat and starts another
            colons = (1, 1)
        voice = self.voice
        is_double = bool(colons[0]) or line.strip(":") in ("||", "|]", "[|")
        if voice.bars[-1].length:
            voice.bars.append(Bar(tempo=voice.tempo, part=voice.part))
        if len(voice.bars) > 1:  # there may be several bar lines, as in "|" and "|:"
            ended = voice.bars[-2]
            ended.times = max(ended.times, 1 + colons[0])
            ended.is_double = ended.is_double or is_double
        if is_double:
            voice.ending = ()
        if colons[1]:
            voice.bars[-1].starts_repeat = True
            voice.ending = ()
        voice.now = voice.floor = Fraction(0)
        voice.signs = {}
        voice.last, voice.factor = [], Fraction(1)
        voice.bars[-1].ending = voice.ending
        if number:
            self._ending(number)

    def _ending(self, token: str) -> None:
        numbers: list[int] = []
        for first, last in re.findall(r"(\d{1,3})(?:-(\d{1,3}))?", token):
            numbers += range(int(first), int(last or first) + 1)
        self.voice.ending = self.voice.bars[-1].ending = tuple(numbers)

    def _text(self, token: str) -> None:
        text = token.strip('"')
        name = "" if text.upper() in ("N.C.", "NC", "N.C") else text
        if not text or text[0] in "^_<>@":
            return
        for word in name.split("\n") or [""]:
            try:
                word = usual_name(word) if word else ""
            except ValueError:  # words above the staff, such as "Fine"
                return
            self.voice.bars[-1].chords.append((self.voice.now, word))

    def _tuplet(self, token: str) -> None:
        p, q, r = (*(int(n) if n else 0 for n in token[1:].split(":")), 0, 0)[:3]
        if p < 2:
            return
        metre = self.voice.metre or (4, 4)
        compound = metre[0] % 3 == 0 and metre[0] > 3
        q = q or _SHARES.get(p, 3 if compound else 2)
        self.voice.tuplet = Fraction(q, p), r or p

    def _broken(self, token: str) -> None:
        voice = self.voice
        short = Fraction(1, 2 ** min(len(token), 5))
        before, after = (2 - short, short) if token[0] == ">" else (short, 2 - short)
        for note in voice.last:
            note.duration *= before
        voice.now = voice.last_start + (voice.now - voice.last_start) * before
        self._lengthen_bar()
        voice.factor = after

    def _overlay(self, _: str) -> None:
        self.voice.floor = self.voice.bars[-1].length
        self.voice.now = Fraction(0)

    def _rest(self, token: str) -> None:
        self._add([], _times(token[1:]) * self.voice.unit)

    def _long_rest(self, token: str) -> None:
        n_bars = int(token[1:] or 1)
        if n_bars > _LONGEST:
            raise ValueError(f"{token} rests for more than {_LONGEST} bars")
        bar = 4 * Fraction(*(self.voice.metre or (4, 4)))
        self._add([], n_bars * bar)

    def _note(self, token: str) -> None:
        self._add([self._pitch(token)], self._length(token))

    def _chord(self, token: str) -> None:
        inner, outer = re.sub(r'"[^"]*"|![^!]*!', "", token[1:]).rsplit("]", 1)
        notes = [match[0] for match in re.finditer(rf"{_NOTE}-?", inner)]
        if not notes:
            return
        tied = "-" in outer
        pitches = [self._pitch(f"{note.rstrip('-')}-" if tied else note) for note in notes]
        lengths = [self._length(note) * _times(outer.strip("- ")) for note in notes]
        self._add(pitches, lengths[0], lengths)

    def _pitch(self, token: str) -> tuple[int, bool]:
        """Return a note's pitch and whether it is tied to the next."""
        voice = self.voice
        sign, letter, octaves = re.match(_NOTE, token).groups()[:3]  # type: ignore[union-attr]
        name = letter.upper()
        octave = 5 + letter.islower() + octaves.count("'") - octaves.count(",")
        if sign:
            voice.signs[name] = ACCIDENTALS[sign]
        tie = voice.ties.get((name, octave))
        accidental = voice.signs.get(name, voice.key.accidentals[name])
        if tie is not None and not sign:
            accidental = tie
        tied = token.rstrip().endswith("-")
        if tied:
            voice.new_ties[name, octave] = accidental
        return 12 * octave + LETTERS[name] + accidental, tied

    def _length(self, token: str) -> Fraction:
        numbers = re.match(_NOTE, token).groups()[3:]  # type: ignore[union-attr]
        return _times("".join(numbers)) * self.voice.unit

    def _add(
        self,
        pitches: list[tuple[int, bool]],
        length: Fraction,
        lengths: list[Fraction] | None = None,
    ) -> None:
        """Add a note, a chord or a rest; time goes on by `length`."""
        voice = self.voice
        factor = voice.factor
        if voice.tuplet[1]:
            factor *= voice.tuplet[0]
            voice.tuplet = voice.tuplet[0], voice.tuplet[1] - 1
        lengths = lengths or [length] * len(pitches)
        voice.last = [
            Note(voice.now, own * factor, pitch, tied=tied)
            for (pitch, tied), own in zip(pitches, lengths, strict=True)
            if own
        ]
        voice.bars[-1].notes += voice.last
        voice.ties, voice.new_ties = voice.new_ties, {}
        voice.last_start, voice.factor = voice.now, Fraction(1)
        voice.now += length * factor
        self._lengthen_bar()

    def _lengthen_bar(self) -> None:
        voice = self.voice
        ends = [note.onset + note.duration for note in voice.last]
        voice.bars[-1].length = max([voice.floor, voice.now, *ends])

    def _nothing(self, _: str) -> None:
        pass


_READERS = {
    "field": TuneReader._field,
    "ending": TuneReader._ending,
    "bar": TuneReader._bar,
    "text": TuneReader._text,
    "sign": TuneReader._nothing,
    "grace": TuneReader._nothing,
    "tuplet": TuneReader._tuplet,
    "chord": TuneReader._chord,
    "rest": TuneReader._rest,
    "long_rest": TuneReader._long_rest,
    "note": TuneReader._note,
    "broken": TuneReader._broken,
    "overlay": TuneReader._overlay,
    "nothing": TuneReader._nothing,
}


def _times(text: str) -> Fraction:
    """Read how many units a note lasts: "3", "/2", "3/4", "/" or "//"."""
    over, slashes, under = re.match(_LENGTH, text).groups()  # type: ignore[union-attr]
    divisor = int(under) if under else 2 ** len(slashes)
    if divisor == 0 or len(over) > 4 or divisor > 4096:
        raise ValueError(f"{text!r} is no length of a note")
    return Fraction(int(over) if over else 1, divisor)


def fresh_state(header: list[tuple[str, str]]) -> VoiceState:
    """Return the state that the header of a tune sets for each voice."""
    fields = dict(header)  # of several, the last holds
    metre = read_metre(fields["M"]) if "M" in fields else None
    unit = read_unit(fields["L"]) if "L" in fields else default_unit(metre)
    key = read_key(fields["K"]) or Key(0, "major", signature_accidentals(0))
    tempo = (read_tempo(fields["Q"], unit) if "Q" in fields else None) or 120.0
    state = VoiceState(key, metre, unit, tempo)
    state.bars[0].tempo = tempo
    return state


def lines_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield (letter, text) of fields and ("", text) of lines of music, comments taken off."""
    for line in text.splitlines():
        line = re.sub(r"(?<!\\)%.*", "", line).replace("\\%", "%").rstrip()
        match = re.match(r"([A-Za-z+]):(?![|:])(.*)", line)
        if match:
            yield match[1], match[2].strip()
        elif line:
            yield "", line
