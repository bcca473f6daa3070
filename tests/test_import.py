"""What an import costs, each in a fresh process."""

import subprocess
import sys

import pytest


def modules_after(code):
    script = f"import sys; before = set(sys.modules); {code}; print(*(set(sys.modules) - before))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return {name.split(".")[0] for name in done.stdout.split()}


def test_import_audiogen_is_the_standard_library_and_lazy_loader():
    allowed = {"audiogen", "lazy_loader", *sys.stdlib_module_names}
    assert modules_after("import audiogen") <= allowed


@pytest.mark.parametrize(
    "name", ["datasets", "evaluation", "generators", "metrics", "preprocessing", "scoring"]
)
def test_packages_import_nothing_heavy(name):
    heavy = {"tensorflow", "keras", "librosa", "matplotlib", "jax", "torch"}
    assert not modules_after(f"import audiogen.{name}") & heavy
