"""Make notes with ConditionalVAE, at the pitch and family of notes held out.

    python examples/vae.py [--folder generated/vae] [--seed 0]

What differs from the report that inspired audiogen, whose VAE of waveforms gave noise, so that
this takes half a minute on two cores and gives notes:

* Not waveforms but 64 principal components of `HarmonicPlusNoise`, whose features depend on
  neither pitch nor phase.
* A ``beta`` of 4 and 8 latents: the decoder has learnt the latents that `sample` draws.
* The pitch as one number, without sines and cosines of it: notes change smoothly with it.
* Noise on the decoder's output, so that samples are as varied as the training notes.

A VAE also encodes real notes. The last lines interpolate from the note of one guitar to that
of another, in eight steps, at one pitch.
"""

import argparse
import pathlib

import numpy as np
import soundfile

from audiogen import make_generative_pipeline
from audiogen.datasets import load_notes, save_nsynth
from audiogen.display import NoteDisplay
from audiogen.generators import ConditionalVAE
from audiogen.metrics import summarize
from audiogen.preprocessing import Flatten, HarmonicPlusNoise, PrincipalComponents

CONDITIONS = ["pitch", "instrument_family"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("generated/vae"))
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bits")
    arguments = parser.parse_args()
    train, held_out = load_notes("train"), load_notes("valid")
    pipe = make_generative_pipeline(
        HarmonicPlusNoise(),
        Flatten(),
        PrincipalComponents(64, random_state=0),
        ConditionalVAE(
            latent_dim=8, beta=4.0, fourier_features=False, observation_noise=True, epochs=120,
            patience=None, plateau_patience=None, validation_fraction=0.0,
            random_state=arguments.seed, verbose=1,
        ),
    ).fit(train.data, train.frame[CONDITIONS])  # fmt: skip
    wanted = held_out.frame[CONDITIONS]
    notes = pipe.sample(y=wanted, random_state=arguments.seed)
    paths = save_nsynth(arguments.folder, notes, wanted, sample_rate=train.sample_rate)
    for note, path in zip(notes, paths, strict=True):
        draw(note, arguments.folder / "pictures" / f"{path.stem}.png", train.sample_rate)
    show_table(
        {"generated": (notes, wanted.pitch), "training": (train.data, train.frame.pitch)}, held_out
    )
    steps = interpolated(pipe, train)
    soundfile.write(arguments.folder / "interpolation.wav", steps, train.sample_rate)
    draw(steps, arguments.folder / "pictures" / "interpolation.png", train.sample_rate)
    print(f"Listen to {arguments.folder}, look at {arguments.folder / 'pictures'}.")


def interpolated(pipe, train, family="guitar", n_steps=8):
    """Return a second of each step from one instrument's note to another's."""
    rows = np.flatnonzero(train.frame.instrument_family == family)[[0, -1]]
    latents = pipe.encode(train.data[rows], train.frame[CONDITIONS].iloc[rows])
    notes = pipe.interpolate(latents, {"pitch": 60, "instrument_family": family}, n_steps)
    notes = notes[:, : train.sample_rate]
    fade = np.minimum(1, np.linspace(20, 0, train.sample_rate))
    return (notes / np.abs(notes).max(axis=1, keepdims=True) * fade).ravel()


def draw(audio, path, sample_rate):
    NoteDisplay(audio, sample_rate=sample_rate, name=path.stem).save(path)


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
