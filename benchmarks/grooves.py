"""Drum patterns of `GrooveComposer`: ``python -m benchmarks.grooves --grooves FILE``.

The file is an .npz of ``hits`` (n, 32, 9), velocities from 0 to 1; ``offsets`` (n, 32, 9), steps
early or late; ``style`` and ``split`` (n,), of which "train" is learnt from and the rest is not.
"""

import argparse
import time

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from audiogen.generators import GrooveComposer

CHOSEN = {"temperature": 0.8, "guidance": 0.5, "n_draws": 8}  # as a clip is made
USUAL = {"backbeat": (1, (4, 12, 20, 28)), "kick on one": (0, (0,))}


def read_grooves(path):
    """Return patterns (n, 32, 9, 2), their styles, and which are to be learnt from."""
    with np.load(path) as file:
        hits = file["hits"].astype(np.float32)
        X = np.stack([hits, np.where(hits > 0, file["offsets"].astype(np.float32), 0)], axis=-1)
        return X, file["style"], file["split"] == "train"


def independent_nats(X, y, X_test, y_test):
    """Return the mean nats of patterns whose hits depend on their style alone."""
    found = np.zeros(len(X_test))
    for style in np.unique(y_test):
        like = y == style if style in y else slice(None)
        p = ((X[like][..., 0] > 0).sum(axis=0) + 0.5) / (len(X[like]) + 1)
        hits = X_test[y_test == style][..., 0] > 0
        found[y_test == style] = -np.where(hits, np.log(p), np.log(1 - p)).sum(axis=(1, 2))
    return found.mean()


def mean_nats(composer, X, y, known_styles):
    """Return the mean nats of patterns; the condition is left out where it is a new one."""
    seen = np.isin(y, known_styles)
    nats = composer.nats(X[seen], y[seen]).sum()
    return (nats + (composer.nats(X[~seen]).sum() if not seen.all() else 0)) / len(X)


def hits_of(X):
    return (X[..., 0] > 0).reshape(len(X), -1)


def style_told(X, y, tests):
    """Return how often a forest, trained on real patterns, tells the style of others."""
    forest = RandomForestClassifier(200, min_samples_leaf=2, random_state=0, n_jobs=1)
    forest.fit(hits_of(X), y)
    return [forest.score(hits_of(test), styles) for test, styles in tests]


def touch(X):
    """Return velocities' mean and deviation, and offsets' deviation, of all hits."""
    hit = X[..., 0] > 0
    return [X[hit][:, 0].mean(), X[hit][:, 0].std(), X[hit][:, 1].mean(), X[hit][:, 1].std()]


def show(name, value, remark=""):
    print(f"{name:<52} {value:>8.3f}  {remark}".rstrip(), flush=True)


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grooves", description=__doc__)
    parser.add_argument("--grooves", required=True, metavar="FILE")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    X, y, known = read_grooves(arguments.grooves)
    start = time.perf_counter()
    composer = GrooveComposer(random_state=arguments.seed).fit(X[known], y[known])
    show("seconds to fit", time.perf_counter() - start)
    report(composer, X, y, known)


def figures(composer, X, y, known):
    """Return the nats of the hits of a pattern, and how often styles are told, held out."""
    real, styles = X[~known], y[~known]
    seen = np.isin(styles, y[known])
    nats = mean_nats(composer, real, styles, y[known])
    real, styles = real[seen], styles[seen]
    made = composer.sample(y=styles, random_state=1)
    told = style_told(X[known], y[known], [(real, styles), (made, styles)])
    return {"nats": nats, "style told, real": told[0], "style told": told[1]}


def report(composer, X, y, known):
    """Print the figures of a fitted composer."""
    real, styles = X[~known], y[~known]
    seen = np.isin(styles, y[known])
    show("nats of the hits of a pattern, hits independent",
         independent_nats(X[known], y[known], real, styles))  # fmt: skip
    found = figures(composer, X, y, known)
    show("nats of the hits of a pattern", found["nats"], "<= 46")
    real, styles = real[seen], styles[seen]
    start = time.perf_counter()
    made = composer.sample(y=styles, **CHOSEN, random_state=1)
    show("milliseconds to compose a pattern", 1e3 * (time.perf_counter() - start) / len(made))
    show("style told, real", found["style told, real"])
    show("style told, composed", found["style told"], ">= 0.4")
    chosen = style_told(X[known], y[known], [(made, styles)])[0]
    show(f"style told, {', '.join(f'{k} {v}' for k, v in CHOSEN.items())}", chosen)
    for name, (drum, steps) in USUAL.items():
        rock = [(p[styles == "rock"][:, steps, drum, 0] > 0).mean() for p in (made, real)]
        show(f"{name} in rock", rock[0], f"real {rock[1]:.3f}")
    for name, pattern in (("real", real), ("composed", made)):
        print(f"velocity mean, deviation, offset mean, deviation, {name}:",
              *(f"{value:.3f}" for value in touch(pattern)))  # fmt: skip


if __name__ == "__main__":
    main()
