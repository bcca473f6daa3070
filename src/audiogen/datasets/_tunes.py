"""The tunes that come with the package, and one's own."""

import os
import pathlib

import pandas as pd
from sklearn.utils import Bunch

from audiogen.datasets._tune_folder import read_tune_folder, with_melody
from audiogen.io import read_midi, read_tunes

_TUNES = pathlib.Path(__file__).parent / "data" / "tunes"


def load_tunes(source: str | os.PathLike[str] | None = None, *, errors: str = "raise") -> Bunch:
    """Load melodies that come with the package, or one's own.

    The package has ten tunes in the public domain, of one voice each, in C major or A minor,
    on a grid of half beats.

    Parameters
    ----------
    source : str or path-like, default=None
        A file of tunes, or a folder of which every MIDI (".mid", ".midi"), ABC (".abc"),
        MusicXML (".musicxml", ".xml", ".mxl") and JSON (".jsonl", ".jsonl.gz") file is read, at
        any depth; `audiogen.io.read_tunes` has more on each. None is the package's own.
    errors : {"raise", "warn"}, default="raise"
        Whether a tune that cannot be read raises, or is left out with a warning.

    Returns
    -------
    data : Bunch
        With the attributes

        data : list of pretty_midi.PrettyMIDI, or list of Score
            The package's tunes as MIDI; one's own as scores, the same list as `scores`.
        scores : list of Score
            The tunes in quarter notes, with metre, key, chords and sections. The only part of a
            tune, drums left aside, is called "melody".
        frame : DataFrame
            Of the package's tunes the columns name, title, key ("C Major" or "A minor"),
            beats (in a bar) and tempo (beats a minute). Of one's own name (of the file, with
            folders, and a number where it holds several), title, key ("D dorian"), tonic, mode,
            metre ("6/8"), genre (the field R: of ABC, what JSON says, or the folder directly
            below `source`; None without any) and tempo (quarter notes a minute).
        filenames : list of str
            Where each tune was read from.
        DESCR : str
            Where the tunes come from.

    Raises
    ------
    FileNotFoundError
        If there is no such file or folder, or no tune in it.
    ValueError
        For a tune that cannot be read, with ``errors="raise"``, and wherever none is left; the
        message names the file.
    ModuleNotFoundError
        For MusicXML without music21; the message says what to type.

    Warns
    -----
    AudioFileWarning
        For each tune that cannot be read, with ``errors="warn"``.

    See Also
    --------
    audiogen.preprocessing.PianoRoll : Makes frames of tunes.
    audiogen.io.Score : Music as a table of notes.

    Examples
    --------
    >>> from audiogen.datasets import load_tunes
    >>> tunes = load_tunes()
    >>> len(tunes.data), tunes.frame.name[8]
    (10, 'ode_to_joy')
    >>> tunes.scores[8]
    Score('Ode to Joy', 62 notes, 16 bars of 4/4, C major, 112 bpm, parts: melody)
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = tunes.scores[8].transpose(2).save(pathlib.Path(folder) / "hymns" / "ode.abc")
    ...     own = load_tunes(folder)
    >>> own.frame[["key", "metre", "genre"]].values.tolist()
    [['D major', '4/4', 'hymns']]
    """
    if source is not None:
        return read_tune_folder(source, errors)
    import pretty_midi

    paths = sorted(_TUNES.glob("*.mid"))
    tunes = [read_midi(path) for path in paths]
    frame = pd.DataFrame(
        {
            "name": [path.stem for path in paths],
            "title": [tune.instruments[0].name for tune in tunes],
            "key": [
                pretty_midi.key_number_to_key_name(tune.key_signature_changes[0].key_number)
                for tune in tunes
            ],
            "beats": [tune.time_signature_changes[0].numerator for tune in tunes],
            "tempo": [round(float(tune.get_tempo_changes()[1][0]), 3) for tune in tunes],
        }
    )
    scores = [with_melody(read_tunes(path)[0][0]) for path in paths]
    descr = (_TUNES / "ORIGINS.md").read_text(encoding="utf-8")
    filenames = [str(path) for path in paths]
    return Bunch(data=tunes, scores=scores, frame=frame, filenames=filenames, DESCR=descr)
