"""A recipe judged on notes that it did not learn from, by figures and by a classifier.

python -m benchmarks.judge
"""

import functools
import time
from typing import Any

import numpy as np

from audiogen.datasets import load_notes
from audiogen.evaluation import NoteClassifier, gansynth_figures, judge
from audiogen.metrics import frechet_audio_distance
from audiogen.recipes import harmonic_gmm

LABELS = ["pitch", "instrument_family"]


def main() -> None:
    """Print how well the classifier knows the held-out notes, judgements, and single draws."""
    train, valid = load_notes(), load_notes("valid")
    start = time.perf_counter()
    classifier = NoteClassifier(random_state=0).fit(train.data, train.frame[LABELS])
    print(f"NoteClassifier: {time.perf_counter() - start:.0f} s, version {classifier.version}")
    pitch, family = classifier.predict(valid.data).T
    off = np.abs(pitch.astype(float) - valid.frame["pitch"])
    known = valid.frame["pitch"].isin(train.frame["pitch"])
    right = family == valid.frame["instrument_family"]
    print(f"held-out notes: {len(off)}, of which {known.sum()} have a pitch that it was taught")
    print(f"of these pitch right {np.mean(off[known] == 0):.2f}; of all within a semitone "
          f"{np.mean(off <= 1):.2f}, family right {np.mean(right):.2f}\n")  # fmt: skip
    model = harmonic_gmm(random_state=0).fit(train.data, train.frame[LABELS])
    for figures in (None, functools.partial(gansynth_figures, classifier)):
        found = judge(
            model, valid.data, valid.frame[LABELS], X_others=train.data,
            y_others=train.frame[LABELS], figures=figures, random_state=0,
        )  # fmt: skip
        print(found, end="\n\n")
        spread = found.to_frame()["deviation"].xs("generated", level="source")
        print("deviation of one draw:", {k: round(v, 3) for k, v in spread.items()}, "\n")
    found = judge(
        model, train.data, train.frame[LABELS], n_draws=12, figures=_distance, random_state=0
    )
    single = found.draws.loc[found.draws["source"] == "generated", "value"]
    print(f"twelve draws of 148 notes: {single.min():.0f} to {single.max():.0f}\n{found}")


def _distance(real: np.ndarray, generated: np.ndarray, **known: Any) -> dict[str, float]:
    rate = known["sample_rate"]
    return {"frechet_audio_distance": frechet_audio_distance(real, generated, sample_rate=rate)}


if __name__ == "__main__":
    main()
