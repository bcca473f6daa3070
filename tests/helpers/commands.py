"""The command line in a process of its own, and the figures that it prints."""

import os
import re
import subprocess
import sys


def audiogen(*words, cwd):
    environment = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    command = [sys.executable, "-m", "audiogen", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment)


def figures(table):
    """Return the numbers of a printed table by row name."""
    rows = re.findall(r"^(\w+)((?:[ ]+(?:-?[\d.]+|nan|-))+)$", table, flags=re.M)
    return {
        name: [None if cell == "-" else float(cell) for cell in cells.split()]
        for name, cells in rows
    }
