"""Lines of the table of recordings: what, the figures, the bar, and whether the first passes."""

import numpy as np

WIDTH = 34


def head(title):
    return f"\n{title}\n{'':{WIDTH}}{'measured':>10}  {'bar':12}held"


def line(what, values, low=None, high=None):
    """Return a line; the bar is for the first of several figures."""
    values = np.atleast_1d(values)
    cells = "".join(f"{value:10.2f}" for value in values)
    if low is None and high is None:
        return f"{what:{WIDTH}}{cells}"
    held = (low is None or values[0] >= low) and (high is None or values[0] <= high)
    if low is None:
        bar = f"<= {high:g}"
    else:
        bar = f">= {low:g}" if high is None else f"{low:g} to {high:g}"
    return f"{what:{WIDTH}}{cells}  {bar:12}{'yes' if held else 'NO'}"
