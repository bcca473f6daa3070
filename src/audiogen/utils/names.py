"""Names: suggestions for unknown ones, lists without repeated ones, and long texts cut."""

import difflib
from collections.abc import Iterable, Sequence

__all__ = ["did_you_mean", "shortened", "unique_names"]


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


def shortened(text: str, most: int = 300) -> str:
    """Return the beginning of a text that may be of any length, such as what a file has.

    Parameters
    ----------
    text : str
        The text.
    most : int, default=300
        Number of characters that are shown.

    Returns
    -------
    beginning : str
        The whole text, if it is no longer.

    Examples
    --------
    >>> from audiogen.utils.names import shortened
    >>> shortened("a" * 9, most=5), shortened("a" * 9)
    ('aaaaa...', 'aaaaaaaaa')
    """
    return text if len(text) <= most else f"{text[:most]}..."


def unique_names(names: Sequence[str]) -> list[str]:
    """Return names, repeated ones with -1, -2, ... appended.

    Parameters
    ----------
    names : sequence of str
        The names.

    Returns
    -------
    unique : list of str
        As many, each once.

    Examples
    --------
    >>> from audiogen.utils.names import unique_names
    >>> unique_names(["flute", "organ", "flute"])
    ['flute', 'organ', 'flute-1']
    """
    taken, unique = set(names), list[str]()
    seen: dict[str, int] = {}
    for name in names:
        new = name
        while name in seen and (new == name or new in taken):
            new = f"{name}-{seen[name]}"
            seen[name] += 1
        seen.setdefault(name, 1)
        taken.add(new)
        unique.append(new)
    return unique
