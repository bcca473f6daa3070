"""The table: ``python -m benchmarks [GROUP ...]``."""

import argparse
import importlib
import os
import pathlib
import platform

from benchmarks._measure import OURS, REMARK, measure_row

FOLDER = pathlib.Path(__file__).parent
REPORT = "report"  # two tables of its own, half an hour: only when asked for
# The other modules are commands of their own.
GROUPS = sorted(path.stem for path in FOLDER.glob("*.py") if "\nROWS = " in path.read_text())
KNOWN = [*GROUPS, REPORT]
LINE = "{:<32} {:<28} {:>9} {:>9} {:>9} {:>9} {:>6} {:>6} {:>8} {:>8}  {}"
HEAD = (
    "task", "against", "ours CPU", "its CPU", "ours wall", "its wall", "ratio", "aim", "ours MB",
    "its MB", "remark",
)  # fmt: skip


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(KNOWN)}")
    groups = parser.parse_args().groups or GROUPS
    unknown = sorted(set(groups) - set(KNOWN))
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(KNOWN)}")
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    version, machine = platform.python_version(), platform.machine()
    print(f"Python {version}, {os.cpu_count()} cores, {machine}{load}")
    if REPORT in groups:
        importlib.import_module(f"benchmarks.{REPORT}").main()
    groups = [group for group in groups if group != REPORT]
    if groups:
        print(LINE.format(*HEAD))
    for group in groups:
        for index, row in enumerate(importlib.import_module(f"benchmarks.{group}").ROWS):
            show(row, measure_row(group, index, row))


def show(row, figures):
    """Print a row, one line for each peer."""
    ours = figures[OURS]
    name, aim, remark = row.name, row.aim, figures[REMARK]
    for peer in row.peers:
        theirs = figures[peer]
        times = [f"{way[time]:.4f}" for time in ("cpu", "seconds") for way in (ours, theirs)]
        ratio = theirs["seconds"] / ours["seconds"]  # of the user's time, which cores save
        line = LINE.format(
            name, peer, *times, f"{ratio:.1f}", aim, megabytes(ours), megabytes(theirs), remark
        )
        print(line.rstrip(), flush=True)
        name = aim = remark = ""


def megabytes(figures):
    found = figures["megabytes"]
    return "-" if found is None else f"{found:.0f}"


if __name__ == "__main__":
    main()
