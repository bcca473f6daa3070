"""The command line: a thin layer over the same objects that Python code uses."""

from audiogen.cli._main import main

__all__ = ["main"]
