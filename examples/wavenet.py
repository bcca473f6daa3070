"""Make notes with WaveNetAutoencoder, at the pitch and family of notes held out.

    python examples/wavenet.py [--folder generated/wavenet] [--seed 0]

What differs from the report that inspired audiogen, whose autoencoder of waveforms trained
for a day and blurred them, so that this takes two minutes on two cores and gives notes:

* Not waveforms but frames of `HarmonicPlusNoise`, which do not depend on pitch: a mean absolute
  error between waveforms is mostly one of phases, which cannot be learnt, while one between
  envelopes is one of timbre. The sequence is 64 frames long rather than 64,000 samples.
* Properties of the whole note, such as its duration and loudness, are repeated in each frame;
  in one row of their own they would count as one frame. Inharmonicity is left out.
* Wider convolutions, more codes, no dropout, smaller batches and a higher learning rate with
  averaged weights: 148 notes make few steps an epoch, and their codes have little to overfit.
* New notes come from codes drawn from a density under the condition; the report could only
  rebuild what it had.
"""

import argparse
import pathlib

import numpy as np
from sklearn.preprocessing import FunctionTransformer

from audiogen import make_generative_pipeline
from audiogen.datasets import load_notes, save_nsynth
from audiogen.display import NoteDisplay
from audiogen.generators import WaveNetAutoencoder
from audiogen.metrics import summarize
from audiogen.preprocessing import HarmonicPlusNoise

CONDITIONS = ["pitch", "instrument_family"]
# In the first row of HarmonicPlusNoise: duration, loudness and until when a note is held. There a
# number weighs as much as all frames together; repeated in each frame it needs larger units.
WHOLE_NOTE = slice(1, 4)
UNITS = np.array([5, 4, 20], dtype=np.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("generated/wavenet"))
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bits")
    arguments = parser.parse_args()
    train, held_out = load_notes("train"), load_notes("valid")
    pipe = make_generative_pipeline(
        HarmonicPlusNoise(hop_length=1024, n_harmonics=40, n_noise_bands=16),
        FunctionTransformer(repeat_whole_note, average_whole_note, check_inverse=False),
        WaveNetAutoencoder(
            64, code_channels=16, downsampling=8, dropout=0.0, epochs=200, batch_size=8,
            learning_rate=2e-3, ema=0.99, validation_fraction=0.0, patience=None,
            plateau_patience=None, random_state=arguments.seed, verbose=1,
        ),
    ).fit(train.data, train.frame[CONDITIONS])  # fmt: skip
    wanted = held_out.frame[CONDITIONS]
    notes = pipe.sample(y=wanted, random_state=arguments.seed)
    paths = save_nsynth(arguments.folder, notes, wanted, sample_rate=train.sample_rate)
    for note, path in zip(notes, paths, strict=True):
        picture = NoteDisplay(note, sample_rate=train.sample_rate, name=path.stem)
        picture.save(arguments.folder / "pictures" / f"{path.stem}.png")
    show_table(
        {"generated": (notes, wanted.pitch), "training": (train.data, train.frame.pitch)}, held_out
    )
    print(f"Listen to {arguments.folder / 'audio'}, look at {arguments.folder / 'pictures'}.")


def repeat_whole_note(features):
    """Append the properties of the whole note to the envelopes of each frame."""
    envelopes = features[:, 1:]
    whole = features[:, :1, WHOLE_NOTE] / UNITS
    return np.concatenate([envelopes, np.repeat(whole, envelopes.shape[1], axis=1)], axis=2)


def average_whole_note(frames):
    """Make the first row again from the mean of the properties in each frame."""
    envelopes, whole = np.split(frames, [-len(UNITS)], axis=2)
    first = np.zeros_like(envelopes[:, :1])
    first[..., WHOLE_NOTE] = whole.mean(axis=1, keepdims=True) * UNITS
    return np.concatenate([first, envelopes], axis=1)


def show_table(sets, held_out):
    """Print what notes measure against those held out."""
    columns = {
        name: summarize(held_out.data, notes, sample_rate=held_out.sample_rate, pitch=pitch)
        for name, (notes, pitch) in sets.items()
    }
    print(f"\n{'against the held-out notes':<28}" + "".join(f"{name:>12}" for name in columns))
    for figure in next(iter(columns.values())):
        cells = (f"{column[figure]:12.3f}" for column in columns.values())
        print(f"{figure:<28}" + "".join(cells))


if __name__ == "__main__":
    main()
