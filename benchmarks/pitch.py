"""The pitch of notes, beside Praat's: python -m benchmarks.pitch [FOLDER ...].

Prints how often each is right within 50 cents, by family, for the notes that come with audiogen or
for those of folders in NSynth's layout. Praat's pitch of a note is the median over its
voiced frames; both look for pitches from 24 to 4,700 Hz.
"""

import argparse
import pathlib

import numpy as np

from audiogen.datasets import load_notes, load_nsynth
from audiogen.signal import hz_to_midi, track_pitch
from benchmarks._data import SAMPLE_RATE, notes
from benchmarks._row import Row

LOWEST, HIGHEST = 24.0, 4700.0
CENTS = 50
LINE = "{:<32} {:>5} {:>9} {:>9} {:>11} {:>11}"


def praat(audio, sample_rate=SAMPLE_RATE):
    from parselmouth import Sound

    found = []
    for note in audio:
        sound = Sound(note.astype(float), sampling_frequency=sample_rate)
        pitch = sound.to_pitch(pitch_floor=LOWEST, pitch_ceiling=HIGHEST)
        hertz = pitch.selected_array["frequency"]
        voiced = hertz[hertz > 0]
        found.append(np.median(voiced) if len(voiced) else np.nan)
    return hz_to_midi(found)


def by_yin(audio):
    import librosa

    hertz = librosa.yin(audio, fmin=LOWEST, fmax=HIGHEST, sr=SAMPLE_RATE, frame_length=2048)
    return hz_to_midi(np.median(hertz, axis=1))


def right(found, pitch):
    """Return the share of pitches found within 50 cents."""
    return np.mean(np.abs(found - pitch) <= CENTS / 100)  # NaN is not


def shares(_):
    bunches = [load_notes(split) for split in ("train", "valid")]
    audio = np.concatenate([bunch.data for bunch in bunches])
    pitch = np.concatenate([bunch.frame.pitch for bunch in bunches])
    ways = {"": track_pitch, "Praat ": praat, "YIN ": by_yin}
    return ", ".join(f"{name}{right(way(audio), pitch):.1%} right" for name, way in ways.items())


ROWS = [
    Row(
        "pitch of 100 notes",
        lambda: notes(100),
        lambda audio: track_pitch(audio, SAMPLE_RATE),
        {"Praat": praat, "librosa's YIN": by_yin},
        aim=">= 10",
        remark=shares,
    )
]


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pitch", description=__doc__)
    parser.add_argument("folders", nargs="*", type=pathlib.Path, metavar="FOLDER")
    folders = parser.parse_args().folders
    print(LINE.format("notes", "", "ours", "Praat", "ours > 6", "Praat > 6"))
    for folder in folders or ["train", "valid"]:
        bunch = load_nsynth(folder) if folders else load_notes(folder)
        pitch, families = bunch.frame.pitch.to_numpy(), bunch.frame.instrument_family
        found = [way(bunch.data, bunch.sample_rate) for way in (track_pitch, praat)]
        show(str(folder)[-32:], found, pitch)
        for family in sorted(families.unique()):
            rows = (families == family).to_numpy()
            show(f"  {family}", [pitches[rows] for pitches in found], pitch[rows])


def show(name, found, pitch):
    """Print a line: shares that are right, and shares more than half an octave off."""
    shares = [right(pitches, pitch) for pitches in found]
    far = [np.mean(~(np.abs(pitches - pitch) <= 6)) for pitches in found]
    cells = [f"{share:.3f}" for share in (*shares, *far)]
    print(LINE.format(name, len(pitch), *cells), flush=True)


if __name__ == "__main__":
    main()
