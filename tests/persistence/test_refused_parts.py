"""Files with parts that `save` does not write are refused by name."""

import copy

import pytest

import audiogen
from helpers.archives import attributes, node, scalar, schema_of, with_attribute, with_schema

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
