"""Ctrl-C, noticed whatever becomes of the exception that it raises."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

__all__ = ["stopped_by_interrupts"]


@contextlib.contextmanager
def stopped_by_interrupts() -> Iterator[list[int]]:
    """Raise KeyboardInterrupt at the end of a block in which there was one.

    Training ends with a usable model on Ctrl-C, with which a command must not go on. Warnings do
    not tell it: which are shown is global, and other threads change that. The block is given a
    list of the interrupts so far, for work that goes on to train again.

    Examples
    --------
    >>> import contextlib, signal
    >>> from audiogen.cli._interrupts import stopped_by_interrupts
    >>> try:
    ...     with stopped_by_interrupts(), contextlib.suppress(KeyboardInterrupt):
    ...         signal.raise_signal(signal.SIGINT)
    ... except KeyboardInterrupt:
    ...     print("stopped")
    stopped
    """
    if threading.current_thread() is not threading.main_thread():  # no signals are heard there
        yield []
        return
    heard: list[int] = []

    def hear(number: int, frame: Any) -> None:
        heard.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, hear)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)
    if heard:
        raise KeyboardInterrupt
