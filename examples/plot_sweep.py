"""Search how long to train, and on how much, with scikit-learn's model selection.

    python examples/plot_sweep.py [--folder generated/sweep]

Three ways to the same question. GridSearchCV trains every candidate; each is judged on notes
held out in two folds, under their own pitch and family, by the Fréchet audio distance and the
Kullback-Leibler divergence from them, and by the entropy of pitches within a note. Less is better
in all three. The columns need not agree: a blur has few pitches. HalvingGridSearchCV trains
all shortly, and the better half for longer. A learning curve says whether more notes would help.

It writes the table (CSV), a heat map and the curve (PNG), and notes by the best candidate, trained
again on all notes and asked for notes that no candidate saw. `audiogen sweep FOLDER` does the
first two on notes of your own.
"""

import argparse
import pathlib
import warnings

import pandas as pd
import soundfile
from matplotlib.figure import Figure
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    KFold,
    learning_curve,
)

from audiogen.datasets import load_notes
from audiogen.display import NoteDisplay
from audiogen.exceptions import ExtrapolationWarning
from audiogen.metrics import summarize
from audiogen.recipes import harmonic_cvae
from audiogen.scoring import MetricScorer, MultimetricScorer

FIGURES = ["fad", "kl", "pitch_entropy"]
SIZES, EPOCHS = [0.25, 1.0], [10, 40, 120]
CV = KFold(2, shuffle=True, random_state=0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("generated/sweep"))
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    # A fold may hold a pitch a little outside those of the others.
    warnings.simplefilter("ignore", ExtrapolationWarning)
    X, y = load_notes("train", return_X_y=True)
    pipe = harmonic_cvae(n_components=32, random_state=0)

    search = grid_search(pipe, X, y)
    found = table(search.cv_results_)
    print("\n" + found.to_string(float_format="{:.2f}".format))
    found.to_csv(folder / "sweep.csv")
    heat_map(found).savefig(folder / "heat_map.png", dpi=120)
    halving(pipe, X, y)
    curve = learning(pipe.set_params(vae__epochs=search.best_params_["vae__epochs"]), X, y)
    curve.savefig(folder / "learning_curve.png", dpi=120)

    print(f"\nbest by fad: {search.best_params_}; asked for the notes of the other split")
    held_out, wanted = load_notes("valid", return_X_y=True)
    notes = search.best_estimator_.sample(y=wanted, random_state=0)
    for name, value in summarize(held_out, notes, sample_rate=16000, pitch=wanted.pitch).items():
        print(f"{name:<24} {value:10.2f}")
    write(folder / "best", notes[::8].ravel())


def grid_search(pipe, X, y):
    """Return the search over all candidates, judged by three figures of one draw each."""
    return GridSearchCV(
        pipe,
        {"vae__max_samples": SIZES, "vae__epochs": EPOCHS},
        scoring=MultimetricScorer(FIGURES),
        refit="fad",
        cv=CV,
        verbose=2,
    ).fit(X, y)


def table(results):
    """Return the mean scores over folds, one row for each candidate, less is better."""
    index = pd.MultiIndex.from_frame(
        pd.DataFrame(list(results["params"])).rename(columns=lambda name: name.split("__")[1])
    )
    scores = {name: -results[f"mean_test_{name}"] for name in FIGURES}
    return pd.DataFrame(scores, index=index).reorder_levels(["max_samples", "epochs"]).sort_index()


def heat_map(found):
    """Return a picture of the table: a row for each size, a column for each number of epochs."""
    picture = Figure(figsize=(4 * len(FIGURES), 3), layout="constrained")
    for axes, name in zip(picture.subplots(1, len(FIGURES)), FIGURES, strict=True):
        values = found[name].unstack("epochs")
        image = axes.imshow(values, cmap="viridis_r", aspect="auto")
        axes.set(title=name, xlabel="epochs", ylabel="share of the notes")
        axes.set_xticks(range(values.shape[1]), values.columns)
        axes.set_yticks(range(values.shape[0]), values.index)
        picture.colorbar(image, ax=axes)
    return picture


def halving(pipe, X, y):
    """Print which share of the notes is best by successive halving over epochs."""
    search = HalvingGridSearchCV(
        pipe,
        {"vae__max_samples": [0.25, 0.5, 0.75, 1.0]},
        resource="vae__epochs",
        max_resources=max(EPOCHS),
        min_resources="exhaust",
        factor=2,
        scoring=MetricScorer("fad"),
        cv=CV,
        refit=False,
        return_train_score=False,
        random_state=0,
    ).fit(X, y)
    rounds = zip(search.n_candidates_, search.n_resources_, strict=True)
    print("\nhalving: " + ", ".join(f"{n} for {epochs} epochs" for n, epochs in rounds))
    print(f"best: {search.best_params_}, fad {-search.best_score_:.2f}")


def learning(pipe, X, y):
    """Return a picture of the distance by the number of notes in a fold that were learnt."""
    sizes, _, scores = learning_curve(
        pipe, X, y, train_sizes=[0.25, 0.5, 1.0], cv=CV, scoring=MetricScorer("fad"),
        shuffle=True, random_state=0,
    )  # fmt: skip
    distances = -scores
    print("\nnotes learnt, fad: " + ", ".join(
        f"{n}: {value:.0f}" for n, value in zip(sizes, distances.mean(axis=1), strict=True)
    ))  # fmt: skip
    picture = Figure(figsize=(5, 3), layout="constrained")
    axes = picture.subplots()
    axes.errorbar(sizes, distances.mean(axis=1), distances.std(axis=1), marker="o", capsize=3)
    axes.set(xlabel="notes learnt", ylabel="fad", ylim=(0, None))
    axes.set_xticks(sizes)
    return picture


def write(path, audio):
    soundfile.write(f"{path}.wav", audio, 16000)
    NoteDisplay(audio, name=path.name).save(f"{path}.png")
    print(f"{path}.wav")


if __name__ == "__main__":
    main()
