"""How good melodies are: python -m benchmarks.melodies --tunes FILE [--out FOLDER].

FILE is what `audiogen.io.read_tunes` reads, with a "split" of "train" or "valid". A
`MelodyComposer` is fitted to the one and measured on the other, beside a 3-gram of notes with the
same classes and conditions (Witten-Bell smoothing; the better of two chains of contexts).

With --out melodies of two sections are written, one folder for each seed, as MIDI files (one a
section, with its pickup) and a table tunes.csv (file, genre, metre, mode, tonic, bpm and pickup in
quarter notes), for a judge that does not know the library. Genres come equally often, metre and
mode as often as in tunes held out.
"""

import argparse
import collections
import csv
import os
import pathlib
import tempfile
import time

import numpy as np
import pandas as pd

import audiogen
from audiogen.generators import MelodyComposer
from audiogen.generators._melody_conditions import checked_tunes
from audiogen.generators._melody_features import Vocabulary
from audiogen.generators._melody_strains import spans_of, strains_of
from audiogen.io import read_tunes

GENRES = ("reel", "jig", "hornpipe", "air")
CONDITIONS = ["genre", "metre", "mode"]


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.melodies", description=__doc__)
    parser.add_argument("--tunes", required=True, help="lines of JSON (.jsonl, .jsonl.gz)")
    parser.add_argument("--model", help="a fitted composer, in place of fitting one")
    parser.add_argument("--out", type=pathlib.Path, help="folder for melodies")
    parser.add_argument("-n", type=int, default=200, help="melodies of each seed")
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    training, held_out = (split_of(args.tunes, name) for name in ("train", "valid"))
    composer = audiogen.load(args.model) if args.model else fitted(*training)
    report(composer, training, held_out)
    if args.out:
        for seed in range(args.seeds):
            write(composer, held_out[1], args.out / str(seed), args.n, seed)


def split_of(path, name):
    """Return the tunes of a split, and their conditions."""
    tunes = [(score, about) for score, about in read_tunes(path) if about["split"] == name]
    rows = [
        {"genre": about["genre"], "metre": "{}/{}".format(*score.metre), "mode": score.mode}
        for score, about in tunes
    ]
    return [score for score, _ in tunes], pd.DataFrame(rows)


def fitted(tunes, y):
    start = time.process_time()
    composer = MelodyComposer(random_state=0).fit(tunes, y)
    print(f"fit: {time.process_time() - start:.0f} s of one processor")
    return composer.compact()


def figures(composer, training, held_out):
    """Return the perplexity of a note, and its ratio to that of the better 3-gram."""
    ours = composer.perplexity(*held_out)
    grams = [perplexity_of_3_gram(composer, training, held_out, with_genre=g) for g in (0, 1)]
    return {"perplexity": ours, "over the 3-gram": ours / min(grams)}


def report(composer, training, held_out):
    """Print perplexities, size and speed."""
    for name, value in figures(composer, training, held_out).items():
        print(f"{name}: {value:.2f}")
    print(f"perplexity of training tunes: {composer.perplexity(*training):.2f}")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "melody.skops"
        audiogen.save(composer, path)
        print(f"file: {os.path.getsize(path) / 1e6:.2f} MB")
    y = {"genre": "reel", "metre": "4/4", "mode": "major"}
    composer.sample(1, y, random_state=0)
    start = time.process_time()
    composer.sample(10, y, n_draws=8, random_state=0)
    print(f"a draw of 8 bars: {(time.process_time() - start) / 80 * 1000:.1f} ms")


def perplexity_of_3_gram(composer, training, held_out, *, with_genre):
    """Return the perplexity of a 3-gram of (pitch, duration), given metre and place in the bar."""
    vocabulary = Vocabulary(**composer._vocabulary)
    counts: dict = collections.defaultdict(collections.Counter)
    for contexts, note in notes_of(vocabulary, *training, with_genre=with_genre):
        for context in contexts:
            counts[context][note] += 1
    totals = {context: (found.total(), len(found)) for context, found in counts.items()}
    logs = []
    for contexts, note in notes_of(vocabulary, *held_out, with_genre=with_genre):
        p = 1 / (vocabulary.n_pitches * vocabulary.n_durations)
        for context in reversed(contexts):
            if context in totals:
                total, kinds = totals[context]
                p = (counts[context][note] + kinds * p) / (total + kinds)
        logs.append(np.log(p))
    return float(np.exp(-np.mean(logs)))


def notes_of(vocabulary, tunes, y, *, with_genre):
    """Yield the contexts of each note, the narrowest first, and the note."""
    for tune, condition in zip(*checked_tunes(tunes, y), strict=True):
        genre, _, metre = vocabulary.condition(*condition)
        last: tuple = ((-1, -1), (-1, -1))
        for strain in strains_of(spans_of(tune), vocabulary):
            for start, *note in zip(strain.start, strain.pitch, strain.length, strict=True):
                place = (metre, start % strain.bar)
                contexts = [(*last, place), (last[1], place), (place,), ()]
                yield ([(*last, place, genre)] if with_genre else []) + contexts, tuple(note)
                last = (last[1], tuple(note))


def drawn(composer, held_out, n, seed):
    """Return melodies of two sections, and their genre, metre and mode."""
    rng = np.random.default_rng(seed)
    usual = held_out.metre.isin(["2/4", "3/4", "4/4", "6/8"])
    pools = [held_out[usual & (held_out.genre == genre)] for genre in GENRES]
    pools = [pools[i % len(pools)] for i in range(n)]
    y = pd.concat([pool.iloc[[rng.integers(len(pool))]] for pool in pools], ignore_index=True)
    return composer.sample(y=y, form="AB", random_state=seed), y


def write(composer, held_out, folder, n, seed):
    """Write melodies as a folder of MIDI files and their table."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "tunes.csv", "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["file", *CONDITIONS, "tonic", "bpm", "pickup"])
        scores, y = drawn(composer, held_out, n, seed)
        for i, (score, row) in enumerate(zip(scores, y.itertuples(), strict=True)):
            for section, part in zip("ab", sections_of(score), strict=True):
                part.save(folder / f"{i}{section}.mid")
                about = [row.genre, row.metre, row.mode, part.tonic, part.bpm, part.pickup]
                table.writerow([f"{i}{section}.mid", *about])


def sections_of(score):
    """Yield each section, with its pickup, which stands at the end of the one before."""
    for section in score.sections:
        start = max(0.0, section.start - score.pickup)
        end = section.end - score.pickup if section is not score.sections[-1] else section.end
        here = score.notes[(score.notes.onset >= start) & (score.notes.onset < end)]
        yield score.replace(notes=here.assign(onset=here.onset - start), sections=(), chords=())


if __name__ == "__main__":
    main()
