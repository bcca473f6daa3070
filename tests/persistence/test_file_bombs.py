"""Small files that would take much memory or time are refused at once."""

import subprocess
import sys
import zipfile

import pytest

from helpers.archives import members_of, node, scalar, with_attribute, with_schema, zipped


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
    "rows of nothing": lambda saved: array_bomb(saved, HEADER % (b"|S0", b"1000000000")),
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
