"""Archives that are unpacked whole or not at all, and never outside their folder."""

import errno
import gzip
import os
import pathlib
import shutil
import tarfile
import zlib

from audiogen.exceptions import AudioFileError
from audiogen.utils.progress import Progress

_CHUNK = 1 << 20
# How much longer than the archive what is in it may be: of sounds it is twice as long.
_LARGEST_RATIO, _SMALL = 100, 10 << 20
_DAMAGE = (
    tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error, ValueError, OverflowError, KeyError,
    RecursionError,
)  # fmt: skip
_BAD_NAMES = (
    errno.EINVAL, errno.EILSEQ, errno.EISDIR, errno.ENAMETOOLONG, errno.ENOTDIR, errno.ELOOP,
)  # fmt: skip


def extract_folder(
    archive: str | os.PathLike[str], name: str, target: pathlib.Path, *, verbose: int = 1
) -> None:
    """Unpack one folder of a ``.tar.gz``.

    Parameters
    ----------
    archive : str or path-like
        Path of the archive.
    name : str
        Name of the folder in the archive.
    target : pathlib.Path
        Path of the unpacked folder, which appears once it is complete.
    verbose : int, default=1
        0 shows no progress.

    Raises
    ------
    AudioFileError
        If the archive is damaged, reaches outside its folder, has no such folder, or holds a
        hundred times what its size is.
    """
    archive = pathlib.Path(archive)
    staging = target.with_name(f".partial-{target.name}")
    shutil.rmtree(staging, ignore_errors=True)  # of a process that was killed
    try:
        _extract_all(archive, staging, verbose)
        if not (staging / name).is_dir():
            raise AudioFileError(f"{archive} does not hold a folder {name}.")
        (staging / name).replace(target)
    except AudioFileError:
        raise
    except _DAMAGE as error:
        raise AudioFileError(
            f"{archive} is damaged or not to be trusted, and nothing was taken from it: {error}."
        ) from error
    except OSError as error:
        if error.errno not in _BAD_NAMES:  # such as a full disk, which is not the archive's fault
            raise
        raise AudioFileError(
            f"{archive} is damaged or not to be trusted: a name in it cannot be written: {error}."
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _extract_all(archive: pathlib.Path, folder: pathlib.Path, verbose: int) -> None:
    with (
        archive.open("rb") as raw,
        gzip.open(raw) as unzipped,
        tarfile.open(fileobj=unzipped, mode="r:") as tar,
        Progress(archive.stat().st_size, f"unpacking {archive.name}, bytes", verbose) as progress,
    ):
        most = _SMALL + _LARGEST_RATIO * archive.stat().st_size
        for member in tar:
            if member.issparse() or tar.offset > most:
                raise tarfile.ReadError(f"it claims to hold more than {most:,} bytes")
            tar.extract(member, folder, filter="data")
            progress.step(raw.tell() - progress.done)
        while unzipped.read(_CHUNK):  # to the end, where the checksum is
            if unzipped.tell() > most:
                raise tarfile.ReadError(f"it holds more than {most:,} bytes")
