"""ABC notation read after its standard, 2.1.

What is expected was written by hand from the standard and agrees with abc2midi 4.x but for
"chordtie" (lengths in and outside of a chord multiply), "triple" (a passage played three times)
and the articulation of that program.
"""

import pathlib
from fractions import Fraction

import music21
import pytest

from audiogen.io import Score, Section, read_tunes

# Each note is onset+duration:pitch, in quarter notes.
TUNES = {
    "key": (
        "M:4/4\nL:1/8\nK:G\nGABc defg|]\n",
        "0+1/2:67 1/2+1/2:69 1+1/2:71 3/2+1/2:72 2+1/2:74 5/2+1/2:76 3+1/2:78 7/2+1/2:79",
    ),
    "dblrep": (
        "M:4/4\nL:1/4\nK:C\nCDEF::GABc:|\n",
        "0+1:60 1+1:62 2+1:64 3+1:65 4+1:60 5+1:62 6+1:64 7+1:65 8+1:67 9+1:69 10+1:71 11+1:72"
        " 12+1:67 13+1:69 14+1:71 15+1:72",
    ),
    "endings": (
        "M:4/4\nL:1/4\nK:C\n|:CDEF|1 GABc:|2 cBAG|]\n",
        "0+1:60 1+1:62 2+1:64 3+1:65 4+1:67 5+1:69 6+1:71 7+1:72 8+1:60 9+1:62 10+1:64 11+1:65"
        " 12+1:72 13+1:71 14+1:69 15+1:67",
    ),
    "endings[": (
        "M:4/4\nL:1/4\nK:C\nCDEF|[1 GABc:|[2 cBAG|]\n",
        "0+1:60 1+1:62 2+1:64 3+1:65 4+1:67 5+1:69 6+1:71 7+1:72 8+1:60 9+1:62 10+1:64 11+1:65"
        " 12+1:72 13+1:71 14+1:69 15+1:67",
    ),
    "pickuprep": (
        "M:3/4\nL:1/4\nK:C\nC|:DEF|GA:|\n",
        "0+1:60 1+1:62 2+1:64 3+1:65 4+1:67 5+1:69 6+1:62 7+1:64 8+1:65 9+1:67 10+1:69",
    ),
    "triplet": (
        "M:4/4\nL:1/8\nK:C\n(3CDE F2 (3:2:2G2A B2|]\n",
        "0+1/3:60 1/3+1/3:62 2/3+1/3:64 1+1:65 2+2/3:67 8/3+1/3:69 3+1:71",
    ),
    "dup6/8": (
        "M:6/8\nL:1/8\nK:C\n(2CD (4EFGA|]\n",
        "0+3/4:60 3/4+3/4:62 3/2+3/8:64 15/8+3/8:65 9/4+3/8:67 21/8+3/8:69",
    ),
    "ties": (
        "M:4/4\nL:1/4\nK:C\nC D E2-|E2 ^F2-|F4|]\n",
        "0+1:60 1+1:62 2+4:64 6+6:66",
    ),
    "accid": (
        "M:4/4\nL:1/4\nK:D\nF =F F f|F _B __B ^^c|]\n",
        "0+1:66 1+1:65 2+1:65 3+1:77 4+1:66 5+1:70 6+1:69 7+1:74",
    ),
    "lengths": (
        "M:4/4\nL:1/4\nK:C\nC/ D/4 E// F3/4 G3/2 A,,/2 c''|]\n",
        "0+1/2:60 1/2+1/4:62 3/4+1/4:64 1+3/4:65 7/4+3/2:67 13/4+1/2:45 15/4+1:96",
    ),
    "broken": (
        "M:4/4\nL:1/8\nK:C\nC>D E<F G>>A B2|]\n",
        "0+3/4:60 3/4+1/4:62 1+1/4:64 5/4+3/4:65 2+7/8:67 23/8+1/8:69 3+1:71",
    ),
    "chordsym": (
        'M:4/4\nL:1/4\nK:C\n"Am"[CEG]2 "^slow""G7"z2|]\n',
        "0+2:60 0+2:64 0+2:67",
    ),
    "orn": (
        "M:4/4\nL:1/4\nK:C\n~C {g}D .E !trill!F|{/ab}uG vA TB +fermata+c|]\n",
        "0+1:60 1+1:62 2+1:64 3+1:65 4+1:67 5+1:69 6+1:71 7+1:72",
    ),
    "rests": (
        "M:4/4\nL:1/4\nK:C\nC z2 D|Z2|x3 E|]\n",
        "0+1:60 3+1:62 15+1:64",
    ),
    "inline": (
        "M:4/4\nL:1/4\nK:C\nF4|[K:D]F4|[M:3/4][L:1/8]F6|]\n",
        "0+4:65 4+4:66 8+3:66",
    ),
    "midline": (
        "M:4/4\nL:1/4\nK:C\nF4|\nK:G\nF4|\nL:1/8\nF8|]\n",
        "0+4:65 4+4:66 8+4:66",
    ),
    "modes": (
        "M:4/4\nL:1/4\nK:Ador\nF4|[K:Dmix]C4|[K:Em]F4|[K:HP]FC3|[K:Bb Lydian]E4|]\n",
        "0+4:66 4+4:60 8+4:66 12+1:66 13+3:61 16+4:64",
    ),
    "voices": (
        "M:4/4\nL:1/4\nV:1\nV:2 clef=bass\nK:C\nV:1\nCDEF|\nV:2\nC,4|\n",
        "0+1:60 0+4:48 1+1:62 2+1:64 3+1:65",
    ),
    "voicesinline": (
        "M:4/4\nL:1/4\nK:C\n[V:1]CDEF|\n[V:2]C,4|\n[V:1]G4|\n[V:2]G,4|\n",
        "0+1:60 0+4:48 1+1:62 2+1:64 3+1:65 4+4:67 4+4:55",
    ),
    "cont": (
        "M:4/4\nL:1/4\nK:C\nCDEF|\\\nGABc|% comment\nw: la la\nc4|]\n",
        "0+1:60 1+1:62 2+1:64 3+1:65 4+1:67 5+1:69 6+1:71 7+1:72 8+4:72",
    ),
    "parts": (
        "P:ABA\nM:4/4\nL:1/4\nK:C\nP:A\nC4|\nP:B\nD4|]\n",
        "0+4:60 4+4:62 8+4:60",
    ),
    "norepstart": (
        "M:4/4\nL:1/4\nK:C\nC4|D4:|\nE4|F4:|\n",
        "0+4:60 4+4:62 8+4:60 12+4:62 16+4:64 20+4:65 24+4:64 28+4:65",
    ),
    "defaultL": (
        "M:2/4\nK:C\nC4|]\n",
        "0+1:60",
    ),
    "beams": (
        "M:C|\nL:1/8\nK:C\nC`D y E F   GABc|]\n",
        "0+1/2:60 1/2+1/2:62 1+1/2:64 3/2+1/2:65 2+1/2:67 5/2+1/2:69 3+1/2:71 7/2+1/2:72",
    ),
    "slurs": (
        "M:4/4\nL:1/4\nK:C\n(CD) (E(F)G)A|]\n",
        "0+1:60 1+1:62 2+1:64 3+1:65 4+1:67 5+1:69",
    ),
    "triple": (
        "M:4/4\nL:1/4\nK:C\n|::C4::|D4|]\n",
        "0+4:60 4+4:60 8+4:60 12+4:62",
    ),
    "overlay": (
        "M:4/4\nL:1/4\nK:C\nC4 & E2 G2|c4|]\n",
        "0+4:60 0+2:64 2+2:67 4+4:72",
    ),
    "keelrow": (
        "M:4/4\nL:1/4\nK:G\nd|:G4|[1,2 A4:|[3 B4||c4|]\n",
        "0+1:74 1+4:67 5+4:69 9+4:67 13+4:69 17+4:67 21+4:71 25+4:72",
    ),
    "chordtie": (
        "M:4/4\nL:1/4\nK:C\n[CE]4-|[CE]4|[C2E2G2]2|]\n",
        "0+8:60 0+8:64 8+4:60 8+4:64 8+4:67",
    ),
}


