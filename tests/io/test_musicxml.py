"""MusicXML as other programs write it, and what of ours is read by music21 itself."""

import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor

import music21
import pytest

from audiogen.io import Score, Section

START = """<attributes><divisions>6</divisions>
<key><fifths>{fifths}</fifths><mode>{mode}</mode></key>
<time><beats>{beats}</beats><beat-type>4</beat-type></time></attributes>"""
FORWARD = '<barline location="left"><repeat direction="forward"/></barline>'
BACKWARD = '<barline location="right"><repeat direction="backward"/></barline>'


def start(fifths=0, mode="major", beats=4):
    return START.format(fifths=fifths, mode=mode, beats=beats)


def note(step, duration, octave=4, before="", after="", inside=""):
    return (
        f"<note>{before}<pitch><step>{step}</step>{inside}<octave>{octave}</octave></pitch>"
        f"<duration>{duration}</duration>{after}</note>"
    )


def ending(numbers, measure):
    left = f'<barline location="left"><ending number="{numbers}" type="start"/></barline>'
    back = '<repeat direction="backward"/>' if "3" not in numbers else ""
    right = f'<ending number="{numbers}" type="stop"/>{back}'
    return f'{left}{measure}<barline location="right">{right}</barline>'


def document(*parts, names=("melody", "second"), extra=""):
    listed = "".join(
        f'<score-part id="P{i}"><part-name>{name}</part-name>{extra}</score-part>'
        for i, (name, _) in enumerate(zip(names, parts, strict=False), 1)
    )
    written = "".join(
        f'<part id="P{i}">'
        + "".join(f'<measure number="{n}">{m}</measure>' for n, m in enumerate(measures, 1))
        + "</part>"
        for i, measures in enumerate(parts, 1)
    )
    return (
        '<?xml version="1.0"?><score-partwise version="4.0">'
        "<work><work-title>T</work-title></work>"
        f"<part-list>{listed}</part-list>{written}</score-partwise>"
    )


def tied(kind):
    return f'<tie type="{kind}"/>'


def harmony(step, kind):
    return f"<harmony><root><root-step>{step}</root-step></root><kind>{kind}</kind></harmony>"


