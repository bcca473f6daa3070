"""Time and memory of one function, in a process of its own.

Run as ``python -m benchmarks._measure GROUP ROW WAY``; prints one line of JSON.
"""

import ctypes
import gc
import importlib
import json
import os
import pathlib
import subprocess
import sys
import time

OURS = "audiogen"
REMARK = "remark"
MISSING = "missing"
TIMES = "seconds", "cpu"

_ENOUGH_SECONDS = 2.0
_FEWEST_REPEATS, _MOST_REPEATS = 2, 10
_SLOW_SECONDS = 10.0  # of a first call, which then counts as the first of two
_ROUNDS = 2


def measure_row(group, index, row):
    """Measure every way of doing a row, each in fresh processes that take turns.

    Parameters
    ----------
    group : str
        The module that has the row.
    index : int
        Its place there.
    row : Row
        The row.

    Returns
    -------
    figures : dict of str to dict
        For each way the best ``seconds`` and ``cpu`` seconds (of all threads) and, on Linux,
        the ``megabytes`` that a call adds at its peak, or under `MISSING` the module that it
        needs; under `REMARK` a str.
    """
    ways = [OURS, *row.peers, *row.limits]
    figures = {way: _in_a_process(group, index, way) for way in ways}
    measured = [way for way in ways if MISSING not in figures[way]]
    if max(figures[way]["seconds"] for way in measured) < _SLOW_SECONDS:
        for way in measured * (_ROUNDS - 1):
            again = _in_a_process(group, index, way)
            for name in TIMES:
                figures[way][name] = min(figures[way][name], again[name])
    figures[REMARK] = _in_a_process(group, index, REMARK) if row.remark else ""
    return figures


def _in_a_process(group, index, way):
    command = [sys.executable, "-m", "benchmarks._measure", group, str(index), way]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _measure(function, data):
    """Time the best of some calls, and weigh one; a first call loads what is lazy."""
    found = _weighed(function, data)
    if found["seconds"] < _SLOW_SECONDS:
        found = _weighed(function, data)
    times = [found]
    while len(times) < _FEWEST_REPEATS or (
        sum(t["seconds"] for t in times) < _ENOUGH_SECONDS and len(times) < _MOST_REPEATS
    ):
        times.append(_timed(function, data))
    return {**found, **{name: min(t[name] for t in times) for name in TIMES}}


def _weighed(function, data):
    before = _forget_the_peak()
    found = _timed(function, data)
    return {**found, "megabytes": None if before is None else _status("VmHWM") - before}


def _timed(function, data):
    gc.collect()
    start, cpu = time.perf_counter(), _cpu_seconds()
    function(data)
    return {"cpu": _cpu_seconds() - cpu, "seconds": time.perf_counter() - start}


def _cpu_seconds():
    """Return CPU seconds of this process, and of those that it has waited for."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def _forget_the_peak():
    """Give freed memory back, set the peak to what is in use, and return that in MB."""
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
        pathlib.Path("/proc/self/clear_refs").write_text("5")
        return _status("VmRSS")
    except OSError:  # no Linux
        return None


def peak_megabytes():
    """Return the peak of this process so far (Linux only)."""
    return _status("VmHWM")


def _status(name):
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    raise OSError(f"/proc/self/status has no {name}")


def main(group, index, way):
    """Do one way of one row and print what was found."""
    row = importlib.import_module(f"benchmarks.{group}").ROWS[int(index)]
    ways = {OURS: row.ours, **row.peers, **row.limits}
    data = row.prepare()
    try:
        found = row.remark(data) if way == REMARK else _measure(ways[way], data)
    except ModuleNotFoundError as error:
        found = f"needs {error.name}" if way == REMARK else {MISSING: error.name}
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
