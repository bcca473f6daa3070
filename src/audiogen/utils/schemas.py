"""Descriptions of objects in skops' format, checked before anything is made of them."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

__all__ = ["check_schema"]

_DEEPEST = 100  # nested parts; skops recurses three times as deep
_SHOWN = 80
_Contents = tuple[Any, Iterable[Any]]  # what a part itself says, and the parts within it


def check_schema(
    schema: Any, allowed: Mapping[str, Collection[str]], members: Collection[str]
) -> set[str]:
    """Refuse a description that skops' `dump` would not write; return the types not allowed.

    Parameters
    ----------
    schema : object
        What schema.json holds, parsed.
    allowed : dict of str to collection of str
        The names of the types that each kind of part may have, by the name of skops' loader
        for that kind. Kinds that are missing are not allowed.
    members : collection of str
        The names of the files in the archive.

    Returns
    -------
    foreign : set of str
        Types, functions and methods that are named and not allowed.

    Raises
    ------
    ValueError
        With what is wrong: a part that lacks something or has too much, parts nested too
        deep, or two different parts under one number.
    """
    if not isinstance(schema, dict):
        raise ValueError("schema.json describes no object")
    root = dict(schema)
    protocol = root.pop("protocol", None)
    if type(protocol) is not int or protocol < 0:
        raise ValueError("schema.json names no protocol of skops")
    root.pop("_skops_version", None)
    reader = _SchemaReader(allowed, members)
    reader.visit(root)
    return reader.foreign


class _SchemaReader:
    """Visit the parts of a schema, from the outside in."""

    def __init__(self, allowed: Mapping[str, Collection[str]], members: Collection[str]) -> None:
        self.allowed = allowed
        self.members = members
        self.foreign: set[str] = set()
        self.digests: dict[int, bytes] = {}
        self.contents: dict[str, Callable[[dict], _Contents]] = {
            "DictNode": self._dict,
            "FunctionNode": self._name_alone,
            "JsonNode": self._scalar,
            "ListNode": self._sequence,
            "NdArrayNode": self._array,
            "ObjectNode": self._object,
            "RandomStateNode": self._random_state,
            "SetNode": self._sequence,
            "SliceNode": self._slice,
            "TupleNode": self._sequence,
            "TypeNode": self._name_alone,
        }

    def visit(self, part: Any, depth: int = 0) -> bytes:
        """Check a part and all within it; return a digest of what it describes."""
        if depth > _DEEPEST:
            raise ValueError(f"schema.json nests its parts more than {_DEEPEST} deep")
        loader, name = _identity(part)
        if name not in self.allowed.get(loader, ()):
            self.foreign.add(ascii(name)[1:-1][:_SHOWN])
            return b""
        said, inner = self.contents[loader](part)
        digests = [self.visit(one, depth + 1) for one in inner]
        digest = hashlib.sha256(repr((loader, name, said, digests)).encode()).digest()
        self._remember(part.get("__id__"), digest)
        return digest

    def _remember(self, number: Any, digest: bytes) -> None:
        """Refuse different parts of one number, as skops takes the first for all of them.

        Equal ones cannot hold each other, and each is in the file as a whole: no reference
        leads in a circle or multiplies what is there.
        """
        if number is None:
            return
        if type(number) is not int or number <= 0:
            raise ValueError("schema.json numbers a part by something else than an int")
        if self.digests.setdefault(number, digest) != digest:
            raise ValueError(f"schema.json describes two parts under the number {number}")

    def _dict(self, part: dict) -> _Contents:
        content, key_types = _fields(part, content=dict, key_types=dict)
        types = _fields(key_types, content=list)[0]
        if _identity(key_types)[0] != "ListNode" or len(types) != len(content):
            raise ValueError("schema.json lacks the types of a dict's keys")
        if any(_identity(kind)[0] != "TypeNode" for kind in types):
            raise ValueError("schema.json gives a dict's key a type that is none")
        return tuple(content), [key_types, *content.values()]

    def _sequence(self, part: dict) -> _Contents:
        return (), _fields(part, content=list)[0]

    def _scalar(self, part: dict) -> _Contents:
        text, _ = _fields(part, content=str, is_json=bool)
        if isinstance(json.loads(text), list | dict):
            raise ValueError("schema.json holds a number or text that is none")
        return text, ()

    def _array(self, part: dict) -> _Contents:
        if part.get("type") == "json":  # of objects
            _, content, shape = _fields(part, type=str, content=list, shape=dict)
            if _identity(part)[1] != "numpy.ndarray" or _identity(shape)[0] != "TupleNode":
                raise ValueError("schema.json describes an array of objects without a shape")
            return (), [shape, *content]
        kind, name = _fields(part, type=str, file=str)
        if kind != "numpy" or name != f"{part.get('__id__')}.npy" or name not in self.members:
            raise ValueError(f"the array {name[:_SHOWN]!a} is not in the file")
        return name, ()

    def _object(self, part: dict) -> _Contents:
        state = _fields(part, content=dict)[0]
        if _identity(state)[0] != "DictNode":
            raise ValueError("schema.json describes an object without attributes")
        key_types = _fields(state, content=dict, key_types=dict)[1]
        types = _fields(key_types, content=list)[0]
        if any(_identity(kind)[1] != "builtins.str" for kind in types):
            raise ValueError("schema.json names an attribute by something else than text")
        return (), [state]

    def _random_state(self, part: dict) -> _Contents:
        return (), _fields(part, content=dict)

    def _slice(self, part: dict) -> _Contents:
        bounds = _fields(part, content=dict)[0]
        if set(bounds) != {"start", "stop", "step"}:
            raise ValueError("schema.json describes a slice without its bounds")
        if any(value is not None and type(value) is not int for value in bounds.values()):
            raise ValueError("schema.json describes a slice whose bounds are no ints")
        return sorted(bounds.items()), ()

    def _name_alone(self, part: dict) -> _Contents:
        _fields(part)
        return (), ()


def _identity(part: Any) -> tuple[str, str]:
    """Return the names of a part's loader and of its type."""
    if not isinstance(part, dict):
        raise ValueError("schema.json has something else where a part belongs")
    words = [part.get(key) for key in ("__loader__", "__module__", "__class__")]
    if not all(isinstance(word, str) for word in words):
        raise ValueError("schema.json has a part without a type")
    return str(words[0]), f"{words[1]}.{words[2]}"


def _fields(part: dict, **kinds: type) -> list[Any]:
    """Return what a part has beside its identity: just these fields, of these types."""
    names = set(part) - {"__loader__", "__module__", "__class__", "__id__"}
    if names != set(kinds) or any(type(part[name]) is not kinds[name] for name in names):
        name = ascii(_identity(part)[1])[1:-1][:_SHOWN]
        raise ValueError(f"schema.json describes a {name} by other fields than its own")
    return [part[name] for name in kinds]
