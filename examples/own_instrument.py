"""Learn instruments from a folder of recordings, play a clip with them, and export one.

    python examples/own_instrument.py [--notes FOLDER] [--folder generated/own_instrument]

FOLDER has a folder for each instrument, and in it recordings of a few notes, named after their
pitches, such as "C#4.wav". Without it some of the notes that come with audiogen are written there
first. The instruments are learnt in seconds and play a clip, and the first of them becomes a
SoundFont, which samplers and music programs play.
"""

import argparse
import pathlib

from audiogen import make_clip, save, write_clip
from audiogen.datasets import load_audio_folder, load_notes
from audiogen.music import sample_instrument
from audiogen.recipes import voices

NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
BUNDLED = {"flute_acoustic_002": "flute", "guitar_acoustic_000": "guitar"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--notes", type=pathlib.Path, help="a folder for each instrument")
    parser.add_argument(
        "--folder", type=pathlib.Path, default=pathlib.Path("generated/own_instrument")
    )
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bits")
    arguments = parser.parse_args()
    folder, seed = arguments.folder, arguments.seed

    notes = load_audio_folder(arguments.notes or recorded(folder / "notes"), sample_rate=44100)
    y = notes.frame[["instrument", "pitch"]]
    for name, pitches in y.groupby("instrument").pitch:
        print(f"{name}: {len(pitches)} notes from {pitches.min():g} to {pitches.max():g}")
    n_components = min(50, len(y))
    model = voices(sample_rate=notes.sample_rate, n_components=n_components, random_state=seed)
    model.fit(notes.data, y)
    save(model, folder / "voices.skops")

    clip = make_clip("calm air in D major, no drums", seconds=15, model=model, random_state=seed)
    for path in clip.save(folder / "clip"):
        print(f"Wrote {path}")
    for part, player in clip.info["players"].items():
        print(f"  {part}: {player['voice']}")

    first = y.instrument.iloc[0]
    path = sample_instrument(first, model=model, random_state=seed).save(folder / f"{first}.sf2")
    print(f"Wrote {path}")


def recorded(folder):
    """Write some of the bundled notes as a folder of recordings, and return it."""
    notes = load_notes("train", sample_rate=44100)
    for audio, row in zip(notes.data, notes.frame.itertuples(), strict=True):
        if row.instrument in BUNDLED:
            name = f"{NAMES[row.pitch % 12]}{row.pitch // 12 - 1}.wav"
            write_clip(folder / BUNDLED[row.instrument] / name, audio, notes.sample_rate)
    return folder


if __name__ == "__main__":
    main()
