"""What sections of a report are made of: players, tables and texts that fold, as HTML."""

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from audiogen.evaluation._html import picture_uri, sound_uri
from audiogen.evaluation._pictures import sound_picture
from audiogen.utils.validation import plain

__all__ = ["fold", "paragraph", "player", "table", "text_of", "two_columns", "words_table"]

_PLAYER = """\
<figure class="player">
<figcaption><strong>{title}</strong> <span class="soft">{detail}</span></figcaption>
<img src="{picture}" alt="Waveform and spectrogram of {title}">
<audio controls preload="metadata" aria-label="{title}" src="{sound}"></audio>
</figure>"""
_PICTURE, _WIDE = 100_000, 190_000  # bytes of a page, at most: of noise
_LONGEST = 160  # characters of a value


def player(
    audio: np.ndarray,
    sample_rate: int,
    title: str,
    detail: str = "",
    *,
    n_bytes: int,
    wide: bool = False,
) -> str:
    """Return a player of a sound below its picture.

    Parameters
    ----------
    audio : ndarray of shape (n_timesteps,) or (n_timesteps, n_channels)
        The sound.
    sample_rate : int
        Its sampling rate, in Hz.
    title, detail : str, default=""
        What it is, and what else there is to say, as text.
    n_bytes : int
        What the player may take of the page; a sound that needs more is cut, and says so.
    wide : bool, default=False
        Whether the picture fills the page.

    Returns
    -------
    figure : str
    """
    uri, heard = _fitted(audio, sample_rate, n_bytes - (_WIDE if wide else _PICTURE))
    if heard < len(audio):
        whole = len(audio) / sample_rate
        detail = f"{detail} the first {heard / sample_rate:.0f} of {whole:.0f} s".strip()
    mono = audio if audio.ndim == 1 else audio.mean(axis=1)
    picture = picture_uri(sound_picture(mono[:heard], sample_rate, wide=wide))
    return _PLAYER.format(
        title=html.escape(title), detail=html.escape(detail), picture=picture, sound=uri
    )


def _fitted(audio: np.ndarray, sample_rate: int, n_bytes: int) -> tuple[str, int]:
    """Return a sound, or as much of its beginning as fits, and how many samples that is."""
    heard = len(audio)
    while len(uri := sound_uri(audio[:heard], sample_rate)) > n_bytes and heard > sample_rate:
        heard = max(sample_rate, int(0.95 * heard * n_bytes / len(uri)))
    return uri, heard


def table(rows: Iterable[Sequence[str]], head: Sequence[str] = ()) -> str:
    """Return a table whose first column names the rows.

    Parameters
    ----------
    rows : iterable of sequence of str
        The cells, as text; what follows a first line is smaller.
    head : sequence of str, default=()
        Names of the columns.

    Returns
    -------
    table : str

    Examples
    --------
    >>> from audiogen.evaluation._report_parts import table
    >>> table([["a<b", "1"]])
    '<div class="scroll"><table><tr><th scope="row">a&lt;b</th><td>1</td></tr></table></div>'
    """
    top = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in head)
    lines = [f"<thead><tr>{top}</tr></thead>"] if head else []
    for first, *others in rows:
        cells = "".join(f"<td>{_lines(cell)}</td>" for cell in others)
        lines.append(f'<tr><th scope="row">{_lines(first)}</th>{cells}</tr>')
    return f'<div class="scroll"><table>{"".join(lines)}</table></div>'


def _lines(cell: str) -> str:
    """Return text whose further lines are smaller."""
    first, *others = html.escape(cell).split("\n")
    return "".join([first, *(f"<br><small>{line}</small>" for line in others)])


def two_columns(values: Mapping[str, Any]) -> str:
    """Return names and values as a table of text.

    Parameters
    ----------
    values : mapping of str to object
        None is left out.

    Returns
    -------
    table : str
    """
    rows = [(str(name), text_of(value)) for name, value in values.items() if value is not None]
    return words_table(rows)


def words_table(rows: Iterable[Sequence[str]], head: Sequence[str] = ()) -> str:
    """Return a table of text, which begins at the left of its cells.

    Parameters
    ----------
    rows : iterable of sequence of str
        The cells, as text.
    head : sequence of str, default=()
        Names of the columns.

    Returns
    -------
    table : str
    """
    return table(rows, head).replace("<table>", '<table class="words">')


def text_of(value: Any) -> str:
    """Return a value as readers know it; a long one is cut.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    text : str

    Examples
    --------
    >>> from audiogen.evaluation._report_parts import text_of
    >>> text_of("flute"), text_of(["a", "b"]), text_of({"low": 24}), text_of(0.1 + 0.2)
    ('flute', 'a, b', 'low 24', '0.3')
    """
    value = plain(value)
    if isinstance(value, float):
        text = f"{value:.6g}"
    elif isinstance(value, Mapping):
        text = ", ".join(f"{name} {text_of(inner)}" for name, inner in value.items())
    elif isinstance(value, list | tuple | set | frozenset | np.ndarray):
        text = ", ".join(map(text_of, value))
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def paragraph(text: str) -> str:
    """Return a paragraph of text.

    Parameters
    ----------
    text : str
        As people read it.

    Returns
    -------
    element : str

    Examples
    --------
    >>> from audiogen.evaluation._report_parts import paragraph
    >>> paragraph("1 < 2")
    '<p>1 &lt; 2</p>'
    """
    return f"<p>{html.escape(text)}</p>"


def fold(summary: str, content: str) -> str:
    """Return content that a click on its summary shows.

    Parameters
    ----------
    summary : str
        Text.
    content : str
        HTML.

    Returns
    -------
    element : str

    Examples
    --------
    >>> from audiogen.evaluation._report_parts import fold
    >>> fold("more", "<p>all</p>")
    '<details><summary>more</summary><p>all</p></details>'
    """
    return f"<details><summary>{html.escape(summary)}</summary>{content}</details>"
