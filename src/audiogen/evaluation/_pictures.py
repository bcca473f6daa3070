"""Pictures for pages: small, and readable on a light page and on a dark one."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

__all__ = ["losses_picture", "sound_picture"]

_INK = "#7d7d7d"  # 4 to 1 on the pages' white and on their black
_COLOURS = 128  # of a palette: a fifth of the bytes, and no difference to see
_DPI = 150
_STYLE: Any = {
    "axes.edgecolor": _INK,
    "axes.facecolor": "none",
    "axes.labelcolor": _INK,
    "figure.facecolor": "none",
    "font.size": 9,
    "legend.framealpha": 0.0,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}


def sound_picture(audio: np.ndarray, sample_rate: int, *, wide: bool = False) -> bytes:
    """Return a sound's waveform above its spectrogram, as `NoteDisplay` draws them.

    Parameters
    ----------
    audio : ndarray of shape (n_timesteps,)
        The sound.
    sample_rate : int
        Its sampling rate, in Hz.
    wide : bool, default=False
        Whether it fills a page; two others stand side by side.

    Returns
    -------
    picture : bytes
        A PNG file that shows the page where nothing is drawn.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.evaluation._pictures import sound_picture
    >>> sound_picture(np.sin(np.arange(8000) / 3), 16000)[1:4]
    b'PNG'
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    from audiogen.display import NoteDisplay

    width, height = (8.0, 4.2) if wide else (4.5, 3.3)
    left, right, low = 0.66, width - 0.95, 0.45
    middle, high = low + 0.62 * (height - 0.6), height - 0.12
    places = (
        (left, middle + 0.16, right - left, high - middle - 0.16),
        (left, low, right - left, middle - low),
        (right + 0.2, low, 0.1, middle - low),
    )
    with rc_context(_STYLE):
        figure = Figure(figsize=(width, height), dpi=_DPI)
        NoteDisplay(audio, sample_rate=sample_rate).plot(figure.subplots(2, 1, sharex=True))
        for axes, (x, y, w, h) in zip(figure.axes, places, strict=True):
            axes.set_box_aspect(None)
            axes.set_position((x / width, y / height, w / width, h / height))
        return _png(figure)


def losses_picture(history: Mapping[str, Sequence[float]]) -> bytes:
    """Return curves of what was recorded of each epoch.

    Parameters
    ----------
    history : mapping of str to sequence of float
        Values by their names, as of ``history_``.

    Returns
    -------
    picture : bytes
        A PNG file that shows the page where nothing is drawn.

    Examples
    --------
    >>> from audiogen.evaluation._pictures import losses_picture
    >>> losses_picture({"loss": [2.0, 1.0, 0.5]})[1:4]
    b'PNG'
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    with rc_context(_STYLE):
        figure = Figure(figsize=(8, 3), layout="constrained", dpi=_DPI)
        axes = figure.subplots()
        for name, values in history.items():
            axes.plot(range(1, len(values) + 1), values, label=name, linewidth=1.4)
        axes.set(xlabel="epoch", ylabel="value")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.25)
        figure.legend(loc="outside right upper")
        return _png(figure)


def _png(figure: Any) -> bytes:
    """Return a figure as a PNG file with a palette."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas, file = FigureCanvasAgg(figure), io.BytesIO()
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba()))
    picture.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE).save(file, format="png")
    return file.getvalue()
