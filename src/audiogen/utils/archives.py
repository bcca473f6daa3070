"""Zip archives of arrays, checked before anything in them is read."""

import hashlib
import math
import os
import re
import zipfile
from typing import IO, BinaryIO

__all__ = ["check_archive", "check_arrays", "check_seal", "renumbered_archive", "seal_archive"]

_NUMBER = re.compile(r'(?<=[{,\s])("__id__": |"file": ")([0-9]+)')
_MEMBER = re.compile(r"schema\.json|[0-9]{1,20}\.npy")
_LARGEST_SCHEMA = 2**24  # bytes; parsed, it takes some 20 times that
_ENCRYPTED = 0x1
_LONGEST_HEADER = 4096
_CHUNK = 2**20  # bytes
# What `numpy.save` writes of plain numbers and text: no objects, no records.
_HEADER = re.compile(
    rb"\{'descr': '[<>|][biufcmMUS]([1-9][0-9]{0,3})(?:\[[a-z0-9]{1,8}\])?', "
    rb"'fortran_order': (?:True|False), 'shape': \(((?:[0-9]{1,18}, ?)*(?:[0-9]{1,18})?)\), \} *\n"
)


def check_archive(archive: zipfile.ZipFile, file: BinaryIO) -> None:
    """Refuse an archive whose members are not what they seem, or more than the file holds.

    Every member is stored as it is, once, and is either "schema.json" or an array's file.

    Parameters
    ----------
    archive : zipfile.ZipFile
        The archive, open for reading.
    file : binary file
        The file that the archive is read from.

    Raises
    ------
    ValueError
        With the member's name and what is wrong with it.
    """
    size = file.seek(0, os.SEEK_END)
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        raise ValueError("a member's name is repeated")
    if "schema.json" not in names:
        raise ValueError("it has no member named schema.json")
    for member in members:
        _check_member(member)
    if sum(member.file_size for member in members) > size:
        raise ValueError("its members are larger than the file itself")


def check_arrays(archive: zipfile.ZipFile) -> None:
    """Refuse arrays that are not plain, or whose shapes do not take the bytes that there are.

    What `numpy.load` makes of those that pass takes as much memory as they take in the file.

    Parameters
    ----------
    archive : zipfile.ZipFile
        An archive that `check_archive` let pass, open for reading.

    Raises
    ------
    ValueError
        With the member's name and what is wrong with it.
    """
    for member in archive.infolist():
        if member.filename.endswith(".npy"):
            _check_array(archive, member)


def renumbered_archive(file: BinaryIO, path: str | os.PathLike[str]) -> None:
    """Write an archive whose bytes are the same wherever and whenever its content is.

    Skops calls objects and arrays by their places in memory, and dates them.

    Parameters
    ----------
    file : binary file
        What `skops.io.dump` wrote.
    path : str or path-like
        Where to, with numbers from 1 on in the order of the schema.
    """
    numbers: dict[str, str] = {}

    def renumbered(match: re.Match[str]) -> str:
        return match[1] + numbers.setdefault(match[2], str(len(numbers) + 1))

    with zipfile.ZipFile(file) as old, zipfile.ZipFile(path, "w") as new:
        schema = _NUMBER.sub(renumbered, old.read("schema.json").decode())
        for name in old.namelist():
            number, _, suffix = name.partition(".")
            member = zipfile.ZipInfo(f"{numbers.get(number, number)}.{suffix}")  # of 1980
            member.external_attr = 0o600 << 16
            new.writestr(member, schema if name == "schema.json" else old.read(name))


def seal_archive(path: str | os.PathLike | IO[bytes]) -> None:
    """Write a digest of all members into an archive, as its comment.

    Parameters
    ----------
    path : str, path-like or binary file
        The archive.
    """
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = _digest(archive)


def check_seal(archive: zipfile.ZipFile) -> None:
    """Refuse an archive that is not as `seal_archive` left it.

    It finds damage of any kind, and no malice: whoever can change a file can seal it again.

    Parameters
    ----------
    archive : zipfile.ZipFile
        An archive that `check_archive` let pass, open for reading.

    Raises
    ------
    ValueError
        Where the digest is missing or another one.
    """
    if archive.comment != _digest(archive):
        raise ValueError("it is not as audiogen.save left it")


def _digest(archive: zipfile.ZipFile) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(archive.namelist()):
        digest.update(f"{name} {archive.getinfo(name).file_size} ".encode())
        with archive.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    return b"audiogen " + digest.hexdigest().encode()


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.filename
    if not _MEMBER.fullmatch(name):
        raise ValueError(f"the member {name[:80]!a} is neither schema.json nor an array")
    if member.compress_type != zipfile.ZIP_STORED or member.compress_size != member.file_size:
        raise ValueError(f"the member {name} is compressed")
    if member.flag_bits & _ENCRYPTED:
        raise ValueError(f"the member {name} is encrypted")
    if name == "schema.json" and member.file_size > _LARGEST_SCHEMA:
        raise ValueError(f"schema.json is larger than {_LARGEST_SCHEMA} bytes")


def _check_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Refuse an array whose shape and type do not take the bytes that there are."""
    with archive.open(member) as stream:
        start = stream.read(8)
        width = {b"\x93NUMPY\x01\x00": 2, b"\x93NUMPY\x02\x00": 4}.get(start)
        if width is None:
            raise ValueError(f"the member {member.filename} is no array in NumPy's format")
        length = int.from_bytes(stream.read(width), "little")
        header = _HEADER.fullmatch(stream.read(min(length, _LONGEST_HEADER)))
    if header is None:
        raise ValueError(f"the member {member.filename} is no array of plain numbers or text")
    item_size, shape = int(header[1]), [int(n) for n in header[2].split(b",") if n.strip()]
    if b"U" in header[0][:14]:
        item_size *= 4
    if 8 + width + length + item_size * math.prod(shape) != member.file_size:
        raise ValueError(f"the shape of the array {member.filename} does not fit its size")
