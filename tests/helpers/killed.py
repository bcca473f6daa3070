"""Commands that are killed: a server forks a process for each, which has imported all already.

Run as a script it reads a line of JSON for each command, and answers with the number of its
process at once and with how that ended once it has. A command that is run in the server itself
leaves there what it imports, so that later ones spend their time with their work.
"""

import contextlib
import json
import os
import pathlib
import select
import signal
import subprocess
import sys


class Server:
    """Runs functions of a module (inputs, out, version) in forked processes."""

    def __init__(self, module, log):
        self.log = log.open("w")
        self.process = subprocess.Popen(
            [sys.executable, __file__, module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert self._line() == "ready"

    def _line(self):
        return self.process.stdout.readline().decode().strip()

    def _ask(self, *words):
        self.process.stdin.write(json.dumps(words).encode() + b"\n")
        self.process.stdin.flush()

    def warm_up(self, task, inputs, out):
        """Run a task in the server itself."""
        self._ask(task, str(inputs), str(out), 1, False)
        assert self._line() == "warm"

    def run(self, task, inputs, out, version, seconds=None):
        """Run a task; after so many seconds kill it and what it started. Return how it ended."""
        self._ask(task, str(inputs), str(out), version, True)
        number = int(self._line())
        if seconds is not None and not select.select([self.process.stdout], [], [], seconds)[0]:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(number, signal.SIGKILL)
        return int(self._line())

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()


def contents(folder):
    """Return the bytes of all files below a folder by their names."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def serve(module):
    """Fork a process for each line."""
    import importlib

    tasks = importlib.import_module(module)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        task, inputs, out, version, apart = json.loads(line)
        if not apart:
            getattr(tasks, task)(pathlib.Path(inputs), pathlib.Path(out), version)
            print("warm", file=answers, flush=True)
            continue
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            status = 1
            try:
                getattr(tasks, task)(pathlib.Path(inputs), pathlib.Path(out), version)
                status = 0
            except BaseException as error:
                print(task, version, repr(error), file=sys.stderr, flush=True)
                import traceback

                traceback.print_exc()
            finally:
                os._exit(status)
        with contextlib.suppress(OSError):
            os.setpgid(child, child)
        print(child, file=answers, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=answers, flush=True)


if __name__ == "__main__":
    serve(sys.argv[1])
