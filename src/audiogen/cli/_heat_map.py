"""The table of a search as a picture."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["heat_map"]


def heat_map(table: pd.DataFrame, figures: list[str]) -> "Figure":
    """Draw a heat map for each figure, of recipes and shares by epochs.

    Parameters
    ----------
    table : DataFrame
        As `tabulate` returns it.
    figures : list of str
        Columns to draw, of which less is better.

    Returns
    -------
    picture : Figure
    """
    from matplotlib.figure import Figure

    cells = table.assign(
        row=[_row(*each) for each in zip(table["recipe"], table["size"], strict=True)],
        epochs=table["epochs"].astype("object").where(table["epochs"].notna(), "-"),
    ).sort_values(["recipe", "size"], kind="stable")
    columns = sorted(cells["epochs"].unique(), key=lambda n: (n == "-", n))
    rows = cells["row"].unique()
    size = (1.6 + 0.9 * len(columns)) * len(figures) + 2, 1.4 + 0.5 * len(rows)
    picture = Figure(figsize=size, layout="constrained")
    drawn = picture.subplots(1, len(figures), squeeze=False, sharey=True)[0]
    for axes, name in zip(drawn, figures, strict=True):
        grid = cells.pivot(index="row", columns="epochs", values=name)
        values = grid.reindex(index=rows, columns=columns).to_numpy(dtype=float)
        image = axes.imshow(values, cmap="viridis_r", aspect="auto")
        axes.set(title=name, xlabel="epochs")
        axes.set_xticks(range(len(columns)), [str(each) for each in columns])
        axes.set_yticks(range(len(rows)), rows)
        for i, j in np.argwhere(np.isfinite(values)):
            value = values[i, j]
            dark = image.norm(value) > 0.5
            axes.text(j, i, f"{value:.4g}", ha="center", va="center", color="w" if dark else "k")
    return picture


def _row(recipe: str, size: float) -> str:
    """Return the label of a row."""
    return recipe if pd.isna(size) else f"{recipe}, {size:.0%} of the sounds"
