"""Run the experiments of the report that inspired audiogen, in its way and in this library's.

    python examples/report/run.py CORPUS [--scale 0.1] [--minutes 3] [--out generated/report]

CORPUS is a folder in NSynth's layout, with nsynth-train/examples.json. --scale is the share of
the report's files that each experiment takes, drawn at random from its family: a fifth is held
out, of the same instruments, the rest trained on. Each experiment has two columns: "report", the
classic recipe (the report's architecture and training, all its epochs or as many as --minutes
allow), and "audiogen", this library's recipe for the same job, with its own epochs.

Each run writes one JSON file; a run whose file is there is skipped, so that the same command goes
on where it was cut. At last the table of all files is written to OUT/table.md
(python examples/report/table.py OUT).

What is generated is as long as the held-out notes together; a clip of a sequencer is five notes,
and so are those it is compared with, since MFCCs depend on the loudest of a clip.
Figures are on the report's definitions: distinct spectral peaks, their range and entropy in each
clip (means); FAD and KL of frames of the first 13 of 40 MFCCs, KL by histograms of each
coefficient (its mean: the report does not say how it was estimated). "floor" is the FAD between
the held-out notes and as many that were trained on.
"""

import argparse
import dataclasses
import functools
import json
import pathlib
import platform
import time

import keras
import numpy as np
import pandas as pd
from experiments import EXPERIMENTS
from table import write_table

import audiogen
from audiogen import recipes
from audiogen.datasets import load_nsynth
from audiogen.metrics import frechet_distance, kl_divergence, n_pitches, pitch_entropy, pitch_range
from audiogen.signal import mfcc

HELD_OUT, SEED = 0.2, 42  # as the report split what came without a split
CONDITIONS = ["pitch", "velocity"]
N_JOINED = 5  # notes that the sequencer adds
N_SEEN = 16  # notes that it sees
SHARE_OF_AXES = 0.9  # of the notes that it learns: more axes than notes there cannot be
MOST_AXES = 1000  # beyond which the basis costs more than it saves
NOTE = 64_000  # samples of a note


def time_limit(seconds):
    """Return a callback that ends training after the epoch in which the time is up."""
    start = time.perf_counter()
    limit = keras.callbacks.LambdaCallback()

    def on_epoch_end(epoch, logs):
        limit.model.stop_training |= time.perf_counter() - start > seconds

    limit.on_epoch_end = on_epoch_end
    return limit


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=pathlib.Path, help="a folder with nsynth-train")
    parser.add_argument("--scale", type=float, default=0.1, help="share of the report's files")
    parser.add_argument("--minutes", type=float, default=3, help="most for a classic training")
    names = [experiment.name for experiment in EXPERIMENTS]
    parser.add_argument("--only", nargs="+", default=names, choices=names, metavar="NAME")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("generated/report"))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for experiment in EXPERIMENTS:
        if experiment.name not in arguments.only:
            continue
        for column in ("report", "audiogen"):
            path = arguments.out / f"{experiment.name}-{column}.json"
            if path.exists():
                print(f"{path} is there: skipped")
                continue
            result = run(experiment, column, arguments)
            partial = path.with_suffix(".partial")
            partial.write_text(json.dumps(result, indent=1))
            partial.replace(path)
            print(f"{path}: {result['epochs']} epochs, {result['seconds']:.0f} s, "
                  f"FAD {result['fad']:.0f}, floor {result['floor']:.0f}", flush=True)  # fmt: skip
    write_table(arguments.out, arguments.out / "table.md")
    print(arguments.out / "table.md")


def run(experiment, column, arguments):
    """Train, generate and measure; return what a result file has."""
    n_files = max(10, round(arguments.scale * experiment.n_files))
    train, held_out = notes(arguments.corpus, experiment.family, n_files)
    start = time.perf_counter()
    make = by_report if column == "report" else by_audiogen
    clips, epochs = make(experiment, train, held_out, 60 * arguments.minutes)
    seconds = time.perf_counter() - start
    few = np.random.default_rng(SEED).permutation(len(train.data))[: len(held_out.data)]
    real, others = held_out.data, train.data[few]
    if experiment.join:
        real, others, clips = map(joined, (real, others, clips))
    return {
        "experiment": experiment.name,
        "column": column,
        "recipe": experiment.classic if column == "report" else experiment.ours,
        "n_files": len(train.data) + len(held_out.data),
        "n_train": len(train.data),
        "n_held_out": len(held_out.data),
        "epochs": epochs,
        "seconds": seconds,
        **figures(real, clips),
        "real": figures(real, others),
        "floor": distance(real, others),
        "corpus": arguments.corpus.name,
        "scale": arguments.scale,
        "versions": {"audiogen": audiogen.__version__, "keras": keras.__version__,
                     "numpy": np.__version__, "python": platform.python_version()},
    }  # fmt: skip


