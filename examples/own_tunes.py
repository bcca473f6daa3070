"""Learn to compose from a folder of tunes, and make a clip of what is composed.

    python examples/own_tunes.py [--tunes FOLDER] [--folder generated/own_tunes] [--seed 0]

FOLDER has MIDI, ABC or MusicXML files, each with one melody; names of folders in it are genres.
Without it the ten old tunes that come with audiogen are learnt from, which are few. Of each melody
the longest run of notes that it shares with a tune is printed. Chords, drums and voices are those
that come with audiogen; each of them can be a model of your own as well.
"""

import argparse
import pathlib

import pandas as pd

from audiogen import make_clip, save
from audiogen.datasets import load_tunes
from audiogen.generators import MelodyComposer
from audiogen.metrics import longest_shared_runs


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tunes", type=pathlib.Path, help="a folder of tunes")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("generated/own_tunes"))
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bits")
    arguments = parser.parse_args()
    folder, seed = arguments.folder, arguments.seed

    tunes = load_tunes(arguments.tunes)
    composer = MelodyComposer(epochs=10, batch_size=64, random_state=seed, verbose=1)
    y = pd.DataFrame({"genre": tunes.frame.genre}) if "genre" in tunes.frame else None
    composer.fit(tunes.scores, y)
    folder.mkdir(parents=True, exist_ok=True)
    save(composer, folder / "composer.skops")
    print(composer.categories_)

    melodies = composer.sample(3, random_state=seed)
    for number, melody in enumerate(melodies, start=1):
        print(f"Wrote {melody.save(folder / f'melody-{number}.mid')}: {melody.key}")
    for run in longest_shared_runs(melodies, tunes.scores):
        print(f"  longest run shared with a tune: {run} notes")

    clip = make_clip(
        "pop ballad with piano in C major", seconds=20, composer=composer, random_state=seed
    )
    for path in clip.save(folder / "clip"):
        print(f"Wrote {path}")
    print(clip.info["credit"])


if __name__ == "__main__":
    main()
