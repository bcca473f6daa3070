"""The drum hits that come with the package."""

import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from audiogen.datasets._bunch import as_dataset, check_conditions
from audiogen.datasets._reading import read_rows

_FOLDER = pathlib.Path(__file__).parent / "data" / "drums-44100"
_SAMPLE_RATE = 44_100
_N_TIMESTEPS = 3 * _SAMPLE_RATE
_COLUMNS = ("hit", "drum", "kit", "velocity", "gm_note")


def load_drums(
    *, return_X_y: bool = False, conditions: Sequence[str] = ("drum", "kit", "velocity")
) -> Any:
    """Load the hits of drums and percussion that come with the package.

    They are 88 one-shots of 29 drums and nine kits, at 44.1 kHz: kicks, snares, hi-hats,
    toms and cymbals of an acoustic kit at several velocities ("muldjord") and of another one at
    one or two ("menegass"), kicks and snares of four electronic kits ("sonicpi1" to "sonicpi4"),
    and hand percussion.

    Parameters
    ----------
    return_X_y : bool, default=False
        Return ``(X, y)`` instead of a Bunch.
    conditions : list of str, default=("drum", "kit", "velocity")
        The columns of `frame` that make up y.

    Returns
    -------
    data : Bunch
        With the attributes

        data : ndarray of shape (88, 132300), float32
            Audio in [-1, 1], 3 s. A hit begins 2 ms before it is heard and sounds as long as
            its drum does; zeros follow.
        frame : DataFrame
            The columns hit, drum, kit, velocity (1 to 127) and gm_note (the percussion note of
            General MIDI, NaN where there is none).
        sample_rate : int
            44,100 Hz.
        filenames : list of str
            Where each hit was read from.
        DESCR : str
            Where the hits come from, who made them, and under which licences.
    (X, y) : tuple of ndarray and DataFrame
        ``data`` and ``frame[conditions]``, if `return_X_y` is True.

    See Also
    --------
    load_notes : Notes of instruments.
    audiogen.io.general_midi_drums : The drum that plays a note of General MIDI.

    Notes
    -----
    All hits are under CC0, but for those of the kit "muldjord", which are under CC-BY. `DESCR`
    names the authors, who must be named wherever the CC-BY hits are passed on.

    Hits of a kit keep the levels that they have among each other, but for hand percussion and
    electronic drums, whose makers had brought all to one level.

    Examples
    --------
    >>> from audiogen.datasets import load_drums
    >>> drums = load_drums()
    >>> drums.data.shape
    (88, 132300)
    >>> drums.frame[drums.frame.drum == "ride_bell"].velocity.tolist()
    [20, 110]
    """
    check_conditions("load_drums", conditions, _COLUMNS)
    index = pd.read_csv(_FOLDER / "index.csv", dtype={"velocity": np.int64, "gm_note": float})
    paths = [_FOLDER / "audio" / f"{hit}.ogg" for hit in index["hit"]]
    X, *_ = read_rows(paths, _N_TIMESTEPS, _SAMPLE_RATE)
    return as_dataset(
        X,
        index[list(_COLUMNS)],
        sample_rate=_SAMPLE_RATE,
        filenames=[str(path) for path in paths],
        descr=(_FOLDER / "LICENSES.md").read_text(encoding="utf-8"),
        return_X_y=return_X_y,
        conditions=conditions,
    )
