"""What is known of clips and their parts, in one table: python -m benchmarks.music [OPTION ...].

Options name files of tunes, lead sheets and grooves and folders of notes and drums; rows whose
file is not given are left out. Each row has what is measured, the figure, the bar that it is meant
to pass, and whether it does. Melodies are those of the composer that comes with the package,
which has not learnt from the tunes held out; all else is learnt from the files. How each is
measured is said in `tunes`, `melodies`, `chords`, `grooves`, `voices`, `heard` and `clip` of this
folder, each a command of its own that prints more; here that goes to the error stream. Seconds
count only where nothing else runs.
"""

import argparse
import contextlib
import pathlib
import sys

import numpy as np
import pandas as pd

from audiogen.generators import GrooveComposer
from audiogen.music import make_clip, pretrained
from benchmarks import chords, grooves, melodies, tunes

STYLE = "funk"  # with drums, bass and comping
LIKE_REAL = "over real tunes held out: "
# The least and the most of each figure over real tunes.
OF_TUNES = {
    "overlapped area, mean of 16": (0.97, None),
    "divergence, mean of 16": (None, 3),
    "genre told": (0.92, None),
    "bars like the bar 4 before": (0.9, 1.1),
    "bars exactly the bar 4 before": (0.8, None),
    "distinct bars": (0.9, 1.05),
    "ends on the tonic": (0.95, None),
    "notes in the mode asked": (0.99, None),
    "run, 95th percentile": (None, 1),
    "run, longest": (None, 1.1),
}


def main():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.music",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--tunes", metavar="FILE", help="tunes, split into train and valid")
    parser.add_argument("--leadsheets", metavar="FILE", help="songs with chords")
    parser.add_argument("--grooves", metavar="FILE", help="drum patterns")
    parser.add_argument("--notes", metavar="FOLDER", type=pathlib.Path)
    parser.add_argument("--drums", metavar="FOLDER", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, default=3, help="seeds of melodies and clips")
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS))
    given = parser.parse_args()
    print(f"{'':64}{'measured':>9}  {'bar':14}held")
    for name in given.only:
        missing = [f"--{file}" for file in GROUPS[name][1] if getattr(given, file) is None]
        if missing:
            print(f"{name}: not measured without {' and '.join(missing)}", flush=True)
            continue
        with contextlib.redirect_stdout(sys.stderr):
            rows = GROUPS[name][0](given)
        for row in rows:
            print(row, flush=True)


def row(what, value, low=None, high=None):
    """Return a line of the table."""
    held = (low is None or value >= low) and (high is None or value <= high)
    if low is None:
        bar = f"<= {high:g}"
    else:
        bar = f">= {low:g}" if high is None else f"{low:g} to {high:g}"
    return f"{what:64}{value:9.2f}  {bar:14}{'yes' if held else 'NO'}"


def tune_rows(given):
    composer = pretrained("melody")
    splits = [melodies.split_of(given.tunes, name) for name in ("train", "valid")]
    found = melodies.figures(composer, *splits)
    real = tunes.figures(composer, given.tunes, seeds=given.seeds)
    return [
        row("perplexity of a note", found["perplexity"], high=5.8),
        row("perplexity over that of the 3-gram", found["over the 3-gram"], high=0.5),
        *(row(LIKE_REAL + name, real[name][0] / real[name][1], *OF_TUNES[name]) for name in real),
    ]


def chord_rows(given):
    songs = chords.old_songs(given.leadsheets)
    found = chords.figures(songs, [], chords.N_FOLDS, 0)
    rows = [row("triads right: lead sheets", found[chords.BEST][0], low=0.42)]
    if not given.tunes:
        return rows
    book = [score for score, _ in chords.with_chords(given.tunes)]
    if len(book) < chords.N_FOLDS:
        return [*rows, f"triads right: tunes cannot be measured, {chords.marks(given.tunes)}"]
    found = chords.figures(book, songs, chords.N_FOLDS, 0)
    gain = found[chords.BEST][0] - found["rule of thumb"][0]
    return [*rows, row("triads right: tunes, above the rule of thumb", gain, low=0.1)]


def groove_rows(given):
    X, y, known = grooves.read_grooves(given.grooves)
    composer = GrooveComposer(random_state=0).fit(X[known], y[known])
    found = grooves.figures(composer, X, y, known)
    return [
        row("nats of the hits of a groove given its style", found["nats"], high=46),
        row(f"style told (real {found['style told, real']:.2f})", found["style told"], low=0.4),
    ]


def voice_rows(given):
    from benchmarks import voices

    found = voices.show_voices(*(voices.notes_of(given.notes, s) for s in ("train", "valid")))
    return [
        row("voices: mean log-mel spectra from held-out notes, dB", found["spectrum"], high=4),
        row("voices: log-mel spectra frame by frame, dB", found["frames"], high=4),
    ]


def drum_rows(given):
    from benchmarks import voices

    found = voices.show_drums(*voices.hits_of(given.drums))
    return [
        row("drums: band error, dB", found["bands"], high=2.5),
        row("drums: median attack from that of real hits, ms", found["attack"], high=1),
        row("drums: told, over real hits", found["told"], low=0.95),
    ]


def heard_rows(given):
    from benchmarks import heard

    asked = enumerate(heard.PROMPTS * given.seeds)  # another seed for each clip
    clips = (make_clip(prompt, random_state=i) for i, prompt in asked)
    found = pd.DataFrame([heard.figures(clip) for clip in clips])
    return [
        row("heard back: tempo within 2 %, up to a metrical ratio",
            found.tempo[found["has rhythm"]].mean(), low=0.9),
        row("heard back: tonic or its relative", found["key or relative"].mean(), low=0.9),
        row("energy at 8 to 16 kHz of clips with drums, dB, least",
            found.high[found["has drums"]].min(), low=-30),
        row("side re mid, dB, least", found.side.min(), low=-14),
        row("side re mid, dB, most", found.side.max(), high=-6),
        row("refused of those to be refused", np.mean([*map(heard.refused, heard.REFUSED)]), 1),
    ]  # fmt: skip


def clip_rows(given):
    from benchmarks import clip

    return [
        row(f"wall seconds of a clip of {seconds} s", float(clip.measured(STYLE, seconds)[0]),
            high=most)
        for seconds, most in ((30, 8), (60, 12))
    ]  # fmt: skip


# By name: what measures, and which files it needs.
GROUPS = {
    "tunes": (tune_rows, ["tunes"]),
    "chords": (chord_rows, ["leadsheets"]),
    "grooves": (groove_rows, ["grooves"]),
    "voices": (voice_rows, ["notes"]),
    "drums": (drum_rows, ["drums"]),
    "heard": (heard_rows, []),
    "clips": (clip_rows, []),
}


if __name__ == "__main__":
    main()
