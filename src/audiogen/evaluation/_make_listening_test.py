"""Listening tests: a page that plays sounds and asks which is better, or how good each is."""

import hashlib
import json
import numbers
import os
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from audiogen.evaluation._html import json_block, packaged_text, page, sound_uri
from audiogen.evaluation._listening_sounds import low_pass_anchor, match_loudness
from audiogen.evaluation._listening_trials import KINDS, Pick, Trial, choose_trials
from audiogen.io import read_clip
from audiogen.utils.files import atomic_folder
from audiogen.utils.names import did_you_mean
from audiogen.utils.seeds import Stream, draw_seed, make_rng, spawn_seed
from audiogen.utils.validation import (
    Instance,
    Interval,
    Options,
    check_audio,
    check_parameters,
    warn_user,
)

__all__ = ["ANCHOR", "KEY_FORMAT", "make_listening_test"]

ANCHOR = "low-pass anchor"
_OPEN = "open reference"
KEY_FORMAT = "audiogen listening key"
_QUESTIONS = {
    "preference": "Which sounds better?",
    "mos": "How good does this sound?",
    "mushra": "How good is each sound, beside the reference?",
}
_SCRIPTS = ("listening_state.js", "listening.js", "listening_keys.js")
_BODY = """\
<main></main>
<noscript>This listening test needs JavaScript, which is off in this browser.</noscript>
"""
_HARDLY = 0.01  # of the reference's amplitude; an anchor that lacks less is hardly told from it
_SOFT = -35.0  # LUFS
_LARGE = 60e6  # bytes of a page that phones may not open
_CONSTRAINTS = {
    "sets": Instance(Mapping, "a dict of sounds by the name of their set"),
    "sample_rate": Interval(numbers.Integral, 8000, None),
    "kind": Options(*KINDS),
    "n_trials": Interval(numbers.Integral, 1, None),
    "reference": (Options(None), Instance(str, "a str")),
    "paired": Instance((bool, np.bool_), "a bool"),
    "question": (Options(None), Instance(str, "a str")),
    "loudness": Interval(numbers.Real, -70, 0, closed="both"),
    "format": Options("flac", "mp3", "wav"),
}


