"""Reports: pages to read and hear what models, sounds and clips are like."""

import html
import importlib.metadata
import numbers
import os
import pathlib
import platform
from collections.abc import Sequence
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.utils import Bunch

import audiogen
from audiogen.evaluation._html import packaged_text, page
from audiogen.evaluation._report_clip import clip_part
from audiogen.evaluation._report_model import model_part, sampled
from audiogen.evaluation._report_parts import paragraph, two_columns
from audiogen.evaluation._report_sounds import figures_part, sounds_part, sources_part
from audiogen.utils.files import atomic_path
from audiogen.utils.seeds import draw_seed
from audiogen.utils.validation import Instance, Interval, Options, check_parameters

__all__ = ["make_report", "write_report"]

_BYTES = 9_000_000  # of players; a page stays below 10 MB
_MOST = 20  # subjects, each with a player or a pair
_LIBRARIES = ("keras", "scikit-learn", "numpy")
_CONSTRAINTS = {
    "title": Instance(str, "a str"),
    "n_samples": (Options(None), Interval(numbers.Integral, 1, None)),
    "max_shown": Interval(numbers.Integral, 1, 50),
}


def make_report(
    *subjects: Any,
    real: Any = None,
    title: str = "audiogen report",
    names: Sequence[str] | None = None,
    n_samples: int | None = None,
    max_shown: int = 8,
    random_state: Any = 0,
) -> str:
    """Return a page of HTML on models, sets of sounds and clips, to be read and heard anywhere.

    The page holds all it shows, sounds as MP3 and pictures included, loads nothing and stays
    below 10 MB.

    Parameters
    ----------
    *subjects : estimator, Bunch or Clip
        What the page is on, one section each. A fitted generator or pipeline that states its
        sample rate: sounds of it, its loss curves and parameters. A Bunch with the attributes
        data and sample_rate, and frame and filenames where it has them, as the loaders of
        `audiogen.datasets` return it: its sounds. A `Clip`: what it is and was made from.
    real : Bunch, default=None
        Real sounds. Beside each generated one stands the nearest of them, and of notes there are
        the figures of `audiogen.metrics.summarize`, with intervals, beside what one half of the
        real notes reaches against the other. A model is asked for their conditions where it has
        learnt such.
    title : str, default="audiogen report"
        Title of the page.
    names : list of str, default=None
        What the subjects are called. None takes the titles of clips, and the classes of others.
    n_samples : int, default=None
        Number of sounds that a model makes. None makes as many as there are real ones, 100 at
        most, or 8 without any; 2 of a model of recordings, of 10 s.
    max_shown : int, default=8
        Number of sounds in a section that have a player, the first ones; figures are of all.
    random_state : int, RandomState or None, default=0
        Seed of the sounds that models make.

    Returns
    -------
    document : str
        The file, to be written as UTF-8.

    Raises
    ------
    TypeError
        For a subject of another kind, and where `real` is no Bunch of sounds.
    ValueError
        Without subjects, with more than 20 of them, with fewer or more names, for a model that
        does not state its sample rate, and where real sounds have another one.

    See Also
    --------
    write_report : Writes the page to a file.

    Notes
    -----
    The figures are those of few notes where few were given; the intervals say how few. Sounds too
    long for the page are cut, and the page says so. Where libsndfile writes no MP3 (before 1.1)
    sounds are WAV, and are cut sooner.

    Examples
    --------
    >>> from audiogen.datasets import make_notes
    >>> from audiogen.evaluation import make_report
    >>> notes = make_notes(2, duration=0.5, random_state=0)
    >>> document = make_report(notes, title="Two notes")
    >>> document.count("<audio"), "<title>Two notes</title>" in document
    (2, True)
    """
    check_parameters("make_report", _CONSTRAINTS, locals())
    if not subjects:
        raise ValueError("make_report needs a model, sounds or a clip to report on. Got none.")
    if len(subjects) > _MOST:
        raise ValueError(
            f"A page has room for {_MOST} subjects. Got {len(subjects)}: write several pages."
        )
    if real is not None and not _is_sounds(real):
        raise TypeError(
            "The 'real' parameter of make_report must be a Bunch with data and sample_rate. Got "
            f"{type(real).__name__} instead."
        )
    seed = draw_seed(random_state)
    n_bytes = _BYTES // len(subjects)
    how: dict[str, Any] = {
        "n_samples": n_samples,
        "max_shown": max_shown,
        "n_bytes": n_bytes,
        "seed": seed,
    }
    called = [_usual_name(subject) for subject in subjects] if names is None else list(names)
    if len(called) != len(subjects):
        raise ValueError(f"There are {len(subjects)} subjects and {len(called)} names.")
    sections = [
        _section("" if name == title else name, _about(subject, real, **how))
        for name, subject in zip(called, subjects, strict=True)
    ]
    body = (
        f"<main><header><h1>{html.escape(title)}</h1>"
        '<p class="soft keys">Space plays and pauses; the arrow keys move between players, and '
        "with Shift a second back and forth.</p></header>"
        f"{''.join(sections)}{_end(real)}</main>"
    )
    style, script = packaged_text("report.css"), packaged_text("report.js")
    return page(title, body, style=style, script=script)


