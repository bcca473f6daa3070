"""The tunes that come with the package."""

import pathlib

import pandas as pd
from sklearn.utils import Bunch

from audiogen.io import read_midi

_TUNES = pathlib.Path(__file__).parent / "data" / "tunes"


def load_tunes() -> Bunch:
    """Load melodies that come with the package, as MIDI.

    Ten tunes in the public domain, of one voice each, in C major or A minor, on a grid of
    half beats.

    Returns
    -------
    data : Bunch
        With the attributes

        data : list of pretty_midi.PrettyMIDI
            The tunes.
        frame : DataFrame
            The columns name, title, key ("C Major" or "A minor"), beats (in a bar) and tempo
            (beats a minute).
        filenames : list of str
            Where each tune was read from.
        DESCR : str
            Where the tunes come from.

    See Also
    --------
    audiogen.preprocessing.PianoRoll : Makes frames of tunes.

    Examples
    --------
    >>> from audiogen.datasets import load_tunes
    >>> tunes = load_tunes()
    >>> len(tunes.data), tunes.frame.name[8]
    (10, 'ode_to_joy')
    """
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
    descr = (_TUNES / "ORIGINS.md").read_text(encoding="utf-8")
    return Bunch(data=tunes, frame=frame, filenames=[str(path) for path in paths], DESCR=descr)
