"""The table: ``python -m benchmarks [GROUP ...]``."""

import argparse
import importlib
import pathlib

from benchmarks._measure import MISSING, OURS, REMARK, measure_row
from benchmarks._results import Results, compare, ratio

FOLDER = pathlib.Path(__file__).parent
REPORT = "report"  # a table of its own, minutes: only when asked for
# The other modules are commands of their own.
GROUPS = sorted(path.stem for path in FOLDER.glob("*.py") if "\nROWS = " in path.read_text())
KNOWN = [*GROUPS, REPORT]
LINE = "{:<32} {:<28} {:>9} {:>9} {:>9} {:>9} {:>6} {:>6} {:>8} {:>8}  {}"
HEAD = (
    "task", "against", "ours CPU", "its CPU", "ours wall", "its wall", "ratio", "aim", "ours MB",
    "its MB", "remark",
)  # fmt: skip
BEST, LIMIT = "*", "(limit)"


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(KNOWN)}")
    parser.add_argument("--out", type=pathlib.Path, metavar="FILE", help="keep results as JSON")
    parser.add_argument(
        "--compare",
        type=pathlib.Path,
        nargs="+",
        metavar="FILE",
        help="compare with results kept before, or two of them without measuring",
    )
    arguments = parser.parse_args()
    before, *after = [Results.read(path) for path in arguments.compare or []] or [None]
    if after:
        return print(compare(before, after[0]))
    groups = arguments.groups or GROUPS
    unknown = sorted(set(groups) - set(KNOWN))
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(KNOWN)}")
    results = Results.of_this_machine()
    print(results.heading())
    if REPORT in groups:
        importlib.import_module(f"benchmarks.{REPORT}").main()
    groups = [group for group in groups if group != REPORT]
    if groups:
        print(LINE.format(*HEAD))
    for group in groups:
        for index, row in enumerate(importlib.import_module(f"benchmarks.{group}").ROWS):
            figures = measure_row(group, index, row)
            show(row, figures)
            results.add(group, row.name, figures)
            if arguments.out:  # whoever stops it keeps what was measured
                results.write(arguments.out)
    if before:
        print(f"\n{compare(before, results)}")
    return None


def show(row, figures):
    """Print a row, one line for each peer, the best of which has a star."""
    ours = figures[OURS]
    found = [peer for peer in row.peers if MISSING not in figures[peer]]
    best = min(found, key=lambda peer: figures[peer]["seconds"], default=None)
    name, aim, remark = row.name, row.aim, figures[REMARK]
    for peer in [*row.peers, *row.limits] or [""]:
        theirs = figures.get(peer, {})
        if MISSING in theirs:
            shown = [f"needs {theirs[MISSING]}", *[""] * 7]
        else:
            times = [seconds(way, time) for time in ("cpu", "seconds") for way in (ours, theirs)]
            shown = [*times, ratio(theirs, ours), aim, megabytes(ours), megabytes(theirs)]
        mark = BEST if peer == best else LIMIT if peer in row.limits else ""
        print(LINE.format(name, f"{peer} {mark}".strip(), *shown, remark).rstrip(), flush=True)
        name = remark = ""
        aim = aim if MISSING in theirs else ""


def seconds(figures, time):
    return f"{figures[time]:.4f}" if time in figures else "-"


def megabytes(figures):
    found = figures.get("megabytes")
    return "-" if found is None else f"{found:.0f}"


if __name__ == "__main__":
    main()
