"""A damaged file is a ValueError that names it, whatever the damage; or it loads all the same."""

import copy
import io
import json
import warnings
import zipfile

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.exceptions import InconsistentVersionWarning

import audiogen
from helpers.archives import (
    members_of,
    zipped,
)

JUNK = [
    None, True, -1, 0, 10**30, 1.5, float("nan"), "", "x", "null", "[]", "1e999", [], [1], {},
    {"a": 1}, "builtins", "list", "dict", "eval", "os", "numpy", "memmap", "DictNode", "ListNode",
    "JsonNode", "ObjectNode", "NdArrayNode", "TypeNode", "FunctionNode", "MethodNode", "x" * 5000,
]  # fmt: skip
HEADERS = [
    (b"'<f4'", b"'<f8'"), (b"'<f8'", b"'|O'"), (b"'<f4'", b"'|O'"), (b"shape': (", b"shape': (9"),
    (b"shape': (", b"shape': (-"), (b"False", b"True "), (b"{", b"("), (b"NUMPY", b"numpy"),
    (b"fortran_order", b"fortran-order"), (b"<", b">"), (b"descr", b"DESCR"), (b"Y\x01", b"Y\x03"),
]  # fmt: skip


def places(node):
    """Yield (container, key) of all that a JSON document holds."""
    for key in node if isinstance(node, dict) else range(len(node)):
        yield node, key
        if isinstance(node[key], dict | list):
            yield from places(node[key])


def pick(rng, things):
    return things[rng.integers(len(things))]


def damage_json(schema, rng):
    """Delete, replace, swap, copy or rename something within a JSON document."""
    schema = copy.deepcopy(schema)
    for _ in range(rng.integers(1, 3)):
        container, key = pick(rng, list(places(schema)))
        other, other_key = pick(rng, list(places(schema)))
        how = rng.integers(6)
        if how == 0:
            del container[key]
        elif how == 1:
            container[key] = copy.deepcopy(pick(rng, JUNK))
        elif how == 2:
            container[key] = copy.deepcopy(other[other_key])
        elif how == 3:
            value = copy.deepcopy(container[key])
            container[key], other[other_key] = other[other_key], value
        elif how == 4 and isinstance(container, list):
            container.insert(key, copy.deepcopy(container[key]))
        elif isinstance(container, dict):
            container[str(pick(rng, JUNK))] = container.pop(key)
    try:
        return json.dumps(schema).encode()
    except ValueError:  # in a circle
        return b"{}"


def damage_header(content, rng):
    old, new = pick(rng, HEADERS)
    return content.replace(old, new, 1)


def damage_bytes(data, rng):
    """Flip, cut or overwrite some bytes."""
    data = bytearray(data)
    at = int(rng.integers(len(data)))
    how = rng.integers(3)
    if how == 0:
        data[at] ^= 1 << rng.integers(8)
    elif how == 1:
        del data[at:]
    else:
        data[at : at + 20] = rng.bytes(20)
    return bytes(data)


def mutant(saved, rng):
    """Return a damaged copy of a file."""
    members = members_of(saved)
    number = int(rng.integers(len(members)))
    name, content = members[number]
    how = rng.integers(10)
    if how < 6:
        schema = json.loads(dict(members)["schema.json"])
        members = [m for m in members if m[0] != "schema.json"]
        return zipped([*members, ("schema.json", damage_json(schema, rng))])
    if how == 6:
        return damage_bytes(saved, rng)
    if how == 7:
        members[number] = name, damage_bytes(content, rng)
    elif how == 8:
        members[number] = name, damage_header(content, rng)
    else:
        members[number] = pick(rng, members)[0], content
    return zipped(members)


def assert_named_or_loaded(data, path):
    path.write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", InconsistentVersionWarning)
        try:
            loaded = audiogen.load(path)
        except ValueError as error:
            message = str(error)
        else:
            assert isinstance(loaded, BaseEstimator)
            assert loaded.get_params()
            return
    assert message.startswith(f"{path} ")
    assert len(message) < 500 + len(str(path))


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(300), id="few"),
        pytest.param(range(300, 6000), id="many", marks=pytest.mark.long),
    ],
)
def test_mutants(seeds, saved, tmp_path):
    for seed in seeds:
        data = mutant(saved, np.random.default_rng(seed))
        assert_named_or_loaded(data, tmp_path / f"{seed % 10}.skops")


def test_damage_that_leaves_it_readable(saved, tmp_path):
    """A last bit of some weight, the order of two equal arrays: nothing else would tell."""
    members = members_of(saved)
    name, content = next(m for m in members if m[0].endswith(".npy"))
    changed = [
        (n, content[:-1] + bytes([content[-1] ^ 1]) if n == name else c) for n, c in members
    ]
    buffer = io.BytesIO(zipped(changed))
    with zipfile.ZipFile(buffer, "a") as archive, zipfile.ZipFile(io.BytesIO(saved)) as whole:
        archive.comment = whole.comment
    for number, data in enumerate([buffer.getvalue(), saved[: -len(whole.comment)]]):
        (tmp_path / f"{number}.skops").write_bytes(data)
        with pytest.raises(ValueError, match=rf"{number}\.skops cannot be read.*audiogen.save"):
            audiogen.load(tmp_path / f"{number}.skops")
    (tmp_path / "same.skops").write_bytes(zipped(members))
    audiogen.load(tmp_path / "same.skops")
