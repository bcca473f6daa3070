"""Hear and see what a pipeline makes while it learns."""

import pathlib

import numpy as np

from audiogen.display import NoteDisplay
from audiogen.utils.files import atomic_path

__all__ = ["write_preview"]


def write_preview(folder, audio, epoch, sample_rate):
    """Write clips as WAV files, with a picture of each.

    Parameters
    ----------
    folder : path-like
        Where to; made where it is not there.
    audio : ndarray of shape (n_samples, n_timesteps)
        The clips; what exceeds [-1, 1] is clipped.
    epoch : int
        Part of the files' names, ``epoch_0010_0.wav`` and so on. Files of those names are
        replaced.
    sample_rate : int
        In Hz.

    Raises
    ------
    ValueError
        Where the samples are no audio.
    """
    import soundfile

    if np.ndim(audio) != 2:
        raise ValueError(
            "preview_dir is for pipelines whose samples are audio (n_samples, n_timesteps). Got "
            f"samples of shape {np.shape(audio)}; give preview=... to the generator instead."
        )
    for i, clip in enumerate(np.clip(audio, -1, 1)):
        path = pathlib.Path(folder) / f"epoch_{epoch:04d}_{i}.wav"
        with atomic_path(path) as temporary:
            soundfile.write(temporary, clip, sample_rate)
        NoteDisplay(clip, sample_rate=sample_rate, name=f"epoch {epoch}").save(
            path.with_suffix(".png")
        )
