"""What the recipes give: python -m benchmarks.recipes [NAME ...].

Each is trained on the 148 notes that come with audiogen and asked for the pitch and family of the
38 held-out ones. Prints the rows of ``audiogen recipes``, to be copied to
``audiogen/cli/_recipe_results.py``. The report's own take hours: they are cut to `CUT`.
"""

import argparse
import time
from functools import partial

import numpy as np

from audiogen import recipes
from audiogen.cli._recipe_results import RESULTS, format_results
from audiogen.datasets import load_notes
from audiogen.metrics import frechet_audio_distance, pitch_accuracy
from audiogen.preprocessing import PeakNormalizer
from benchmarks._data import SAMPLE_RATE

CUT = {
    "classic_gan": {"epochs": 3},
    "classic_lstm": {"epochs": 10, "frame_components": 130},
    "classic_wavenet": {"epochs": 3},
    "classic_cvae": {"epochs": 10},
}
CONDITIONS = ["pitch", "instrument_family"]
N_TIMESTEPS = 64_000


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recipes", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(RESULTS)}")
    names = parser.parse_args().names or list(RESULTS)
    results = {}
    for name in names:
        results[name] = measured(name)
        print(f'    "{name}": {results[name]!r},', flush=True)
    print(f"\n{format_results(results)}")


def measured(name):
    """Return a recipe's row."""
    train, held_out = load_notes("train"), load_notes("valid")
    y, wanted = train.frame[CONDITIONS], held_out.frame[CONDITIONS]
    pipe = getattr(recipes, name)(random_state=0, **CUT.get(name, {}))
    started = time.perf_counter()
    if RESULTS[name].y == "none":
        pipe.fit(train.data)
        seconds = time.perf_counter() - started
        notes, pitch = pipe.sample(8, random_state=0).reshape(-1, N_TIMESTEPS)[:38], None
    else:
        pipe.fit(train.data, y)
        seconds = time.perf_counter() - started
        notes, pitch = pipe.sample(y=wanted, random_state=0), wanted.pitch
    distance = ratio(held_out.data, notes, train.data)
    accuracy = None
    if pitch is not None:
        accuracy = round(pitch_accuracy(notes, pitch, sample_rate=SAMPLE_RATE), 2)
    return RESULTS[name]._replace(
        training=training(name, pipe[-1]),
        seconds=round(seconds),
        fad_ratio=round(distance, 2),
        in_tune=accuracy,
    )


def training(name, generator):
    """Say how much of its own training was done."""
    if name not in CUT:
        return "its own"
    cut, whole = CUT[name], type(generator)().epochs
    components = cut.get("frame_components")
    return f"{cut['epochs']} of {whole} epochs" + (f", {components} axes" if components else "")


def ratio(held_out, generated, train):
    """Return how much farther generated notes are than as many of training, of ten draws."""
    held_out, generated, train = map(PeakNormalizer().fit_transform, (held_out, generated, train))
    distance = partial(frechet_audio_distance, held_out, sample_rate=SAMPLE_RATE)
    rng = np.random.default_rng(0)
    draws = [rng.choice(len(train), len(held_out), replace=False) for _ in range(10)]
    return float(distance(generated) / np.mean([distance(train[rows]) for rows in draws]))


if __name__ == "__main__":
    main()
