"""GTZAN: a thousand pieces of music of ten genres."""

import os
import pathlib
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from audiogen.datasets._bunch import as_dataset, check_conditions, check_known
from audiogen.datasets._reading import (
    SOUND_SUFFIXES,
    check_rate,
    read_audio,
    read_rows,
    report,
)
from audiogen.datasets._walk import listed_files, printable
from audiogen.exceptions import AudioFileError
from audiogen.io import open_clip
from audiogen.utils.validation import Instance, Options, check_parameters

_SAMPLE_RATE = 22_050
_KNOWN_CORRUPT = "jazz.00054"


def load_gtzan(
    root: str | os.PathLike[str],
    *,
    genres: Collection[str] | None = None,
    n_jobs: int | None = None,
    errors: str = "raise",
    verbose: int = 0,
    return_X_y: bool = False,
    conditions: Sequence[str] = ("genre",),
) -> Any:
    """Load the pieces of GTZAN, 30 s each at 22,050 Hz, cut to their common length.

    The layout is ``genres/<genre>/<genre>.NNNNN.wav``, or ``.au`` as first published, or another
    kind that libsndfile reads. The one
    file known to be corrupt in many copies, ``jazz.00054``, is left out with a warning if it
    cannot be read, whatever `errors` says.

    Parameters
    ----------
    root : str or path-like
        The folder that holds ``genres`` (or ``genres_original``), or the folders of the
        genres themselves.
    genres : list of str, default=None
        The genres to load; None loads all: 1,000 pieces take 2.6 GB on disk once more.
    n_jobs : int, default=None
        Number of files that are read at the same time; None is 1, -1 one for each core, which is
        also what None is for more than 1 GB.
    errors : {"raise", "warn"}, default="raise"
        Whether a file that is damaged, empty, truncated, of another sampling rate or holds
        NaN raises, or is left out with a warning.
    verbose : int, default=0
        1 shows the progress of decoding more than 1 GB.
    return_X_y : bool, default=False
        Whether to return ``(X, y)`` instead of a Bunch.
    conditions : list of str, default=("genre",)
        Columns of `frame` that make up y.

    Returns
    -------
    data : Bunch
        With the attributes

        data : ndarray of shape (n_pieces, n_timesteps), float32
            The pieces, in [-1, 1]; n_timesteps is the length of the shortest. Of more than
            1 GB they are a memory map, as `load_nsynth` describes it.
        frame : DataFrame
            The columns note (such as "jazz.00003") and genre.
        sample_rate : int
            22,050 Hz.
        filenames : list of str
            File that each piece was read from.
        DESCR : str
            Description of the data.
    (X, y) : tuple of ndarray and DataFrame
        ``data`` and ``frame[conditions]``, if `return_X_y` is True.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        For a genre that is not there.
    AudioFileError
        For bad files, with ``errors="raise"``, and wherever none is left.

    Warns
    -----
    AudioFileWarning
        For each bad file, with ``errors="warn"``, and for jazz.00054.

    References
    ----------
    .. [1] G. Tzanetakis, P. Cook, "Musical genre classification of audio signals", IEEE
       Transactions on Speech and Audio Processing 10(5), 2002.
    .. [2] B. L. Sturm, "The GTZAN dataset: Its contents, its faults, their effects on
       evaluation, and its future use", arXiv:1306.1461, 2013.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import soundfile
    >>> from audiogen.datasets import load_gtzan, make_notes
    >>> pieces = make_notes(2, sample_rate=22050, duration=1, random_state=0).data
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     (pathlib.Path(folder) / "genres" / "jazz").mkdir(parents=True)
    ...     for i, piece in enumerate(pieces):
    ...         soundfile.write(f"{folder}/genres/jazz/jazz.{i:05d}.wav", piece, 22050)
    ...     X, y = load_gtzan(folder, return_X_y=True)
    >>> X.shape, y.genre.tolist()
    ((2, 22050), ['jazz', 'jazz'])
    """
    names = (Options(None), Instance((list, tuple, set, np.ndarray), "a list of names"))
    check_parameters(
        "load_gtzan",
        {"genres": names, "errors": Options("raise", "warn")},
        {"genres": genres, "errors": errors},
    )
    check_conditions("load_gtzan", conditions, ("note", "genre"))
    paths = _pieces(pathlib.Path(root), genres, errors)
    paths, n_timesteps = _common_length(paths, errors)
    X, kept, _ = read_rows(
        paths, n_timesteps, _SAMPLE_RATE, n_jobs=n_jobs, errors=errors, verbose=verbose
    )
    paths = [paths[i] for i in kept]
    frame = pd.DataFrame(
        {
            "note": [printable(path.stem) for path in paths],
            "genre": [printable(path.parent.name) for path in paths],
        }
    )
    return as_dataset(
        X,
        frame,
        sample_rate=_SAMPLE_RATE,
        filenames=[str(path) for path in paths],
        descr=f"{len(X)} pieces of music of {frame['genre'].nunique()} genres, read from {root}.",
        return_X_y=return_X_y,
        conditions=conditions,
    )


def _pieces(root: pathlib.Path, genres: Collection[str] | None, errors: str) -> list[pathlib.Path]:
    """Return the files of the genres asked for, sorted."""
    folders = [root / "genres", root / "genres_original", root]
    folder = next((folder for folder in folders if folder.is_dir()), root)
    none = FileNotFoundError(
        f"There is no file <genre>/<genre>.NNNNN.wav or .au in {folder}; give the folder "
        "that holds 'genres'."
    )
    try:
        found = listed_files(folder, SOUND_SUFFIXES, errors, kind="piece")
    except FileNotFoundError as error:
        raise none from error
    paths = [path for path in found if path.parent.parent == folder]
    if not paths:
        raise none
    if genres is None:
        return paths
    check_known("genres", genres, sorted({path.parent.name for path in paths}))
    return [path for path in paths if path.parent.name in genres]


def _common_length(paths: list[pathlib.Path], errors: str) -> tuple[list[pathlib.Path], int]:
    """Return the files that can be used, as far as is known, and the length of the shortest."""
    lengths = {}
    for path in paths:
        try:
            with open_clip(path) as sound:
                check_rate(path, sound.samplerate, _SAMPLE_RATE)
                n_timesteps = sound.frames
            if path.stem == _KNOWN_CORRUPT:  # what follows a sound header may be damaged as well
                read_audio(path, n_timesteps, _SAMPLE_RATE)
            lengths[path] = n_timesteps
        except AudioFileError as fault:
            report(fault, "warn" if path.stem == _KNOWN_CORRUPT else errors)
    if not lengths:
        raise AudioFileError(f"None of the {len(paths)} files can be used; the warnings say why.")
    return list(lengths), min(lengths.values())
