"""Write the tunes that come with audiogen as MIDI files: ``python scripts/write_tunes.py``.

The melodies are traditional, or their composers have been dead for more than a hundred years.
They were transcribed here, as one voice, in C major or A minor: ``E4:1.5`` is a note of one and a
half beats, ``E4`` one of one beat. The transcriptions are in the public domain under CC0.
"""

import pathlib

import pretty_midi

FOLDER = pathlib.Path(__file__).parent.parent / "src" / "audiogen" / "datasets" / "data" / "tunes"

# Title, origin, key, beats in a bar, beats a minute, notes.
TUNES = {
    "ode_to_joy": (
        "Ode to Joy", "Ludwig van Beethoven (1770-1827), Symphony No. 9, 1824", "C", 4, 112,
        """E4 E4 F4 G4 | G4 F4 E4 D4 | C4 C4 D4 E4 | E4:1.5 D4:.5 D4:2 |
           E4 E4 F4 G4 | G4 F4 E4 D4 | C4 C4 D4 E4 | D4:1.5 C4:.5 C4:2 |
           D4 D4 E4 C4 | D4 E4:.5 F4:.5 E4 C4 | D4 E4:.5 F4:.5 E4 D4 | C4 D4 G3:2 |
           E4 E4 F4 G4 | G4 F4 E4 D4 | C4 C4 D4 E4 | D4:1.5 C4:.5 C4:2 |""",
    ),
    "frere_jacques": (
        "Frère Jacques", "traditional, France, 18th century", "C", 4, 120,
        """C4 D4 E4 C4 | C4 D4 E4 C4 | E4 F4 G4:2 | E4 F4 G4:2 |
           G4:.5 A4:.5 G4:.5 F4:.5 E4 C4 | G4:.5 A4:.5 G4:.5 F4:.5 E4 C4 |
           C4 G3 C4:2 | C4 G3 C4:2 |""",
    ),
    "twinkle": (
        "Ah! vous dirai-je, maman (Twinkle, twinkle, little star)",
        "traditional, France, 1761", "C", 4, 112,
        """C4 C4 G4 G4 | A4 A4 G4:2 | F4 F4 E4 E4 | D4 D4 C4:2 |
           G4 G4 F4 F4 | E4 E4 D4:2 | G4 G4 F4 F4 | E4 E4 D4:2 |
           C4 C4 G4 G4 | A4 A4 G4:2 | F4 F4 E4 E4 | D4 D4 C4:2 |""",
    ),
    "amazing_grace": (
        "Amazing Grace (New Britain)", "traditional, United States, 1829", "C", 3, 92,
        """G3 | C4:2 E4:.5 C4:.5 | E4:2 D4 | C4:2 A3 | G3:2 G3 |
           C4:2 E4:.5 C4:.5 | E4:2 D4 | G4:5 E4 |
           G4:2 E4:.5 C4:.5 | E4:2 D4 | C4:2 A3 | G3:2 G3 |
           C4:2 E4:.5 C4:.5 | E4:2 D4 | C4:5 |""",
    ),
    "auld_lang_syne": (
        "Auld Lang Syne", "traditional, Scotland, 1799", "C", 4, 104,
        """G3 | C4:1.5 C4:.5 C4 E4 | D4:1.5 C4:.5 D4 E4 | C4:1.5 C4:.5 E4 G4 | A4:3 A4 |
           G4:1.5 E4:.5 E4 C4 | D4:1.5 C4:.5 D4 E4 | C4:1.5 A3:.5 A3 G3 | C4:3 A4 |
           G4:1.5 E4:.5 E4 C4 | D4:1.5 C4:.5 D4 A4 | G4:1.5 E4:.5 E4 G4 | A4:3 A4 |
           G4:1.5 E4:.5 E4 C4 | D4:1.5 C4:.5 D4 E4 | C4:1.5 A3:.5 A3 G3 | C4:3 |""",
    ),
    "minuet": (
        "Minuet, BWV Anh. 114", "Christian Petzold (1677-1733), about 1725", "C", 3, 120,
        """G4 C4:.5 D4:.5 E4:.5 F4:.5 | G4 C4 C4 | A4 F4:.5 G4:.5 A4:.5 B4:.5 | C5 C4 C4 |
           F4 G4:.5 F4:.5 E4:.5 D4:.5 | E4 F4:.5 E4:.5 D4:.5 C4:.5 |
           B3 C4:.5 D4:.5 E4:.5 C4:.5 | D4:3 |
           G4 C4:.5 D4:.5 E4:.5 F4:.5 | G4 C4 C4 | A4 F4:.5 G4:.5 A4:.5 B4:.5 | C5 C4 C4 |
           F4 G4:.5 F4:.5 E4:.5 D4:.5 | E4 F4:.5 E4:.5 D4:.5 C4:.5 |
           D4 E4:.5 D4:.5 C4:.5 B3:.5 | C4:3 |
           E5 C5:.5 D5:.5 E5:.5 C5:.5 | D5 G4:.5 A4:.5 B4:.5 G4:.5 |
           C5 A4:.5 B4:.5 C5:.5 G4:.5 | F#4 E4:.5 F#4:.5 D4 |
           D4:.5 E4:.5 F#4:.5 G4:.5 A4:.5 B4:.5 | C5 B4 A4 | B4 D4 F#4 | G4:3 |
           G4 C4:.5 B3:.5 C4 | A4 C4:.5 B3:.5 C4 | G4 F4 E4 | D4:.5 C4:.5 B3:.5 C4:.5 D4 |
           G3:.5 A3:.5 B3:.5 C4:.5 D4:.5 E4:.5 | F4 E4 D4 | E4:.5 G4:.5 C4 B3 | C4:3 |""",
    ),
    "korobeiniki": (
        "Korobeiniki", "traditional, Russia, 1861", "Am", 4, 126,
        """E5 B4:.5 C5:.5 D5 C5:.5 B4:.5 | A4 A4:.5 C5:.5 E5 D5:.5 C5:.5 |
           B4:1.5 C5:.5 D5 E5 | C5 A4 A4:2 |
           D5:1.5 F5:.5 A5 G5:.5 F5:.5 | E5:1.5 C5:.5 E5 D5:.5 C5:.5 |
           B4 B4:.5 C5:.5 D5 E5 | C5 A4 A4:2 |
           E5 B4:.5 C5:.5 D5 C5:.5 B4:.5 | A4 A4:.5 C5:.5 E5 D5:.5 C5:.5 |
           B4:1.5 C5:.5 D5 E5 | C5 A4 A4:2 |""",
    ),
    "greensleeves": (
        "Greensleeves", "traditional, England, 1580", "Am", 3, 120,
        """A4 | C5:2 D5 | E5:1.5 F5:.5 E5 | D5:2 B4 | G4:1.5 A4:.5 B4 |
           C5:2 A4 | A4:1.5 G#4:.5 A4 | B4:2 G#4 | E4:2 A4 |
           C5:2 D5 | E5:1.5 F5:.5 E5 | D5:2 B4 | G4:1.5 A4:.5 B4 |
           C5:1.5 B4:.5 A4 | G#4:1.5 F#4:.5 G#4 | A4:3 | A4:3 |
           G5:3 | G5:1.5 F#5:.5 E5 | D5:2 B4 | G4:1.5 A4:.5 B4 |
           C5:2 A4 | A4:1.5 G#4:.5 A4 | B4:2 G#4 | E4:3 |
           G5:3 | G5:1.5 F#5:.5 E5 | D5:2 B4 | G4:1.5 A4:.5 B4 |
           C5:1.5 B4:.5 A4 | G#4:1.5 F#4:.5 G#4 | A4:3 | A4:2 |""",
    ),
    "au_clair_de_la_lune": (
        "Au clair de la lune", "traditional, France, 18th century", "C", 4, 112,
        """C4 C4 C4 D4 | E4:2 D4:2 | C4 E4 D4 D4 | C4:4 |
           C4 C4 C4 D4 | E4:2 D4:2 | C4 E4 D4 D4 | C4:4 |
           D4 D4 D4 D4 | A3:2 A3:2 | D4 C4 B3 A3 | G3:4 |
           C4 C4 C4 D4 | E4:2 D4:2 | C4 E4 D4 D4 | C4:4 |""",
    ),
    "london_bridge": (
        "London Bridge is falling down", "traditional, England, 1744", "C", 4, 120,
        """G4:1.5 A4:.5 G4 F4 | E4 F4 G4:2 | D4 E4 F4:2 | E4 F4 G4:2 |
           G4:1.5 A4:.5 G4 F4 | E4 F4 G4:2 | D4:2 G4:2 | E4 C4:3 |""",
    ),
}  # fmt: skip


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = ["# Tunes", "", "Transcribed for audiogen by its developers, who waive all rights in "
             "the transcriptions (CC0).", "The melodies are in the public domain.", "",
             "| file | title | origin |", "|---|---|---|"]  # fmt: skip
    for name, (title, origin, *music) in TUNES.items():
        written(title, *music).write(str(FOLDER / f"{name}.mid"))
        lines.append(f"| {name}.mid | {title} | {origin} |")
    (FOLDER / "ORIGINS.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def written(title, key, beats, tempo, text):
    """Return a tune as MIDI."""
    tune = pretty_midi.PrettyMIDI(initial_tempo=tempo)
    number = pretty_midi.key_name_to_key_number({"C": "C Major", "Am": "A minor"}[key])
    tune.key_signature_changes.append(pretty_midi.KeySignature(number, 0))
    tune.time_signature_changes.append(pretty_midi.TimeSignature(beats, 4, 0))
    track = pretty_midi.Instrument(0, name=title)
    beat = 0.0
    for word in text.replace("|", " ").split():
        pitch, _, length = word.partition(":")
        ends = beat + float(length or 1)
        number = pretty_midi.note_name_to_number(pitch)
        track.notes.append(pretty_midi.Note(100, number, beat * 60 / tempo, ends * 60 / tempo))
        beat = ends
    tune.instruments.append(track)
    return tune


if __name__ == "__main__":
    main()
