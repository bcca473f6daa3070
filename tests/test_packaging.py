"""What pyproject.toml and the pages say of the distribution."""

import importlib.metadata
import pathlib
import re
import tomllib

import pytest

import audiogen

ROOT = pathlib.Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("benchmarks/*.md")]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PACKAGE = ROOT / "src" / "audiogen"
DATA = PACKAGE / "datasets" / "data"


def test_lowest_versions_are_those_declared():
    dependencies = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
    declared = dict(re.fullmatch(r"([\w-]+)>=([\d.]+)", d).groups() for d in dependencies)
    lines = (ROOT / "tests" / "lowest.txt").read_text().splitlines()
    pinned = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert pinned.keys() == declared.keys()
    for name, version in pinned.items():
        assert re.sub(r"(\.0)+$", "", version) == re.sub(r"(\.0)+$", "", declared[name]), name


def test_the_distribution_is_audiogen_learn_everywhere():
    """The name audiogen on PyPI is that of another project."""
    assert PROJECT["name"] == "audiogen-learn"
    assert PROJECT["scripts"] == {"audiogen": "audiogen.cli:main"}
    needs = [n for extra in PROJECT["optional-dependencies"].values() for n in extra]
    ours = [n for n in [*needs, *PROJECT["dependencies"]] if n.startswith("audiogen")]
    assert ours == ["audiogen-learn[test,docs]"]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_no_page_installs_another_projects_audiogen(page):
    text = page.read_text()
    assert not re.search(r"\baudiogen\[", text)
    installs = re.findall(r"\b(?:pip|pipx|uv|conda)\b[^\n&]* (?:install|add)\b([^\n&`]*)", text)
    assert not [words for words in installs if "audiogen" in words.split()]


def test_the_version_is_that_of_the_metadata():
    try:
        version = importlib.metadata.version("audiogen-learn")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("audiogen-learn is not installed")
    assert version == audiogen.__version__


def test_the_licence_covers_code_sounds_tunes_and_models():
    files = PROJECT["license-files"]
    assert all((ROOT / file).is_file() for file in files)
    pages = [*PACKAGE.rglob("*.md")]
    assert {page.relative_to(ROOT).as_posix() for page in pages} == {*files} - {"LICENSE"}
    said = "\n".join(page.read_text().replace("CC-BY ", "CC-BY-") for page in pages)
    used = {"BSD-3-Clause", *re.findall(r"\b(CC0-1\.0|CC-BY(?:-[A-Z]+)*-\d\.0)", said)}
    used |= {"LicenseRef-Public-Domain"} if "public domain" in said else set()
    used |= {"LicenseRef-WordNet"} if "WordNet 3.0 Copyright" in said else set()
    assert set(PROJECT["license"].split(" AND ")) == used
