"""Train the models that clips are made with, and write them to a folder.

The command line is ``python -m audiogen.music.build``.
"""

import argparse
import numbers
import os
import pathlib
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from audiogen.generators import GrooveComposer, Harmonizer, MelodyComposer
from audiogen.music._build_data import read_grooves, read_melodies, read_songs, read_voice_notes
from audiogen.music._build_sounds import build_drums, build_voices
from audiogen.persistence import save
from audiogen.utils.names import did_you_mean
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["build_chords", "build_drums", "build_groove", "build_melody", "build_voices", "main"]

_PROGRAM = "python -m audiogen.music.build"
# Each model, and the option without which it cannot be built.
_NEEDS = {
    "melody": "tunes",
    "chords": "leadsheets",
    "groove": "grooves",
    "voices": "",
    "drums": "",
}
_LISTED = 8  # instruments that are named
_DESCRIPTION = """
Train the models that clips are made with, and write each to a file in a folder.

"melody", "chords" and "groove" are learnt from files of yours; "voices" and "drums" from the notes
and hits that come with audiogen, or the voices from a folder of yours. No file that is there
already is replaced.
"""
_FORMATS = """
files:
  --tunes       One file of tunes, each with one melody: a book in ABC (.abc), lines of JSON
                (.jsonl, .jsonl.gz), MIDI or MusicXML. Of tunes with a split, "train" is learnt
                from. The help of audiogen.io.read_tunes has the format of JSON.
  --leadsheets  The same, with chords, and with the field "year" of JSON: songs after 1930 and
                those without a year are left out. Of --tunes, those with four chords or more
                are learnt from as well.
  --grooves     An .npz file of NumPy, with arrays of n drum patterns: hits (n, 32, 9),
                velocities from 0 to 1 on 32 sixteenth notes of kick, snare, closed and open
                hi-hat, low, middle and high tom, crash and ride; offsets (n, 32, 9), from -0.5
                to 0.5 sixteenth notes early or late; style (n,), names; and perhaps split (n,).
  --notes       A folder of recorded notes, in one of these layouts:
                  examples.json and audio/<note>.wav, as NSynth has them; or a folder "train" or
                  "nsynth-train" with these. "instrument_str", "pitch" and "velocity" are used.
                  any other folder: a sub-folder for each instrument, and in it files named after
                  their pitches, such as "C#4.wav" or "flute-073-.flac".
                WAV, FLAC, Ogg and MP3 are read, the first 4 s of each. Four notes of an
                instrument, spread over its range, are enough; a few hundred in all are learnt
                in a minute. Files at other rates are resampled to 44,100 Hz.

examples:
  python -m audiogen.music.build --out models --only voices --notes my-notes
  audiogen clip "calm air" --model models/voices.skops

  python -m audiogen.music.build --out models --only melody --tunes my-tunes.abc
  in Python: audiogen.make_clip("reel", composer=audiogen.load("models/melody.skops"))

make_clip also takes a harmonizer (chords), a groove_composer (groove), a model (voices) and a
drum_kit (drums). What the models of audiogen were learnt from, and where it is to be had, is in
SOURCES.md beside them.
"""


def build_melody(tunes: str | os.PathLike[str], random_state: int = 0, **parameters: Any) -> Any:
    """Train the composer of melodies.

    Parameters
    ----------
    tunes : str or path-like
        A file that `audiogen.io.read_tunes` reads, such as one of dance tunes; those of another
        split than "train" are left out, and with a warning those that cannot be read.
    random_state : int, default=0
        Seed of the training.
    **parameters : object
        Further parameters of `MelodyComposer`.

    Returns
    -------
    composer : MelodyComposer
        Fitted, with the conditions genre, metre and mode.
    """
    return _fit_melody(*read_melodies(tunes), random_state, **parameters)


def build_chords(
    leadsheets: str | os.PathLike[str],
    tunes: str | os.PathLike[str] | None = None,
    random_state: int = 0,
    **parameters: Any,
) -> Any:
    """Train the harmonizer.

    Parameters
    ----------
    leadsheets : str or path-like
        A file of songs with chords, as `audiogen.io.read_tunes` reads them. Those without a year,
        and those after 1930, are left out, whatever their split.
    tunes : str or path-like, default=None
        A file of other tunes, of which those with four chords or more are learnt too.
    random_state : int, default=0
        Seed of the training.
    **parameters : object
        Further parameters of `Harmonizer`.

    Returns
    -------
    harmonizer : Harmonizer
        Fitted.
    """
    return _fit_chords(read_songs(leadsheets, tunes), random_state, **parameters)


def build_groove(grooves: str | os.PathLike[str], random_state: int = 0, **parameters: Any) -> Any:
    """Train the composer of drum patterns.

    Parameters
    ----------
    grooves : str or path-like
        An ``.npz`` file with the arrays hits and offsets (n, 32, 9), style (n,) and perhaps
        split (n,), of which rows of another split than "train" are left out. Hits are velocities
        from 0 to 1 on 32 sixteenth notes, offsets steps early or late.
    random_state : int, default=0
        Seed of the training.
    **parameters : object
        Further parameters of `GrooveComposer`.

    Returns
    -------
    composer : GrooveComposer
        Fitted, with the condition style.
    """
    return _fit_groove(*read_grooves(grooves), random_state, **parameters)


