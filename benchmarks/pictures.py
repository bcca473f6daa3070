"""A picture of a note: its waveform above its spectrogram, as a PNG file."""

import os
import tempfile

import matplotlib.image
import matplotlib.pyplot as plt
import numpy as np

from audiogen.display import NoteDisplay
from benchmarks._data import SAMPLE_RATE, notes
from benchmarks._row import Row

N_NOTES = 8
SECONDS = 4


def paths():
    folder = tempfile.mkdtemp()
    return [os.path.join(folder, f"{i}.png") for i in range(N_NOTES)]


def ours(data):
    for note, path in zip(*data, strict=True):
        NoteDisplay(note, sample_rate=SAMPLE_RATE, name="note").save(path)


def one_figure(data):
    """Draw by matplotlib into one figure, whose contents are replaced."""
    figure, (waveform, spectrogram) = plt.subplots(2, 1, sharex=True, figsize=(8, 6))
    (line,) = waveform.plot([], [], linewidth=0.4)
    waveform.set(ylim=(-1, 1), xlim=(0, SECONDS), ylabel="amplitude", title="note")
    image = spectrogram.imshow(
        np.zeros((2, 2)), origin="lower", aspect="auto", vmin=-80, vmax=0, cmap="magma",
        extent=(0, SECONDS, 0, SAMPLE_RATE / 2000),
    )  # fmt: skip
    spectrogram.set(xlabel="time (s)", ylabel="frequency (kHz)")
    figure.colorbar(image, ax=figure.axes, label="dB")
    for note, path in zip(*data, strict=True):
        line.set_data(np.arange(len(note)) / SAMPLE_RATE, note)
        image.set_data(NoteDisplay(note).decibels)
        figure.savefig(path, dpi=100)
    plt.close(figure)


def bare_images(data):
    for note, path in zip(*data, strict=True):
        decibels = NoteDisplay(note).decibels
        matplotlib.image.imsave(path, decibels, vmin=-80, vmax=0, cmap="magma", origin="lower")


ROWS = [
    Row(
        f"{N_NOTES} pictures of notes",
        lambda: (notes(N_NOTES), paths()),
        ours,
        {"matplotlib, one figure": one_figure},
        aim=">= 2",
        limits={"a bare image": bare_images},
    )
]
