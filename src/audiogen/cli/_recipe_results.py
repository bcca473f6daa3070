"""What each recipe needs, and how it performed: the table of ``audiogen recipes``."""

from typing import NamedTuple

__all__ = ["RESULTS", "Result", "format_results"]


class Result(NamedTuple):
    """A row of the table; None where nothing was measured.

    Parameters
    ----------
    sounds : str
        Kind of sounds that the recipe learns from.
    y : str
        Conditions that the recipe needs.
    training : str
        Share of the recipe's own training that was done.
    seconds : float
        Duration of `fit` on two cores.
    fad_ratio : float
        Fréchet audio distance between generated and held-out notes, over that between as many
        training notes and held-out ones.
    in_tune : float
        Share of generated notes within 50 cents of the pitch asked for.
    """

    sounds: str
    y: str
    training: str = "not measured"
    seconds: float | None = None
    fad_ratio: float | None = None
    in_tune: float | None = None


_PITCHED = "notes of known pitch", "pitch and more"
_ANY = "any sounds", "any or none"

# Printed by ``python -m benchmarks.recipes NAME``.
RESULTS = {
    "harmonic_cvae": Result(*_PITCHED, "its own", 5, 0.61, 1.0),
    "harmonic_gmm": Result(*_PITCHED, "its own", 1, 1.24, 1.0),
    "harmonic_gan": Result(*_PITCHED, "its own", 8, 0.98, 1.0),
    "captioned_notes": Result("notes with captions", "pitch, caption"),
    "voices": Result("notes of instruments", "instrument, pitch"),
    "drum_kit": Result("hits of drums", "drum, kit, velocity"),
    "continuation": Result("a recording, or several", "none"),
    "style_codes": Result("clips of several styles", "style"),
    "texture": Result("rain, wind and the like", "none"),
    "spectral_cvae": Result(*_ANY, "its own", 8, 2.51, 0.32),
    "spectral_gan": Result(*_PITCHED, "its own", 13, 0.83, 1.0),
    "classic_gan": Result(*_ANY, "3 of 150 epochs", 56, 82.3, 0.0),
    "classic_lstm": Result("sounds in an order", "none", "10 of 50 epochs, 130 axes", 14, 17.17),
    "classic_wavenet": Result(*_ANY, "3 of 50 epochs", 121, 76.58, 0.0),
    "classic_cvae": Result(*_ANY, "10 of 50 epochs", 26, 94.29, 0.0),
}

_HEAD = ("recipe", "learns from", "y", "training", "seconds", "FAD ratio", "in tune")
_LEGEND = """
Measured on two cores: trained on the 148 notes that come with audiogen, asked for the pitch and
family of the 38 held-out ones. FAD ratio: Frechet audio distance from those, over that of as many
training notes; 1 is as near as real notes are. In tune: within 50 cents of the pitch asked for."""


def format_results(results: dict[str, Result] | None = None) -> str:
    """Return the table as text.

    Parameters
    ----------
    results : dict of str to Result, default=None
        Rows by the name of the recipe; None takes `RESULTS`.

    Returns
    -------
    table : str

    Examples
    --------
    >>> from audiogen.cli._recipe_results import Result, format_results
    >>> print(format_results({"mine": Result("any", "none", "at its defaults", 60, 1.5)}))
    recipe  learns from  y     training         seconds  FAD ratio  in tune
    mine    any          none  at its defaults       60       1.50        -
    ...
    """
    rows: list[tuple[str, ...]] = [_HEAD]
    for name, r in (RESULTS if results is None else results).items():
        figures = zip((r.seconds, r.fad_ratio, r.in_tune), (".0f", ".2f", ".2f"), strict=True)
        cells = ("-" if value is None else format(value, form) for value, form in figures)
        rows.append((name, r.sounds, r.y, r.training, *cells))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        texts = [cell.ljust(width) for cell, width in zip(row[:4], widths[:4], strict=True)]
        texts += [cell.rjust(width) for cell, width in zip(row[4:], widths[4:], strict=True)]
        lines.append("  ".join(texts))
    return "\n".join([*lines, _LEGEND])
