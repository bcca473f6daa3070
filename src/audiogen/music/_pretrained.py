"""The trained models that come with the package, and what they were made from."""

import functools
import importlib.resources
import tomllib
from collections.abc import Sequence
from typing import Any

import joblib

from audiogen.persistence import load
from audiogen.pipeline import split_steps
from audiogen.utils.validation import Options, check_parameters

__all__ = ["MODELS", "credits_of", "is_shipped", "own_sounds", "pretrained"]

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


def is_shipped(model: Any, name: str) -> bool:
    """Tell whether a model has learnt what the package's own has, or is a copy of it.

    Parameters
    ----------
    model : estimator
        A fitted model.
    name : {"melody", "chords", "groove", "voices", "drums"}
        The pretrained model that it may be.

    Returns
    -------
    is_shipped : bool
        False for a model of other data, whatever its categories are called.
    """
    return model is pretrained(name) or joblib.hash(_learnt(model)) == joblib.hash(
        _learnt(pretrained(name))
    )


def _learnt(model: Any) -> dict[str, Any]:
    """Return what a model keeps of the data that it was fitted to."""
    final = split_steps(model)[1]
    parameters = final.get_params()
    return {name: value for name, value in final.__getstate__().items() if name not in parameters}


def own_sounds(model: Any, kit: Any) -> list[str]:
    """Return which of "voices" and "drums" are played by models of the user's own."""
    players = {"voices": model, "drums": kit}
    return [name for name, player in players.items() if not is_shipped(player, name)]


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
        Names of those that are the user's own, "voices" and "drums" among them.

    Returns
    -------
    sources : list of dict
        What each is, its author, and its licence. What is the user's own is named as such.
    """
    known = _sources()
    found = []
    for name in models:
        row = known["models"][name]
        source = _OWN["author"] if name in own else row["source"]
        licence = _OWN["licence"] if name in own else row["licence"]
        found.append({"what": f"{name} model", "source": source, "licence": licence})
    for model, table, names in (("voices", "voices", voices), ("drums", "kits", kits)):
        rows = {} if model in own else known[table]
        for name in dict.fromkeys(names):
            row = rows.get(name, {**_OWN, "name": name})
            found.append({"what": row["name"], "source": row["author"], "licence": row["licence"]})
    return found


def credit_and_licence(name: str, used: Sequence[str], model: Any) -> tuple[str, str]:
    """Return what an instrument was made from and by whom, and under which licences.

    Parameters
    ----------
    name : {"voices", "drums"}
        The pretrained model that may have been used.
    used : sequence of str
        The voices, or the kits, that are heard.
    model : estimator
        The model that was used.
    """
    if not is_shipped(model, name):
        return "made with audiogen, with a model of one's own", ""
    voices, kits = (used, ()) if name == "voices" else ((), used)
    sources = credits_of((), voices, kits)
    named = "; ".join(f"{source['what']} by {source['source']}" for source in sources)
    licences = dict.fromkeys(source["licence"] for source in sources)
    return f"learnt by audiogen from {named}", ", ".join(licences)
