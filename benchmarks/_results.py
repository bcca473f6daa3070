"""Results of a run, kept so that two commits can be compared."""

import dataclasses
import json
import os
import platform
import subprocess
import time
from typing import Any

from benchmarks._measure import MISSING, OURS, REMARK

_LINE = "{:<32} {:>10} {:>10} {:>8} {:>8}"
_HEAD = "task", "CPU before", "CPU now", "faster", "machine"


@dataclasses.dataclass
class Results:
    """Figures of rows, with what they were measured on.

    Parameters
    ----------
    commit : str
        The commit that was measured, with a plus sign where files had changed since.
    date : str
        When the run began.
    machine : str
        Python, processors and load at that time.
    rows : dict of str to dict
        By "group: row", what `measure_row` returned.
    """

    commit: str
    date: str
    machine: str
    rows: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)

    @classmethod
    def of_this_machine(cls):
        load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
        machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, "
        machine += f"{platform.machine()}{load}"
        return cls(_commit(), time.strftime("%Y-%m-%d %H:%M"), machine)

    @classmethod
    def read(cls, path):
        return cls(**json.loads(path.read_text()))

    def write(self, path):
        path.write_text(json.dumps(dataclasses.asdict(self), indent=1))

    def add(self, group, name, figures):
        self.rows[f"{group}: {name}"] = figures

    def heading(self):
        return f"{self.commit}, {self.date}, {self.machine}"


def ratio(one, other):
    """Return the wall seconds of one way over those of another, as a str."""
    if not one:
        return "-"
    return f"{one['seconds'] / other['seconds']:.1f}"  # of the user's time, which cores save


def compare(before, now):
    """Return a table of how many times faster the rows of two results became.

    The last column has the same for what the rows are compared with: the machine's own change.
    """
    lines = [f"before: {before.heading()}", f"now:    {now.heading()}", _LINE.format(*_HEAD)]
    for name in sorted(before.rows.keys() & now.rows.keys()):
        old, new = before.rows[name], now.rows[name]
        peers = [
            old[way]["cpu"] / new[way]["cpu"]
            for way in old.keys() & new.keys() - {OURS, REMARK}
            if MISSING not in old[way] and MISSING not in new[way]
        ]
        times = [rows[OURS]["cpu"] for rows in (old, new)]
        machine = f"{sorted(peers)[len(peers) // 2]:.2f}" if peers else "-"
        cells = *(f"{seconds:.4f}" for seconds in times), f"{times[0] / times[1]:.2f}", machine
        lines.append(_LINE.format(name.partition(": ")[2], *cells))
    return "\n".join(lines)


def _commit():
    """Return the commit of this checkout."""
    try:
        git = ["git", "describe", "--always", "--abbrev=10", "--dirty=+", "--exclude=*"]
        return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "no commit"
