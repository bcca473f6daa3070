"""How like real tunes melodies are: python -m benchmarks.tunes --tunes FILE [--model FILE].

FILE is what `audiogen.io.read_tunes` reads, with a "split" of "train" or "valid". Melodies of two
sections are drawn from the composer that comes with the package, or from MODEL, as
`benchmarks.melodies` draws them, and measured by the functions of `audiogen.metrics` beside real
tunes. A ratio of 1 is that of tunes that were held out.

The unit is the last eight bars of a section. Sections are compared within a genre and metre, where
there are enough real ones: with up to `MOST` of training tunes, as those held out are. Fewer than
`FEWEST` held out are made up to that many by training tunes, which then are nothing else. Genres
and metres count as often as they were generated.

The divergence of two sets of real tunes is small, so its ratio wanders.

"genre told" is the mean recall of the genres by a logistic regression of training sections, among
all genres that have `FEWEST` of them. "run" is the longest run of pairs of interval and duration
that a section shares with a training tune, and its real counterpart truly held out.
"""

import argparse

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import audiogen
from audiogen.io import read_tunes
from audiogen.metrics import (
    distance_divergence,
    longest_shared_runs,
    overlapped_area,
    tune_features,
    tune_structure,
)
from audiogen.music import pretrained
from benchmarks.melodies import GENRES, drawn, sections_of, split_of

N_BARS = 8
FEWEST, MOST = 30, 120  # sections of a cell
N_DRAWS = 4
CELL = ["genre", "metre"]
STRUCTURE = {
    "bars_like": "bars like the bar 4 before",
    "bars_equal": "bars exactly the bar 4 before",
    "distinct_bars": "distinct bars",
    "ends_on_tonic": "ends on the tonic",
    "notes_in_mode": "notes in the mode asked",
}
# Which features say what genre a section is of.
TELLING = ["note_count", "mean_interval", "pitch_range", "grooving_similarity", "onset_positions"]
TELLING += ["note_length_histogram", "note_length_transitions", "interval_histogram"]
TELLING += ["pitch_class_histogram"]


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tunes", description=__doc__)
    parser.add_argument("--tunes", required=True, help="lines of JSON (.jsonl, .jsonl.gz)")
    parser.add_argument("--model", help="a fitted composer, in place of the package's")
    parser.add_argument("-n", type=int, default=200, help="melodies of each seed")
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    composer = audiogen.load(args.model) if args.model else pretrained("melody")
    show(figures(composer, args.tunes, args.n, args.seeds))


def show(found):
    print(f"{'':42}{'generated':>10}{'real':>8}{'ratio':>8}")
    for name, (made, real) in found.items():
        print(f"{name:42}{made:10.3f}{real:8.3f}{made / real:8.2f}")


def figures(composer, path, n=200, seeds=3):
    """Return the figure of generated sections and of real ones by name, means over the seeds."""
    real = measured(real_sections(path))
    training = [score for score, about in read_tunes(path) if about["split"] == "train"]
    held_out = split_of(path, "valid")[1]
    found = []
    for seed in range(seeds):
        made = measured(generated_sections(composer, held_out, n, seed))
        made = made[made.cell.isin(real.cell)]
        found.append(alike(made, real) | told(made, real) | structure(made, real))
        found[-1] |= runs(made, real[real.split == "valid"], training)
    return {name: np.mean([one[name] for one in found], axis=0) for name in found[0]}


# -------------------------------------------------------------------- sections


def real_sections(path):
    """Return sections by cell: up to `MOST` to compare with, and those they are compared to."""
    rows = []
    for tune, (score, about) in enumerate(read_tunes(path)):
        rows += rows_of(score, about["genre"], tune=tune, split=about["split"])
    table = pd.DataFrame(rows).dropna(subset="genre")
    rng = np.random.default_rng(0)
    kept = [split_cell(own, rng) for _, own in table.groupby(CELL)]
    return pd.concat([own for own in kept if own is not None], ignore_index=True)


def split_cell(sections, rng):
    """Return the sections of a cell with a column "compared"; None where there are too few."""
    held_out = sections.split == "valid"
    for tune in rng.permutation(sections.tune[~held_out].unique()):
        own = sections.tune == tune
        if held_out.sum() >= FEWEST or (~held_out & ~own).sum() < FEWEST:
            break
        held_out |= own
    others = np.flatnonzero(~held_out)
    if min(held_out.sum(), len(others)) < FEWEST:
        return None
    others = np.sort(rng.permutation(others)[:MOST])
    rows = [sections[held_out].assign(compared=True), sections.iloc[others].assign(compared=False)]
    return pd.concat(rows)


