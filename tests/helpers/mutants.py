"""Damage of files that leaves most of their structure, and what readers may make of it.

Each function takes a `random.Random`; Hypothesis draws its seed and shows it when a test fails.
"""

import contextlib
import copy
import json
import re
import signal
import sys
import warnings

from hypothesis import strategies as st

SEEDS = st.integers(0, 2**32 - 1)

JUNK = [
    None, True, -1, 0, 10**30, 1.5, float("nan"), float("inf"), 1e300, "", "x", "null", "[]",
    "1e999", [], [1], {}, {"a": 1}, "builtins", "list", "dict", "eval", "os", "numpy", "memmap",
    "DictNode", "ListNode", "JsonNode", "ObjectNode", "NdArrayNode", "TypeNode", "FunctionNode",
    "MethodNode", "x" * 5000, "\ud800", "../a", 127, 60,
]  # fmt: skip
WORDS = ["", "0", "-1", "1e999", "nan", "9" * 5000, "[" * 3000, '"', "'", "\0", "\n", "=", ",",
         "é", "٣", "\ufeff", "{", "}", "|:", ":|", "::", "[1", "(3", "&", "K:", "X:", "true",
         "1979-05-27", "C4", "60", "3/0", "0/4", "127", "x" * 300]  # fmt: skip
NUMBERS = (0, 1, 2, 3, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 2**32 - 1)


def places(node):
    """Yield (container, key) of all that a JSON document holds."""
    for key in node if isinstance(node, dict) else range(len(node)):
        yield node, key
        if isinstance(node[key], dict | list):
            yield from places(node[key])


def damage_json(document, rng):
    """Delete, replace, copy, swap, repeat or rename something within a JSON document."""
    document = copy.deepcopy(document)
    for _ in range(rng.randint(1, 2)):
        held = list(places(document))
        if not held:
            break
        (container, key), (other, other_key) = rng.choice(held), rng.choice(held)
        how = rng.randrange(6)
        if how == 0:
            del container[key]
        elif how == 1:
            container[key] = copy.deepcopy(rng.choice(JUNK))
        elif how == 2:
            container[key] = copy.deepcopy(other[other_key])
        elif how == 3:
            value = copy.deepcopy(container[key])
            container[key], other[other_key] = other[other_key], value
        elif isinstance(container, list):
            container.insert(key, copy.deepcopy(container[key]))
        else:
            container[str(rng.choice(JUNK))] = container.pop(key)
    try:
        return json.dumps(document)
    except (ValueError, RecursionError):  # in a circle
        return "{}"


def damage_bytes(data, rng, header=0):
    """Turn, cut, drop, repeat or overwrite bytes; half of the places lie in the header."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(max(1, header if header and rng.random() < 0.5 else len(data)))
        n, how = rng.randint(1, 40), rng.randrange(6)
        if how == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            del data[at:]
        elif how == 2:
            del data[at : at + n]
        elif how == 3:
            data[at:at] = data[at : at + n]
        elif how == 4:
            data[at : at + n] = bytes(rng.randrange(256) for _ in range(n))
        else:
            width, order = rng.choice((1, 2, 4)), rng.choice(("little", "big"))
            number = rng.choice(NUMBERS) % 256**width
            data[at : at + width] = number.to_bytes(width, order)
    return bytes(data)


def damage_text(text, rng, words=()):
    """Drop, repeat, swap or replace words, signs and whole lines."""
    parts = re.findall(r"\w+|\s+|[^\w\s]", text)
    for _ in range(rng.randint(1, 4)):
        if not parts:
            break
        at, other, how = rng.randrange(len(parts)), rng.randrange(len(parts)), rng.randrange(6)
        if how == 0:
            del parts[at]
        elif how == 1:
            parts[at] = rng.choice([*WORDS, *words])
        elif how == 2:
            parts.insert(at, rng.choice([*WORDS, *words]))
        elif how == 3:
            parts[at], parts[other] = parts[other], parts[at]
        else:
            lines = [f"{line}\n" for line in "".join(parts).split("\n")]
            at = rng.randrange(len(lines))
            lines[at : at + 1] = [] if how == 4 else [lines[at], lines[at]]
            parts = re.findall(r"\w+|\s+|[^\w\s]", "".join(lines))
    return "".join(parts)


class TooLong(BaseException):
    """Not to be taken for a fault of the file."""


def _stop(*_):
    raise TooLong


@contextlib.contextmanager
def bounded(seconds=10, megabytes=512):
    """Fail where what is done takes more time of the processor or more memory (on Linux)."""
    if sys.platform != "linux":
        yield
        return
    import resource  # POSIX's

    limits = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm") as file:
        held = int(file.read().split()[0]) * resource.getpagesize()
    handler = signal.signal(signal.SIGPROF, _stop)
    resource.setrlimit(resource.RLIMIT_AS, (held + (megabytes << 20), limits[1]))
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    except TooLong:
        raise AssertionError(f"it took more than {seconds} s") from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, handler)
        resource.setrlimit(resource.RLIMIT_AS, limits)


def read_or_refused(read, path, kind=ValueError):
    """Return what a file gives, or None where an error of a kind refuses it by its name."""
    with warnings.catch_warnings(), bounded():
        warnings.simplefilter("ignore")
        try:
            return read(path)
        except kind as error:
            fault = error
    assert str(path) in str(fault)
    assert len(str(fault)) < 1000 + len(str(path)), "one would not read so long a message"
    cause = fault
    while cause is not None:
        assert not isinstance(cause, MemoryError)
        cause = cause.__cause__ or cause.__context__
    return None
