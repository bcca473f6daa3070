"""Make finished clips of music from words, and from settings.

    python examples/clip.py [--folder generated/clip] [--seed 0]

The first clip is made from words. The second is the same brief with other settings: a loop, in
another key, with another instrument. The third is written down as a `Brief`, saved as JSON, read
again, and made with its stems, which sum to it.
"""

import argparse
import pathlib

import numpy as np

from audiogen import make_clip
from audiogen.music import Brief, parse_prompt


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("generated/clip"))
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bits")
    arguments = parser.parse_args()
    seed, folder = arguments.seed, arguments.folder

    brief = parse_prompt("upbeat jig with flute and guitar, 20 seconds")
    show(make_clip(brief, random_state=seed), folder / "words")

    loop = brief.override(tonic=2, mode="dorian", instruments=["violin"], seconds=None, loop=True)
    show(make_clip(loop, random_state=seed), folder / "settings")

    folder.mkdir(parents=True, exist_ok=True)
    written = Brief(genre="funk", bpm=104, seconds=15, hits=[7.5], ending="cold")
    written.save(folder / "brief.json")
    clip = make_clip(Brief.load(folder / "brief.json"), random_state=seed)
    show(clip, folder / "brief", stems=True)
    difference = np.abs(sum(clip.stems.values()) - clip.audio).max()
    print(f"  stems sum to the clip within {difference:.0e} of full scale")


def show(clip, folder, **options):
    """Save a clip and print what it is."""
    info = clip.info
    clip.save(folder, **options)
    print(
        f"{folder}: {info['title']}, {info['seconds']:g} s in {info['key']}, {info['bpm']:g} bpm"
    )
    for section in info["sections"]:
        print(f"  {section['start']:6.2f} to {section['end']:6.2f} s: {section['name']}")
    print("  " + " ".join(name for _, _, name in info["chords"]))
    for part, player in info["players"].items():
        print(f"  {part}: {player['instrument']} ({player['voice']})")


if __name__ == "__main__":
    main()
