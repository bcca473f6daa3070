"""Validate the docstrings of public objects: ``python scripts/check_docstrings.py``.

The checks are those of ``[tool.numpydoc_validation]`` in pyproject.toml. numpydoc's own command
takes every name without an underscore for public, this one what a package exports.
"""

import ast
import pathlib
import sys

from numpydoc.hooks.validate_docstrings import parse_config, process_file

ROOT = pathlib.Path(__file__).parent.parent


def exported(path):
    """Return the names of a module that users reach: its package's, or its own ``__all__``."""
    if path.stem.startswith("__"):
        return set()
    stubs = [path.with_name(name) for name in ("__init__.pyi", "__init__.py")]
    tree = ast.parse(next(stub for stub in stubs if stub.exists()).read_text())
    names = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[-1] == path.stem
        for alias in node.names
    }
    if not path.stem.startswith("_"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                names |= set(ast.literal_eval(node.value))
    return names


def self_evident(path):
    """Yield (function, check) where a section would repeat the summary, or a property's getter."""
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        decorators = " ".join(map(ast.unparse, function.decorator_list))
        if "property" in decorators or (ast.get_docstring(function) or "").startswith("Return "):
            yield function.name, "RT01"
        if decorators.endswith(".setter"):
            yield function.name, "GL08"


def overloads(path):
    """Yield the lines of signatures that are there for types alone."""
    for node in ast.walk(ast.parse(path.read_text())):
        marks = node.decorator_list if isinstance(node, ast.FunctionDef) else []
        if "overload" in map(ast.unparse, marks):
            yield node.lineno


def findings(path, config):
    """Yield (place, object, check, what is wrong) for the public objects of a module."""
    public, evident = exported(path), set(self_evident(path))
    typed = {f"{path.relative_to(ROOT)}:{line}" for line in overloads(path)}
    for place, name, check, text in process_file(str(path.relative_to(ROOT)), config):
        module, *inside = name.split(".")
        is_public = (not inside or inside[0] in public) and place not in typed
        if is_public and (name.split(".")[-1], check) not in evident:
            yield place, ".".join([module, *inside]), check, text


def main():
    config = parse_config(str(ROOT))
    paths = sorted((ROOT / "src" / "audiogen").rglob("*.py"))
    paths = [path for path in paths if "cli" not in path.parts]  # its words are in its help
    found = [finding for path in paths for finding in findings(path, config)]
    for finding in found:
        print(*finding)
    return f"{len(found)} faults of docstrings" if found else 0


if __name__ == "__main__":
    sys.exit(main())
