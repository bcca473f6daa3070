"""Progress of long jobs: a bar on a terminal or in a notebook, log lines elsewhere."""

import logging
import sys
import time
from typing import Any

__all__ = ["Progress"]

logger = logging.getLogger("audiogen")

_SECONDS_BETWEEN_LINES = 5.0


class Progress:
    """Show the progress of a long job.

    Parameters
    ----------
    total : int
        Number of all steps.
    description : str
        Name of the job.
    verbose : int, default=1
        0 shows nothing.

    Notes
    -----
    Without a terminal or a notebook, a line is logged to the logger "audiogen" every five seconds
    at most, and at the end. If logging is not configured, those lines go to the standard error
    stream.

    Examples
    --------
    >>> from audiogen.utils.progress import Progress
    >>> with Progress(3, "counting", verbose=0) as progress:
    ...     for _ in range(3):
    ...         progress.step()
    """

    def __init__(self, total: int, description: str, verbose: int = 1) -> None:
        self.total = total
        self.description = description
        self.verbose = verbose
        self.done = 0

    def __enter__(self) -> "Progress":
        self._bar: Any = None
        self._started = self._last_line = time.monotonic()
        self._own_handler: logging.Handler | None = None
        if self.verbose and _bars_are_seen():
            from tqdm.auto import tqdm

            self._bar = tqdm(total=self.total, desc=self.description, leave=True)
        elif self.verbose and not logger.hasHandlers():
            self._own_handler = logging.StreamHandler()
            self._old_level = logger.level
            logger.addHandler(self._own_handler)
            logger.setLevel(logging.INFO)
        return self

    def step(self, n: int = 1, **figures: float) -> None:
        """Count more steps, and show figures beside them.

        Parameters
        ----------
        n : int, default=1
            Number of steps.
        **figures : float
            What is shown.
        """
        self.done += n
        words = {name: f"{value:.4g}" for name, value in figures.items()}
        if self._bar is not None:
            self._bar.set_postfix(words, refresh=False)
            self._bar.update(n)
        elif self.verbose:
            now = time.monotonic()
            if self.done >= self.total or now - self._last_line >= _SECONDS_BETWEEN_LINES:
                self._last_line = now
                shown = " ".join(f"{name}={value}" for name, value in words.items())
                logger.info(
                    "%s: %d of %d, %.0f s %s",
                    self.description, self.done, self.total, now - self._started, shown,
                )  # fmt: skip

    def __exit__(self, *exc_info: object) -> None:
        if self._bar is not None:
            self._bar.close()
        if self._own_handler is not None:
            logger.removeHandler(self._own_handler)
            logger.setLevel(self._old_level)


def _bars_are_seen() -> bool:
    """Tell whether this is a notebook, or the standard error stream a terminal."""
    if "ipykernel.zmqshell" in sys.modules:
        return True
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):  # None without a console, one that is closed or no file
        return False
