"""Go on from notes, and from a recording, with LSTMSequencer.

    python examples/lstm.py [--folder generated/lstm] [--gtzan FOLDER]

Real notes, each instrument's from low to high, are one long run of spectrograms; the
network learns which follows. What differs from the report that inspired audiogen, so
that it takes a minute on two cores instead of four hours and does not end in noise: the
network sees principal components of the spectrograms instead of all their numbers
(``frame_components``), and spectrograms without phase, which the inverse recovers.
"""

import argparse
import pathlib

import numpy as np
import soundfile

from audiogen import generate, make_generative_pipeline
from audiogen.datasets import load_gtzan, load_notes
from audiogen.display import NoteDisplay
from audiogen.generators import LSTMSequencer
from audiogen.metrics import seam_flux, summarize
from audiogen.preprocessing import PeakNormalizer, SlidingWindow, STFTSpectrogram

CROSSFADE = 4000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("generated/lstm"))
    parser.add_argument("--gtzan", help="the folder of GTZAN, to go on from one of its pieces")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    go_on_from_notes(arguments.folder)
    if arguments.gtzan:
        go_on_from_a_recording(arguments.gtzan, arguments.folder)


def go_on_from_notes(folder):
    data = load_notes("train")
    order = data.frame.sort_values(["instrument", "pitch"]).index
    notes = data.data[order]
    pipe = make_generative_pipeline(
        PeakNormalizer(),
        STFTSpectrogram(phase=None),
        SlidingWindow(),
        LSTMSequencer(
            n_layers=2, frame_components=200, epochs=60, learning_rate=3e-3, random_state=0,
            verbose=1,
        ),
    ).fit(notes)  # fmt: skip
    print("\nway to audio            seams  inside")
    for name, options in {
        "frames, joined": {"join": "audio"},
        "frames, crossfaded": {"join": "audio", "crossfade": CROSSFADE},
        "joined spectrogram": {"join": "spectrogram"},
    }.items():
        audio = generate(pipe, 8, random_state=0, **options)
        seams, inside = seam_flux(audio, 5)
        print(f"{name:<22} {np.median(seams):6.1f}  {np.quantile(inside, 0.95):6.1f}")
        write(folder / name.replace(", ", "_").replace(" ", "_"), audio[0], data.sample_rate)
    generated = generate(pipe, 8, random_state=0).reshape(-1, notes.shape[1])
    print("\nnotes generated, beside those learnt from")
    for name, value in summarize(notes, generated, sample_rate=data.sample_rate).items():
        print(f"{name:<24} {value:10.3f}")


def go_on_from_a_recording(root, folder):
    pieces = load_gtzan(root)
    recording = pieces.data[:1]
    spectrogram = STFTSpectrogram(frame_length=2048, hop_length=512, phase=None)
    n_frames = spectrogram.fit(recording).spectrogram_shape_[0]
    pipe = make_generative_pipeline(
        spectrogram,
        SlidingWindow(axis=1),
        LSTMSequencer(
            extra_frames=n_frames, n_layers=2, frame_components=64, epochs=40, learning_rate=3e-3,
            random_state=0, verbose=1,
        ),
    ).fit(recording)  # fmt: skip
    seed = pipe[0].transform(recording)
    ahead = pipe[-1].sample(seed_frames=seed[:, : n_frames - 16])  # the last are padding
    audio = np.concatenate([recording, pipe[0].inverse_transform(ahead)], axis=1)[0]
    write(folder / f"{pieces.frame.note[0]}_continued", audio, pieces.sample_rate)


def write(path, audio, sample_rate):
    soundfile.write(f"{path}.wav", np.clip(audio, -1, 1), sample_rate)
    NoteDisplay(audio, sample_rate=sample_rate, name=path.name).save(f"{path}.png")
    print(f"{path}.wav")


if __name__ == "__main__":
    main()
