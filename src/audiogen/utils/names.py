"""Suggestions for unknown names."""

import difflib
from collections.abc import Iterable

__all__ = ["did_you_mean"]


def did_you_mean(name: object, known: Iterable[object], *, cutoff: float = 0.6) -> str:
    """Return a question that lists the known names nearest to an unknown one.

    Parameters
    ----------
    name : object
        The unknown name; it is compared as text.
    known : iterable of object
        The known names; they are compared as text.
    cutoff : float, default=0.6
        How alike names must be, from 0 to 1, as `difflib.get_close_matches` takes it.

    Returns
    -------
    hint : str
        " Did you mean ...?" for the end of an error message; empty without a similar name.

    Examples
    --------
    >>> from audiogen.utils.names import did_you_mean
    >>> did_you_mean("flut", ["flute", "organ"])
    ' Did you mean flute?'
    >>> did_you_mean("xylophone", ["flute", "organ"])
    ''
    """
    by_lower_case = {str(other).lower(): str(other) for other in known}
    near = difflib.get_close_matches(str(name).lower(), by_lower_case, n=3, cutoff=cutoff)
    return f" Did you mean {' or '.join(by_lower_case[n] for n in near)}?" if near else ""
