"""The command ``clip``: a finished clip of music."""

import argparse
import json
import pathlib
import warnings
from typing import Any

from audiogen.cli._options import (
    BeforeWords,
    add_out,
    add_seed,
    add_sound_file,
    count,
    program,
    within,
)
from audiogen.cli.report import add_report, write_clips_page

__all__ = ["add_parser", "run"]

# Options that say what is composed, and what they are where they are not given.
_OF_WORDS: dict[str, Any] = {
    "bpm": None, "key": None, "metre": None, "genre": None, "mood": None, "instruments": None,
    "no_drums": False, "hit": [], "takes": 1, "explain": False,
}  # fmt: skip


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the command line."""
    command = commands.add_parser(
        "clip",
        help="make a finished clip of music from words",
        description="Make a finished stereo clip of music from words, such as 'upbeat jig with "
        "flute and guitar': clip.wav, clip.mid, clip.png, and clip.json, which says what it is "
        "and what it was made from. Options override the words. Without words the genre is drawn "
        "by the seed. With --midi a tune of your own is played instead.",
    )
    command.add_argument(
        "words", nargs="*", action="extend", metavar="WORDS", help="what the clip is to be"
    )
    _add_music(command)
    _add_sound(command)
    add_report(command, "report.html in the folder")
    add_out(command, "audiogen-clip")
    add_seed(command)
    return command


def _add_music(command: argparse.ArgumentParser) -> None:
    """Add the options that say what is played."""
    command.add_argument(
        "--seconds", type=within(0, 86400), help="length (15, or that of the MIDI file)"
    )
    command.add_argument(
        "--bpm", type=within(20, 400), help="beats a minute (dotted quarters in 6/8)"
    )
    command.add_argument("--key", help="such as 'D minor'")
    command.add_argument("--metre", help="such as 6/8")
    command.add_argument("--genre", help="a style, or the path of a style file (.toml)")
    command.add_argument("--mood", help="such as happy")
    command.add_argument("--instruments", help="separated by commas, the leading one first")
    command.add_argument("--loop", action="store_true", help="make it repeat without a seam")
    command.add_argument("--no-drums", action="store_true", help="leave the drums out")
    command.add_argument(
        "--hit", action=BeforeWords, read=within(0, 3600), looks=r"-?[\d.]+", default=[],
        metavar="S", help="seconds at which a section begins",
    )  # fmt: skip
    command.add_argument(
        "--takes", type=count, default=1, metavar="N", help="clips to make, best first (1)"
    )
    command.add_argument("--explain", action="store_true", help="print what was understood")
    command.add_argument(
        "--model", type=pathlib.Path, help="your own sounds: what fit or music.build wrote"
    )
    command.add_argument(
        "--midi", type=pathlib.Path, metavar="FILE", help="the tune to play, or a folder of them"
    )
    command.add_argument(
        "--programs", action=BeforeWords, read=program, looks=".*=.*", default=[],
        metavar="N=FAMILY",
        help="with --midi, instruments or families that play General MIDI programs, such as "
        "0=organ 40=flute",
    )  # fmt: skip


def _add_sound(command: argparse.ArgumentParser) -> None:
    """Add the options that say how it sounds and is written."""
    command.add_argument("--stems", action="store_true", help="write each part too")
    add_sound_file(command, rate="44100; for opus 48000", loudness=-14.0)
    command.add_argument(
        "--bit-depth", type=int, choices=(16, 24, 32), default=16,
        help="of WAV and FLAC (%(default)s)",
    )  # fmt: skip
    fade: dict[str, Any] = {"type": within(0, 3600), "metavar": "SECONDS"}
    command.add_argument("--fade-in", default=0.0, help="length (%(default)g)", **fade)
    command.add_argument("--fade-out", help="length (as the ending asks)", **fade)


def run(arguments: argparse.Namespace) -> None:
    """Write clips, or what was understood of the words."""
    if arguments.sample_rate is None:
        arguments.sample_rate = 48000 if arguments.format == "opus" else 44100
    _refuse_what_cannot_be(arguments)
    if arguments.midi is not None:
        _play(arguments)
    else:
        _compose(arguments)
    if arguments.report and not arguments.explain:
        print(write_clips_page(arguments.out))


def _compose(arguments: argparse.Namespace) -> None:
    """Write clips of words and settings, or what was understood of them."""
    from audiogen.music import Brief, parse_prompt, plan, save_takes
    from audiogen.persistence import load

    words, settings = " ".join(arguments.words), _settings(arguments)
    brief = (parse_prompt(words) if arguments.words else Brief()).override(**settings)
    if brief.loop and (arguments.fade_in or arguments.fade_out):
        raise ValueError("A loop has no ends to fade: leave --fade-in and --fade-out out.")
    if arguments.explain:
        brief = brief.complete(arguments.seed)
        plan(brief)  # refuses what cannot be
        print(brief.explain())
        return
    model = None if arguments.model is None else load(arguments.model)
    takes = save_takes(
        arguments.out, words or None, arguments.takes, format=arguments.format,
        bit_depth=arguments.bit_depth, stems=arguments.stems, random_state=arguments.seed,
        verbose=int(not arguments.quiet), model=model, **_sound(arguments), **settings,
    )  # fmt: skip
    for paths in takes:
        about = next(path for path in paths if path.suffix == ".json")
        _report(json.loads(about.read_text(encoding="utf-8")), paths[0])


def _play(arguments: argparse.Namespace) -> None:
    """Write a clip of a MIDI file, or one of each in a folder, in folders of their names."""
    from audiogen.persistence import load
    from audiogen.utils.files import atomic_folder

    model = None if arguments.model is None else load(arguments.model)
    if not arguments.midi.is_dir():
        return _report(*_play_file(arguments.midi, arguments.out, model, arguments))
    tunes = _readable(arguments.midi)
    with atomic_folder(arguments.out) as folder:
        made = [_play_file(path, folder / name, model, arguments) for path, name in tunes]
    for about, path in made:
        _report(about, arguments.out / path.relative_to(folder))


def _readable(folder: pathlib.Path) -> list[tuple[pathlib.Path, str]]:
    """Return the MIDI files of a folder that can be read, and a name for each; warn of others."""
    from audiogen.exceptions import AudioFileWarning
    from audiogen.io import midi_files, read_midi
    from audiogen.utils.names import unique_names

    paths = []
    for path in midi_files(folder):
        try:
            read_midi(path)
        except (ValueError, OSError) as error:
            warnings.warn(f"Left out: {error}", AudioFileWarning, stacklevel=2)
        else:
            paths.append(path)
    if not paths:
        raise ValueError(f"None of the MIDI files in {folder} can be read.")
    names = [path.relative_to(folder).with_suffix("").as_posix() for path in paths]
    return list(zip(paths, unique_names(names), strict=True))


def _play_file(
    midi: pathlib.Path, folder: pathlib.Path, model: Any, arguments: argparse.Namespace
) -> tuple[dict[str, Any], pathlib.Path]:
    """Write a clip of a MIDI file; return what it is, and its path."""
    from audiogen.music import play_midi

    clip = play_midi(
        midi, seconds=arguments.seconds, loop=arguments.loop, model=model,
        programs=dict(arguments.programs), random_state=arguments.seed, **_sound(arguments),
    )  # fmt: skip
    paths = clip.save(
        folder, format=arguments.format, bit_depth=arguments.bit_depth, stems=arguments.stems
    )
    return clip.info, paths[0]


def _sound(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the options that say how a clip sounds."""
    names = ("sample_rate", "loudness", "fade_in", "fade_out")
    return {name: getattr(arguments, name) for name in names}


