"""Sections of reports that are of sounds: players beside the nearest real ones, and figures."""

import html
import math
import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from audiogen.evaluation._figures import MEANINGS, measure_surely
from audiogen.evaluation._nearest import nearest_sounds
from audiogen.evaluation._report_parts import fold, paragraph, player, table
from audiogen.utils.librosa import import_librosa

__all__ = ["figures_part", "sounds_part", "sources_part"]

_SAID = ("caption", "drum", "style", "instrument_family", "instrument", "folder")
_PLAYER = 200_000  # bytes of the page, for a picture and some seconds
_LARGE = 10  # from which on figures are whole numbers
_LABELS = {
    "frechet_audio_distance": "Fréchet audio distance",
    "kl_divergence": "Kullback-Leibler divergence",
    "kernel_distance": "Kernel audio distance",
    "density": "Density",
    "coverage": "Coverage",
    "pitch_accuracy": "In tune",
    "pitch_entropy": "Pitch entropy",
    "n_pitches": "Pitches",
    "pitch_range": "Pitch range",
    "silent": "Silent",
}
_INTERVALS = (
    "Below the figures stand their 95 % intervals, where those of other notes may lie: of "
    "distances, density and coverage by the scatter of halves of both sets, of shares by Wilson's "
    "formula. The Fréchet audio distance grows as notes get fewer; that of one half of the real "
    "notes from the other is what half as many can reach."
)


def sounds_part(sounds: Any, real: Any, *, max_shown: int, n_bytes: int) -> str:
    """Return players of sounds, each beside the nearest real one where there are real ones.

    Parameters
    ----------
    sounds, real : Bunch
        Their data, sample_rate and perhaps frame and filenames; `real` may be None.
    max_shown : int
        Number of sounds to show at most, the first ones.
    n_bytes : int
        What all players together may take of the page.

    Returns
    -------
    content : str
    """
    if not len(sounds.data):
        raise ValueError("There are no sounds to report on: data is empty.")
    room = n_bytes // (_PLAYER * (1 if real is None else 2))
    n = min(len(sounds.data), max_shown, max(1, room))
    shown, rate, names = sounds.data[:n], sounds.sample_rate, _names(sounds)
    of_all = "" if n == len(sounds.data) else f"The first {n} of {len(sounds.data)} sounds. "
    if real is None:
        figures = [
            player(sound, rate, f"{i}. {name}", detail, n_bytes=n_bytes // n)
            for i, (sound, (name, detail)) in enumerate(zip(shown, names, strict=False), start=1)
        ]
        return f'{paragraph(of_all) if of_all else ""}<div class="pair">{"".join(figures)}</div>'
    rows, away = nearest_sounds(shown, real.data, rate)
    real_names, share = _names(real), n_bytes // (2 * n)
    pairs = []
    for i, (row, distance) in enumerate(zip(rows, away, strict=True)):
        name, detail = real_names[row]
        pairs.append(
            '<div class="pair">'
            + player(shown[i], rate, f"{i + 1}. Generated: {names[i][0]}", names[i][1],
                     n_bytes=share)
            + player(real.data[row], rate, f"{i + 1}. Nearest real: {name}",
                     f"{detail} distance {distance:.0f}".strip(), n_bytes=share)
            + "</div>"
        )  # fmt: skip
    about = (
        f"{of_all}Beside each stands the nearest of {len(real.data)} real sounds, by the mean and "
        "deviation of cepstral coefficients over time."
    )
    return paragraph(about) + "".join(pairs)


def _names(sounds: Any) -> list[tuple[str, str]]:
    """Return what each sound is called, and where it is from."""
    frame, files = sounds.get("frame"), sounds.get("filenames")
    n = len(sounds.data)
    names = ["sound"] * n if frame is None else _described(frame)
    details = [""] * n if files is None else [pathlib.Path(file).stem for file in files]
    column = next((name for name in ("note", "file") if frame is not None and name in frame), None)
    if column is not None:
        details = list(map(str, frame[column]))
    return list(zip(names, details, strict=True))


def _described(frame: Any) -> list[str]:
    """Return what the table says of each sound: its pitch and what plays it."""
    parts = []
    if "pitch" in frame:
        to_note = import_librosa().midi_to_note
        parts.append([to_note(p) if pd.notna(p) else "" for p in frame["pitch"]])
    column = next((name for name in _SAID if name in frame), None)
    if column is not None:
        parts.append([str(value).replace("_", " ") for value in frame[column]])
    if not parts:
        return ["sound"] * len(frame)
    return [" ".join(filter(None, words)) or "sound" for words in zip(*parts, strict=True)]


def figures_part(sounds: Any, real: Any) -> str:
    """Return the table of figures of notes, with intervals, beside what real ones reach.

    Parameters
    ----------
    sounds, real : Bunch
        Their data, sample_rate and perhaps frame.

    Returns
    -------
    content : str
        A sentence that says why there are none, of sounds of several lengths.
    """
    if not all(isinstance(each.data, np.ndarray) for each in (sounds, real)):
        return paragraph(
            "No figures: they are of notes, which have one length. How well a model of "
            "recordings predicts others is told by its score(recordings)."
        )
    generated, real_set = ((each.data, _frame_of(each)) for each in (sounds, real))
    columns, intervals = measure_surely(generated, real_set, sample_rate=sounds.sample_rate)
    figures = [figure for figure in MEANINGS if figure in columns["generated"]]
    rows = [_row(figure, columns, intervals) for figure in figures]
    counts = f"{len(sounds.data)} generated notes measured against {len(real.data)} real ones."
    return paragraph(counts) + table(rows, ["", *columns]) + paragraph(_INTERVALS)


def _frame_of(sounds: Any) -> Any:
    """Return the table of sounds, without columns where there is none."""
    frame = sounds.get("frame")
    return pd.DataFrame(index=range(len(sounds.data))) if frame is None else frame


def _row(
    figure: str,
    columns: Mapping[str, Mapping[str, float]],
    intervals: Mapping[str, tuple[float, float]],
) -> list[str]:
    """Return the cells of a figure."""
    name = f"{_LABELS[figure]}\n{MEANINGS[figure]}"
    cells = [_number(column.get(figure)) for column in columns.values()]
    if figure in intervals:
        low, high = intervals[figure]
        form = ".3f" if high < _LARGE else ".0f"
        cells[0] += f"\n{low:{form}} to {high:{form}}"
    return [name, *cells]


def _number(value: float | None) -> str:
    """Return a figure with three digits or so, as text."""
    if value is None or not math.isfinite(value):
        return "-"
    return f"{value:.3f}" if abs(value) < _LARGE else f"{value:.0f}"


def sources_part(bunches: Mapping[str, Any]) -> str:
    """Return what data sets say of where their sounds come from.

    Parameters
    ----------
    bunches : dict of str to Bunch
        By what they are called.

    Returns
    -------
    content : str
    """
    texts = {name: each.get("DESCR") for name, each in bunches.items() if each is not None}
    return "".join(
        fold(f"Where the {name} come from", f"<pre>{html.escape(text.strip())}</pre>")
        for name, text in texts.items()
        if text
    )
