"""The command ``clip``: a finished clip of music."""

import argparse
import pathlib
from typing import Any

from audiogen.cli._options import add_out, add_seed, count, program, within

__all__ = ["add_parser", "run"]

_CLIP_EPOCHS = 300
_TEMPO = 112
# General MIDI programs, and the families that play them.
_PARTS = {
    "melody": ((73, "flute"), (11, "mallet"), (68, "reed"), (0, "keyboard"), (56, "brass")),
    "chords": ((24, "guitar"), (48, "string"), (19, "organ")),
    "bass": ((32, "bass"),),
}


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the command line."""
    command = commands.add_parser(
        "clip",
        help="make a finished clip of music",
        description="Make a finished clip: a sound file, the MIDI that it plays and a picture. "
        "Without --midi a network learns the tunes that come with audiogen and draws a new one, "
        "which gets chords and a bass. Without --model one learns the notes that come with "
        "audiogen first. The clip is as loud as platforms ask, or as peaks allow.",
    )
    command.add_argument(
        "--seconds",
        type=within(2, 3600),
        help="length of the clip (15, or that of the MIDI file)",
    )
    command.add_argument("--model", type=pathlib.Path, help="what fit wrote")
    command.add_argument("--midi", type=pathlib.Path, metavar="FILE", help="the tune to play")
    command.add_argument("--sample-rate", type=count, default=44100, help="in Hz (%(default)s)")
    command.add_argument("--format", choices=("wav", "flac", "ogg"), default="wav")
    command.add_argument(
        "--bit-depth", type=int, choices=(16, 24), default=16, help="of WAV and FLAC (%(default)s)"
    )
    command.add_argument(
        "--loudness", type=within(-70, 0), default=-14.0, metavar="LUFS", help="(%(default)g)"
    )
    fade = {"type": within(0, 3600), "metavar": "SECONDS"}
    command.add_argument("--fade-in", default=0.0, help="(%(default)g)", **fade)
    command.add_argument("--fade-out", help="(0.5; of a loop, 0)", **fade)
    command.add_argument("--loop", action="store_true", help="make it repeat without a seam")
    command.add_argument(
        "--programs",
        type=program,
        nargs="+",
        default=[],
        metavar="N=FAMILY",
        help="families that play General MIDI programs, such as 0=organ 40=flute",
    )
    add_out(command, "audiogen-clip")
    add_seed(command)
    return command


def run(arguments: argparse.Namespace) -> None:
    """Write a clip, its MIDI and its picture."""
    from audiogen import datasets
    from audiogen.cli._notes import load_note_model, new_folder, train_on_notes
    from audiogen.display import NoteDisplay
    from audiogen.io import read_midi, write_clip
    from audiogen.music import render
    from audiogen.utils.files import atomic_path

    tune = None if arguments.midi is None else read_midi(arguments.midi)
    model = None if arguments.model is None else load_note_model(arguments.model)
    folder = new_folder(arguments.out)
    composed, seconds = tune is None, arguments.seconds
    programs: dict[int, str] = {}
    if tune is None:
        seconds = 15.0 if seconds is None else seconds
        tune, programs = _composed(seconds if arguments.loop else seconds - 1, arguments)
    if model is None:
        notes = datasets.load_notes("train")
        arguments.epochs = _CLIP_EPOCHS
        y = notes.frame[["pitch", "instrument_family"]]
        model = train_on_notes(notes.data, y, notes.sample_rate, arguments)
    if composed:
        tune, programs = _suited(tune, programs, model[-1])
    fade_out = arguments.fade_out
    if fade_out is None:
        fade_out = 0.0 if arguments.loop else 0.5
    clip = render(
        model, tune, sample_rate=arguments.sample_rate, seconds=seconds, loop=arguments.loop,
        fade_in=arguments.fade_in, fade_out=fade_out, loudness=arguments.loudness,
        programs={**programs, **dict(arguments.programs)}, random_state=arguments.seed,
    )  # fmt: skip
    path = folder / f"clip.{arguments.format}"
    write_clip(path, clip, arguments.sample_rate, bit_depth=arguments.bit_depth)
    if composed:
        with atomic_path(folder / "clip.mid") as temporary:
            tune.write(str(temporary))
    NoteDisplay(clip, sample_rate=arguments.sample_rate, name=path.name).save(folder / "clip.png")
    print(f"Wrote {path}, {len(clip) / arguments.sample_rate:.1f} s, and beside it "
          f"{'clip.mid and clip.png' if composed else 'clip.png'}.")  # fmt: skip


def _composed(seconds: float, arguments: argparse.Namespace) -> tuple[Any, dict[int, str]]:
    """Return a new tune with chords and a bass, and the families of its programs."""
    from audiogen import datasets
    from audiogen.generators import LSTMSequencer
    from audiogen.music import arrange, compose
    from audiogen.pipeline import make_generative_pipeline
    from audiogen.preprocessing import PianoRoll, SlidingWindow
    from audiogen.utils.seeds import Stream, make_rng

    n_bars = max(1, round(seconds / 60 * _TEMPO / 4))
    lstm = LSTMSequencer(
        1, units=64, n_layers=1, epochs=40, learning_rate=4e-3, validation_fraction=0.0,
        random_state=arguments.seed, verbose=0 if arguments.quiet else 1,
    )  # fmt: skip
    roll = PianoRoll(steps_per_beat=2, tempo=n_bars * 4 * 60 / seconds)
    pipe = make_generative_pipeline(roll, SlidingWindow(), lstm)
    pipe.fit(datasets.load_tunes().data)
    tune = compose(pipe, 8 * n_bars, random_state=arguments.seed)
    rng = make_rng(arguments.seed, Stream.PARTS)
    programs = {part: choices[rng.integers(len(choices))] for part, choices in _PARTS.items()}
    families: dict[int, str] = dict(programs.values())
    return arrange(tune, seconds / n_bars, [program for program, _ in programs.values()]), families


def _suited(tune: Any, programs: dict[int, str], generator: Any) -> tuple[Any, dict[int, str]]:
    """Return a tune in a generator's range, and families that the generator knows."""
    from audiogen.music import within_reach

    known = generator.categories_["instrument_family"].tolist()
    programs = {p: f if f in known else known[0] for p, f in programs.items()}
    return within_reach(tune, *generator.conditions_.ranges_["pitch"]), programs
