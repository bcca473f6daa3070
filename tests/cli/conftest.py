"""The command line run in the process of the tests."""

import pytest

from audiogen.cli import main


@pytest.fixture
def run_here(tmp_path, monkeypatch, capsys):
    """Return a function (words) -> status, output, errors that runs the command line in tmp_path.

    A process of its own, as a user has it, costs seconds; here it serves what is soon refused.
    """
    monkeypatch.chdir(tmp_path)

    def run(*words):
        try:
            status = main([*map(str, words)])
        except SystemExit as ended:
            status = ended.code
        return status, *capsys.readouterr()

    return run
