"""A damaged file is a ValueError that names it, whatever the damage; or it loads all the same."""

import io
import json
import random
import warnings
import zipfile

import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import InconsistentVersionWarning

import audiogen
from helpers.archives import members_of, zipped
from helpers.generators import SAMPLERS, N, features
from helpers.mutants import bounded, damage_bytes, damage_json

HEADERS = [
    (b"'<f4'", b"'<f8'"), (b"'<f8'", b"'|O'"), (b"'<f4'", b"'|O'"), (b"shape': (", b"shape': (9"),
    (b"shape': (", b"shape': (-"), (b"False", b"True "), (b"{", b"("), (b"NUMPY", b"numpy"),
    (b"fortran_order", b"fortran-order"), (b"<", b">"), (b"descr", b"DESCR"), (b"Y\x01", b"Y\x03"),
]  # fmt: skip


def damage_header(content, rng):
    old, new = rng.choice(HEADERS)
    return content.replace(old, new, 1)


def mutant(saved, rng):
    """Return a damaged copy of a file."""
    members = members_of(saved)
    number = rng.randrange(len(members))
    name, content = members[number]
    how = rng.randrange(10)
    if how < 6:
        schema = json.loads(dict(members)["schema.json"])
        members = [m for m in members if m[0] != "schema.json"]
        return zipped([*members, ("schema.json", damage_json(schema, rng))])
    if how == 6:
        return damage_bytes(saved, rng)
    if how == 7:
        members[number] = name, damage_bytes(content, rng, header=128)
    elif how == 8:
        members[number] = name, damage_header(content, rng)
    else:
        members[number] = rng.choice(members)[0], content
    return zipped(members)


def assert_named_or_loaded(data, path):
    path.write_bytes(data)
    with warnings.catch_warnings(), bounded():
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
        pytest.param(range(1000), id="few"),
        pytest.param(range(1000, 6000), id="many", marks=pytest.mark.long),
    ],
)
def test_mutants(seeds, saved, tmp_path):
    for seed in seeds:
        data = mutant(saved, random.Random(seed))
        assert_named_or_loaded(data, tmp_path / f"{seed % 10}.skops")


@pytest.mark.long
@pytest.mark.parametrize("generator", SAMPLERS, ids=lambda g: type(g).__name__)
def test_mutants_of_every_model(generator, tmp_path):
    y = None if hasattr(generator, "extra_frames") else ["a", "b"] * (N // 2)
    path = tmp_path / "whole.skops"
    audiogen.save(clone(generator).fit(features(), y), path)
    saved = path.read_bytes()
    for seed in range(400):
        assert_named_or_loaded(mutant(saved, random.Random(seed)), tmp_path / "damaged.skops")


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