def make_listening_test(
    sets: Mapping[str, Sequence[Any] | np.ndarray],
    folder: str | os.PathLike[str],
    *,
    sample_rate: int,
    kind: str = "preference",
    n_trials: int = 20,
    reference: str | None = None,
    paired: bool = False,
    question: str | None = None,
    loudness: float = -23.0,
    format: str = "flac",
    random_state: Any = None,
) -> pathlib.Path:
    """Write a blind listening test as one HTML file that needs no network and no server.

    Parameters
    ----------
    sets : dict of str to sequence
        The sounds of each set, by its name: arrays of shape (n_timesteps,) or
        (n_timesteps, 2), or paths of sound files.
    folder : str or path-like
        Where ``index.html``, the page for listeners, and ``key.json``, which says what was
        which, are written to. The key is not for listeners.
    sample_rate : int
        Sampling rate of the arrays, in Hz, at least 8000; files are resampled to it.
    kind : {"preference", "mos", "mushra"}, default="preference"
        "preference" asks which of two sounds of different sets is better; "mos" for an
        opinion of each sound from 1 (bad) to 5 (excellent); "mushra" for ratings from 0 to 100
        of one sound of each set beside a reference, with the reference itself and a low-pass
        anchor hidden among them.
    n_trials : int, default=20
        How many questions there are; less where there are no more different ones.
    reference : str, default=None
        The set that sounds of "mushra" are compared to, such as the real notes. Other kinds have
        none.
    paired : bool, default=False
        Whether the first sounds of all sets belong together, as notes of one pitch do, and the
        second ones, and so on. Then only those are compared. "mushra" always takes it so.
    question : str, default=None
        What listeners are asked; None asks for quality.
    loudness : float, default=-23.0
        Loudness of all sounds, in LUFS. It is lowered for all where one sound would clip.
    format : {"flac", "mp3", "wav"}, default="flac"
        How the page holds sounds. "mp3" makes a smaller page, at the price of what its
        compression adds.
    random_state : int, RandomState or None, default=None
        Which sounds are chosen, under which names, and in which orders they are played.

    Returns
    -------
    page : pathlib.Path
        The file ``index.html``, which can be opened, sent by mail or put on any web server.

    Raises
    ------
    ValueError
        For parameters out of range, too few sets, sets without sounds, and paired sets of
        different sizes.
    AudioFileError
        For a file that cannot be read.

    Warns
    -----
    UserWarning
        Where all sounds had to be made very soft, where the anchor is hardly different from
        the reference, and where the page is too large for phones.

    See Also
    --------
    collect_ratings : Read what listeners send back.

    Notes
    -----
    Each listener hears trials, and the sounds of each, in an order of their own, a function
    of the seed and of a random session number that the answers carry. The page names sounds by
    random numbers: it does not hold the names of sets and files. Whoever takes it apart can
    see which sounds have the same samples, as the reference of "mushra" and its hidden copy do.

    Sounds are multiplied by one factor each, and not limited: all reach the same integrated
    loudness (ITU-R BS.1770-4), and none a true peak of more than -1 dBTP.

    References
    ----------
    .. [1] ITU-T P.800, "Methods for subjective determination of transmission quality", 1996.
    .. [2] ITU-R BS.1534-3, "Method for the subjective assessment of intermediate quality level
       of audio systems", 2015.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from audiogen.evaluation import make_listening_test
    >>> tones = [np.sin(step * np.arange(8000)) for step in (0.1, 0.2)]
    >>> noise = np.random.default_rng(0).normal(size=(2, 8000))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = make_listening_test(
    ...         {"tones": tones, "noise": noise}, folder, sample_rate=16000, random_state=0
    ...     )
    ...     path.name, "noise" in path.read_text()
    ('index.html', False)
    """
    check_parameters("make_listening_test", _CONSTRAINTS, locals())
    _check_sets(sets, kind, reference)
    seed = draw_seed(random_state)
    trials = choose_trials(
        {name: len(sounds) for name, sounds in sets.items()}, kind, n_trials,
        paired=paired, rng=make_rng(seed, Stream.LISTENING, 0),
    )  # fmt: skip
    sounds = _read(sets, trials, sample_rate)
    if reference is not None:
        trials = _add_anchors(trials, sounds, reference, sample_rate)
    matched, level = match_loudness([*sounds.values()], sample_rate, loudness)
    if level < min(_SOFT, loudness):
        warn_user(
            f"All sounds are played at {level:.1f} LUFS, which is soft, as one of them would clip "
            "at more. Leave out what is a click in silence."
        )
    rng = make_rng(seed, Stream.LISTENING, 1)
    ids = dict(zip(sounds, _opaque_names(len(sounds), rng), strict=True))
    shown = {
        "kind": kind,
        "question": question or _QUESTIONS[kind],
        "seed": spawn_seed(seed, Stream.LISTENING, 2),
        "sounds": {
            ids[pick]: sound_uri(sound, sample_rate, suffix=f".{format}")
            for pick, sound in zip(sounds, matched, strict=True)
        },
        "trials": _shown_trials(trials, ids, rng),
    }
    shown["test"] = hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]
    key = {
        "format": KEY_FORMAT,
        "version": 1,
        **{name: shown[name] for name in ("test", "kind", "question", "trials")},
        "sets": [*sets],
        "reference": reference,
        "sample_rate": sample_rate,
        "loudness": level,
        "random_state": seed,
        "sounds": {ids[pick]: _described(pick, sets) for pick in sounds},
    }
    return _write(pathlib.Path(folder), shown, key)


def _check_sets(
    sets: Mapping[str, Sequence[Any] | np.ndarray], kind: str, reference: str | None
) -> None:
    """Refuse sets that no test can be made of."""
    fewest = 1 if kind == "mos" else 2
    if len(sets) < fewest:
        raise ValueError(f"A test of kind {kind!r} needs {fewest} sets or more. Got {len(sets)}.")
    if empty := [name for name, sounds in sets.items() if not len(sounds)]:
        raise ValueError(f"The set {empty[0]!r} has no sounds.")
    if ANCHOR in sets:
        raise ValueError(f"The name {ANCHOR!r} is that of the anchor: give the set another.")
    if kind != "mushra" and reference is not None:
        raise ValueError(
            f"A test of kind {kind!r} has no reference: leave it out, or add the set."
        )
    if kind == "mushra" and reference not in sets:
        raise ValueError(
            f"The 'reference' parameter of a test of kind 'mushra' must name one of the sets, "
            f"{', '.join(map(repr, sets))}. Got {reference!r} instead."
            f"{did_you_mean(reference, sets)}"
        )


