"""Pages of HTML that hold all they show: sounds, pictures, style and script."""

import base64
import html
import importlib.resources
import json
import pathlib
import tempfile
from typing import Any

import numpy.typing as npt

from audiogen.io import check_clip_format, write_clip
from audiogen.signal import limit_peak, resample

__all__ = ["json_block", "packaged_text", "page", "picture_uri", "sound_uri"]

_TYPES = {".mp3": "audio/mpeg", ".flac": "audio/flac", ".wav": "audio/wav"}
_MP3_RATES = (16000, 22050, 24000, 32000, 44100, 48000)  # lower ones lose what phones play
# What the page may load: nothing but itself. Its own style and script are inline.
_POLICY = (
    "default-src 'none'; media-src data:; img-src data:; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body>
{body}
<script>
{script}
</script>
</body>
</html>
"""


def sound_uri(audio: npt.ArrayLike, sample_rate: int, *, suffix: str = ".mp3") -> str:
    """Return a sound as a data URI, turned down where it is beyond full scale.

    Parameters
    ----------
    audio : array-like of shape (n_timesteps,) or (n_timesteps, n_channels)
        Its samples.
    sample_rate : int
        Sampling rate of the audio, in Hz. MP3 that has no such rate gets the next higher one.
    suffix : {".mp3", ".flac", ".wav"}, default=".mp3"
        The format. All browsers play these three, on phones too. Where libsndfile has no MP3 it
        is WAV.

    Returns
    -------
    uri : str
        What the ``src`` of an audio element takes.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.evaluation._html import sound_uri
    >>> sound_uri(np.zeros(160), 16000, suffix=".wav")[:22]
    'data:audio/wav;base64,'
    """
    if suffix == ".mp3":
        suffix, rate = _compressed(sample_rate)
        audio, sample_rate = resample(audio, sample_rate, rate), rate
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, f"sound{suffix}")
        write_clip(path, limit_peak(audio, 1.0), sample_rate)
        return _uri(_TYPES[suffix], path.read_bytes())


def _compressed(sample_rate: int) -> tuple[str, int]:
    """Return MP3 and a rate that it has, or WAV where libsndfile does not write MP3."""
    rate = next((rate for rate in _MP3_RATES if rate >= sample_rate), _MP3_RATES[-1])
    try:
        check_clip_format("sound.mp3", rate)
    except ValueError:
        return ".wav", sample_rate
    return ".mp3", rate


def picture_uri(picture: bytes) -> str:
    """Return a picture as a data URI.

    Parameters
    ----------
    picture : bytes
        A PNG file's content.

    Returns
    -------
    uri : str
        What the ``src`` of an image takes.

    Examples
    --------
    >>> from audiogen.evaluation._html import picture_uri
    >>> picture_uri(b"as it is")
    'data:image/png;base64,YXMgaXQgaXM='
    """
    return _uri("image/png", picture)


def _uri(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def json_block(name: str, value: Any) -> str:
    """Return a script element that holds data, for ``JSON.parse`` of its ``textContent``.

    Parameters
    ----------
    name : str
        The element's id.
    value : object
        What `json` can write, without NaN and infinity.

    Returns
    -------
    element : str
        HTML that no text in the value can break out of.

    Examples
    --------
    >>> from audiogen.evaluation._html import json_block
    >>> json_block("scores", [1, 2])
    '<script type="application/json" id="scores">[1,2]</script>'
    """
    text = json.dumps(value, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" id="{html.escape(name)}">{text}</script>'


def packaged_text(name: str) -> str:
    """Return a style or script that comes with the package.

    Parameters
    ----------
    name : str
        Name of a file in ``evaluation/data``.

    Returns
    -------
    text : str
        Its content.
    """
    return (importlib.resources.files("audiogen.evaluation") / "data" / name).read_text("utf-8")


def page(title: str, body: str, *, style: str = "", script: str = "") -> str:
    """Return a page that loads nothing: it may not, by its content security policy.

    Parameters
    ----------
    title : str
        The page's title, as text.
    body : str
        HTML; what comes from elsewhere in it must have gone through `html.escape`.
    style : str, default=""
        CSS, after that of ``page.css``, which has the colours for light and dark.
    script : str, default=""
        JavaScript that runs when the body is there.

    Returns
    -------
    document : str
        The whole file, to be written as UTF-8.

    Examples
    --------
    >>> from audiogen.evaluation._html import page
    >>> "<title>a &lt;b&gt;</title>" in page("a <b>", "<main><h1>Notes</h1></main>")
    True
    """
    return _PAGE.format(
        policy=_POLICY,
        title=html.escape(title),
        style=packaged_text("page.css") + style,
        body=body,
        script=script,
    )
