"""Learn notes in two seconds and play new ones: the shortest way to a sound.

    python examples/first_sound.py [--folder generated/first_sound] [--seed 0]

`harmonic_gmm` analyses notes as harmonics and noise, keeps 64 principal components and fits a
mixture of Gaussians, whose means follow pitch and family. There is no network to train.
"""

import argparse
import pathlib
import time

from audiogen.datasets import load_notes, save_nsynth
from audiogen.display import NoteDisplay
from audiogen.metrics import summarize
from audiogen.recipes import harmonic_gmm

CONDITIONS = ["pitch", "instrument_family"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--folder", type=pathlib.Path, default=pathlib.Path("generated/first_sound")
    )
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bits")
    arguments = parser.parse_args()
    train, held_out = load_notes("train"), load_notes("valid")
    started = time.perf_counter()
    model = harmonic_gmm(random_state=arguments.seed).fit(train.data, train.frame[CONDITIONS])
    print(f"Learnt {len(train.data)} notes in {time.perf_counter() - started:.1f} s.")
    wanted = held_out.frame[CONDITIONS]
    notes = model.sample(y=wanted, random_state=arguments.seed)
    paths = save_nsynth(arguments.folder, notes, wanted, sample_rate=train.sample_rate)
    for note, path in zip(notes, paths, strict=True):
        picture = NoteDisplay(note, sample_rate=train.sample_rate, name=path.stem)
        picture.save(arguments.folder / "pictures" / f"{path.stem}.png")
    show_table(
        {"generated": (notes, wanted.pitch), "training": (train.data, train.frame.pitch)}, held_out
    )
    print(f"Listen to {arguments.folder / 'audio'}, look at {arguments.folder / 'pictures'}.")


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
