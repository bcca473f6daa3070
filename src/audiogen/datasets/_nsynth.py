"""Notes read from the layout of NSynth."""

import numbers
import os
import pathlib
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from audiogen.datasets._bunch import as_dataset, check_conditions
from audiogen.datasets._captions import captioned, known_columns
from audiogen.datasets._filters import NAMES, drawn, filtered
from audiogen.datasets._nsynth_examples import read_examples
from audiogen.datasets._nsynth_format import SECONDS
from audiogen.datasets._reading import SOUND_SUFFIXES, read_rows, report
from audiogen.exceptions import AudioFileError
from audiogen.utils.validation import Instance, Interval, Options, check_parameters

_RULES = {
    "families": NAMES,
    "sources": NAMES,
    "instruments": NAMES,
    "pitch_range": (Options(None), Instance((list, tuple), "a pair (low, high)")),
    "max_notes": (Options(None), Interval(numbers.Integral, 1, None)),
    "n_timesteps": (Options(None), Interval(numbers.Integral, 1, None)),
    "errors": Options("raise", "warn"),
    "captions": Instance(bool, "a bool"),
}


def load_nsynth(
    root: str | os.PathLike[str],
    split: str = "train",
    *,
    families: Collection[str] | None = None,
    sources: Collection[str] | None = None,
    instruments: Collection[str] | None = None,
    pitch_range: tuple[float | str, float | str] | None = None,
    max_notes: int | None = None,
    n_timesteps: int | None = None,
    random_state: Any = None,
    n_jobs: int | None = None,
    errors: str = "raise",
    verbose: int = 0,
    return_X_y: bool = False,
    conditions: Sequence[str] = ("pitch", "instrument_family"),
    captions: bool = False,
) -> Any:
    """Load notes in the layout of NSynth.

    The layout is a file ``examples.json`` and a folder ``audio`` with a sound file for each of
    its keys: WAV, as NSynth has them, or another format, such as FLAC. The filters act on the
    JSON file: only the notes that pass them are read.

    Parameters
    ----------
    root : str or path-like
        Folder that holds ``nsynth-<split>``, or ``examples.json`` itself.
    split : str, default="train"
        "train", "valid" or "test"; ignored if `root` holds ``examples.json``.
    families : list of str, default=None
        Instrument families to keep, such as "organ"; None keeps all.
    sources : list of str, default=None
        Sources to keep: "acoustic", "electronic", "synthetic".
    instruments : list of str, default=None
        Instruments to keep, such as "organ_electronic_001".
    pitch_range : tuple (low, high), default=None
        MIDI pitches to keep, or names of notes such as "C4"; both ends are included.
    max_notes : int, default=None
        Largest number of notes, which are drawn at random from those that pass the filters.
    n_timesteps : int, default=None
        Number of samples in a note: shorter ones are padded with zeros, longer ones are cut.
        None is 4 s, which are 64,000 samples in NSynth.
    random_state : int, RandomState or None, default=None
        Seed of the draw of `max_notes`.
    n_jobs : int, default=None
        Number of files that are read at the same time; None is 1, -1 one for each core, which is
        also what None is for more than 1 GB.
    errors : {"raise", "warn"}, default="raise"
        Whether a file that is missing, damaged, empty, not listed, of another sampling rate
        than listed or holds NaN raises, or is left out with a warning.
    verbose : int, default=0
        1 shows the progress of decoding more than 1 GB.
    return_X_y : bool, default=False
        Whether to return ``(X, y)`` instead of a Bunch.
    conditions : list of str, default=("pitch", "instrument_family")
        Columns of `frame` that make up y.
    captions : bool, default=False
        Whether `frame` has a further column, caption, that says in words what each note is like,
        as `make_captions` does with the seed 0.

    Returns
    -------
    data : Bunch
        With the attributes

        data : ndarray of shape (n_notes, n_timesteps), float32
            The notes, in [-1, 1]. Of more than 1 GB they are a memory map (see Notes).
        frame : DataFrame
            The columns note, pitch (MIDI), velocity, instrument, instrument_family,
            instrument_source and qualities (a tuple of str), and caption if asked for. A
            number column is int64, or float64 with NaN where a note has none.
        sample_rate : int
            Sampling rate of the notes, in Hz.
        filenames : list of str
            File that each note was read from.
        DESCR : str
            Description of the data.
    (X, y) : tuple of ndarray and DataFrame
        ``data`` and ``frame[conditions]``, if `return_X_y` is True.

    Raises
    ------
    FileNotFoundError
        Where there is no such corpus.
    ValueError
        Where a family, source or instrument is not in it (the message lists what is), or
        nothing passes the filters.
    AudioFileError
        For bad files, with ``errors="raise"``, and wherever none is left.

    Warns
    -----
    AudioFileWarning
        For each bad file, with ``errors="warn"``.

    Notes
    -----
    Notes of more than 1 GB are decoded once, into a file in the user's cache folder for
    audiogen, or in the folder that the environment variable ``AUDIOGEN_DATA`` names, and `data`
    is a memory map of it, which cannot be written to: ``data[rows]`` is a copy that can. The next
    call with the same parameters finds the file, unless a sound file has changed.
    ``audiogen cache`` lists such files and removes them.

    References
    ----------
    .. [1] J. Engel, C. Resnick, A. Roberts, S. Dieleman, D. Eck, K. Simonyan, M. Norouzi,
       "Neural Audio Synthesis of Musical Notes with WaveNet Autoencoders", ICML 2017.

    Examples
    --------
    >>> import tempfile
    >>> from audiogen.datasets import load_nsynth, make_notes, save_nsynth
    >>> notes = make_notes(4, pitch=[55, 60, 65, 70], duration=0.5, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = save_nsynth(folder, notes.data, notes.frame)
    ...     X, y = load_nsynth(folder, pitch_range=(60, 70), return_X_y=True)
    >>> X.shape, y.pitch.tolist()
    ((3, 64000), [60, 65, 70])
    """
    check_parameters("load_nsynth", _RULES, locals())
    check_conditions("load_nsynth", conditions, known_columns(captions))
    folder = find_corpus(root, split)
    frame, sample_rate = read_examples(folder / "examples.json")
    sounds = _sounds(folder)
    _check_listed(folder, sounds, frame["note"], errors)
    named = {
        "families": ("instrument_family", families),
        "sources": ("instrument_source", sources),
        "instruments": ("instrument", instruments),
    }
    frame = drawn(filtered(frame, named, pitch_range), max_notes, random_state)
    names = [sounds.get(note, f"{note}.wav") for note in frame["note"]]
    paths = [folder / "audio" / name for name in names]
    length = SECONDS * sample_rate if n_timesteps is None else n_timesteps
    X, kept, _ = read_rows(
        paths, length, sample_rate, n_jobs=n_jobs, errors=errors, verbose=verbose
    )
    frame = frame.iloc[kept].reset_index(drop=True)
    filenames = [str(paths[i]) for i in kept]
    return as_dataset(
        X,
        captioned(frame, captions),
        sample_rate=sample_rate,
        filenames=filenames,
        descr=f"{len(X)} notes in the layout of NSynth, read from {folder}.",
        return_X_y=return_X_y,
        conditions=conditions,
    )


