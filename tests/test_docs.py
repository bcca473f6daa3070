"""The Python that README.md and docs/ show."""

import ast
import pathlib
import re
import shutil

import pytest

import audiogen
from audiogen.datasets import load_tunes

ROOT = pathlib.Path(__file__).parent.parent
README, *DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page):
    return re.findall(r"^```python\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", [README, *DOCS], ids=lambda p: p.name)
def test_names_that_pages_use_exist(page):
    for block in blocks(page):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "audiogen":
                exec(ast.unparse(node), {})
            if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("audiogen."):
                eval(ast.unparse(node), {"audiogen": audiogen})


# A fold may hold a pitch a little outside those of the others.
@pytest.mark.filterwarnings("ignore::audiogen.exceptions.ExtrapolationWarning")
@pytest.mark.filterwarnings("ignore:.* rows are few for 64 features")  # as the page says
@pytest.mark.long
@pytest.mark.parametrize("page", [README, *DOCS], ids=lambda p: p.name)
def test_pages_run(page, tmp_path, monkeypatch):
    """Each page starts with what README's blocks leave, and with a tune of one's own."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(next(f for f in load_tunes().filenames if "frere" in f), "my.mid")
    names = {}
    for block in blocks(README):
        exec(block, names)
    names["X"] = names["notes"].data
    for block in blocks(page) if page != README else []:
        exec(block, names)
