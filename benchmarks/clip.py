"""What a clip costs from the command line: python -m benchmarks.clip [STYLE ...].

Every clip is made by ``audiogen clip`` in a fresh process, by default one of every style and funk
at three lengths. Prints wall seconds, CPU seconds of the whole process, the peak of its memory in
MB, and CPU seconds by what they were spent on; "other" is all that has no column, such as the
start and the end of Python and threads of linear algebra that wait.
"""

import argparse
import contextlib
import functools
import importlib
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

SECONDS, LENGTHS, STYLE = 15, (15, 30, 60), "funk"
# By stage, what is called in it: the module that calls it, and its name there.
STAGES = {
    "models": ["audiogen.music._pretrained:load"],
    "compose": ["audiogen.music._make_clip:compose_score"],
    "sound": ["audiogen.music._mixdown:perform_part", "audiogen.music._mixdown:perform_drums"],
    "mix": ["audiogen.music._mixdown:_levelled", "audiogen.music._mixdown:_in_room"],
    "master": ["audiogen.music._mixdown:master"],
    "write": ["audiogen.music._clip:write_clip"],
    "picture": ["audiogen.display:NoteDisplay.save"],
    "imports": ["_frozen_importlib:_find_and_load"],
}
LINE = "{:<14}" + " {:>7}" * (5 + len(STAGES))


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clip", description=__doc__)
    parser.add_argument("styles", nargs="*", metavar="STYLE", help="names of styles")
    parser.add_argument(
        "--seconds", type=float, nargs="+", metavar="S", help="lengths of the clips"
    )
    parser.add_argument("--staged", metavar="FOLDER", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.staged:
        return make_by_stages(arguments.styles[0], arguments.seconds[0], arguments.staged)
    wanted = [(style, s) for style in arguments.styles for s in arguments.seconds or LENGTHS]
    if not wanted:
        from audiogen.music import style_names  # not where imports are timed

        wanted = [(style, SECONDS) for style in style_names()] + [(STYLE, s) for s in LENGTHS]
    print(LINE.format("style", "seconds", "wall", "CPU", "MB", *STAGES, "other"))
    for style, seconds in dict.fromkeys(wanted):
        print(LINE.format(style, f"{seconds:g}", *measured(style, seconds)), flush=True)
    return None


def measured(style, seconds):
    """Return the figures of a clip, as they are printed."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.clip", style, "--seconds", str(seconds)]
        started = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--staged", folder], stdout=subprocess.PIPE, text=True
        )
        printed = process.stdout.read()  # type: ignore[union-attr]
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    if status:
        raise RuntimeError(f"A clip of {style} of {seconds} s could not be made.")
    cpu, stages = used.ru_utime + used.ru_stime, json.loads(printed)
    figures = [wall, cpu, *stages.values(), cpu - sum(stages.values())]
    figures = [f"{figure:.2f}" for figure in figures]
    return [*figures[:2], f"{used.ru_maxrss / 1024:.0f}", *figures[2:]]


def make_by_stages(style, seconds, folder):
    """Make a clip in this process, and print CPU seconds by stage."""
    clock = StageClock()
    for stage in reversed(STAGES):  # imports first
        for place in STAGES[stage]:
            clock.watch(place, stage)
    from audiogen.cli import main as audiogen

    with contextlib.redirect_stdout(io.StringIO()):
        failed = audiogen(
            ["clip", "--genre", style, "--seconds", str(seconds), "--out", f"{folder}/clip"]
        )
    print(json.dumps(clock.seconds))
    sys.exit(failed)


class StageClock:
    """CPU seconds of threads by stage; of a stage within another, the inner one's."""

    def __init__(self):
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self._lock, self._local = threading.Lock(), threading.local()

    def watch(self, place, stage):
        """Measure a function from now on, under the name by which a module calls it."""
        module, name = place.split(":")
        *owners, name = name.split(".")
        owner = functools.reduce(getattr, owners, importlib.import_module(module))
        setattr(owner, name, self._watched(getattr(owner, name), stage))

    def _watched(self, function, stage):
        @functools.wraps(function)
        def watched(*args, **kwargs):
            started, outer = time.thread_time(), getattr(self._local, "inner", 0.0)
            self._local.inner = 0.0
            try:
                return function(*args, **kwargs)
            finally:
                spent = time.thread_time() - started
                with self._lock:
                    self.seconds[stage] += spent - self._local.inner
                self._local.inner = outer + spent

        return watched


if __name__ == "__main__":
    main()
