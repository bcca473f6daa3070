"""The trained models that come with the package, and what they were made from."""

import functools
import importlib.resources
import tomllib
from collections.abc import Sequence
from typing import Any

from audiogen.persistence import load
from audiogen.utils.validation import Options, check_parameters

__all__ = ["MODELS", "credits_of", "pretrained"]

MODELS = ("melody", "chords", "groove", "voices", "drums")
_OWN = {"author": "a model of your own", "licence": "yours"}
_FOLDER = importlib.resources.files("audiogen.music") / "models"


@functools.cache
def pretrained(name: str) -> Any:
    """Return a fitted model that comes with the package.

    Parameters
    ----------
    name : {"melody", "chords", "groove", "voices", "drums"}
        "melody" is a `MelodyComposer`, "chords" a `Harmonizer`, "groove" a `GrooveComposer`,
        "voices" a `recipes.voices` and "drums" a `recipes.drum_kit`.

    Returns
    -------
    model : estimator
        The same object at each call: clone it before fitting it to data of your own.

    Raises
    ------
    ValueError
        For another name.

    Notes
    -----
    What each was learnt from, and under which licences, is in ``music/models/SOURCES.md``.
    ``python -m audiogen.music.build`` makes them again.

    Examples
    --------
    >>> from audiogen.music import pretrained
    >>> pretrained("voices").sample_rate
    44100
    """
    check_parameters("pretrained", {"name": Options(*MODELS)}, {"name": name})
    with importlib.resources.as_file(_FOLDER / f"{name}.skops") as path:
        return load(path)


@functools.cache
def _sources() -> dict[str, Any]:
    return tomllib.loads((_FOLDER / "sources.toml").read_text(encoding="utf-8"))


def credits_of(
    models: Sequence[str],
    voices: Sequence[str],
    kits: Sequence[str],
    own: Sequence[str] = (),
) -> list[dict[str, str]]:
    """Return what a clip was made from.

    Parameters
    ----------
    models : sequence of str
        Names of the models that composed it.
    voices, kits : sequence of str
        Names of the voices and of the kits of drums that are heard.
    own : sequence of str, default=()
        Names among `models` of those that are the user's own.

    Returns
    -------
    sources : list of dict
        What each is, its author, and its licence. Voices that are not the package's own are
        named as such.
    """
    known = _sources()
    found = []
    for name in models:
        row = known["models"][name]
        source = _OWN["author"] if name in own else row["source"]
        licence = _OWN["licence"] if name in own else row["licence"]
        found.append({"what": f"{name} model", "source": source, "licence": licence})
    for table, names in (("voices", voices), ("kits", kits)):
        for name in dict.fromkeys(names):
            row = known[table].get(name, {**_OWN, "name": name})
            found.append({"what": row["name"], "source": row["author"], "licence": row["licence"]})
    return found
