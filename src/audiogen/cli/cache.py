"""The command ``cache``: decoded sounds listed and removed."""

import argparse
import json
from typing import Any

__all__ = ["add_parser", "run"]

_GIGABYTE = 1e9


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command to the command line."""
    command = commands.add_parser(
        "cache",
        help="list or remove sounds that were decoded",
        description="List the sounds that were decoded into the cache folder, which those of more "
        "than 1 GB are, and what each set takes. AUDIOGEN_DATA names another folder.",
    )
    command.add_argument("--clear", action="store_true", help="remove them; they can be read anew")
    command.add_argument("--json", action="store_true", help="print the list as JSON")
    return command


def run(arguments: argparse.Namespace) -> None:
    """Print what is in the cache, and remove it if asked to."""
    from audiogen.io import remove_stored_rows, stored_sets
    from audiogen.utils.folders import cache_folder

    sets = stored_sets()
    if arguments.json:
        print(json.dumps([{**kept._asdict(), "path": str(kept.path)} for kept in sets], indent=2))
    else:
        for kept in sets:
            rows, length = kept.shape
            size = kept.n_bytes / _GIGABYTE
            print(f"{size:8.2f} GB  {rows} x {length} samples of {kept.source}")
        total = sum(kept.n_bytes for kept in sets) / _GIGABYTE
        print(f"{total:8.2f} GB  in {len(sets)} set(s) of sounds in {cache_folder()}")
    if arguments.clear:
        remove_stored_rows()
        if not arguments.json:
            print("Removed.")