def generated_sections(composer, held_out, n, seed):
    scores, y = drawn(composer, held_out, n, seed)
    rows = []
    for score, genre in zip(scores, y.genre, strict=True):
        rows += rows_of(score, genre)
    return pd.DataFrame(rows)


def rows_of(score, genre, **about):
    """Return what is known of the last bars of each section."""
    metre = "{}/{}".format(*score.metre)
    return [
        {"score": part, "genre": genre, "metre": metre, **about}
        for part in map(last_bars, sections_of(score))
        if part is not None
    ]


def last_bars(section):
    """Return the last eight bars, with the pickup where there are no others; None if too few."""
    more = section.n_bars - N_BARS
    if more <= 0:
        return section if more == 0 and len(section.notes) else None
    start = section.pickup + more * section.bar
    notes = section.notes[section.notes.onset >= start - 1e-6]
    onset = np.maximum(notes.onset - start, 0)
    return section.replace(notes=notes.assign(onset=onset), pickup=0) if len(notes) else None


def measured(sections):
    """Return the table with the columns cell, features and, of `tune_structure`, its own."""
    features = tune_features(sections.score, n_bars=N_BARS)
    columns = {name: list(values) for name, values in features.items()}
    columns["cell"] = (sections.genre + " " + sections.metre).to_list()
    tables = [sections.reset_index(drop=True), pd.DataFrame(columns)]
    return pd.concat([*tables, tune_structure(sections.score)], axis=1)


def cells_of(made, real):
    """Yield the generated sections of each cell, those held out, and the share of the cell."""
    for cell, own in made.groupby("cell"):
        yield own, real[(real.cell == cell) & real.compared], len(own) / len(made)


# --------------------------------------------------------------------- figures


def alike(made, real):
    """Return the overlapped area and the divergence, means over the measures.

    From each cell as many generated as real sections are drawn, several times.
    """
    rng = np.random.default_rng(0)
    found = np.zeros((2, 2))
    others = real[~real.compared]
    for _ in range(N_DRAWS):
        for side in range(2):
            drawn = []
            for *sides, _ in cells_of(made, real):
                n = min(map(len, sides))
                drawn.append(sides[side].iloc[rng.permutation(len(sides[side]))[:n]])
            found[:, side] += distances(pd.concat(drawn), others) / N_DRAWS
    return {"overlapped area, mean of 16": found[0], "divergence, mean of 16": found[1]}


def distances(rows, others):
    """Return the means over the measures of how alike the distances are."""
    groups = (others.cell.to_numpy(str), rows.cell.to_numpy(str))
    found = []
    for name in tune_features(rows.score[:1]):
        pair = (np.stack(others[name]), np.stack(rows[name]))
        found.append([f(*pair, groups=groups) for f in (overlapped_area, distance_divergence)])
    return np.mean(found, axis=0)


def told(made, real):
    """Return the mean recall of the genres, of those that were generated."""
    known = real[~real.compared]
    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=0.05, max_iter=1000, class_weight="balanced")
    ).fit(telling(known), known.genre)
    recalls = np.zeros((2, len(GENRES)))
    for *sides, _ in cells_of(made, real):
        genre = sides[0].genre.iloc[0]
        share = len(sides[0]) / (made.genre == genre).sum()
        for side, own in enumerate(sides):
            right = (model.predict(telling(own)) == genre).mean()
            recalls[side, GENRES.index(genre)] += share * right
    return {"genre told": recalls.mean(axis=1)}


def telling(rows):
    features = [np.stack(rows[name]) for name in TELLING]
    return np.concatenate([*features, rows[list(STRUCTURE)[:3]].fillna(0)], axis=1)


def structure(made, real):
    found = {}
    for name, words in STRUCTURE.items():
        pairs = [(s, a[name].mean(), b[name].mean()) for a, b, s in cells_of(made, real)]
        shares, *values = np.array(pairs).T
        found[words] = np.array([shares @ side for side in values])
    return found


def runs(made, held_out, training):
    """Return the 95th percentile and the longest run; genres count as often on both sides."""
    held_out = held_out[held_out.genre.isin(made.genre)]
    weights = made.genre.value_counts() / held_out.genre.value_counts()
    lengths = [longest_shared_runs(rows.score, training) for rows in (made, held_out)]
    weights = [None, weights[held_out.genre].to_numpy()]
    tops = [
        np.quantile(found, 0.95, weights=weight, method="inverted_cdf")
        for found, weight in zip(lengths, weights, strict=True)
    ]
    longest = [found.max() for found in lengths]
    return {"run, 95th percentile": np.array(tops), "run, longest": np.array(longest)}


if __name__ == "__main__":
    main()
