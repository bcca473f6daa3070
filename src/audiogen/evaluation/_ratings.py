"""What listeners sent back, read and checked against the key."""

import json
import math
import os
import pathlib
from collections.abc import Sequence
from typing import Any

import pandas as pd

from audiogen.evaluation._make_listening_test import KEY_FORMAT
from audiogen.utils.names import shortened, unique_names

__all__ = ["read_key", "read_ratings"]

_RESULT_FORMAT = "audiogen listening result"
_HIGHEST = {"preference": 1, "mos": 5, "mushra": 100}
_LOWEST = {"preference": 0, "mos": 1, "mushra": 0}
_LARGEST = 20_000_000  # bytes


def read_key(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the key of a listening test.

    Parameters
    ----------
    path : str or path-like
        The file ``key.json``.

    Returns
    -------
    key : dict
        What `make_listening_test` wrote.

    Raises
    ------
    ValueError
        If it is no such file; the message names it.
    FileNotFoundError
        If it is missing.
    """
    key = _read_json(pathlib.Path(path), KEY_FORMAT, "the key of a listening test")
    try:
        sets, reference = key["sets"], key["reference"]
        known = {name for name, sound in key["sounds"].items() if str(sound["set"])}
        judged = [name for trial in key["trials"] for name in trial["sounds"]]
        ids = [trial["id"] for trial in key["trials"]]
        whole = bool(ids and key["test"]) and key["kind"] in _HIGHEST
        texts = all(isinstance(name, str) for name in sets)
        ok = whole and texts and {*judged} <= known and reference in (None, *sets)
    except (KeyError, TypeError, AttributeError):
        ok = False
    if not ok:
        raise ValueError(f"{path} is damaged: it lacks what the key of a listening test has.")
    return key


def read_ratings(
    paths: Sequence[str | os.PathLike[str]], key: dict[str, Any]
) -> tuple[pd.DataFrame, list[str]]:
    """Return the ratings of all listeners.

    Parameters
    ----------
    paths : sequence of str or path-like
        The files that listeners downloaded.
    key : dict
        What `read_key` returned.

    Returns
    -------
    ratings : DataFrame
        With the columns rater (a number), trial, sound, set and rating.
    raters : list of str
        What the listeners called themselves, repeated names numbered.

    Raises
    ------
    ValueError
        If a file is no result of this test, or two are of the same session; the message names it.
    FileNotFoundError
        If a file is missing.
    """
    names, sessions = list[str](), dict[str, pathlib.Path]()
    rows: list[tuple[int, str, str, str, float]] = []
    for path in map(pathlib.Path, paths):
        result = _read_json(path, _RESULT_FORMAT, "a result of a listening test")
        if result.get("test") != key["test"]:
            raise ValueError(
                f"{path} is a result of another listening test than that of the key: give the "
                "key.json that was written with its page."
            )
        session = str(result.get("session"))
        if session in sessions:
            raise ValueError(
                f"{path} and {sessions[session]} are of the same session: leave one of them out."
            )
        sessions[session] = path
        rows += [(len(names), *rating) for rating in _ratings_of(path, result, key)]
        names.append(shortened(str(result.get("rater") or session[:8]), 40))
    frame = pd.DataFrame(rows, columns=["rater", "trial", "sound", "set", "rating"])
    return frame, unique_names(names)


def _ratings_of(
    path: pathlib.Path, result: dict[str, Any], key: dict[str, Any]
) -> list[tuple[str, str, str, float]]:
    """Return the trial, sound, set and value of each rating of a listener."""
    trials = {trial["id"]: trial["sounds"] for trial in key["trials"]}
    answers = result.get("trials")
    if not isinstance(answers, list) or not all(isinstance(answer, dict) for answer in answers):
        raise ValueError(f"{path} is damaged: it has no list of trials.")
    given = [str(answer.get("trial")) for answer in answers]
    if sorted(given) != sorted(trials):
        raise ValueError(
            f"{path} has {len(given)} answers, which are not those to the {len(trials)} trials of "
            "the test, each once."
        )
    rows = []
    for trial, answer in zip(given, answers, strict=True):
        ratings = answer.get("ratings")
        if not isinstance(ratings, dict) or {*ratings} != {*trials[trial]}:
            raise ValueError(f"{path} does not rate the sounds of trial {trial}, each once.")
        for sound, value in ratings.items():
            checked = _checked(value, key["kind"], f"{path} rates sound {sound} of trial {trial}")
            rows.append((trial, sound, str(key["sounds"][sound]["set"]), checked))
        if key["kind"] == "preference" and sum(ratings.values()) != 1:
            raise ValueError(f"{path} prefers none or both of the sounds of trial {trial}.")
    return rows


def _checked(value: Any, kind: str, words: str) -> float:
    """Return a rating that can be one."""
    low, high = _LOWEST[kind], _HIGHEST[kind]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or not low <= value <= high:
        raise ValueError(f"{words} {value!r}; it must be a number from {low} to {high}.")
    return float(value)


def _read_json(path: pathlib.Path, format: str, what: str) -> dict[str, Any]:
    """Return the object that a file holds."""
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; give the file that is {what}.")
    if not path.exists():
        raise FileNotFoundError(f"There is no file {path}, to be {what}.")
    if path.stat().st_size > _LARGEST:
        raise ValueError(f"{path} is not {what}: it is of {path.stat().st_size / 1e6:.0f} MB.")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not {what}: it is no JSON.") from error
    if not isinstance(found, dict) or found.get("format") != format:
        raise ValueError(f"{path} is not {what}: it does not say that its format is {format!r}.")
    if found.get("version") != 1:
        raise ValueError(
            f"{path} is of version {found.get('version')!r}, which this audiogen does not read: "
            "install the one that made the test."
        )
    return found
