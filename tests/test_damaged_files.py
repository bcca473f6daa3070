"""A damaged file is a ValueError that names it, whatever the damage; or it loads all the same."""

import copy
import io
import json
import subprocess
import sys
import warnings
import zipfile

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import audiogen
from audiogen import GenerativePipeline
from audiogen.generators import ConditionalGaussianMixture
from audiogen.utils.archives import seal_archive

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


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Return the bytes of a pipeline's file, with most kinds of parts in it."""
    rng = np.random.default_rng(0)
    y = pd.DataFrame({"pitch": np.arange(60, 80), "family": ["reed", "mallet"] * 10})
    y["size"] = np.array(["small", "large"] * 10, dtype=object)
    mixture = ConditionalGaussianMixture(n_components=2, random_state=np.random.RandomState(0))
    pca = PCA(3).set_output(transform="default")
    log = FunctionTransformer(np.log1p, inverse_func=np.expm1)
    pipeline = GenerativePipeline(
        [("log", log), ("scale", StandardScaler()), ("pca", pca), ("mixture", mixture)]
    ).fit(rng.uniform(0.1, 3.0, (20, 6)), y)
    path = tmp_path_factory.mktemp("saved") / "whole.skops"
    audiogen.save(pipeline, path)
    return path.read_bytes()


