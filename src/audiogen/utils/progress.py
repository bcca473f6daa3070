"""Progress: a bar on a terminal, plain log lines elsewhere, nothing at verbose=0."""

import logging
import sys
import time

from tqdm import tqdm

__all__ = ["Progress"]

logger = logging.getLogger("audiogen")

_SECONDS_BETWEEN_LINES = 5.0


class Progress:
    """Show how far a long job is.

    Parameters
    ----------
    total : int
        Steps in all.
    description : str
        What is being done.
    verbose : int, default=1
        0 shows nothing.

    Notes
    -----
    Elsewhere than on a terminal a line is logged to the logger "audiogen" at most
    every five seconds, and at the end. Where nobody has set up logging, those lines
    go to the standard error stream.

    Examples
    --------
    >>> from audiogen.utils.progress import Progress
    >>> with Progress(3, "counting", verbose=0) as progress:
    ...     for _ in range(3):
    ...         progress.step()
    """

    def __init__(self, total, description, verbose=1):
        self.total = total
        self.description = description
        self.verbose = verbose
        self.done = 0

    def __enter__(self):
        self._bar = None
        self._started = self._last_line = time.monotonic()
        self._own_handler = None
        if self.verbose and sys.stderr.isatty():
            self._bar = tqdm(total=self.total, desc=self.description, leave=True)
        elif self.verbose and not logger.hasHandlers():
            self._own_handler = logging.StreamHandler()
            self._old_level = logger.level
            logger.addHandler(self._own_handler)
            logger.setLevel(logging.INFO)
        return self

    def step(self, n=1, **figures):
        """Count `n` more steps; `figures` are shown beside them."""
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

    def __exit__(self, *exc_info):
        if self._bar is not None:
            self._bar.close()
        if self._own_handler is not None:
            logger.removeHandler(self._own_handler)
            logger.setLevel(self._old_level)
