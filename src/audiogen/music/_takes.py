"""Several takes of a clip, the best one first."""

import numbers
from typing import Any

from audiogen.music._brief import Brief
from audiogen.music._clip import Clip
from audiogen.music._make_clip import make_clip
from audiogen.utils.progress import Progress
from audiogen.utils.seeds import draw_seed
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["make_takes"]

_CONSTRAINTS = {"n_takes": Interval(numbers.Integral, 1, 100, closed="both")}
_SEEDS = 2**32


def make_takes(
    words: str | Brief = "",
    n_takes: int = 4,
    *,
    random_state: Any = None,
    verbose: int = 0,
    **settings: Any,
) -> list[Clip]:
    """Make several clips from the same words, the best one first.

    Parameters
    ----------
    words : str or Brief, default=""
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

    Examples
    --------
    >>> from audiogen.music import make_takes
    >>> clips = make_takes("solo flute air", 2, seconds=4, sample_rate=8000, random_state=0)
    >>> sorted(clip.info["seed"] for clip in clips)
    [0, 1]
    """
    check_parameters("make_takes", _CONSTRAINTS, locals())
    seed = draw_seed(random_state)
    clips = []
    with Progress(n_takes, "clips", verbose=verbose) as progress:
        for take in range(n_takes):
            clips.append(make_clip(words, random_state=(seed + take) % _SEEDS, **settings))
            progress.step()
    return sorted(clips, key=_rank)


def _rank(clip: Clip) -> tuple[int, float]:
    """Return the number of a clip's faults, and how far its melody is from a typical one."""
    found = clip.info.get("log_likelihood")
    return len(clip.info["faults"]), abs(found["melody"] - found["typical"]) if found else 0.0
