"""Generate music of a genre that one asks for.

    python examples/genre.py [--folder generated/genre] [--gtzan FOLDER]

With the folder of GTZAN it learns from eight pieces of each genre. Without, it
composes pieces of real notes, in three made-up genres that differ in instruments and tempo:
nothing that is labelled with a genre comes with the package.

A second of music is a spectrogram without phase; principal components and a Gaussian mixture,
whose mean and weights follow the genre, learn these. A mixture of many Gaussians stays near the
training data: between two chords there is no music, and means of spectrograms are noise, so
that an autoencoder of this size generates blurs. Seconds are drawn one by one: they have
the sound of the genre, but no melody.

The last fifth of each piece is held out. The table compares what was asked for as each
genre with what each genre holds out: the Fréchet audio distance should be lowest on the
diagonal. Real seconds, those trained on, show how low it can be.
"""

import argparse
import pathlib

import numpy as np
import soundfile

from audiogen import make_generative_pipeline
from audiogen.datasets import load_gtzan, load_notes
from audiogen.display import NoteDisplay
from audiogen.generators import ConditionalGaussianMixture
from audiogen.metrics import frechet_audio_distance, pitch_entropy
from audiogen.preprocessing import Flatten, PrincipalComponents, STFTSpectrogram

N_PIECES = 8  # of each genre
N_GENERATED = 24  # seconds of each genre
MADE_UP = {  # instrument families and seconds from note to note
    "lullaby": (("mallet", "vocal"), 1.0),
    "march": (("brass", "bass"), 0.5),
    "etude": (("keyboard",), 0.25),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("generated/genre"))
    parser.add_argument("--gtzan", help="the folder of GTZAN")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    pieces, genre, rate = load(arguments.gtzan) if arguments.gtzan else compose()
    held_out_from = int(0.8 * pieces.shape[1])
    X, y = seconds(pieces[:, :held_out_from], genre, rate)
    real, y_real = seconds(pieces[:, held_out_from:], genre, rate)
    print(f"{len(X)} seconds of {len(pieces)} pieces")
    pipe = make_generative_pipeline(
        STFTSpectrogram(frame_length=2048, hop_length=512, phase=None, sample_rate=rate),
        Flatten(),
        PrincipalComponents(128, random_state=0),
        ConditionalGaussianMixture(n_components=min(96, len(X) // 12), random_state=0),
    ).fit(X, y)
    names = sorted(set(genre))
    held_out = {name: real[y_real == name] for name in names}
    asked_for = {name: pipe.sample(N_GENERATED, y=name, random_state=0) for name in names}
    for name in names:
        write(arguments.folder / name, asked_for[name], rate)
    print("\nFréchet audio distance from held-out seconds, entropy of pitch in bits")
    print(" " * 26 + "".join(f"{name:>11}" for name in [*names, "entropy"]))
    for name in names:
        trained = X[y == name]
        show(f"{name}, generated", asked_for[name], held_out, rate)
        show(f"{name}, real", trained[:: max(1, len(trained) // N_GENERATED)], held_out, rate)


def load(root):
    """Return the first pieces of each genre of GTZAN."""
    data = load_gtzan(root, errors="warn")
    rows = data.frame.groupby("genre").head(N_PIECES).index
    return data.data[rows], data.frame.genre[rows].to_numpy(), data.sample_rate


def compose(duration=30):
    """Return pieces of real notes, each of four notes of a family that come again."""
    notes, rng = load_notes(), np.random.default_rng(0)
    rate = notes.sample_rate
    pieces, genre = [], []
    for name, (families, beat) in MADE_UP.items():
        for _ in range(N_PIECES):
            piece = np.zeros((duration + 4) * rate, dtype=np.float32)
            for family in families:
                motif = rng.choice(np.flatnonzero(notes.frame.instrument_family == family), 4)
                for i, start in enumerate(np.arange(0, duration, beat)):
                    note = notes.data[motif[i % 4]] * np.exp(-np.linspace(0, 4, 4 * rate))
                    piece[int(start * rate) :][: len(note)] += note
            pieces.append(piece[: duration * rate] / np.abs(piece).max())
            genre.append(name)
    return np.stack(pieces), np.array(genre), rate


def seconds(pieces, genre, rate):
    """Return seconds of pieces, one each half second, and their genres."""
    starts = range(0, pieces.shape[1] - rate + 1, rate // 2)
    cut = np.stack([pieces[:, start : start + rate] for start in starts], axis=1)
    return cut.reshape(-1, rate), np.repeat(genre, len(starts))


def show(name, audio, held_out, rate):
    distances = [
        frechet_audio_distance(real, audio, sample_rate=rate) for real in held_out.values()
    ]
    entropy = np.nanmean([pitch_entropy(second, sample_rate=rate) for second in audio])
    print(f"{name:<26}" + "".join(f"{d:11.0f}" for d in distances) + f"{entropy:11.2f}")


def write(path, audio, rate):
    """Write seconds, each faded in and out in 10 ms, one after the other."""
    fade = np.minimum(1, np.arange(rate) / (0.01 * rate))
    run = (audio[:8] * fade * fade[::-1]).ravel()
    run /= max(1, np.abs(run).max())
    soundfile.write(f"{path}.wav", run, rate)
    NoteDisplay(run, sample_rate=rate, name=path.name).save(f"{path}.png")
    print(f"{path}.wav")


if __name__ == "__main__":
    main()