def members_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def zipped(members, **options):
    """Return a sealed archive: what is wrong with it must be found by other means."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of repeated names
        for name, content in members:
            archive.writestr(name, content)
    seal_archive(buffer)
    return buffer.getvalue()


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


def schema_of(data):
    return json.loads(dict(members_of(data))["schema.json"])


def with_schema(data, schema):
    """Return a file with another description and the same arrays."""
    text = schema if isinstance(schema, bytes | str) else json.dumps(schema)
    return zipped(
        [(n, c) for n, c in members_of(data) if n != "schema.json"] + [("schema.json", text)]
    )


def node(loader, name, **fields):
    module, _, kind = name.rpartition(".")
    return {"__class__": kind, "__module__": module, "__loader__": loader, **fields}


def scalar(value):
    return node("JsonNode", "builtins.str", content=json.dumps(value), is_json=True)


def attributes(schema):
    return schema["content"]["content"]


def with_attribute(data, value, *, name="verbose"):
    """Return a file whose estimator has something else as one attribute."""
    schema = schema_of(data)
    attributes(schema)[name] = value
    return with_schema(data, schema)


ATTACKS = {
    "eval": node("ListNode", "builtins.eval", content=[scalar("1")]),
    "function": node("FunctionNode", "os.system"),
    "old function": node(
        "FunctionNode", "numpy.sin", content={"module_path": "os", "function": "system"}
    ),
    "a ufunc's maker": node("FunctionNode", "numpy.frompyfunc"),
    "type": node("TypeNode", "subprocess.Popen"),
    "raw bytes": node("TypeNode", "numpy.void"),
    "partial": node("PartialNode", "functools.partial", content={}),
    "method": node("MethodNode", "builtins.str", content={"func": "format", "obj": scalar("a")}),
    "operator": node("OperatorFuncNode", "operator.methodcaller", attrs=scalar("a")),
    "reduce": node("ConstructorFromReduceNode", "pathlib.PurePath", content=scalar("a")),
    "generator": node("RandomGeneratorNode", "numpy.random._generator.Generator", content={}),
    "default": node("DefaultDictNode", "collections.defaultdict", content={}),
    "tree": node("TreeNode", "sklearn.tree._tree.Tree", content={}, __reduce__={}),
    "sparse": node("SparseMatrixNode", "scipy.sparse._csr.csr_array", type="scipy", file="a.npz"),
    "bytes": node("BytesNode", "builtins.bytes", file="a.bin"),
    "object": node("ObjectNode", "audiogen.pipeline._generate.generate"),
    "module": node("ObjectNode", "audiogen.pipeline.GenerativePipeline"),
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_other_kinds_of_parts_are_refused(attack, saved, tmp_path):
    (tmp_path / "bad.skops").write_bytes(with_attribute(saved, attack))
    with pytest.raises(ValueError, match=r"bad\.skops (holds types that|.*other fields)"):
        audiogen.load(tmp_path / "bad.skops")


@pytest.mark.parametrize("name", ["sample", "_constraints", "__class__", "fit"])
def test_attributes_that_hide_others_are_refused(name, saved, tmp_path):
    schema = schema_of(saved)
    attributes(schema)[name] = attributes(schema).pop("verbose")
    (tmp_path / "bad.skops").write_bytes(with_schema(saved, schema))
    with pytest.raises(ValueError, match=f"bad.skops cannot be read.*'{name}' hides one of Gen"):
        audiogen.load(tmp_path / "bad.skops")


def mixture_of(schema):
    """Return the state of the last step."""
    return attributes(schema)["steps"]["content"][-1]["content"][1]["content"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state: state.update(n_components=scalar("x")), "'n_components' parameter"),
        (lambda state: state.update(covariance_type=scalar(3)), "'covariance_type' parameter"),
        (lambda state: state.update(n_features_in_=scalar("6")), "n_features_in_ of"),
        (lambda state: state.update(n_features_in_=scalar(-6)), "n_features_in_ of"),
        (lambda state: state.update(random_state=broken_random_state(state)), "a RandomState"),
    ],
)
def test_attributes_that_do_not_belong_are_refused(change, words, saved, tmp_path):
    schema = schema_of(saved)
    change(mixture_of(schema)["content"])
    (tmp_path / "bad.skops").write_bytes(with_schema(saved, schema))
    with pytest.raises(ValueError, match=rf"bad\.skops cannot be read.*{words}"):
        audiogen.load(tmp_path / "bad.skops")


def test_files_that_describe_networks_are_refused(saved, tmp_path):
    """As releases before this one did, for Keras to deserialise."""
    schema = schema_of(saved)
    state = mixture_of(schema)
    state["content"]["_model_state"] = copy.deepcopy(schema["content"])
    state["key_types"]["content"].append(state["key_types"]["content"][0])
    (tmp_path / "old.skops").write_bytes(with_schema(saved, schema))
    with pytest.raises(ValueError, match=r"old\.skops was written by an earlier release.*again"):
        audiogen.load(tmp_path / "old.skops")


def broken_random_state(state):
    """Return a RandomState that would read beyond its numbers."""
    random_state = copy.deepcopy(state["random_state"])
    del random_state["__id__"]
    for part in (random_state["content"], random_state["content"]["content"]["state"]):
        del part["__id__"]
    random_state["content"]["content"]["state"]["content"]["pos"] = scalar(10**6)
    return random_state


@pytest.mark.parametrize("lost", ["alpha", "steps"])
def test_lost_parameters_are_refused(lost, saved, tmp_path):
    schema = schema_of(saved)
    state = schema["content"] if lost == "steps" else mixture_of(schema)
    place = list(state["content"]).index(lost)
    del state["content"][lost], state["key_types"]["content"][place]
    (tmp_path / "bad.skops").write_bytes(with_schema(saved, schema))
    with pytest.raises(ValueError, match=rf"bad\.skops cannot be read.*{lost}"):
        audiogen.load(tmp_path / "bad.skops")


def doubled(depth):
    """Return lists in lists, each twice the next by reference: 2**depth in all."""
    inner = scalar(0)
    for number in range(1, depth + 1):
        inner = node("ListNode", "builtins.list", content=[{**inner, "__id__": number}] * 2)
        if number > 3:  # further on only the reference is spelt out
            inner["content"][1] = node("ListNode", "builtins.list", content=[], __id__=number)
    return inner


def nested(depth):
    inner = scalar(0)
    for _ in range(depth):
        inner = node("ListNode", "builtins.list", content=[inner])
    return inner


def array(header, data=b""):
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


def array_bomb(saved, header):
    members = dict(members_of(saved))
    name = next(name for name in members if name.endswith(".npy"))
    return zipped([*{**members, name: array(header)}.items()])


def larger_than_the_file(saved):
    """Return a file whose directory says that an array has 4 GB."""
    data = bytearray(saved)
    at = data.index(b"PK\x01\x02")
    data[at + 20 : at + 28] = (2**32 - 2).to_bytes(4, "little") * 2
    return bytes(data)


def read_often(saved):
    """Return a file in which one array is read a thousand times."""
    zeros = array(
        b"{'descr': '<f8', 'fortran_order': False, 'shape': (250000,), }\n", bytes(2000000)
    )
    once = [
        node("NdArrayNode", "numpy.ndarray", type="numpy", file="7.npy", __id__=n + 1)
        for n in range(1000)
    ]
    data = with_attribute(saved, node("ListNode", "builtins.list", content=once))
    return zipped([*members_of(data), ("7.npy", zeros)])


def circle(saved):
    return with_attribute(
        saved,
        node(
            "ListNode",
            "builtins.list",
            __id__=5,
            content=[node("ListNode", "builtins.list", __id__=5, content=[])],
        ),
    )


HEADER = b"{'descr': '%s', 'fortran_order': False, 'shape': (%s,), }\n"
BOMBS = {
    "compressed": lambda saved: zipped(
        [*members_of(saved), ("1.npy", bytes(2**26))], compression=zipfile.ZIP_DEFLATED
    ),
    "compressed text": lambda saved: zipped(
        [("schema.json", b"[" + b"0," * 2**24 + b"0]")], compression=zipfile.ZIP_DEFLATED
    ),
    "repeated": lambda saved: zipped(members_of(saved) + members_of(saved)[-1:]),
    "larger": larger_than_the_file,
    "often": read_often,
    "shape": lambda saved: array_bomb(saved, HEADER % (b"<f8", b"1000000000")),
    "overflow": lambda saved: array_bomb(saved, HEADER % (b"<f8", b"4294967296, 4294967296")),
    "text": lambda saved: array_bomb(saved, HEADER % (b"<U999999999", b"1")),
    "empty text": lambda saved: array_bomb(saved, HEADER % (b"<U999999999", b"0")),
    "objects": lambda saved: array_bomb(saved, HEADER % (b"|O", b"1")),
    "header": lambda saved: array_bomb(saved, b"-" * 60000),
    "doubled": lambda saved: with_attribute(saved, doubled(40)),
    "circle": circle,
    "nested parts": lambda saved: with_attribute(saved, nested(150)),
    "nested lists": lambda saved: with_schema(saved, "[" * 64000),
    "nested in text": lambda saved: with_attribute(
        saved, node("JsonNode", "builtins.str", content="[" * 64000, is_json=True)
    ),
    "a long number": lambda saved: with_attribute(
        saved, node("JsonNode", "builtins.str", content="9" * 10**6, is_json=True)
    ),
}
DEFUSED = """
import pathlib, resource, sys, audiogen
good, *bombs = map(pathlib.Path, sys.argv[1:])
audiogen.load(good)
held = int(pathlib.Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (held + 2**26, held + 2**26))
for bomb in bombs:
    try:
        audiogen.load(bomb)
    except ValueError as error:
        assert str(error).startswith(f"{bomb} cannot be read"), error
        assert not isinstance(error.__cause__, MemoryError), error
    else:
        raise AssertionError(f"{bomb} was loaded")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_bombs_take_no_memory(saved, tmp_path):
    for name, bomb in {"good": lambda saved: saved, **BOMBS}.items():
        (tmp_path / name).write_bytes(bomb(saved))
    paths = [str(tmp_path / name) for name in ["good", *BOMBS]]
    subprocess.run([sys.executable, "-c", DEFUSED, *paths], check=True, timeout=120)