@functools.lru_cache(maxsize=3)  # of the families that the sequencer learns
def notes(corpus, family, n_files):
    """Return notes of a family to learn and others of the same instruments."""
    data = load_nsynth(corpus, "train", families=[family], max_notes=n_files, random_state=SEED)
    order = np.random.default_rng(SEED).permutation(len(data.data))
    n_held_out = max(2, round(HELD_OUT * len(order)))
    return tuple(rows_of(data, np.sort(rows)) for rows in (order[n_held_out:], order[:n_held_out]))


@dataclasses.dataclass(eq=False)
class Notes:
    """Notes and what is known of each; they equal none but themselves, so `trained` tells them."""

    data: np.ndarray
    frame: pd.DataFrame
    sample_rate: int


def rows_of(data, rows):
    frame = data.frame.iloc[rows].reset_index(drop=True)
    return Notes(data.data[rows], frame, data.sample_rate)


def by_report(experiment, train, held_out, most_seconds):
    """Train the report's configuration, and return clips and the epochs that it had."""
    pipeline = trained(experiment.classic, experiment.epochs, train, most_seconds)
    n_clips, options = len(held_out.data), {}
    if experiment.join:
        n_clips, options = max(2, n_clips // N_JOINED), {"join": experiment.join}
    return pipeline.sample(n_clips, random_state=0, **options), pipeline[-1].n_iter_


@functools.lru_cache(maxsize=1)  # the sequencer is asked for both ways of joining
def trained(recipe, epochs, train, most_seconds):
    """Return a classic recipe that was trained on notes."""
    parameters = {"epochs": epochs, "random_state": 0, "verbose": 1}
    if recipe == "classic_lstm":
        # The same function of the frames as the flattened network, at a fraction of its cost.
        parameters["frame_components"] = min(MOST_AXES, int(SHARE_OF_AXES * len(train.data)))
    pipeline = getattr(recipes, recipe)(sample_rate=train.sample_rate, **parameters)
    if recipe == "classic_lstm":
        pipeline.set_params(windows__length=min(N_SEEN, len(train.data) // 2))
    limit = {f"{pipeline.steps[-1][0]}__callbacks": [time_limit(most_seconds)]}
    return pipeline.fit(train.data, **limit)


def by_audiogen(experiment, train, held_out, most_seconds):
    """Train this library's recipe, and ask for the held-out notes."""
    pipeline = getattr(recipes, experiment.ours)(
        sample_rate=train.sample_rate, random_state=0, verbose=1
    )
    pipeline.fit(train.data, train.frame[CONDITIONS])
    return pipeline.sample(y=held_out.frame[CONDITIONS], random_state=0), pipeline[-1].n_iter_


def joined(clips):
    """Return notes joined, so many to a clip; clips that are that long as they are."""
    n_clips = max(1, len(clips) // N_JOINED)
    return clips[: n_clips * N_JOINED].reshape(n_clips, -1) if clips.shape[1] <= NOTE else clips


def figures(held_out, clips):
    """Return the figures of the report's table."""
    rate = {"sample_rate": 16000}
    return {
        "n_pitches": float(np.mean([n_pitches(clip, **rate) for clip in clips])),
        "pitch_range": float(np.nanmean([pitch_range(clip, **rate) for clip in clips])),
        "pitch_entropy": float(np.nanmean([pitch_entropy(clip, **rate) for clip in clips])),
        "fad": distance(held_out, clips),
        "kl": kl_divergence(frames(held_out), frames(clips), method="histogram") / 13,
    }


def distance(held_out, clips):
    return frechet_distance(frames(held_out), frames(clips))


def frames(clips):
    """Return the first 13 of 40 MFCCs of all frames."""
    return mfcc(clips, 16000, 40)[..., :13].reshape(-1, 13)


if __name__ == "__main__":
    main()