def read(tmp_path, body, header="X:1\nT:t\n"):
    path = tmp_path / "tune.abc"
    path.write_text(header + body, encoding="utf-8")
    return Score.read(path)


def written_notes(text):
    rows = []
    for word in text.split():
        onset, _, rest = word.partition("+")
        duration, _, pitch = rest.partition(":")
        rows.append((Fraction(onset), Fraction(duration), int(pitch)))
    return sorted(rows)


@pytest.mark.parametrize("name", TUNES)
def test_notes(tmp_path, name):
    body, expected = TUNES[name]
    notes = read(tmp_path, body).notes
    rows = sorted(zip(notes.onset, notes.duration, notes.pitch, strict=True))
    for row, other in zip(rows, written_notes(expected), strict=True):
        assert row == pytest.approx([float(value) for value in other])


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("G", "G major"), ("Am", "A minor"), ("F#m", "F# minor"), ("D Dorian", "D dorian"),
        ("Bbmaj", "Bb major"), ("Emix", "E mixolydian"), ("AMin", "A minor"),
        ("HP", "A mixolydian"),
        ("Dphr clef=bass", "D phrygian"), ("C lydian", "C lydian"), ("none", "C major"),
        ("Ebm", "Eb minor"), ("D exp ^f", "D major"),
    ],
)  # fmt: skip
def test_keys(tmp_path, key, expected):
    assert read(tmp_path, f"K:{key}\nc|]\n").key == expected


