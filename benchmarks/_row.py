"""What one line of the table measures."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """One task, done by audiogen and by peers.

    Parameters
    ----------
    name : str
        What is done.
    prepare : callable () -> data
        Makes the data, unmeasured, once in each process.
    ours : callable (data) -> result
        audiogen's way.
    peers : dict of str to callable (data) -> result
        The same task done otherwise, by name. One whose package is missing is left out.
    aim : str
        What is hoped for, as a ratio of the time of the best peer, or of the limit where there
        is no peer, to ours.
    remark : callable (data) -> str, optional
        How the results compare: a difference, an error.
    limits : dict of str to callable (data) -> result, optional
        What no way can do without, such as the FFTs of a transform, by name.
    """

    name: str
    prepare: Callable[[], Any]
    ours: Callable[[Any], Any]
    peers: dict[str, Callable[[Any], Any]]
    aim: str = ""
    remark: Callable[[Any], str] | None = None
    limits: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