def _refuse_what_cannot_be(arguments: argparse.Namespace) -> None:
    """Refuse, before any work, options that contradict each other, and files that cannot be."""
    from audiogen.cli._notes import refuse_full
    from audiogen.io import check_clip_format

    if arguments.midi is None and arguments.programs:
        raise ValueError("--programs says what plays the parts of a --midi file: give one.")
    if arguments.midi is not None:
        if arguments.words:
            words = " ".join(arguments.words)
            raise ValueError(f"--midi plays a tune of your own: leave {words!r} out.")
        given = [
            f"--{name.replace('_', '-')}"
            for name, usual in _OF_WORDS.items()
            if getattr(arguments, name) != usual
        ]
        if given:
            raise ValueError(f"--midi plays a tune as it is: leave {', '.join(given)} out.")
    if not arguments.explain:
        check_clip_format(
            f"clip.{arguments.format}", arguments.sample_rate, bit_depth=arguments.bit_depth
        )
        refuse_full(arguments.out)


def _settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the settings of a brief that options give."""
    given: dict[str, Any] = {
        "seconds": arguments.seconds, "bpm": arguments.bpm, "metre": arguments.metre,
        "genre": arguments.genre, "mood": arguments.mood,
    }  # fmt: skip
    if arguments.key is not None:
        given["tonic"], given["mode"] = _key(arguments.key)
    if arguments.instruments is not None:
        given["instruments"] = [name.strip() for name in arguments.instruments.split(",")]
    if arguments.loop:
        given["loop"] = True
    if arguments.no_drums:
        given["drums"] = False
    if arguments.hit:
        given["hits"] = arguments.hit
    return {name: value for name, value in given.items() if value is not None}


def _key(text: str) -> tuple[int, str | None]:
    """Return the tonic and the mode of a key."""
    from audiogen.music import parse_prompt

    try:
        said = parse_prompt(f"in {text}").to_dict()
    except ValueError:
        said = {}
    tonic, mode = said.pop("tonic", None), said.pop("mode", None)
    if tonic is None or said:
        raise ValueError(
            f"--key must be a key and nothing else, such as 'D minor' or 'Bb major'. Got {text!r}."
        )
    return tonic, mode


def _report(about: dict[str, Any], path: pathlib.Path) -> None:
    """Print what was made."""
    facts = [
        f"{about['seconds']:g} s", about["key"], f"{about['bpm']:g} bpm", about["metre"],
        f"{about['loudness']:.1f} LUFS",
    ]  # fmt: skip
    print(f"{path}: {about['title']}, {', '.join(fact for fact in facts if fact)}.")
    for part, player in about["players"].items():
        print(f"  {part}: {player['instrument']} ({player['voice']})")
    print(f"  {about['credit']}")
