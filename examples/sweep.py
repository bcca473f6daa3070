"""Search how long to train, and on how much, with scikit-learn's GridSearchCV.

    python examples/sweep.py [--folder generated/sweep]

Each candidate is judged three times, on notes held out in two folds, under their own pitch
and family: by the Fréchet audio distance and the Kullback-Leibler divergence from them, and by
the entropy of pitches within a note. Less is better in all three. The columns need not
agree: a blur has few pitches. The best by the Fréchet audio distance is trained again on all
notes and asked for notes that no candidate saw.
"""

import argparse
import pathlib
import warnings

import pandas as pd
import soundfile
from sklearn.model_selection import GridSearchCV, KFold

from audiogen.datasets import load_notes
from audiogen.display import NoteDisplay
from audiogen.exceptions import ExtrapolationWarning
from audiogen.metrics import summarize
from audiogen.recipes import harmonic_cvae
from audiogen.scoring import neg_frechet_audio_distance, neg_kl_divergence, neg_pitch_entropy

SCORING = {
    "FAD": neg_frechet_audio_distance,
    "KL": neg_kl_divergence,
    "entropy": neg_pitch_entropy,
}
GRID = {"vae__max_samples": [0.25, 1.0], "vae__epochs": [10, 40, 120]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("generated/sweep"))
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    # A fold may hold a pitch a little outside those of the others.
    warnings.simplefilter("ignore", ExtrapolationWarning)
    X, y = load_notes("train", return_X_y=True)
    search = GridSearchCV(
        harmonic_cvae(n_components=32, random_state=0),
        GRID,
        scoring=SCORING,
        refit="FAD",
        cv=KFold(2, shuffle=True, random_state=0),
        verbose=2,
    ).fit(X, y)
    print("\n" + table(search.cv_results_).to_string(float_format="{:.2f}".format))
    print(f"\nbest by FAD: {search.best_params_}; asked for the notes of the other split")
    held_out, wanted = load_notes("valid", return_X_y=True)
    notes = search.best_estimator_.sample(y=wanted, random_state=0)
    for name, value in summarize(held_out, notes, sample_rate=16000, pitch=wanted.pitch).items():
        print(f"{name:<24} {value:10.2f}")
    write(folder / "best", notes[::8].ravel())


def table(results):
    """Return the mean scores over folds, one row for each candidate, less is better."""
    index = pd.MultiIndex.from_frame(
        pd.DataFrame(list(results["params"])).rename(columns=lambda name: name.split("__")[1])
    )
    scores = {name: -results[f"mean_test_{name}"] for name in SCORING}
    return pd.DataFrame(scores, index=index).reorder_levels(["max_samples", "epochs"]).sort_index()


def write(path, audio):
    soundfile.write(f"{path}.wav", audio, 16000)
    NoteDisplay(audio, name=path.name).save(f"{path}.png")
    print(f"{path}.wav")


if __name__ == "__main__":
    main()
