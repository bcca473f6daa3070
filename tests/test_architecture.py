"""The floors of the house: imports only go down."""

import ast
import itertools
import pathlib
import re

import pytest

PACKAGE = pathlib.Path(__file__).parent.parent / "src" / "audiogen"
FLOORS = {
    "exceptions": 0.0, "utils": 0.1, "signal": 0.2, "io": 0.3,
    "datasets": 1, "display": 1, "metrics": 1, "networks": 1, "preprocessing": 1,
    "training": 2,
    "generators": 3,
    "pipeline": 4,
    "persistence": 5, "recipes": 5, "scoring": 5,
    "music": 5.1,
    "evaluation": 5.2,
    "cli": 6, "__main__": 6.1,
}  # fmt: skip
ROOT_MODULES = {"__init__", "__main__", "exceptions", "persistence"}
LATE = ("librosa", "matplotlib", "mido", "music21", "pooch", "pretty_midi", "pyloudnorm", "skops")
FILES = sorted(PACKAGE.rglob("*.py"))
ROOT = PACKAGE.parents[1]
FOLDERS = ("src", "tests", "benchmarks", "examples", "scripts")
ALL_FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def home(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path, tree):
    """Yield every (absolute module name, node) that a file imports, wherever it does."""
    package = ["audiogen", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            if module == "audiogen":
                for alias in node.names:
                    yield f"audiogen.{alias.name}", node
            else:
                yield module, node


def test_every_module_is_in_a_row_and_none_is_loose():
    assert {home(path) for path in FILES} == {"__init__", *FLOORS}
    assert {path.stem for path in PACKAGE.glob("*.py")} == ROOT_MODULES


def test_contributing_shows_the_same_floors():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    rows = re.findall(r"^\| (\d) +\| (.+?) +\|", text, re.MULTILINE)
    shown = {name: int(floor) for floor, names in rows for name in re.findall(r"`(\w+)`", names)}
    assert shown == {name: int(floor) for name, floor in FLOORS.items() if name != "__main__"}
    by_height = [name for name in sorted(FLOORS, key=lambda n: -FLOORS[n]) if name in shown]
    order = list(shown)
    for higher, lower in itertools.combinations(by_height, 2):
        if FLOORS[higher] != FLOORS[lower]:
            assert order.index(higher) < order.index(lower), f"{higher} is above {lower}"


@pytest.mark.parametrize("path", ALL_FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_is_over_400_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down(path):
    here = home(path)
    if here == "__init__":
        return
    for module, node in imports(path, ast.parse(path.read_text())):
        if not module.startswith("audiogen."):
            continue
        there = module.split(".")[1]
        if there in (here, "__version__"):
            continue
        assert FLOORS[there] < FLOORS[here], f"{path}:{node.lineno} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_heavy_imports_stay_where_they_belong(path):
    tree = ast.parse(path.read_text())
    top_level = {id(node) for node in tree.body}
    for module, node in imports(path, tree):
        root = module.split(".")[0]
        if root == "keras":
            assert home(path) in ("networks", "training"), f"{path}:{node.lineno}"
        if root == "tensorflow":
            assert path.name == "_tensorflow.py", f"{path}:{node.lineno}"
        if root in LATE:
            assert id(node) not in top_level, f"{path}:{node.lineno} imports {root} at import time"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_public_scikit_learn(path):
    for module, node in imports(path, ast.parse(path.read_text())):
        if module.split(".")[0] == "sklearn":
            private = [part for part in module.split(".") if part.startswith("_")]
            assert not private, f"{path}:{node.lineno} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_what_is_private_is_private_inside_its_package(path):
    for module, node in imports(path, ast.parse(path.read_text())):
        parts = module.split(".")
        if parts[0] == "audiogen" and len(parts) > 2 and parts[1] != home(path):
            private = [part for part in parts[2:] if part.startswith("_")]
            assert not private, f"{path}:{node.lineno} imports {module}"
