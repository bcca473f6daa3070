"""A download that is resumed where an interrupted one ended."""

import pathlib
import re
import time
from typing import Any

from audiogen.utils.progress import Progress

_RETRIES = 3
_CHUNK = 1 << 14  # at most this much is asked for again after a cut
_TIMEOUT = 60  # seconds without a byte


class ResumingDownloader:
    """Download over HTTP, and resume from a ``.part`` file if there is one.

    The bytes received so far are in ``<name>.part``, and the server's name for that version of
    the file (its ETag, or else its date) is in ``<name>.part.version``. The rest is requested
    with ``Range``, on condition that the version is the same (``If-Range``); a server without
    support for it answers 200, with the whole file.

    Parameters
    ----------
    verbose : int, default=1
        0 shows no progress.
    """

    def __init__(self, verbose: int = 1) -> None:
        self.verbose = verbose

    def __call__(self, url: str, path: pathlib.Path) -> None:
        """Download a file; where the connection fails, try three times more.

        Parameters
        ----------
        url : str
            What to download.
        path : pathlib.Path
            Where to, in a folder that is there.

        Raises
        ------
        requests.exceptions.RequestException
            If the connection fails or ends early; the next call resumes the download.
        """
        import requests

        for attempt in range(1, _RETRIES + 1):
            try:
                return self._try(url, path)
            except (ValueError, requests.exceptions.RequestException):
                time.sleep(attempt)
        return self._try(url, path)

    def _try(self, url: str, path: pathlib.Path) -> None:
        import requests

        part, version = parts_of(path)
        with requests.Session() as session, self._ask(session, url, part, version) as answer:
            total = self._begin(answer, part, version)
            self._receive(answer, part, total, path.name)
        if total is not None and part.stat().st_size != total:
            raise requests.exceptions.ConnectionError(
                f"{url} ended after {part.stat().st_size} of {total} bytes. "
                "Call again to go on from there."
            )
        part.replace(path)
        version.unlink(missing_ok=True)

    def _ask(self, session: Any, url: str, part: pathlib.Path, version: pathlib.Path) -> Any:
        """Ask for what is missing, or for everything."""
        headers = {"Accept-Encoding": "identity"}  # ranges count the bytes of the file itself
        if part.is_file() and part.stat().st_size and version.is_file():
            headers["Range"] = f"bytes={part.stat().st_size}-"
            headers["If-Range"] = version.read_text(encoding="latin-1")
        answer = session.get(url, headers=headers, stream=True, timeout=_TIMEOUT)
        if answer.status_code == 416:  # nothing is missing, or too much is there
            answer.close()
            part.unlink()
            return self._ask(session, url, part, version)
        answer.raise_for_status()
        return answer

    @staticmethod
    def _begin(answer: Any, part: pathlib.Path, version: pathlib.Path) -> int | None:
        """Start over unless the answer goes on where `part` ends; return the full size."""
        have = part.stat().st_size if part.is_file() else 0
        said = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", answer.headers.get("Content-Range", ""))
        if answer.status_code == 206 and said and int(said[1]) == have:
            return int(said[2])
        if answer.status_code == 206:
            part.unlink(missing_ok=True)
            raise ValueError(f"{answer.url} answered with another range than asked for.")
        part.unlink(missing_ok=True)
        version.unlink(missing_ok=True)
        tag = answer.headers.get("ETag", "")
        mark = tag if tag.startswith('"') else answer.headers.get("Last-Modified")
        if mark:  # a weak ETag, W/"...", promises nothing about bytes
            version.write_text(mark, encoding="latin-1")
        length = answer.headers.get("Content-Length")
        return None if length is None else int(length)

    def _receive(self, answer: Any, part: pathlib.Path, total: int | None, name: str) -> None:
        have = part.stat().st_size if part.is_file() else 0
        with (
            part.open("ab") as file,
            Progress(
                total or 0, f"{name}, bytes", verbose=self.verbose if total else 0
            ) as progress,
        ):
            progress.step(have)
            for chunk in answer.iter_content(_CHUNK):
                file.write(chunk)
                progress.step(len(chunk))


def parts_of(path: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
    """Return where a file is before it is whole, and where its version is."""
    part = path.with_name(f"{path.name}.part")
    return part, part.with_name(f"{part.name}.version")
