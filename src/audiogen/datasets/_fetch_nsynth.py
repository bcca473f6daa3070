"""Download of NSynth."""

import contextlib
import inspect
import os
import pathlib
from typing import Any

from audiogen.datasets._archive import extract_folder
from audiogen.datasets._download import ResumingDownloader, parts_of
from audiogen.datasets._nsynth import load_nsynth
from audiogen.exceptions import AudioFileError
from audiogen.utils.folders import cache_folder
from audiogen.utils.locks import locked
from audiogen.utils.validation import Options, check_parameters

_BASE_URL = "http://download.magenta.tensorflow.org/datasets/nsynth/"


def fetch_nsynth(
    split: str = "train",
    data_home: str | os.PathLike[str] | None = None,
    *,
    base_url: str = _BASE_URL,
    verbose: int = 1,
    **parameters: Any,
) -> Any:
    """Load NSynth, and download it first if it is not there yet.

    289,205 ("train"), 12,678 ("valid") and 4,096 ("test") notes; the archives hold some 22,
    1 and 0.35 GB, and unpack to about 128 kB a note. The next call resumes an interrupted
    download, and repeats an interrupted extraction: the corpus appears only when it is
    complete. The archive is removed when it is unpacked. Where another process fetches the same,
    this one waits for it.

    Parameters
    ----------
    split : {"train", "valid", "test"}, default="train"
        Which part of NSynth.
    data_home : str or path-like, default=None
        Folder of ``nsynth-<split>``. None is the user's cache folder for audiogen, or the
        value of the environment variable ``AUDIOGEN_DATA``.
    base_url : str, default="http://download.magenta.tensorflow.org/datasets/nsynth/"
        Address of the folder of ``nsynth-<split>.jsonwav.tar.gz``, for mirrors.
    verbose : int, default=1
        0 shows no progress.
    **parameters : dict
        Keywords of `load_nsynth`, such as `families`, `max_notes` and `return_X_y`. The whole
        of "train", decoded, takes another 74 GB on disk.

    Returns
    -------
    data : Bunch, or tuple (X, y)
        As `load_nsynth` returns it.

    Raises
    ------
    requests.exceptions.RequestException
        If the download fails four times in a row. The next call resumes it.
    AudioFileError
        If the archive is damaged.
    FileExistsError
        If ``nsynth-<split>`` is there, but without ``examples.json``.

    Notes
    -----
    NSynth is by Google Inc., under CC-BY 4.0. No checksums of its archives are published;
    the length and the archive's own checksum (CRC-32) are verified.

    References
    ----------
    .. [1] J. Engel, C. Resnick, A. Roberts, S. Dieleman, D. Eck, K. Simonyan, M. Norouzi,
       "Neural Audio Synthesis of Musical Notes with WaveNet Autoencoders", ICML 2017.
       https://magenta.tensorflow.org/datasets/nsynth

    Examples
    --------
    >>> from audiogen.datasets import fetch_nsynth
    >>> X, y = fetch_nsynth("test", families=["organ"], return_X_y=True)  # doctest: +SKIP
    """
    check_parameters(
        "fetch_nsynth", {"split": Options("train", "valid", "test")}, {"split": split}
    )
    inspect.signature(load_nsynth).bind(None, split, **parameters)  # before hours of download
    home = cache_folder() if data_home is None else pathlib.Path(data_home).expanduser().absolute()
    name = f"nsynth-{split}"
    target, archive = home / name, home / f"{name}.jsonwav.tar.gz"
    lock, marker = home / f".{name}.lock", home / f".{name}.unpacking"
    if not _is_there(target):
        with locked(lock, f"fetching {name}"):
            if not _is_there(target):  # by now
                if not archive.exists():
                    ResumingDownloader(verbose)(f"{base_url}{archive.name}", archive)
                _unpack(archive, target, marker, verbose)
    ours = (archive, marker) if marker.exists() else ()  # another's archive stays
    for left in (lock, *parts_of(archive), *ours):  # of a process killed when all was there
        with contextlib.suppress(OSError):
            left.unlink(missing_ok=True)
    return load_nsynth(home, split, verbose=verbose, **parameters)


def _is_there(target: pathlib.Path) -> bool:
    """Tell whether a corpus is there; refuse a folder in its place that is none."""
    if (target / "examples.json").is_file():
        return True
    if target.exists():
        raise FileExistsError(f"{target} is there, but without examples.json; remove it first.")
    return False


def _unpack(
    archive: pathlib.Path, target: pathlib.Path, marker: pathlib.Path, verbose: int
) -> None:
    """Unpack the corpus and mark that; a damaged archive goes, or it would be met again."""
    marker.touch()
    try:
        extract_folder(archive, target.name, target, verbose=verbose)
    except AudioFileError as error:
        archive.unlink()
        marker.unlink()
        raise AudioFileError(
            f"{error} The archive was removed; call again to download it."
        ) from error
