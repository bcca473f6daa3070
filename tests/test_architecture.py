"""The floors of the house: imports only go down."""

import ast
import pathlib

import pytest

PACKAGE = pathlib.Path(__file__).parent.parent / "src" / "audiogen"
FLOORS = {
    "exceptions": 0.0, "utils": 0.1, "signal": 0.2,
    "datasets": 1, "metrics": 1, "networks": 1, "preprocessing": 1, "display": 1,
    "training": 2,
    "generators": 3,
    "_previews": 3.9, "_way_back": 3.9, "pipeline": 4,
    "_score": 4.9, "_recipe_results": 4.9,
    "_arrange": 5, "_compose": 5, "_render": 5, "persistence": 5, "recipes": 5, "scoring": 5,
    "_options": 5.9, "cli": 6, "__main__": 6.1,
}  # fmt: skip
LATE = ("librosa", "matplotlib", "pooch", "pretty_midi", "pyloudnorm", "skops")
FILES = sorted(PACKAGE.rglob("*.py"))


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
            assert path.name == "_adversarial.py", f"{path}:{node.lineno}"
        if root in LATE:
            assert id(node) not in top_level, f"{path}:{node.lineno} imports {root} at import time"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_public_scikit_learn(path):
    for module, node in imports(path, ast.parse(path.read_text())):
        if module.split(".")[0] == "sklearn":
            private = [part for part in module.split(".") if part.startswith("_")]
            assert not private, f"{path}:{node.lineno} imports {module}"
