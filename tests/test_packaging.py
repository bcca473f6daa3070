import pathlib
import re
import tomllib

ROOT = pathlib.Path(__file__).parent.parent


def test_lowest_versions_are_those_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    dependencies = project["dependencies"] + project["optional-dependencies"]["test"]
    declared = dict(re.fullmatch(r"([\w-]+)>=([\d.]+)", d).groups() for d in dependencies)
    lines = (ROOT / "tests" / "lowest.txt").read_text().splitlines()
    pinned = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert pinned.keys() == declared.keys()
    for name, version in pinned.items():
        assert re.sub(r"(\.0)+$", "", version) == re.sub(r"(\.0)+$", "", declared[name]), name
