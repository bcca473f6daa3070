"""Continue notes, and a recording, with LSTMSequencer.

    python examples/lstm.py [--folder generated/lstm] [--gtzan FOLDER]

Real notes, each instrument's from low to high, are one long sequence; the network learns which
note follows, and continues held-out notes that it never saw. What differs from the report that
inspired audiogen, so that it takes half a minute on two cores instead of four hours and does not
end in noise: the network sees principal components of frames instead of all their numbers
(``frame_components``), and a frame holds the harmonics and the noise of a note, from which any
prediction can be synthesised as a note.

Spectrograms, the report's frames, are compared with them, without phase, which the inverse
recovers. The mean of two spectrograms is no note: continuations of training notes are
memorised, those of others are blurs, as the last table shows.
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
from audiogen.preprocessing import HarmonicPlusNoise, SlidingWindow, STFTSpectrogram

LENGTH = 8  # notes that the network sees
CROSSFADE = 4000
N_EXTRA = 5


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("generated/lstm"))
    parser.add_argument("--gtzan", help="the folder of GTZAN, to continue one of its pieces")
    parser.add_argument("--genre", default="classical", help="of that piece")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    (notes, y), (held_out, y_held_out) = in_order("train"), in_order("valid")
    figures = {
        "real, trained on": summarize(held_out, notes, sample_rate=16000),
        "harmonics": harmonics(notes, y, held_out, y_held_out, arguments.folder),
        "spectrograms": spectrograms(notes, held_out, arguments.folder),
    }
    print("\nafter held-out notes     " + "".join(f"{name:>18}" for name in figures))
    for metric in figures["harmonics"]:
        print(f"{metric:<25}" + "".join(f"{found[metric]:18.2f}" for found in figures.values()))
    if arguments.gtzan:
        continue_a_recording(arguments.gtzan, arguments.genre, arguments.folder)


def in_order(split):
    """Return notes, each instrument's from low to high, and their pitches."""
    data = load_notes(split)
    order = data.frame.sort_values(["instrument", "pitch"]).index
    return data.data[order], data.frame.loc[order, ["pitch"]]


def sequencer(epochs, **parameters):
    return LSTMSequencer(
        N_EXTRA, n_layers=1, epochs=epochs, learning_rate=3e-3, validation_fraction=0,
        random_state=0, verbose=1, **parameters,
    )  # fmt: skip


def harmonics(notes, y, held_out, y_held_out, folder):
    """Continue held-out notes in harmonics and noise."""
    harmonics = HarmonicPlusNoise()
    frames = harmonics.fit_transform(notes, y)
    lstm = sequencer(80, frame_components=64)
    lstm.fit(SlidingWindow(LENGTH).fit_transform(frames))
    ahead = lstm.sample(seed_frames=seeds(harmonics.transform(held_out, y_held_out)))
    audio = harmonics.inverse_transform(ahead.reshape(-1, *ahead.shape[2:]))
    for i, run in enumerate(audio.reshape(len(ahead), -1)):
        write(folder / f"after_held_out_{i}", run, 16000)
    return summarize(held_out, audio, sample_rate=16000)


def spectrograms(notes, held_out, folder):
    """Continue training notes and held-out notes in spectrograms, with two inverses."""
    pipe = make_generative_pipeline(
        STFTSpectrogram(phase=None), SlidingWindow(LENGTH), sequencer(60, frame_components=148)
    ).fit(notes)
    print("\ninverse                 seams  inside")
    for name, options in {
        "frames, joined": {"join": "audio"},
        "frames, crossfaded": {"join": "audio", "crossfade": CROSSFADE},
        "joined spectrogram": {"join": "spectrogram"},
    }.items():
        audio = generate(pipe, 8, random_state=0, **options)
        seams, inside = seam_flux(audio, N_EXTRA)
        print(f"{name:<22} {np.median(seams):6.1f}  {np.quantile(inside, 0.95):6.1f}")
        write(folder / name.replace(", ", "_").replace(" ", "_"), audio[0], 16000)
    audio = pipe.sample(seed_frames=seeds(pipe[0].transform(held_out)))
    return summarize(held_out, audio.reshape(-1, held_out.shape[1]), sample_rate=16000)


def seeds(frames):
    """Return runs of frames, as long as the network sees."""
    starts = range(0, len(frames) - LENGTH + 1, LENGTH // 2)
    return np.stack([frames[start : start + LENGTH] for start in starts])


def continue_a_recording(root, genre, folder):
    """Learn the frames of one piece, and continue it for as long as it is."""
    pieces = load_gtzan(root, genres=[genre])
    recording = pieces.data[:1]
    spectrogram = STFTSpectrogram(
        frame_length=2048, hop_length=512, phase=None, sample_rate=pieces.sample_rate
    )
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
    ahead = pipe.sample(seed_frames=seed[:, : n_frames - 16])  # the last are padding
    audio = np.concatenate([recording, ahead], axis=1)[0]
    write(folder / f"{pieces.frame.note[0]}_continued", audio, pieces.sample_rate)


def write(path, audio, sample_rate):
    soundfile.write(f"{path}.wav", np.clip(audio, -1, 1), sample_rate)
    NoteDisplay(audio, sample_rate=sample_rate, name=path.name).save(f"{path}.png")
    print(f"{path}.wav")


if __name__ == "__main__":
    main()
