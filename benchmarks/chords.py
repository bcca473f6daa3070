"""Chords of `Harmonizer`: ``python -m benchmarks.chords --tunes FILE --leadsheets FILE``.

Files of tunes as `audiogen.io.read_tunes` reads them; those with at least `FEWEST` changes of
chord count, and lead sheets of a year up to `LAST_YEAR`. They are left out by fifths and
harmonised by what was learnt of all the others; for tunes, lead sheets are among these.
"""

import argparse
import warnings

import numpy as np

from audiogen.generators import Harmonizer
from audiogen.io import chord_name, parse_chord, read_tunes

LAST_YEAR = 1930
N_FOLDS = 5
MARKOV: dict = {"hidden Markov model": {}}
WAYS = {
    "likeliest path": {"decoding": "viterbi"},
    "likeliest path of triads": {"decoding": "viterbi", "vocabulary": "triads"},
    "path drawn": {"decoding": "sample", "vocabulary": "sevenths"},
}
BEST = "likeliest path of triads"
FEWEST = 4
TRIADS = {"major": (0, 4, 7), "minor": (0, 3, 7)}
# The degrees of the rule of thumb: tonic, subdominant and dominant, or what stands for it.
RULE = {
    "major": ((0, "major"), (5, "major"), (7, "major")),
    "minor": ((0, "minor"), (5, "minor"), (7, "major")),
    "dorian": ((0, "minor"), (5, "major"), (10, "major")),
    "mixolydian": ((0, "major"), (5, "major"), (10, "major")),
    "lydian": ((0, "major"), (2, "major"), (7, "major")),
    "phrygian": ((0, "minor"), (1, "major"), (10, "minor")),
}


def with_chords(path):
    """Return the scores of a file that have chords, and what is known about each."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tunes = read_tunes(path, errors="warn")
    return [(score, about) for score, about in tunes if len(score.chords) >= FEWEST]


def marks(path):
    """Return in words how many chords the tunes of a file have."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tunes = [score for score, _ in read_tunes(path, errors="warn") if score.chords]
    at_end = [
        any(0 <= end - start <= 2 * score.bar for end in (s.end for s in score.sections))
        for score in tunes
        for start, *_ in score.chords
    ]
    most = max((len(score.chords) for score in tunes), default=0)
    return (
        f"{len(tunes)} have chords, at most {most} each; {sum(at_end)} of all {len(at_end)} stand "
        "in the last two bars of a section"
    )


def halves(score):
    """Return the start and end of each half bar."""
    half = score.bar / 2
    n_halves = max(1, int(np.ceil((score.length - score.pickup - 1e-6) / half)))
    starts = score.pickup + half * np.arange(n_halves)
    return starts, starts + half


def rule_of_thumb(score):
    """Return a score with, for each half bar, the one of three triads that covers most of it."""
    notes, spans = score.notes, []
    onset, end = notes.onset.to_numpy(), (notes.onset + notes.duration).to_numpy()
    degree = (notes.pitch.to_numpy() - score.tonic) % 12
    for start, stop in zip(*halves(score), strict=True):
        shared = np.maximum(np.minimum(end, stop) - np.maximum(onset, start), 0)
        covered = [
            shared[np.isin(degree, [(root + i) % 12 for i in TRIADS[kind]])].sum()
            for root, kind in RULE[score.mode]
        ]
        root, kind = RULE[score.mode][int(np.argmax(covered))]
        name = chord_name(score.tonic + root, "m" if kind == "minor" else "")
        spans.append((start, stop, name))
    return score.replace(chords=spans)


def triads(score, n_halves=None):
    """Return (root, kind) of the chord that lasts longest in each half bar; None for none."""
    found = []
    for start, stop in zip(*halves(score), strict=True):
        lasting: dict = {}
        for on, off, name in score.chords:
            shared = min(off, stop) - max(on, start)
            if shared > 1e-6:
                kind = triad(name)
                lasting[kind] = lasting.get(kind, 0) + shared
        found.append(max(lasting, key=lasting.__getitem__) if lasting else None)
    return found[:n_halves]


def triad(name):
    root, intervals = parse_chord(name)
    return root, (0, 4, 7) if intervals[1] == 5 else intervals[:3]


def right(true, found):
    """Return how many half bars with a chord there are, and in how many the triad is right."""
    a, b = triads(true), triads(found)
    known = [i for i, one in enumerate(a) if one is not None]
    return np.array([sum(i < len(b) and a[i] == b[i] for i in known), len(known)])


def changes(score):
    found = triads(score)
    return np.mean([a != b for a, b in zip(found[1:], found[:-1], strict=True)] or [0])


def left_out(scores, others, n_folds, make, ways):
    """Return the scores harmonised by what was learnt of all but their fold, and of the others."""
    fold = np.random.default_rng(0).permutation(len(scores)) % n_folds
    found = {way: [None] * len(scores) for way in ways}
    for k in range(n_folds):
        rows = np.flatnonzero(fold == k)
        fitted = make().fit([scores[i] for i in np.flatnonzero(fold != k)] + others)
        for way, parameters in ways.items():
            fitted.set_params(**parameters)
            for i, made in zip(rows, fitted.predict([scores[j] for j in rows]), strict=True):
                found[way][i] = made
    return found


def figures(scores, others, n_folds, seed):
    """Return the share of triads that are right, and the scores, by way of finding them."""
    found = {"rule of thumb": [rule_of_thumb(score) for score in scores]}
    found |= left_out(scores, others, n_folds, lambda: Harmonizer("hmm"), MARKOV)
    found |= left_out(scores, others, n_folds, lambda: Harmonizer(random_state=seed), WAYS)
    counts = {
        way: sum(right(a, b) for a, b in zip(scores, made, strict=True))
        for way, made in found.items()
    }
    return {way: (n_right / n_known, found[way]) for way, (n_right, n_known) in counts.items()}


def report(name, scores, others, n_folds, seed):
    """Print how many triads are right."""
    print(f"{name}: {len(scores)} scores with chords", flush=True)
    if len(scores) < n_folds:
        return
    for way, (share, made) in figures(scores, others, n_folds, seed).items():
        changed = np.mean([changes(score) for score in made])
        print(f"  {way:<32} triads right {share:.3f}, changes {changed:.2f}", flush=True)
    print(f"  {'as written':<32} changes {np.mean([changes(score) for score in scores]):.2f}")


def old_songs(path):
    """Return the lead sheets with a year up to `LAST_YEAR`."""
    return [score for score, about in with_chords(path) if (about["year"] or 9999) <= LAST_YEAR]


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chords", description=__doc__)
    parser.add_argument("--tunes", metavar="FILE")
    parser.add_argument("--leadsheets", required=True, metavar="FILE")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    sheets = old_songs(given.leadsheets)
    report("lead sheets", sheets, [], N_FOLDS, given.seed)
    if given.tunes:
        tunes = [score for score, _ in with_chords(given.tunes)]
        report("tunes", tunes, sheets, N_FOLDS, given.seed)


if __name__ == "__main__":
    main()
