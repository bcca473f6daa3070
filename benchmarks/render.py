"""Four-voice music as one clip, of notes that are generated, beside players of samples.

The players are given SoundFonts that audiogen made of the same voices before.
"""

import pathlib
import shutil
import subprocess
import tempfile

import numpy as np
import pandas as pd
from mido import Message, MidiFile, MidiTrack

from audiogen import render
from audiogen.datasets import load_notes
from audiogen.music import sample_instrument
from audiogen.recipes import harmonic_cvae
from benchmarks._row import Row

SECONDS = 15
RATE = 44100
FAMILIES = ["bass", "string", "guitar", "flute"]
CHORDS = [(48, 52, 55, 60), (43, 50, 55, 59), (45, 52, 57, 60), (41, 48, 53, 57)]


def prepared():
    """Return a generator, trained just enough to play, and 15 s of music."""
    notes = load_notes("train")
    model = harmonic_cvae(epochs=20, random_state=0)
    model.fit(notes.data, notes.frame[["pitch", "instrument_family"]])
    rows = []
    for bar in range(7):
        chord, start = CHORDS[bar % 4], 2.0 * bar
        rows.append((start, 2.0, chord[0], "bass"))
        rows.append((start, 2.0, chord[2] + 12, "string"))
        rows += [(start + i / 2, 0.5, chord[1 + i % 3], "guitar") for i in range(4)]
        rows += [(start + i / 4, 0.25, 72 + (5 * i + bar) % 12, "flute") for i in range(8)]
    score = pd.DataFrame(rows, columns=["onset", "duration", "pitch", "instrument_family"])
    folder, fonts = pathlib.Path(tempfile.mkdtemp()), {}
    for family in FAMILIES:
        voice = sample_instrument(family, model=model, random_state=0)
        fonts[family] = voice.save(folder / f"{family}.sf2"), voice.program
    return model, score, fonts


def rendered(data):
    model, score, _ = data
    return render(model, score, sample_rate=RATE, seconds=SECONDS, random_state=0)


def changes_of(score):
    """Return when which key of which channel goes down (1) or up (0), in order."""
    found = []
    for note in score.itertuples():
        channel = FAMILIES.index(note.instrument_family)
        found += [(note.onset, 1, channel, note.pitch)]
        found += [(note.onset + note.duration, 0, channel, note.pitch)]
    return sorted(found)


def by_tinysoundfont(data):
    import tinysoundfont

    _, score, fonts = data
    synth = tinysoundfont.Synth(samplerate=RATE)
    for channel, (path, program) in enumerate(fonts.values()):
        synth.program_select(channel, synth.sfload(str(path)), 0, program)
    parts, now = [], 0
    for when, down, channel, key in [*changes_of(score), (SECONDS, 0, 0, 0)]:
        parts.append(np.frombuffer(bytes(synth.generate(round(when * RATE) - now)), np.float32))
        now = round(when * RATE)
        if down:
            synth.noteon(channel, key, 100)
        else:
            synth.noteoff(channel, key)
    return np.concatenate(parts).reshape(-1, 2)


def by_fluidsynth(data):
    """Play voice by voice by the command fluidsynth, as each has a SoundFont of its own."""
    if shutil.which("fluidsynth") is None:
        raise ModuleNotFoundError(name="fluidsynth")
    _, score, fonts = data
    for family, (path, program) in fonts.items():
        midi, wave = path.with_suffix(".mid"), path.with_suffix(".wav")
        write_midi(score[score.instrument_family == family], program, midi)
        command = ["fluidsynth", "-niq", "-r", str(RATE), "-F", str(wave), "-T", "wav"]
        subprocess.run([*command, str(path), str(midi)], check=True, capture_output=True)


def write_midi(score, program, path):
    track, now = MidiTrack([Message("program_change", program=program)]), 0
    for when, down, _, key in changes_of(score):
        ticks = round(when * 960)  # two beats of 480 ticks a second, as MIDI does unasked
        kind = "note_on" if down else "note_off"
        track.append(Message(kind, note=key, velocity=100, time=ticks - now))
        now = ticks
    MidiFile(tracks=[track]).save(path)


ROWS = [
    Row(
        f"{SECONDS} s of four voices",
        prepared,
        rendered,
        {"TinySoundFont": by_tinysoundfont, "fluidsynth": by_fluidsynth},
        remark=lambda data: f"{len(data[1])} notes, at {RATE} Hz",
    )
]
