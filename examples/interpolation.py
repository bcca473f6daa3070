"""Go from one instrument to another in eight steps, at one pitch.

    python examples/interpolation.py [--folder generated/interpolation] [--seed 0]

A `harmonic_cvae` learns the notes that come with audiogen. Real notes of two instruments, whatever
their own pitches, are encoded as latents and decoded as features at middle C; those features
and mixtures of them become sound. The features of `HarmonicPlusNoise` do not depend on pitch,
which therefore stays the same: the table shows by how many cents it is off, and how the timbre
moves from one end to the other.
"""

import argparse
import pathlib

import numpy as np

from audiogen import write_clip
from audiogen.datasets import load_notes
from audiogen.display import NoteDisplay
from audiogen.metrics import mfcc
from audiogen.recipes import harmonic_cvae
from audiogen.signal import track_pitch

CONDITIONS = ["pitch", "instrument_family"]
PAIRS = [("reed", "string"), ("guitar", "organ"), ("mallet", "brass")]
PITCH = 60
N_STEPS = 8


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--folder", type=pathlib.Path, default=pathlib.Path("generated/interpolation")
    )
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bits")
    arguments = parser.parse_args()
    train = load_notes("train")
    y = train.frame[CONDITIONS]
    model = harmonic_cvae(random_state=arguments.seed, verbose=1).fit(train.data, y)
    for families in PAIRS:
        rows = [nearest(y, family) for family in families]
        latents = model.encode(train.data[rows], y.iloc[rows])
        steps = model.interpolate(latents, y.iloc[rows].assign(pitch=PITCH), N_STEPS)
        name = "-to-".join(families)
        clip = joined(steps, train.sample_rate)
        path = write_clip(arguments.folder / f"{name}.wav", clip, train.sample_rate)
        picture = NoteDisplay(clip, sample_rate=train.sample_rate, name=name)
        picture.save(path.with_suffix(".png"))
        show(name, steps, train.sample_rate)
    print(f"\nListen to {arguments.folder}, and look at the pictures there.")


def nearest(y, family):
    """Return the row of a family's note that is nearest to the pitch wanted."""
    return (y.pitch - PITCH).abs().where(y.instrument_family == family).idxmin()


def joined(steps, sample_rate):
    """Return a second of each step, equally loud, one after another."""
    seconds = steps[:, :sample_rate]
    fade = np.minimum(1, np.linspace(20, 0, sample_rate))
    loudness = np.sqrt(np.square(seconds).mean(axis=1, keepdims=True))
    clip = (seconds / loudness * fade).ravel()
    return 0.9 * clip / np.abs(clip).max()


def show(name, steps, sample_rate):
    """Print how far each step is from the pitch asked for, and from either end."""
    cents = 100 * (track_pitch(steps, sample_rate) - PITCH)
    peaks = np.abs(steps).max(axis=1, keepdims=True)
    timbres = mfcc(steps / peaks, sample_rate=sample_rate).mean(axis=1)
    first, last = (np.linalg.norm(timbres - timbres[end], axis=1) for end in (0, -1))
    print(f"\n{name:<20}" + "".join(f"{step:>8}" for step in range(1, N_STEPS + 1)))
    for label, row in (("cents off", cents), ("from the first", first), ("from the last", last)):
        print(f"{label:<20}" + "".join(f"{value:8.1f}" for value in row))


if __name__ == "__main__":
    main()
