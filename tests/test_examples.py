"""The scripts of examples/, as a user runs them."""

import pathlib
import subprocess
import sys

import pytest

EXAMPLES = sorted((pathlib.Path(__file__).parent.parent / "examples").glob("*.py"))


@pytest.mark.long
@pytest.mark.parametrize("script", EXAMPLES, ids=lambda p: p.name)
def test_examples_leave_sounds(script, tmp_path):
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("generated/**/*.wav"))