def find_corpus(root: str | os.PathLike[str], split: str) -> pathlib.Path:
    """Return the folder that holds examples.json."""
    root = pathlib.Path(root)
    for folder in (root / f"nsynth-{split}", root):
        if (folder / "examples.json").is_file():
            return folder
    raise FileNotFoundError(
        f"There is neither {root / f'nsynth-{split}' / 'examples.json'} nor "
        f"{root / 'examples.json'}. Give the folder that holds one of them; "
        "fetch_nsynth downloads NSynth."
    )


def _sounds(folder: pathlib.Path) -> dict[str, str]:
    """Return the name of the sound file of each note; WAV where a note has several."""
    audio = folder / "audio"
    if not audio.is_dir():
        raise AudioFileError(f"{folder / 'examples.json'} has no folder 'audio' beside it.")
    try:
        with os.scandir(audio) as entries:
            named = [(*os.path.splitext(entry.name), entry.name) for entry in entries]
    except OSError as error:
        raise AudioFileError(f"{audio} cannot be listed: {error.strerror}.") from error
    ranked = [
        (SOUND_SUFFIXES.index(suffix.lower()), stem, name)
        for stem, suffix, name in named
        if suffix.lower() in SOUND_SUFFIXES and not name.startswith(".")
    ]
    return {stem: name for _, stem, name in sorted(ranked, reverse=True)}  # the first comes last


def _check_listed(
    folder: pathlib.Path, sounds: dict[str, str], notes: Iterable[str], errors: str
) -> None:
    """Report sound files that the JSON file does not know."""
    unknown = sorted(set(sounds).difference(notes))
    if unknown:
        names = ", ".join(sounds[note] for note in unknown[:5])
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        where = folder / "audio"
        fault = AudioFileError(f"{names}{more} in {where} are not listed in examples.json.")
        report(fault, errors)
