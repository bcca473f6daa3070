"""Four-voice music as one clip, against as many seconds of it."""

import time

import pandas as pd

from audiogen import render
from audiogen.datasets import load_notes
from audiogen.recipes import harmonic_cvae
from benchmarks._row import Row

SECONDS = 15
RATE = 44100
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
    return model, pd.DataFrame(rows, columns=["onset", "duration", "pitch", "instrument_family"])


def rendered(data):
    model, score = data
    return render(model, score, sample_rate=RATE, seconds=SECONDS, random_state=0)


ROWS = [
    Row(
        f"{SECONDS} s of four voices",
        prepared,
        rendered,
        {"real time": lambda data: time.sleep(SECONDS)},
        aim=">= 10",
        remark=lambda data: f"{len(data[1])} notes, at {RATE} Hz",
    )
]
