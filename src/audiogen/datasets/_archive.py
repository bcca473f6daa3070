"""Archives that are unpacked whole or not at all, and never outside their folder."""

import gzip
import os
import pathlib
import shutil
import tarfile
import zlib

from audiogen.exceptions import AudioFileError
from audiogen.utils.progress import Progress

_CHUNK = 1 << 20


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
        If the archive is damaged, reaches outside its folder, or has no such folder.
    """
    archive = pathlib.Path(archive)
    staging = target.with_name(f".partial-{target.name}")
    shutil.rmtree(staging, ignore_errors=True)  # of a process that was killed
    try:
        _extract_all(archive, staging, verbose)
        if not (staging / name).is_dir():
            raise AudioFileError(f"{archive} does not hold a folder {name}.")
        (staging / name).replace(target)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise AudioFileError(
            f"{archive} is damaged or not to be trusted, and nothing was taken from it: {error}."
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
        for member in tar:
            tar.extract(member, folder, filter="data")
            progress.step(raw.tell() - progress.done)
        while unzipped.read(_CHUNK):  # to the end, where the checksum is
            pass