def _read(
    sets: Mapping[str, Sequence[Any] | np.ndarray], trials: Sequence[Trial], sample_rate: int
) -> dict[Pick, np.ndarray]:
    """Return the sounds of all trials, of as many channels each."""
    sounds: dict[Pick, np.ndarray] = {}
    for pick in dict.fromkeys(pick for trial in trials for pick in trial.sounds):
        name, place = pick
        sound = sets[name][place]
        if isinstance(sound, str | os.PathLike):
            sound, _ = read_clip(sound, sample_rate=sample_rate)
        sounds[pick] = check_audio(np.asarray(sound).T, name=f"Sound {place} of {name!r}").T
        if sounds[pick].shape[1] > 2:
            raise ValueError(
                f"Sound {place} of {name!r} must have the shape (n_timesteps,) or "
                f"(n_timesteps, 2). Got {sounds[pick].shape}: mix it down first."
            )
    n_channels = max(sound.shape[1] for sound in sounds.values())
    return {
        pick: np.broadcast_to(sound, (len(sound), n_channels)) for pick, sound in sounds.items()
    }


def _add_anchors(
    trials: Sequence[Trial], sounds: dict[Pick, np.ndarray], reference: str, sample_rate: int
) -> list[Trial]:
    """Return trials with an open reference and a hidden anchor, whose sounds are added."""
    added, alike = [], 0
    for trial in trials:
        place = trial.sounds[0][1]
        own = sounds[reference, place]
        anchor = low_pass_anchor(own, sample_rate)
        alike += bool(np.linalg.norm(own - anchor) <= _HARDLY * np.linalg.norm(own))
        sounds[ANCHOR, place], sounds[_OPEN, place] = anchor, own
        added.append(Trial((*trial.sounds, (ANCHOR, place)), (_OPEN, place)))
    if alike:
        warn_user(
            f"{alike} of {len(trials)} references have next to nothing above 3.5 kHz: their "
            "low-pass anchors sound the same, and do not tell who listens."
        )
    return added


def _opaque_names(n: int, rng: np.random.Generator) -> list[str]:
    """Return different names that say nothing."""
    names: dict[str, None] = {}
    while len(names) < n:
        names[rng.bytes(6).hex()] = None
    return [*names]


def _shown_trials(
    trials: Sequence[Trial], ids: dict[Pick, str], rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Return trials by opaque names, in an order that does not tell the sets."""
    return [
        {
            "id": name,
            "sounds": sorted(ids[pick] for pick in trial.sounds),
            "reference": None if trial.reference is None else ids[trial.reference],
        }
        for name, trial in zip(_opaque_names(len(trials), rng), trials, strict=True)
    ]


def _described(pick: Pick, sets: Mapping[str, Sequence[Any] | np.ndarray]) -> dict[str, Any]:
    """Return what the key says of a sound."""
    name, place = pick
    if name not in sets:  # made of the reference
        return {"set": name, "sound": place}
    sound = sets[name][place]
    return {"set": name, "sound": str(sound) if isinstance(sound, str | os.PathLike) else place}


def _write(folder: pathlib.Path, shown: dict[str, Any], key: dict[str, Any]) -> pathlib.Path:
    """Write the page and the key."""
    document = page(
        "Listening test",
        _BODY + json_block("test", shown),
        style=packaged_text("listening.css"),
        script="\n".join(map(packaged_text, _SCRIPTS)),
    )
    if len(document) > _LARGE:
        warn_user(
            f"The page is of {len(document) / 1e6:.0f} MB, which phones may not open: give "
            "shorter or fewer sounds, or format='mp3'."
        )
    with atomic_folder(folder) as temporary:
        (temporary / "index.html").write_text(document, encoding="utf-8")
        text = json.dumps(key, indent=1, ensure_ascii=False)
        (temporary / "key.json").write_text(f"{text}\n", encoding="utf-8")
    return folder / "index.html"
