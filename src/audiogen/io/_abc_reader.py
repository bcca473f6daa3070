"""Tunes in ABC notation (abcnotation.com/wiki/abc:standard:v2.1) as scores."""

import functools
import html
import pathlib
import re
from collections.abc import Callable, Iterator
from typing import Any

from audiogen.io._abc_fields import read_order
from audiogen.io._abc_tune import TuneReader, VoiceState, fresh_state, lines_of
from audiogen.io._repeats import Bar, joined_bars, play_order, spans
from audiogen.io._score import Score
from audiogen.io._tempos import changing_tempo

_HEADERS_OF_FILES = set("ABCDFGHILMmNORrSUZ")


def abc_tunes(path: pathlib.Path) -> Iterator[Callable[[], tuple[Score, dict[str, Any]]]]:
    """Yield a reader of each tune of a file, for its faults to be its own."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not re.search(r"^X:", text, re.MULTILINE):
        text = "X:1\n" + text
    before, *tunes = re.split(r"^(?=X:)", text, flags=re.MULTILINE)
    shared = [field for field in lines_of(before) if field[0] in _HEADERS_OF_FILES]
    for tune in tunes:
        music = re.split(r"\n[ \t]*\n", tune)[0]  # a tune ends at an empty line
        yield functools.partial(read_tune, [*shared, *lines_of(music)])


def read_tune(lines: list[tuple[str, str]]) -> tuple[Score, dict[str, Any]]:
    """Read a tune; return it and its genre, which is what its field R: says."""
    number = dict(lines).get("X", "")
    try:
        return _tune(lines)
    except (ValueError, IndexError) as error:
        raise ValueError(f"tune X:{number}, {error}") from error


def _tune(lines: list[tuple[str, str]]) -> tuple[Score, dict[str, Any]]:
    last = next((i for i, line in enumerate(lines) if line[0] == "K"), None)
    if last is None:
        raise ValueError("there is no field K: (key), which ends the header")
    header = lines[: last + 1]
    state = fresh_state(header)
    reader = TuneReader(state)
    for letter, value in header:
        if letter == "V":
            reader.choose(value)
    if reader.voices:
        reader.choose(next(iter(reader.voices)))
    for letter, value in lines[last + 1 :]:
        if letter:
            reader.read_field(letter, value)
        else:
            reader.read_line(value)
    fields = dict(header)  # of several, the last holds; of titles, the first
    order = read_order(fields.get("P", ""))
    title = html.unescape(next((value for letter, value in header if letter == "T"), ""))
    return _score(reader.voices, state, order, title), {"genre": fields.get("R") or None}


def _score(
    voices: dict[str, VoiceState], state: VoiceState, order: list[str], title: str
) -> Score:
    """Return voices as a score: repeats unfolded, voices of one name joined in a part."""
    metre = state.metre or (4, 4)
    rows: list[tuple] = []
    chords: list[tuple[float, float, str]] = []
    labels: list[tuple[float, float, str]] = []
    pickup, tempos = 0.0, [(0.0, state.tempo)]
    for index, (name, voice) in enumerate(voices.items()):
        bars = _ordered(voice.bars, order)
        music = joined_bars(bars)
        part = voice.name or ("melody" if len(voices) == 1 else name)
        rows += [
            (float(note.onset), float(note.duration), note.pitch, part) for note in music.notes
        ]
        chords = chords or spans(music.chords, music.length)
        labels = labels or spans(music.labels, music.length)
        if index == 0 and music.length:
            tempos = music.tempos
            first = float(bars[0].length)
            is_pickup = state.metre and len(bars) > 1 and first < 4 * metre[0] / metre[1]
            pickup = first if is_pickup else 0.0
    columns = ("onset", "duration", "pitch", "part")
    tempo, changes = changing_tempo(tempos, max((row[0] + row[1] for row in rows), default=0.0))
    return Score(
        {column: [row[i] for row in rows] for i, column in enumerate(columns)},
        metre=metre,
        tonic=state.key.tonic,
        mode=state.key.mode,
        tempo=tempo,
        tempos=changes,
        pickup=pickup,
        title=title,
        chords=chords,
        sections=[(name, start, end) for start, end, name in labels],
    )


def _ordered(bars: list[Bar], order: list[str]) -> list[Bar]:
    """Return bars as they are played: repeats, and sections in the order of the header."""
    names = {bar.part for bar in bars if bar.length}
    if not set(order) & names:
        groups = [bars]
    else:
        groups = [[bar for bar in bars if bar.part == name] for name in ["", *order]]
    return [group[i] for group in groups for i in play_order(group) if group[i].length]
