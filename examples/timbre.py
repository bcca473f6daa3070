"""Play notes of one instrument with the timbre of another: `encode`, then `decode` as another.

    python examples/timbre.py [--folder generated/timbre] [--seed 0]

A `harmonic_cvae` learns the notes that come with audiogen, given their pitch and family. Notes
that it never saw are encoded with their own family, and decoded with each other one: what is
left in the latents, such as how bright a note is and how it dies away, goes over, pitch and family
are as asked.

The first table tells, for each family asked for, how often a classifier of real notes hears that
family, how often still the one that the notes came from, and how far the pitch is off, in cents.
Notes that the family did not play in training are left out. The second tells what went over: how
alike the courses of level and brightness are in notes and the same notes decoded as another
family, beside notes decoded from the latents of others.
"""

import argparse
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from audiogen import write_clip
from audiogen.datasets import load_notes
from audiogen.display import NoteDisplay
from audiogen.metrics import mfcc
from audiogen.recipes import harmonic_cvae
from audiogen.signal import track_pitch

CONDITIONS = ["pitch", "instrument_family"]
FAMILIES = ["brass", "flute", "guitar", "mallet", "organ", "string"]
N_HEARD = 4  # notes of each pair that are written


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("generated/timbre"))
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bits")
    arguments = parser.parse_args()
    train, held_out = (of_families(load_notes(split)) for split in ("train", "valid"))
    (notes, y), (real, own) = train, held_out
    model = harmonic_cvae(random_state=arguments.seed, verbose=1).fit(notes, y)
    latents = model.encode(real, own)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    classifier.fit(timbre(notes), y.instrument_family)
    told = classifier.predict(timbre(real)) == own.instrument_family
    print(f"\nheld-out notes, real: {told.mean():.2f} told\n")
    print(f"{'as':<10}{'told':>8}{'as before':>12}{'cents off':>12}")
    rng = np.random.default_rng(arguments.seed)
    shuffled = latents[rng.permutation(len(latents))]
    kept, lost = [], []
    for family in FAMILIES:
        low, high = y.pitch[y.instrument_family == family].agg(["min", "max"])
        others = own.instrument_family != family
        rows = np.flatnonzero(others & own.pitch.between(low, high))
        wanted = own.iloc[rows].assign(instrument_family=family)
        played = model.decode(latents[rows], wanted, random_state=arguments.seed)
        mixed = model.decode(shuffled[rows], wanted, random_state=arguments.seed)
        heard = classifier.predict(timbre(played))
        before = np.mean(heard == own.instrument_family.iloc[rows])
        cents = 100 * np.abs(track_pitch(played, 16000) - wanted.pitch)
        print(
            f"{family:<10}{np.mean(heard == family):8.2f}{before:12.2f}{np.nanmean(cents):12.1f}"
        )
        kept.append(likeness(real[rows], played))
        lost.append(likeness(real[rows], mixed))
        write(arguments.folder / f"as_{family}", real[rows][:N_HEARD], played[:N_HEARD])
    print(f"\n{'':<24}{'level':>8}{'bright':>8}")
    for name, found in (("its own latents", kept), ("another note's latents", lost)):
        level, bright = np.mean(np.concatenate(found), axis=0)
        print(f"{name:<24}{level:8.2f}{bright:8.2f}")
    print(f"\nListen to {arguments.folder}: each note before, then as the other family.")


def of_families(data):
    """Return notes of the families, and their conditions."""
    rows = np.flatnonzero(data.frame.instrument_family.isin(FAMILIES))
    return data.data[rows], data.frame.loc[rows, CONDITIONS].reset_index(drop=True)


def timbre(notes):
    """Return what a family is told by: MFCCs of the note's second tenth to its half."""
    coefficients = mfcc(scaled(notes), sample_rate=16000)[:, 5:60, 1:]
    return np.hstack([coefficients.mean(axis=1), coefficients.std(axis=1)])


def scaled(notes):
    return notes / np.maximum(np.abs(notes).max(axis=1, keepdims=True), 1e-6)


def likeness(notes, others):
    """Return the correlations of the course of level and brightness of pairs of notes."""
    courses = [mfcc(scaled(x), sample_rate=16000)[:, :, :2] for x in (notes, others)]
    return [
        [np.corrcoef(a[:, i], b[:, i])[0, 1] for i in (0, 1)]
        for a, b in zip(*courses, strict=True)
    ]


def write(path, before, after):
    """Write notes, each before and after."""
    pairs = scaled(np.stack([before, after], axis=1).reshape(-1, before.shape[1]))
    fade = np.minimum(1, np.linspace(20, 0, 24000))
    clip = 0.9 * (pairs[:, :24000] * fade).ravel()
    path = write_clip(path.with_suffix(".wav"), clip, 16000)
    NoteDisplay(clip, sample_rate=16000, name=path.stem).save(path.with_suffix(".png"))


if __name__ == "__main__":
    main()
