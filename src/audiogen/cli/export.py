"""The command ``export``: an instrument of a model, for samplers and sequencers."""

import argparse
import pathlib
from typing import Any

from audiogen.cli._options import add_seed
from audiogen.utils.files import check_writable, samples_folder

__all__ = ["add_parser", "run"]

_FORMATS = ("sf2", "sfz")


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the command line."""
    command = commands.add_parser(
        "export",
        help="write an instrument to play elsewhere, as SoundFont or SFZ",
        description="Write an instrument that samplers and sequencers play: samples of a model "
        "every three semitones, in tune, looped where they are held, in layers of velocity "
        "where the model knows it, with credits. Without MODEL it is one of the voices that "
        "come with audiogen.",
    )
    command.add_argument("model", type=pathlib.Path, nargs="?", metavar="MODEL",
                         help="what fit wrote, or audiogen.save in Python")  # fmt: skip
    command.add_argument("--instrument", metavar="NAME",
                         help="such as flute, drums, a kit, or a category learnt")  # fmt: skip
    command.add_argument("--format", choices=_FORMATS, help="(that of --out, or sf2)")
    command.add_argument("--out", type=pathlib.Path, metavar="FILE",
                         help="file to write (the instrument's name)")  # fmt: skip
    add_seed(command)
    return command


def run(arguments: argparse.Namespace) -> None:
    """Write an instrument of a model."""
    path = _path(arguments)
    for written in [path, *([samples_folder(path)] if path.suffix.lower() == ".sfz" else [])]:
        if written.exists():
            raise FileExistsError(f"{written} is there already; give another --out.")
    check_writable(path)

    from audiogen.music import sample_instrument
    from audiogen.persistence import load

    model = None if arguments.model is None else load(arguments.model)
    instrument = sample_instrument(arguments.instrument, model=model, random_state=arguments.seed)
    instrument.save(path)
    keys = [key for zone in instrument.zones for key in (zone.low_key, zone.high_key)]
    program = f"program {instrument.program} (of 0 to 127)"
    print(f"{path}: {instrument.name}, MIDI keys {min(keys)} to {max(keys)}, "
          f"{len(instrument.zones)} zones at {instrument.sample_rate} Hz, General MIDI "
          f"{'drums' if instrument.drums else program}.")  # fmt: skip
    print(
        f"  {instrument.credit[:1].upper()}{instrument.credit[1:]}. {instrument.licence}".rstrip()
    )


def _path(arguments: argparse.Namespace) -> pathlib.Path:
    """Return the file to write, with the suffix of its format."""
    if arguments.out is None:
        return pathlib.Path(f"{arguments.instrument or 'instrument'}.{arguments.format or 'sf2'}")
    suffix = arguments.out.suffix.lower().removeprefix(".")
    if not suffix and arguments.format:
        return arguments.out.with_name(f"{arguments.out.name}.{arguments.format}")
    if suffix not in _FORMATS or suffix != (arguments.format or suffix):
        wanted = arguments.format or " or .".join(_FORMATS)
        raise ValueError(f"--out must end in .{wanted}. Got {arguments.out}.")
    return arguments.out
