"""Clips read from the files that they were saved as."""

import json
import os
import pathlib
from typing import Any

from audiogen.io import CLIP_SUFFIXES, Score, read_clip
from audiogen.music._clip import Clip

__all__ = ["load_clip"]

_KEYS = {"title", "players", "sources", "licences", "credit", "versions", "faults", "seed"}


def load_clip(path: str | os.PathLike[str]) -> Clip:
    """Load a clip that `Clip.save` wrote, as ``audiogen clip`` does.

    Parameters
    ----------
    path : str or path-like
        A file of the clip, such as ``clip.wav`` or ``clip.json``, or the folder of one clip.

    Returns
    -------
    clip : Clip
        Its audio, what it is and was made from, its MIDI file and the score in that, and the
        stems that were written. `programs` is empty, for the MIDI file has them.

    Raises
    ------
    FileNotFoundError
        Where a file of the clip is missing.
    ValueError
        Where the JSON file does not describe a clip, and for a folder of several.

    See Also
    --------
    save_takes : Writes clips.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from audiogen.music import load_clip, make_clip
    >>> clip = make_clip("solo flute air", seconds=4, sample_rate=8000, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = clip.save(folder)
    ...     load_clip(folder)
    Clip('Air', 4 s, 69 bpm, G major, )
    """
    about = _description(pathlib.Path(path))
    info = _read_info(about)
    sound = _sound(about.with_suffix(""))
    midi = about.with_suffix(".mid")
    if not midi.is_file():
        raise FileNotFoundError(f"There is no {midi}, which belongs to the clip of {about}.")
    audio, sample_rate = read_clip(sound)
    prefix = "" if about.stem == "clip" else f"{about.stem}-"
    stems = {part: about.parent / "stems" / f"{prefix}{part}" for part in info["players"]}
    return Clip(
        audio=audio,
        sample_rate=sample_rate,
        stems={part: read_clip(_sound(file))[0] for part, file in stems.items() if _files(file)},
        score=Score.read(midi),
        info=info,
        programs={},
        midi=midi.read_bytes(),
    )


def _description(path: pathlib.Path) -> pathlib.Path:
    """Return the JSON file of a clip."""
    if not path.is_dir():
        about = path.with_suffix(".json")
        if not about.is_file():
            raise FileNotFoundError(f"There is no {about}, which says what a clip is.")
        return about
    found = sorted(file for file in path.glob("*.json") if _files(file.with_suffix("")))
    if len(found) != 1:
        names = ", ".join(file.name for file in found) or "none"
        raise ValueError(f"{path} must hold one clip and its JSON file. Got {names}: name one.")
    return found[0]


def _read_info(about: pathlib.Path) -> dict[str, Any]:
    """Return what a JSON file says of a clip."""
    try:
        info = json.loads(about.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{about} is no JSON file: {error}.") from error
    if not isinstance(info, dict) or not info.keys() >= _KEYS:
        raise ValueError(f"{about} does not describe a clip: give one that audiogen clip wrote.")
    return info


def _sound(base: pathlib.Path) -> pathlib.Path:
    """Return the sound file of a name without a suffix."""
    files = _files(base)
    if not files:
        raise FileNotFoundError(f"There is no sound file {base} with {', '.join(CLIP_SUFFIXES)}.")
    return files[0]


def _files(base: pathlib.Path) -> list[pathlib.Path]:
    """Return the sound files of a name; the suffix is added, for names may have dots."""
    files = (base.with_name(f"{base.name}{suffix}") for suffix in CLIP_SUFFIXES)
    return [file for file in files if file.is_file()]
