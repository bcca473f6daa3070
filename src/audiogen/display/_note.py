"""Pictures of notes."""

import copy
import itertools
import os
import pathlib
import threading
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from audiogen.signal import stft
from audiogen.utils.blocks import row_blocks
from audiogen.utils.files import atomic_path
from audiogen.utils.validation import check_audio

__all__ = ["NoteDisplay"]

_FRAME_LENGTH, _HOP_LENGTH = 1024, 256
_LOWEST_DB = -80
_DPI = 100
_COLUMNS = 1500  # of a picture at most: more than a screen shows of it


class NoteDisplay:
    """A picture of a note: its waveform above its spectrogram.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,)
        One clip.
    sample_rate : int, default=16000
        Sampling rate of the clip, in Hz.
    name : str, default=None
        Title of the picture.

    Attributes
    ----------
    figure_ : matplotlib.figure.Figure
        Set by `plot`.
    axes_ : ndarray of matplotlib.axes.Axes, shape (2,)
        Set by `plot`.

    Examples
    --------
    >>> from audiogen.datasets import make_notes
    >>> from audiogen.display import NoteDisplay
    >>> display = NoteDisplay(make_notes(1, random_state=0).data[0], name="a note")
    >>> display.decibels.shape
    (513, 253)
    >>> display
    NoteDisplay('a note', 4.00 s at 16000 Hz)
    """

    def __init__(
        self, audio: npt.ArrayLike, *, sample_rate: int = 16000, name: str | None = None
    ) -> None:
        self.audio = check_audio(audio)[0]
        self.sample_rate = sample_rate
        self.name = name

    def __repr__(self) -> str:
        named = "" if self.name is None else f"{self.name!r}, "
        seconds = len(self.audio) / self.sample_rate
        return f"{type(self).__name__}({named}{seconds:.2f} s at {self.sample_rate} Hz)"

    @property
    def decibels(self) -> np.ndarray:
        """The spectrogram, ndarray of shape (n_bins, n_frames), 0 dB at its maximum."""
        return _decibels(np.abs(stft(self.audio, _FRAME_LENGTH, _HOP_LENGTH)[0].T) ** 2)

    def plot(self, axes: Any = None) -> "NoteDisplay":
        """Draw the note.

        Parameters
        ----------
        axes : sequence of two matplotlib.axes.Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        self : NoteDisplay
        """
        if axes is None:
            import matplotlib.pyplot as plt

            axes = plt.subplots(2, 1, sharex=True, figsize=(8, 6), layout="constrained")[1]
        waveform, spectrogram = axes
        seconds = len(self.audio) / self.sample_rate
        waveform.plot(*self._outline(), linewidth=0.4)
        waveform.set(ylabel="amplitude", ylim=(-1, 1), title=self.name)
        image = spectrogram.imshow(
            _decibels(self._highest_power()),
            origin="lower",
            aspect="auto",
            extent=(0, seconds, 0, self.sample_rate / 2000),
            vmin=_LOWEST_DB,
            vmax=0,
            cmap="magma",
        )
        spectrogram.set(xlabel="time (s)", ylabel="frequency (kHz)")
        spectrogram.figure.colorbar(image, ax=spectrogram, label="dB")
        self.axes_, self.figure_ = np.asarray(axes), waveform.figure
        return self

    def _highest_power(self) -> np.ndarray:
        """Return the highest power of each bin in each column, a few columns at a time."""
        before = _FRAME_LENGTH // _HOP_LENGTH - 1  # frames that begin before the clip
        n_frames = -(-len(self.audio) // _HOP_LENGTH) + before
        first = np.append(_first_of_columns(n_frames), n_frames)
        columns = []
        for block in row_blocks(len(first) - 1, -(-n_frames // _COLUMNS) * _FRAME_LENGTH):
            start, stop = first[block.start], first[block.stop]
            begin = max(0, start - before)
            part = self.audio[begin * _HOP_LENGTH : stop * _HOP_LENGTH]
            spectra = stft(part, _FRAME_LENGTH, _HOP_LENGTH)[0][start - begin : stop - begin]
            power = np.abs(spectra) ** 2
            columns.append(np.maximum.reduceat(power, first[block] - start, axis=0))
        return np.concatenate(columns).T

    def _outline(self) -> tuple[np.ndarray, np.ndarray]:
        """Return times and samples; of many, the lowest and the highest in each column."""
        first = _first_of_columns(len(self.audio) // 2)  # two points a column
        if len(first) < len(self.audio) // 2:
            ends = [ends.reduceat(self.audio, 2 * first) for ends in (np.minimum, np.maximum)]
            return np.repeat(2 * first / self.sample_rate, 2), np.stack(ends, axis=1).ravel()
        return np.arange(len(self.audio)) / self.sample_rate, self.audio

    def save(self, path: str | os.PathLike[str]) -> "NoteDisplay":
        """Write the picture to a file.

        Parameters
        ----------
        path : str or path-like
            The file; its suffix decides the format, such as ".png".

        Returns
        -------
        self : NoteDisplay
        """
        with atomic_path(path) as temporary:
            if pathlib.Path(path).suffix.lower() == ".png":
                self._save_pixels(temporary)
            else:
                _figure_of(self).savefig(temporary, dpi=_DPI)
        return self

    def _save_pixels(self, path: pathlib.Path) -> None:
        """Write pixels, over those of axes that were drawn before if there are such."""
        from matplotlib import rcParams
        from PIL import Image

        n_lines = 0 if self.name is None else 1 + self.name.count("\n")
        # A plain dict() would look for the window system that pyplot draws on.
        drawn_as = rcParams.copy(), len(self.audio), self.sample_rate, n_lines
        if _drawn.axes is None or _drawn.axes.drawn_as != drawn_as:
            _drawn.axes = _DrawnAxes(self, drawn_as)
        picture = Image.fromarray(_drawn.axes.pixels(self)[:, :, :3])  # nothing shows through
        # Runs of equal pixels are what can be packed, and finding no more takes half the time.
        picture.save(path, format="png", compress_type=zlib.Z_RLE, dpi=(_DPI, _DPI))


class _DrawnAxes:
    """The pixels of axes with their ticks and labels, most of the work of a picture.

    Parameters
    ----------
    display : NoteDisplay
        A note; others of its length share the axes.
    drawn_as : tuple
        What decides how the axes look; the number of lines of the title comes last.
    """

    def __init__(self, display: NoteDisplay, drawn_as: tuple) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        figure = _figure_of(display)
        figure.set_dpi(_DPI)
        self.drawn_as, self.axes = drawn_as, figure.axes[:2]  # the third is the colour bar
        self.line, self.image = self.axes[0].lines[0], self.axes[1].images[0]
        edges = [axes.spines.values() for axes in self.axes]
        self.moving = [self.image, self.line, self.axes[0].title, *itertools.chain(*edges)]
        # Layout follows the height of a title: one stands for all, so that no order matters.
        self.axes[0].title.set_text("\n".join(["Ag"] * drawn_as[-1]))
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        for artist in self.moving:
            artist.set_animated(True)  # left out
        self.canvas = FigureCanvasAgg(figure)
        self.canvas.draw()
        self.background = self.canvas.copy_from_bbox(figure.bbox)

    def pixels(self, display: NoteDisplay) -> np.ndarray:
        """Return the picture of a note, shape (height, width, 4), overwritten by the next one."""
        self.line.set_data(*display._outline())
        self.image.set_data(_decibels(display._highest_power()))
        self.axes[0].title.set_text(display.name or "")
        self.canvas.restore_region(self.background)
        for artist in self.moving:
            self.axes[0].draw_artist(artist)
        return np.asarray(self.canvas.buffer_rgba())


class _Drawn(threading.local):
    """The axes last drawn by each thread."""

    axes: _DrawnAxes | None = None


_drawn = _Drawn()


def _figure_of(display: NoteDisplay) -> Any:
    """Return a figure of a note, none of pyplot's global list."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 6), layout="constrained")
    copy.copy(display).plot(figure.subplots(2, 1, sharex=True))  # its own figure stays
    return figure


def _first_of_columns(n: int) -> np.ndarray:
    """Return where each column of a picture begins in n values."""
    n_columns = max(1, min(n, _COLUMNS))
    return np.arange(n_columns) * n // n_columns


def _decibels(power: np.ndarray) -> np.ndarray:
    """Return power in decibels, 0 at its maximum."""
    top = power.max() or 1.0
    return 10 * np.log10(np.maximum(power / top, 10 ** (_LOWEST_DB / 10)))
