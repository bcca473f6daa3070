"""Pictures of notes."""

import os
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
        from matplotlib.figure import Figure

        figure = Figure(figsize=(8, 6), layout="constrained")  # none of pyplot's global list
        self.plot(figure.subplots(2, 1, sharex=True))
        with atomic_path(path) as temporary:
            figure.savefig(temporary, dpi=100)
        return self


def _first_of_columns(n: int) -> np.ndarray:
    """Return where each column of a picture begins in n values."""
    n_columns = max(1, min(n, _COLUMNS))
    return np.arange(n_columns) * n // n_columns


def _decibels(power: np.ndarray) -> np.ndarray:
    """Return power in decibels, 0 at its maximum."""
    top = power.max() or 1.0
    return 10 * np.log10(np.maximum(power / top, 10 ** (_LOWEST_DB / 10)))