@pytest.mark.parametrize(
    ("tempo", "expected"),
    [
        ("1/4=96", 96), ("3/8=80", 120), ("1/2=60", 120), ('"Allegro" 1/4=140', 140),
        ("1/4 3/8=40", 100), ("Andante", 120), ("120", 60), ("1/4=92.5", 92.5),
    ],
)  # fmt: skip
def test_tempos(tmp_path, tempo, expected):
    assert read(tmp_path, f"L:1/8\nQ:{tempo}\nK:C\nc8|]\n").tempo == expected


@pytest.mark.parametrize(
    ("metre", "expected"),
    [("6/8", (6, 8)), ("C", (4, 4)), ("C|", (2, 2)), ("(2+3)/8", (5, 8)), ("none", (4, 4))],
)
def test_metres(tmp_path, metre, expected):
    assert read(tmp_path, f"M:{metre}\nK:C\nc4|]\n").metre == expected


def test_a_jig_as_it_is_written(tmp_path):
    score = read(
        tmp_path,
        "R:jig\nM:6/8\nL:1/8\nQ:3/8=110\nK:Edor\n"
        'P:A\nB|:"Em"E2E G2G|"A7/C#"F2F A2"^hum"z|1 "Em"B3 "N.C."B2B:|2 B6||\nP:B\n"D"d6|]\n',
    )
    assert (score.title, score.key, score.metre, score.bpm) == ("t", "E dorian", (6, 8), 110)
    assert score.pickup == 0.5
    assert score.chords == [
        (0.5, 3.5, "Em"), (3.5, 6.5, "A7"), (6.5, 8.0, "Em"), (9.5, 12.5, "Em"),
        (12.5, 18.5, "A7"), (18.5, 21.5, "D"),
    ]  # fmt: skip
    assert score.sections == [Section("A", 0.0, 18.5), Section("B", 18.5, 21.5)]


def test_a_tempo_that_changes_keeps_the_duration(tmp_path):
    score = read(tmp_path, "M:4/4\nL:1/4\nQ:1/4=120\nK:C\nc4|[Q:1/4=60]c4|]\n")
    assert (score.tempo, score.tempos, score.seconds) == (120, [(4, 60)], 6)
    score = read(tmp_path, "M:4/4\nL:1/4\nQ:1/4=120\nK:C\n|:c2[Q:1/4=60]c2:|c4|]\n")
    assert score.tempos == [(2, 60), (4, 120), (6, 60)]
    assert score.seconds == 2 * (1 + 2) + 4


def test_voices_are_parts(tmp_path):
    score = read(
        tmp_path, 'V:1 name="Flute"\nV:2 nm="Bass drum"\nV:3\nK:C\nV:2\nC\nV:1\nD\nV:3\nE|]\n'
    )
    assert dict(zip(score.notes.pitch, score.notes.part, strict=True)) == {
        60: "Bass drum", 62: "Flute", 64: "3",
    }  # fmt: skip
    assert read(tmp_path, "K:C\nC|]").parts == ["melody"]


def test_latin_letters_and_line_ends(tmp_path):
    path = tmp_path / "old.abc"
    path.write_bytes(
        "X:1\r\nT:Fr\xe8re\r\nK:C\r\nC|]\r\n\r\nX:2\r\nT:B\r\nK:C\r\nD|]".encode("latin-1")
    )
    assert [score.title for score, _ in read_tunes(path)] == ["Fr\xe8re", "B"]


def test_music21_reads_what_is_written(tmp_path):
    """An independent reader, which knows no tuplets of one note: durations are binary."""
    score = Score(
        {"onset": [0.5, 1.5, 2, 4], "duration": [1, 0.5, 2, 3], "pitch": [62, 61, 66, 50]},
        metre=(4, 4), tonic=2, pickup=0.5, chords=[(0.5, 4.5, "D"), (4.5, 8, "F#m7")],
    )  # fmt: skip
    stream = music21.converter.parse(
        pathlib.Path(score.save(tmp_path / "a.abc")), forceSource=True
    )
    notes = stream.stripTies().flatten().getElementsByClass(music21.note.Note)
    assert [(n.offset, n.quarterLength, n.pitch.midi) for n in notes] == [
        (row.onset, row.duration, row.pitch) for row in score.notes.itertuples()
    ]
    chords = stream.flatten().getElementsByClass(music21.harmony.ChordSymbol)
    assert [(c.offset, c.figure) for c in chords] == [(0.5, "D"), (4.5, "F#m7")]
