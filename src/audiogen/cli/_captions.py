"""Captions of notes that are learnt, and words that ask for new ones."""

import re
from typing import Any

import numpy as np

__all__ = ["named_by_words", "nearest_conditions", "understood", "with_captions"]

_CAPTIONS = 4  # of a note, which leave out different things
_FEW = 500  # notes that have several; many say enough with one each
_LONGEST = 40  # characters of a file name that are words
_NEAREST = 100  # of conditions drawn: one in so many is near


def with_captions(X: np.ndarray, frame: Any, seed: int) -> tuple[np.ndarray, Any]:
    """Return notes and their table with captions; few notes several times, with other ones."""
    import pandas as pd

    from audiogen.datasets import make_captions

    n_times = _CAPTIONS if len(X) <= _FEW else 1
    seeds = range(seed, seed + n_times)
    frames = [frame.assign(caption=make_captions(frame, random_state=s)) for s in seeds]
    repeated = np.concatenate([X] * n_times) if n_times > 1 else X
    return repeated, pd.concat(frames, ignore_index=True)


def nearest_conditions(drawn: Any, words: str, conditions: Any) -> Any:
    """Return of conditions drawn those whose captions are most like words."""
    from audiogen.exceptions import UnknownWordsWarning
    from audiogen.utils.silence import silenced

    with silenced(UnknownWordsWarning):
        codes = conditions.text_encoder_.transform([words, *drawn[conditions.text]])
    lengths = np.linalg.norm(codes, axis=1)
    likeness = codes[1:] @ codes[0] / np.maximum(lengths[1:] * lengths[0], 1e-9)
    rows = np.argsort(-likeness, kind="stable")[: max(1, len(drawn) // _NEAREST)]
    return drawn.iloc[np.sort(rows)].reset_index(drop=True)


def named_by_words(wanted: Any, text: str | None) -> Any:
    """Return conditions with instruments that are called as their captions, if they have any."""
    if text not in wanted:
        return wanted
    names = [re.sub(r"\W+", "_", caption.casefold())[:_LONGEST] for caption in wanted[text]]
    instruments = [name.strip("_") or "note" for name in names]
    return wanted.assign(instrument=instruments, instrument_family="captioned")


def understood(words: str, encoder: Any) -> str:
    """Return what is understood of words as a sentence or two; refuse those that say nothing."""
    taken = encoder.understand([words])[0]
    if not any(taken.values()):
        raise ValueError(
            f"--words {words!r} has no word that the model knows, or that is like one. It knows "
            f"{', '.join(encoder.words_)}."
        )
    said = [w if w == known else f"{w} as {known}" for w, known in taken.items() if known]
    ignored = [word for word, known in taken.items() if not known]
    ending = f" Ignored: {', '.join(ignored)}." if ignored else ""
    return f"Understood: {', '.join(said)}.{ending}"
