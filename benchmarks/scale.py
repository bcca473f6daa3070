"""Memory and time of a corpus of any size: ``python -m benchmarks.scale FOLDER``.

FOLDER has the layout of NSynth. For each number of notes, a fresh process loads as many, fits the
recipe `harmonic_cvae`, samples a tenth as many and measures these against all. It prints the peak
of its resident memory and those of its workers, memory maps included, and the CPU time of each
step, a note. Nothing is decoded before it starts. On Linux.
"""

import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

SIZES = (1000, 5000, 20000)
STEPS = ("load", "analyse", "train", "sample", "evaluate")
GENERATED = 10  # one for so many real notes
FIRST = 100  # notes that go all the way before, unmeasured


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("folder", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--notes", type=int, nargs="+", default=SIZES, metavar="N")
    parser.add_argument("--epochs", type=int, help="other than the recipe's own")
    parser.add_argument("--json", type=pathlib.Path, help="file for the figures")
    parser.add_argument("--plot", type=pathlib.Path, help="file for a picture of them")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measured(arguments.folder, arguments.one, arguments.epochs)))
        return
    names = " ".join(f"{name:>8}" for name in (*STEPS, "in all"))
    print(f" notes     MB  wall s    {names}  (ms of CPU a note)")
    figures = [in_a_process(arguments, n_notes) for n_notes in arguments.notes]
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")
    if arguments.plot:
        draw(figures, arguments.plot)


def in_a_process(arguments, n_notes):
    """Return the figures of a size, and print them."""
    command = [sys.executable, "-m", "benchmarks.scale", arguments.folder, "--one", str(n_notes)]
    if arguments.epochs:
        command += ["--epochs", str(arguments.epochs)]
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "AUDIOGEN_DATA": cache}
        done = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, check=True, env=environment
        )
    found = json.loads(done.stdout.splitlines()[-1])
    cpu = [1000 * found[step]["cpu"] / n_notes for step in STEPS]
    peak = max(found[step]["megabytes"] for step in STEPS)
    wall = sum(found[step]["wall"] for step in STEPS)
    print(
        f"{n_notes:6d} {peak:6.0f} {wall:7.0f}   ",
        *(f"{each:8.2f}" for each in (*cpu, sum(cpu))),
        flush=True,
    )
    return {"notes": n_notes, **found}


def measured(folder, n_notes, epochs):
    """Return time and memory of each step, and what the notes generated are like."""
    found = {}
    run(folder, FIRST, epochs, lambda _, function: function())  # loads and compiles what is lazy

    def step(name, function):
        start, cpu = time.perf_counter(), time.process_time() + of_workers()[0]
        result = function()
        of_others, megabytes = of_workers()
        found[name] = {
            "wall": time.perf_counter() - start,
            "cpu": time.process_time() + of_others - cpu,
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 + megabytes,
        }
        return result

    found["figures"] = run(folder, n_notes, epochs, step)
    return found


def of_workers():
    """Return the seconds of CPU of the processes that this one started, and their peaks in MB."""
    seconds, megabytes = 0.0, 0.0
    for listed in pathlib.Path("/proc/self/task").glob("*/children"):
        for number in listed.read_text().split():
            process = pathlib.Path("/proc", number)
            ticks = (process / "stat").read_text().rpartition(")")[2].split()[11:13]
            seconds += sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
            status = (process / "status").read_text()
            megabytes += int(status.partition("VmHWM:")[2].split()[0]) / 1024
    return seconds, megabytes


def run(folder, n_notes, epochs, step):
    """Go all the way with some notes, each step called by a function, and return figures."""
    from audiogen import GenerativePipeline
    from audiogen.datasets import load_nsynth
    from audiogen.metrics import summarize
    from audiogen.recipes import harmonic_cvae

    notes = step("load", lambda: load_nsynth(folder, max_notes=n_notes, random_state=0, n_jobs=-1))
    rate = {"sample_rate": notes.sample_rate}
    y = notes.frame[["pitch", "instrument_family"]]
    parameters = {"epochs": epochs} if epochs else {}
    recipe = harmonic_cvae(**rate, random_state=0, **parameters)
    features, vae = recipe[:-1], recipe[-1]  # as its fit does, one after the other
    Z = step("analyse", lambda: features.fit_transform(notes.data, y))
    step("train", lambda: vae.fit(Z, y))
    model = GenerativePipeline([*features.steps, ("vae", vae)])
    wanted = y[::GENERATED].reset_index(drop=True)
    made = step("sample", lambda: model.sample(y=wanted))
    pitch = wanted["pitch"]
    return step("evaluate", lambda: summarize(notes.data, made, **rate, pitch=pitch))


def draw(figures, path):
    """Draw memory and time over the number of notes."""
    import matplotlib.pyplot as plt

    sizes = [found["notes"] for found in figures]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
    peaks = [max(found[step]["megabytes"] for step in STEPS) for found in figures]
    audio = [n_notes * 64000 * 4 / 2**20 for n_notes in sizes]
    left.plot(sizes, peaks, "o-", label="peak of resident memory")
    left.plot(sizes, audio, "--", label="the notes themselves")
    left.set_ylabel("MB")
    left.set_ylim(0)
    left.legend(frameon=False)
    below = [0.0] * len(sizes)
    for name in STEPS:
        cpu = [1000 * found[name]["cpu"] / found["notes"] for found in figures]
        right.bar([str(size) for size in sizes], cpu, bottom=below, label=name)
        below = [a + b for a, b in zip(below, cpu, strict=True)]
    right.set_ylabel("ms of CPU a note")
    right.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1), reverse=True)
    for axes in (left, right):
        axes.set_xlabel("notes")
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)


if __name__ == "__main__":
    main()
