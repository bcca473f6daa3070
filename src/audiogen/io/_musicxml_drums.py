"""Drums of MusicXML as pitches: music21 keeps one instrument a part, a kit has many."""

import pathlib
import reprlib
import zipfile
from xml.etree import ElementTree

from audiogen.io._keys import spell

_LARGEST = 1 << 28  # bytes of a compressed file's contents
# Numbers that music21 counts up to, one by one, and the largest that is music.
_COUNTED = (
    "alter", "beat-type", "beats", "chromatic", "diatonic", "display-octave", "fifths", "octave",
    "octave-change",
)  # fmt: skip
_MOST = 100


def pitched_drums(path: pathlib.Path) -> str:
    """Return the text of a file, drums as General MIDI's notes in parts called "drums"."""
    root = ElementTree.fromstring(_contents(path))
    _check_counts(root)
    drums = {
        instrument.get("id"): int(instrument.findtext("midi-unpitched") or 1) - 1
        for instrument in root.iter("midi-instrument")
        if instrument.findtext("midi-unpitched")
    }
    parts = set()
    for part in root.iter("part"):
        for note in part.iter("note"):
            unpitched = note.find("unpitched")
            if unpitched is None:
                continue
            parts.add(str(part.get("id")))
            used = note.find("instrument")
            pitch = drums.get(used.get("id") if used is not None else None)
            _as_pitch(unpitched, pitch)
    for entry in root.iter("score-part"):
        name = entry.find("part-name")
        if entry.get("id") in parts and name is not None:
            name.text = "drums"
    return ElementTree.tostring(root, encoding="unicode")


def _contents(path: pathlib.Path) -> bytes:
    """Return the score of a file, which may be compressed."""
    if path.suffix.lower() != ".mxl":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        container = ElementTree.fromstring(archive.read("META-INF/container.xml"))
        file = container.find(".//{*}rootfile")
        inner = "" if file is None else file.get("full-path", "")
        if archive.getinfo(inner).file_size > _LARGEST:
            raise ValueError(f"{inner} in it is larger than {_LARGEST >> 20} MiB")
        return archive.read(inner)


def _check_counts(root: ElementTree.Element) -> None:
    """Raise for numbers that would take music21 hours."""
    for element in root.iter():
        found = {"times": element.get("times")}
        if element.tag in _COUNTED:
            found[element.tag] = element.text
        for name, text in found.items():
            try:
                within = abs(float(text or 0)) <= _MOST
            except ValueError:  # no number, which music21 says
                continue
            if not within:
                raise ValueError(f"its {name} must be at most {_MOST}, not {reprlib.repr(text)}")


def _as_pitch(unpitched: ElementTree.Element, pitch: int | None) -> None:
    """Make an element a pitch: that of its drum, or where its note stands on the staff."""
    if pitch is None:
        step = unpitched.findtext("display-step") or "C"
        octave = int(unpitched.findtext("display-octave") or 4)
        accidental = 0
    else:
        step, accidental, octave = spell(pitch, 0)
    unpitched.clear()
    unpitched.tag = "pitch"
    for tag, value in (("step", step), ("alter", accidental), ("octave", octave)):
        ElementTree.SubElement(unpitched, tag).text = str(value)
