"""Write the table of the report's experiments from result files.

python examples/report/table.py FOLDER [--out docs/report_table.md]
"""

import argparse
import json
import pathlib

from experiments import EXPERIMENTS

HEAD = """\
| experiment | | pitches | range, Hz | entropy | FAD | KL | trained on | epochs | training |
|---|---|---|---|---|---|---|---|---|---|
"""
START, END = "<!-- table -->", "<!-- end of the table -->"
PLACES = {"n_pitches": 0, "pitch_range": 0, "pitch_entropy": 2, "fad": 0, "kl": 2}
BETTER = 5  # times the report's FAD, or
NEARER = 1.5  # times that of real notes, whichever is larger


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path)
    arguments = parser.parse_args()
    write_table(arguments.folder, arguments.out or arguments.folder / "table.md")


def write_table(folder, path):
    """Write the table of all result files of a folder, into a page where there is one."""
    text = table(folder)
    if path.exists() and START in path.read_text():
        before, rest = path.read_text().split(START)
        text = f"{before}{START}\n{text}{END}{rest.split(END)[1]}"
    path.write_text(text)


def table(folder):
    """Return the table as Markdown: up to four lines an experiment, and what was run."""
    lines, runs = [], set()
    for experiment in EXPERIMENTS:
        found = {
            column: json.loads(file.read_text())
            for column in ("report", "audiogen")
            if (file := folder / f"{experiment.name}-{column}.json").exists()
        }
        if found:
            lines += rows(experiment, found)
        for result in found.values():
            versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
            runs.add(f"{result['corpus']} at --scale {result['scale']:g}, {versions}")
    if not runs:
        raise SystemExit(f"There are no results in {folder}: run examples/report/run.py first.")
    body = "\n".join(lines)
    return f"{HEAD}{body}\n\nRun on {'; and '.join(sorted(runs))}.\n"


def rows(experiment, found):
    name = f"{experiment.model}, {experiment.family}"
    theirs = cells(experiment.figures)
    yield line(name, "the report", theirs, f"{experiment.n_files:,}", experiment.epochs, "")
    titles = {"report": "its configuration", "audiogen": "audiogen"}
    for column, result in found.items():
        trained = f"{result['seconds']:.0f} s"
        shown = cells(result)
        if column == "audiogen":
            shown[3] += "" if result["fad"] <= bar(experiment, result) else " (beyond the bar)"
        title = f"{titles[column]}, `{result['recipe']}`"
        yield line("", title, shown, f"{result['n_train']:,}", result["epochs"], trained)
    result = next(iter(found.values()))
    n = result["n_held_out"]
    yield line("", f"real notes, {n} against {n} held out", cells(result["real"]), "", "", "")


def bar(experiment, result):
    """Return the largest FAD that counts as beaten."""
    return max(experiment.figures.get("fad", 0) / BETTER, NEARER * result["floor"])


def cells(figures):
    return [f"{figures[name]:,.{n}f}" if name in figures else "" for name, n in PLACES.items()]


def line(name, title, shown, *rest):
    return f"| {' | '.join([name, title, *shown, *map(str, rest)])} |"


if __name__ == "__main__":
    main()
