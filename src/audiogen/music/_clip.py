"""A finished clip, and the files that it is saved as."""

import base64
import io
import json
import os
import pathlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from audiogen.io import Score, write_clip
from audiogen.utils.files import atomic_folder, atomic_path

__all__ = ["Clip"]


@dataclass(frozen=True, eq=False)
class Clip:
    """A finished clip of music.

    Parameters
    ----------
    audio : ndarray of shape (n_timesteps, 2), float32
        The clip.
    sample_rate : int
        Its sampling rate, in Hz.
    stems : dict of str to ndarray of shape (n_timesteps, 2)
        The audio of each part, as it is in the clip: stems sum to `audio`.
    score : Score
        The notes that are played.
    info : dict
        What the clip is and was made from: what `save` writes as ``clip.json``. What does not
        apply to a clip is None.
    programs : dict of str to int
        General MIDI program of each part, for the MIDI file.
    midi : bytes, default=None
        The MIDI file that is played, with its controllers; None where `score` is complete.

    See Also
    --------
    audiogen.make_clip : Makes clips.
    """

    audio: np.ndarray
    sample_rate: int
    stems: dict[str, np.ndarray]
    score: Score
    info: dict[str, Any]
    programs: Mapping[str, int]
    midi: bytes | None = None

    def save(
        self,
        folder: str | os.PathLike[str],
        *,
        name: str = "clip",
        format: str = "wav",
        bit_depth: int = 16,
        stems: bool = False,
    ) -> list[pathlib.Path]:
        """Write the clip, its MIDI file, its picture and what it was made from.

        Parameters
        ----------
        folder : str or path-like
            The folder, which is made where it is missing. Files of the same names are replaced.
        name : str, default="clip"
            Name of the files, without their suffixes.
        format : {"wav", "flac", "ogg", "mp3", "opus"}, default="wav"
            Format of the audio. The loop points of a loop are written into WAV files only.
        bit_depth : {16, 24, 32}, default=16
            Bits per sample, as `write_clip` takes them.
        stems : bool, default=False
            Whether each part is written too, into ``stems/``. A part that reaches beyond full
            scale by itself is a WAV file of 32-bit floats, which hold that.

        Returns
        -------
        paths : list of pathlib.Path
            The files, that of the clip first.

        Raises
        ------
        ValueError
            For a format that does not hold the clip's sampling rate or these bits.
        """
        with atomic_folder(folder) as temporary:
            written = self._write_files(temporary, name, format, bit_depth, stems)
        return [pathlib.Path(folder, path.relative_to(temporary)) for path in written]

    def _write_files(
        self, folder: pathlib.Path, name: str, format: str, bit_depth: int, stems: bool
    ) -> list[pathlib.Path]:
        """Write all files, and return their paths."""
        texts = {"title": self.info["title"], "comment": self.info["credit"]}
        loop = bool(self.info["loop"]) and format == "wav"
        written = [
            write_clip(
                folder / f"{name}.{format}", self.audio, self.sample_rate, bit_depth=bit_depth,
                loop=loop, **texts,
            )
        ]  # fmt: skip
        for part, audio in self.stems.items() if stems else ():
            prefix = "" if name == "clip" else f"{name}-"
            suffix, bits = format, bit_depth
            if np.abs(audio).max() > 1:  # turned down alone, it would not sum to the clip
                suffix, bits = "wav", 32
            path = folder / "stems" / f"{prefix}{part}.{suffix}"
            written.append(write_clip(path, audio, self.sample_rate, bit_depth=bits, loop=loop))
        text = json.dumps(self.info, indent=2, ensure_ascii=False) + "\n"
        written.append(self._write_midi(folder / f"{name}.mid"))
        written.append(_write(folder / f"{name}.json", text.encode()))
        written.append(self._draw(folder / f"{name}.png"))
        return written

    def _write_midi(self, path: pathlib.Path) -> pathlib.Path:
        if self.midi is not None:
            return _write(path, self.midi)
        own = {part: n for part, n in self.programs.items() if part in self.score.parts}
        return self.score.save(path, programs=own)

    def _draw(self, path: pathlib.Path) -> pathlib.Path:
        from audiogen.display import NoteDisplay

        mono = self.audio.mean(axis=1)
        NoteDisplay(mono, sample_rate=self.sample_rate, name=self.info["title"]).save(path)
        return path

    def _repr_html_(self) -> str:
        """Return a player, as notebooks show it."""
        import soundfile

        file = io.BytesIO()
        soundfile.write(file, self.audio, self.sample_rate, format="FLAC", subtype="PCM_16")
        data = base64.b64encode(file.getvalue()).decode()
        return (
            f'<figure><figcaption>{self}</figcaption><audio controls preload="auto" '
            f'src="data:audio/flac;base64,{data}"></audio></figure>'
        )

    def __repr__(self) -> str:
        about = self.info
        return (
            f"Clip({about['title']!r}, {about['seconds']:g} s, {about['bpm']:g} bpm, "
            f"{about['key'] or 'no key'}, {', '.join(self.stems)})"
        )


def _write(path: pathlib.Path, content: bytes) -> pathlib.Path:
    """Write a file, whole or not at all, and return its path."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)
    return path