WORDS = "<direction><direction-type><words>{}</words></direction-type><sound {}/></direction>"
TRIPLET = (
    "<time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes>"
    "</time-modification>"
)
GRACE = "<note><grace/><pitch><step>B</step><octave>4</octave></pitch></note>"
PIECES = {
    "repeat after a pickup": (
        [
            start(beats=3) + note("C", 6),
            FORWARD + note("D", 6) + note("E", 12),
            note("F", 18) + BACKWARD,
        ],
        [(0, 1, 60), (1, 1, 62), (2, 2, 64), (4, 3, 65), (7, 1, 62), (8, 2, 64), (10, 3, 65)],
    ),
    "endings": (
        [start() + note("C", 24), ending("1,2", note("D", 24)), ending("3", note("E", 24))],
        [(0, 4, 60), (4, 4, 62), (8, 4, 60), (12, 4, 62), (16, 4, 60), (20, 4, 64)],
    ),
    "ties and a triplet": (
        [
            start() + "".join(note(s, 2, after=TRIPLET) for s in "CDE")
            + note("F", 18, after=tied("start")),
            note("F", 24, after=tied("stop")),
        ],
        [(0, 1 / 3, 60), (1 / 3, 1 / 3, 62), (2 / 3, 1 / 3, 64), (1, 7, 65)],
    ),
    "ties that say only where they begin": (
        [start() + note("C", 24, after=tied("start")), note("C", 24)],
        [(0, 8, 60)],
    ),
    "a tied note, and another of its pitch that begins as it goes on": (
        [
            start() + note("E", 24) + "<backup><duration>24</duration></backup>"
            + note("C", 24, after=tied("start") + "<voice>2</voice>"),
            note("C", 24) + "<backup><duration>24</duration></backup>"
            + note("C", 12, after=tied("stop") + "<voice>2</voice>"),
        ],
        [(0, 4, 64), (0, 6, 60), (4, 4, 60)],
    ),
    "second voice": (
        [
            start() + note("C", 24, 5) + "<backup><duration>24</duration></backup>"
            + note("E", 12) + "<forward><duration>6</duration></forward>" + note("G", 6)
        ],
        [(0, 4, 72), (0, 2, 64), (3, 1, 67)],
    ),
    "grace note, alteration and chord": (
        [start() + GRACE + note("C", 24) + note("E", 24, before="<chord/>",
                                                inside="<alter>-1</alter>")],
        [(0, 4, 60), (0, 4, 63)],
    ),
    "transposing instrument": (
        [
            start() + "<attributes><transpose><diatonic>-1</diatonic><chromatic>-2</chromatic>"
            "</transpose></attributes>" + note("C", 24)
        ],
        [(0, 4, 58)],
    ),
    "da capo al fine": (
        [
            start() + note("C", 24) + WORDS.format("Fine", 'fine="yes"'),
            note("D", 24) + WORDS.format("D.C. al Fine", 'dacapo="yes"'),
        ],
        [(0, 4, 60), (4, 4, 62), (8, 4, 60)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PIECES)
def test_notes(tmp_path, name):
    measures, expected = PIECES[name]
    (tmp_path / "a.musicxml").write_text(document(measures))
    notes = Score.read(tmp_path / "a.musicxml").notes
    rows = sorted(zip(notes.onset, notes.duration, notes.pitch, strict=True))
    for row, other in zip(rows, sorted(expected), strict=True):
        assert row == pytest.approx(other)


def test_what_surrounds_the_notes(tmp_path):
    tempo = WORDS.format("Allegro", 'tempo="90"')
    first = start(2, "mixolydian", 3) + tempo + note("A", 6)
    second = harmony("A", "dominant-ninth") + note("A", 6) + harmony("B", "none") + note("G", 12)
    text = document(
        [first, second], [start(2, "mixolydian", 3) + note("A", 6, 3), note("A", 18, 3)]
    )
    for name in ("a.xml", "a.mxl"):
        path = tmp_path / name
        if name == "a.xml":
            path.write_text(text)
        else:
            with zipfile.ZipFile(path, "w") as archive:
                files = '<rootfiles><rootfile full-path="in.xml"/></rootfiles>'
                archive.writestr("META-INF/container.xml", f"<container>{files}</container>")
                archive.writestr("in.xml", text)
        score = Score.read(path)
        assert (score.title, score.key, score.metre) == ("T", "A mixolydian", (3, 4))
        assert (score.pickup, score.parts) == (1.0, ["melody", "second"])
        assert score.chords == [(1.0, 2.0, "A7")]


def test_drums_of_a_kit(tmp_path):
    kit = "".join(
        f'<midi-instrument id="P1-I{n}"><midi-unpitched>{n}</midi-unpitched></midi-instrument>'
        for n in (37, 43)
    )
    hits = "".join(
        "<note><unpitched><display-step>F</display-step><display-octave>4</display-octave>"
        f'</unpitched><duration>12</duration><instrument id="P1-I{n}"/></note>'
        for n in (37, 43)
    )
    (tmp_path / "a.xml").write_text(document([start() + hits], names=["Kit"], extra=kit))
    score = Score.read(tmp_path / "a.xml")
    assert score.notes[["pitch", "part"]].values.tolist() == [[36, "drums"], [42, "drums"]]


def test_notes_of_one_pitch_that_overlap_stay_whole(tmp_path):
    """As two strings of a guitar, each tied over the bar line and over a change of length."""
    notes = {
        "onset": [0.0, 2.625, 2.96875, 3.96875],
        "duration": [2.65625, 1.40625, 1.03125, 1.0],
        "pitch": [50, 50, 50, 50],
        "velocity": [70, 47, 74, 74],
    }
    score = Score(notes, metre=(3, 4))
    score.save(tmp_path / "strings.musicxml")
    read = Score.read(tmp_path / "strings.musicxml").notes
    assert read[[*notes]].to_dict("list") == notes


def test_music21_reads_what_is_written(tmp_path):
    score = Score(
        {
            "onset": [0, 1.5, 2, 2, 4, 0.5],
            "duration": [1, 1 / 3, 2, 2, 2.5, 6],
            "pitch": [62, 61, 66, 69, 50, 38],
            "part": [*["tune"] * 5, "bass"],
            "velocity": [90, 45, 80, 80, 80, 100],
        },
        metre=(3, 4), tonic=2, mode="dorian", pickup=0.5, tempo=72, title="Air",
        chords=[(0.5, 3, "Dm7"), (3, 6.5, "Bbmaj7")], sections=[Section("A", 0.5, 6.5)],
    )  # fmt: skip
    stream = music21.converter.parse(score.save(tmp_path / "a.xml"), forceSource=True)
    assert [part.partName for part in stream.parts] == ["tune", "bass"]
    heard = [
        (element.offset, pitch.midi, element.volume.velocity)
        for element in stream.parts[0].stripTies().flatten().notes
        if not isinstance(element, music21.harmony.Harmony)
        for pitch in element.pitches
    ]
    tune = score.part("tune").notes
    assert heard == [(row.onset, row.pitch, row.velocity) for row in tune.itertuples()]
    assert stream.parts[0].flatten().getElementsByClass("Key")[0].mode == "dorian"
    assert stream.metronomeMarkBoundaries()[0][2].number == 72
    symbols = stream.flatten().getElementsByClass("ChordSymbol")
    assert [(s.offset, s.root().name, s.chordKind) for s in symbols] == [
        (0.5, "D", "minor-seventh"), (3.0, "B-", "major-seventh"),
    ]  # fmt: skip
    assert stream.parts[0].measure(0).duration.quarterLength == 0.5


def test_files_that_are_read_at_once_leave_the_filters_of_warnings_alone(tmp_path):
    path = tmp_path / "tune.musicxml"
    path.write_text(document([start() + note("C", 24)] * 8))
    filters = list(warnings.filters)
    with ThreadPoolExecutor(4) as pool:
        scores = list(pool.map(Score.read, [path] * 8))
    assert all(score == scores[0] for score in scores)
    assert warnings.filters == filters
