"""A downloader for pooch that goes on where it was cut off."""

import pathlib
import re

from audiogen.utils.progress import Progress

_CHUNK = 1 << 14  # at most this much is asked for again after a cut
_TIMEOUT = 60  # seconds without a byte


class ResumingDownloader:
    """Download over HTTP, going on from a ``.part`` file where there is one.

    What has come so far lies in ``<name>.part`` in pooch's folder, and beside it, in
    ``<name>.part.version``, what the server calls this version of the file (its ETag, or else
    its date). The rest is asked for by ``Range`` on condition that the version is still the
    same (``If-Range``); a server that cannot do that answers 200, with the whole file.

    Parameters
    ----------
    verbose : int, default=1
        0 shows no progress.
    """

    def __init__(self, verbose=1):
        self.verbose = verbose

    def __call__(self, url, output_file, pooch):
        """Download a file, as pooch asks for it.

        Parameters
        ----------
        url : str
            What to download.
        output_file : str or path-like
            Where pooch wants it, in pooch's folder.
        pooch : pooch.Pooch
            Not used.

        Raises
        ------
        requests.exceptions.RequestException
            If the connection fails or ends early; the next call goes on from there.
        """
        import requests

        name = url.rsplit("/", 1)[-1]
        part = pathlib.Path(output_file).with_name(f"{name}.part")
        version = part.with_name(f"{part.name}.version")
        with requests.Session() as session, self._ask(session, url, part, version) as answer:
            total = self._begin(answer, part, version)
            self._receive(answer, part, total, name)
        if total is not None and part.stat().st_size != total:
            raise requests.exceptions.ConnectionError(
                f"{url} ended after {part.stat().st_size} of {total} bytes. "
                "Call again to go on from there."
            )
        part.replace(output_file)
        version.unlink(missing_ok=True)

    def _ask(self, session, url, part, version):
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
    def _begin(answer, part, version):
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

    def _receive(self, answer, part, total, name):
        have = part.stat().st_size if part.is_file() else 0
        with (
            part.open("ab") as file,
            Progress(total or 0, f"{name}, bytes", verbose=total and self.verbose) as progress,
        ):
            progress.step(have)
            for chunk in answer.iter_content(_CHUNK):
                file.write(chunk)
                progress.step(len(chunk))
