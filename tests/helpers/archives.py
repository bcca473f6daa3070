"""The parts of saved files, and files of other parts."""

import io
import json
import warnings
import zipfile

from audiogen.utils.archives import seal_archive


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
