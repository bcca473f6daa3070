"""Several takes of a clip, the best one first."""

import numbers
import os
import pathlib
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from audiogen.io import check_clip_format
from audiogen.music._brief import Brief
from audiogen.music._clip import Clip
from audiogen.music._make_clip import make_clip
from audiogen.utils.files import atomic_folder
from audiogen.utils.progress import Progress
from audiogen.utils.seeds import draw_seed
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["make_takes", "save_takes"]

_CONSTRAINTS = {"n_takes": Interval(numbers.Integral, 1, 100, closed="both")}
_SEEDS = 2**32


def make_takes(
    words: str | Brief | None = None,
    n_takes: int = 4,
    *,
    random_state: Any = None,
    verbose: int = 0,
    **settings: Any,
) -> list[Clip]:
    """Make several clips from the same words, the best one first.

    Parameters
    ----------
    words : str or Brief, default=None
        What the clips are to be, as `make_clip` takes it.
    n_takes : int, default=4
        Number of clips, from 1 to 100.
    random_state : int, RandomState or None, default=None
        Seed of the first take; those of the others follow it. The seed of each is in its `info`,
        and gives the same clip again.
    verbose : int, default=0
        1 shows progress.
    **settings : object
        All else that `make_clip` takes.

    Returns
    -------
    clips : list of Clip
        In the order of their faults, those with the fewest first. Of equally many, the one
        comes first whose melody is the most typical: the mean log-likelihood of its notes under
        the composer is the nearest to that of tunes of its genre and metre. Both figures are in
        ``info["log_likelihood"]``; whether the sound is nice, they do not say.

    Raises
    ------
    ValueError
        As `make_clip`.

    See Also
    --------
    save_takes : Writes them, and holds one at a time in memory.

    Examples
    --------
    >>> from audiogen.music import make_takes
    >>> clips = make_takes("solo flute air", 2, seconds=4, sample_rate=8000, random_state=0)
    >>> sorted(clip.info["seed"] for clip in clips)
    [0, 1]
    """
    check_parameters("make_takes", _CONSTRAINTS, locals())
    takes = _takes(words, n_takes, random_state, verbose, settings)
    return sorted(takes, key=_rank)


def save_takes(
    folder: str | os.PathLike[str],
    words: str | Brief | None = None,
    n_takes: int = 4,
    *,
    sample_rate: int = 44100,
    format: str = "wav",
    bit_depth: int = 16,
    stems: bool = False,
    random_state: Any = None,
    verbose: int = 0,
    **settings: Any,
) -> list[list[pathlib.Path]]:
    """Make several clips from the same words and write them, the best one as ``clip-1``.

    Each is written as it is done, so that one is in memory at a time. The files appear once all
    clips are made.

    Parameters
    ----------
    folder : str or path-like
        The folder, which is made where it is missing. Files of the same names are replaced.
    words : str or Brief, default=None
        What the clips are to be, as `make_clip` takes it.
    n_takes : int, default=4
        Number of clips, from 1 to 100. A single one is called ``clip``.
    sample_rate : int, default=44100
        Sampling rate of the clips, in Hz.
    format : {"wav", "flac", "ogg", "mp3", "opus"}, default="wav"
        Format of the audio, as `Clip.save` takes it.
    bit_depth : {16, 24, 32}, default=16
        Bits per sample.
    stems : bool, default=False
        Whether each part is written too, into ``stems/``.
    random_state : int, RandomState or None, default=None
        Seed of the first take, as of `make_takes`.
    verbose : int, default=0
        1 shows progress.
    **settings : object
        All else that `make_clip` takes.

    Returns
    -------
    paths : list of list of pathlib.Path
        The files of each clip, in the order of `make_takes`, as `Clip.save` returns them.

    Raises
    ------
    ValueError
        As `make_clip`; and, before any clip is made, for a format that does not hold its
        sampling rate or its bits.

    See Also
    --------
    make_takes : Returns the clips, and writes none.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from audiogen.music import save_takes
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     takes = save_takes(folder, "solo flute air", 2, seconds=4, sample_rate=8000)
    ...     [path.name for path in takes[0]]
    ['clip-1.wav', 'clip-1.mid', 'clip-1.json', 'clip-1.png']
    """
    check_parameters("save_takes", _CONSTRAINTS, locals())
    check_clip_format(f"clip.{format}", sample_rate, bit_depth=bit_depth)
    settings["sample_rate"] = sample_rate
    found: list[tuple[tuple[int, float], str, list[pathlib.Path]]] = []
    finish: dict[str, Any] = {"format": format, "bit_depth": bit_depth, "stems": stems}
    with atomic_folder(folder) as temporary:
        for clip in _takes(words, n_takes, random_state, verbose, settings):
            name = "clip" if n_takes == 1 else f"take{len(found)}"
            found.append((_rank(clip), name, clip.save(temporary, name=name, **finish)))
            del clip  # before the next one is made
        found.sort(key=itemgetter(0))
        renamed = []
        for number, (_, name, paths) in enumerate(found, start=1):
            new = "clip" if n_takes == 1 else f"clip-{number}"
            renamed.append([_renamed(path, name, new) for path in paths])
    return [[pathlib.Path(folder, p.relative_to(temporary)) for p in paths] for paths in renamed]


def _renamed(path: pathlib.Path, name: str, new: str) -> pathlib.Path:
    """Rename a file of a take, and return its path."""
    return path.rename(path.with_name(path.name.replace(name, new, 1)))


def _takes(
    words: str | Brief | None,
    n_takes: int,
    random_state: Any,
    verbose: int,
    settings: dict[str, Any],
) -> Iterator[Clip]:
    """Yield clips by seeds that follow each other."""
    seed = draw_seed(random_state)
    with Progress(n_takes, "clips", verbose=verbose) as progress:
        for take in range(n_takes):
            yield make_clip(words, random_state=(seed + take) % _SEEDS, **settings)
            progress.step()


def _rank(clip: Clip) -> tuple[int, float]:
    """Return the number of a clip's faults, and how far its melody is from a typical one."""
    found = clip.info["log_likelihood"]
    return len(clip.info["faults"]), abs(found["melody"] - found["typical"]) if found else 0.0
