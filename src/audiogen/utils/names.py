"""Names that are not known, and those that may be meant."""

import difflib

__all__ = ["did_you_mean"]


def did_you_mean(name, known):
    """Return a question that lists the known names nearest to one that is not known.

    Parameters
    ----------
    name : object
        What was given; as text.
    known : iterable of object
        What there is; as text.

    Returns
    -------
    hint : str
        " Did you mean ...?" to end an error message; empty where nothing is near.

    Examples
    --------
    >>> from audiogen.utils.names import did_you_mean
    >>> did_you_mean("flut", ["flute", "organ"])
    ' Did you mean flute?'
    >>> did_you_mean("xylophone", ["flute", "organ"])
    ''
    """
    by_lower_case = {str(other).lower(): str(other) for other in known}
    near = difflib.get_close_matches(str(name).lower(), by_lower_case, n=3)
    return f" Did you mean {' or '.join(by_lower_case[n] for n in near)}?" if near else ""