def _fit_melody(scores: Any, y: Any, random_state: int, **parameters: Any) -> Any:
    return MelodyComposer(random_state=random_state, **parameters).fit(scores, y).compact()


def _fit_chords(songs: Any, random_state: int, **parameters: Any) -> Any:
    return Harmonizer(random_state=random_state, **parameters).fit(songs).compact()


def _fit_groove(X: Any, style: Any, random_state: int, **parameters: Any) -> Any:
    return GrooveComposer(random_state=random_state, **parameters).fit(X, style).compact()


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the models that files are given for, and the voices and drums.

    Parameters
    ----------
    arguments : sequence of str, default=None
        Command-line arguments; None takes those of the process.

    Raises
    ------
    SystemExit
        With status 2, for an error in the input. All files are read before any model is trained,
        and a model is written when it is whole.
    """
    given = _parser().parse_args(arguments)
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_, **__: print(
            f"warning: {message}", file=sys.stderr
        )
        try:
            trainers = {path: _trainer(name, given) for name, path in _targets(given).items()}
            for path, train in trainers.items():
                print(f"Training {path.stem}.")
                save(train(), path)
                print(f"Wrote {path}, {path.stat().st_size / 1e6:.2f} MB.")
        except (ImportError, OSError, TypeError, ValueError) as error:
            print(f"{_PROGRAM}: {error}", file=sys.stderr)
            raise SystemExit(2) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_PROGRAM,
        description=_DESCRIPTION,
        epilog=_FORMATS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    file: dict[str, Any] = {"type": pathlib.Path, "metavar": "FILE"}
    parser.add_argument("--tunes", help="tunes, for melody (and for chords)", **file)
    parser.add_argument("--leadsheets", help="songs with chords, for chords", **file)
    parser.add_argument("--grooves", help="drum patterns, for groove", **file)
    folder = {**file, "metavar": "FOLDER"}
    parser.add_argument("--notes", help="notes, for voices (those of audiogen)", **folder)
    parser.add_argument("--out", help="folder to write to", required=True, **folder)
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="MODEL",
        help=f"build these alone, of {', '.join(_NEEDS)} (voices, drums, and those that files "
        "are given for)",
    )
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bits (%(default)s)")
    return parser


def _targets(given: argparse.Namespace) -> dict[str, pathlib.Path]:
    """Return the file to write for each model to build; refuse what cannot be built."""
    rule = Interval(numbers.Integral, 0, 2**32 - 1, closed="both")
    check_parameters(_PROGRAM, {"--seed": rule}, {"--seed": given.seed})
    possible = [name for name, need in _NEEDS.items() if not need or getattr(given, need)]
    for name in given.only or ():
        if name not in _NEEDS:
            raise ValueError(
                f"--only: there is no model {name!r}, only {', '.join(_NEEDS)}."
                f"{did_you_mean(name, _NEEDS)}"
            )
        if name not in possible:
            raise ValueError(f"{name} is learnt from a file of yours: give --{_NEEDS[name]} FILE.")
    if given.out.exists() and not given.out.is_dir():
        raise FileExistsError(f"{given.out} is a file; give a folder with --out.")
    targets = {name: given.out / f"{name}.skops" for name in given.only or possible}
    for path in targets.values():
        if path.exists():
            raise FileExistsError(
                f"{path} is there already; give another --out, remove it, or name the models to "
                "build with --only."
            )
    return targets


def _trainer(name: str, given: argparse.Namespace) -> Callable[[], Any]:
    """Read what a model is learnt from, and return the function that trains it."""
    seed = given.seed
    if name == "melody":
        scores, y = read_melodies(given.tunes)
        print(f"melody: {len(scores)} tunes of {given.tunes}")
        return lambda: _fit_melody(scores, y, seed, verbose=1)
    if name == "chords":
        songs = read_songs(given.leadsheets, given.tunes)
        print(f"chords: {len(songs)} songs with chords of {given.leadsheets}")
        return lambda: _fit_chords(songs, seed, verbose=1)
    if name == "groove":
        patterns, style = read_grooves(given.grooves)
        print(f"groove: {len(patterns)} patterns of {given.grooves}")
        return lambda: _fit_groove(patterns, style, seed, verbose=1)
    if name == "voices" and given.notes:
        X, y = read_voice_notes(given.notes)
        names = y["instrument"].unique()
        listed = ", ".join(names[:_LISTED]) + (", ..." if len(names) > _LISTED else "")
        print(f"voices: {len(X)} notes of {given.notes}, of {len(names)} instruments: {listed}")
        return lambda: build_voices(X, y, random_state=seed)
    print(f"{name}: what comes with audiogen")
    build = build_voices if name == "voices" else build_drums
    return lambda: build(random_state=seed)


if __name__ == "__main__":
    main()
