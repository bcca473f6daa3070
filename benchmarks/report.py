"""The hours of the report that inspired audiogen, beside ours.

    tox -e peers -- report

What the report's runs would take here, with each generator's defaults (the report's
architecture and training), extrapolated from steps measured on arrays of the report's
shapes. Its machines were M1 and M2 laptops. The flattened LSTM needs 12 GB of memory.
What they give is in docs/report.md (examples/report/run.py).
"""

import functools
import json
import math
import subprocess
import sys
import time

import numpy as np

from audiogen.generators import GANGenerator, LSTMSequencer, WaveNetAutoencoder
from audiogen.preprocessing import SlidingWindow, STFTSpectrogram
from benchmarks._data import notes

HOURS = [  # model, files, epochs, batch, hours
    ("GAN", 100, 150, 64, 22),
    ("GAN", 1_000, 60, 64, 28),
    ("GAN", 10_000, 10, 32, 36),
    ("WaveNet", 1_000, 50, 16, 24),
    ("LSTM", 1_000, 50, 32, 4),
    ("LSTM, components", 1_000, 50, 32, 4),
]
MODELS: dict = {
    "GAN": (GANGenerator, 2),
    "WaveNet": (WaveNetAutoencoder, 2),
    "LSTM": (LSTMSequencer, 2),
    "LSTM, components": (functools.partial(LSTMSequencer, frame_components=1_000), 30),
}
"""What is measured, and for how many steps."""


def main():
    line = "{:<17} {:>6} {:>6} {:>5} {:>7} {:>8} {:>13} {:>11}"
    head = ("run", "files", "epochs", "batch", "steps", "s a step", "report's hours", "our hours")
    print(line.format(*head))
    for model, files, epochs, batch, theirs in HOURS:
        step = measured(model, batch)
        rows = files - 16 if "LSTM" in model else files
        steps = epochs * math.ceil(rows / batch)
        ours = epochs * rows / batch * step / 3600
        found = (model, files, epochs, batch, steps, f"{step:.3f}", theirs, f"{ours:.1f}")
        print(line.format(*found), flush=True)


@functools.cache
def measured(model, batch):
    """Return the seconds of a step, measured in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.report", model, str(batch)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def step_seconds(model, batch):
    """Time some steps of a generator on the report's shapes, whatever is in them."""
    make, n_steps = MODELS[model]
    n_rows = n_steps * batch
    X = notes(n_rows + 16)
    X = X + np.random.default_rng(0).normal(scale=1e-3, size=X.shape).astype(np.float32)
    if model != "WaveNet":
        X = STFTSpectrogram().fit_transform(X)
    X = SlidingWindow().fit_transform(X) if "LSTM" in model else X[:n_rows]
    generator = make(batch_size=batch, epochs=1, validation_fraction=0.0, random_state=0)
    generator.fit(X if "components" in model else X[:batch])  # compiles
    start = time.perf_counter()
    generator.partial_fit(X)
    return (time.perf_counter() - start) / n_steps


if __name__ == "__main__":
    print(step_seconds(sys.argv[1], int(sys.argv[2])))