def write_report(
    path: str | os.PathLike[str],
    *subjects: Any,
    real: Any = None,
    title: str = "audiogen report",
    names: Sequence[str] | None = None,
    n_samples: int | None = None,
    max_shown: int = 8,
    random_state: Any = 0,
) -> pathlib.Path:
    """Write a page of HTML on models, sets of sounds and clips.

    Parameters
    ----------
    path : str or path-like
        The file to write; ".html" is its usual suffix. An existing file is replaced once the new
        one is complete.
    *subjects : estimator, Bunch or Clip
        What the page is on, as `make_report` takes it.
    real : Bunch, default=None
        Real sounds to compare with.
    title : str, default="audiogen report"
        Title of the page.
    names : list of str, default=None
        What the subjects are called.
    n_samples : int, default=None
        Number of sounds that a model makes.
    max_shown : int, default=8
        Number of sounds in a section that have a player.
    random_state : int, RandomState or None, default=0
        Seed of the sounds that models make.

    Returns
    -------
    path : pathlib.Path
        The file.

    Raises
    ------
    TypeError, ValueError
        As `make_report`.

    See Also
    --------
    make_report : Returns the page.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from audiogen.datasets import make_notes
    >>> from audiogen.evaluation import write_report
    >>> notes = make_notes(2, duration=0.5, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_report(pathlib.Path(folder, "notes.html"), notes).name
    'notes.html'
    """
    document = make_report(
        *subjects, real=real, title=title, names=names, n_samples=n_samples,
        max_shown=max_shown, random_state=random_state,
    )  # fmt: skip
    with atomic_path(path) as temporary:
        temporary.write_text(document, encoding="utf-8")
    return pathlib.Path(path)


def _usual_name(subject: Any) -> str:
    """Return what a subject is called where nobody says it."""
    return subject.info["title"] if _is_clip(subject) else type(subject).__name__


def _is_clip(subject: Any) -> bool:
    return hasattr(subject, "info") and hasattr(subject, "stems")


def _is_sounds(subject: Any) -> bool:
    return isinstance(subject, Bunch) and {"data", "sample_rate"} <= subject.keys()


def _about(
    subject: Any, real: Any, *, n_samples: int | None, max_shown: int, n_bytes: int, seed: int
) -> str:
    """Return what there is to say of one subject."""
    if _is_clip(subject):
        return clip_part(subject, n_bytes=n_bytes)
    how = {"max_shown": max_shown, "n_bytes": n_bytes}
    if isinstance(subject, BaseEstimator):
        sounds, words = sampled(subject, real, n_samples, seed)
        return (
            _of_sounds("Generated sounds", sounds, real, words, **how)
            + _part("The model", model_part(subject))
        )  # fmt: skip
    if not _is_sounds(subject):
        raise TypeError(
            "A report is on fitted estimators, Bunches of sounds with data and sample_rate, and "
            f"clips. Got {type(subject).__name__}."
        )
    content = _of_sounds("Sounds", subject, real, "", **how)
    return content + sources_part({"sounds": subject})


def _of_sounds(title: str, sounds: Any, real: Any, words: str, **how: int) -> str:
    """Return the parts on sounds: figures where there are real ones, and players."""
    about = paragraph(words) if words else ""
    if real is None:
        return _part(title, about + sounds_part(sounds, None, **how))
    if real.sample_rate != sounds.sample_rate:
        raise ValueError(
            f"The real sounds are at {real.sample_rate} Hz and the generated ones at "
            f"{sounds.sample_rate} Hz: load them with the same sample_rate."
        )
    figures = _part("Figures", figures_part(sounds, real))
    return figures + _part(f"{title}, beside real ones", about + sounds_part(sounds, real, **how))


def _section(title: str, content: str) -> str:
    """Return a section; one without a title has that of the page."""
    heading = f"<h2>{html.escape(title)}</h2>" if title else ""
    return f"<section>{heading}{content}</section>"


def _part(title: str, content: str) -> str:
    return f"<h3>{html.escape(title)}</h3>{content}"


def _end(real: Any) -> str:
    """Return where real sounds come from, and what the page was made with."""
    versions = {"audiogen": audiogen.__version__, "python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "not installed"
    about = sources_part({"real sounds": real}) + two_columns(versions)
    return _section("Made with", about)
