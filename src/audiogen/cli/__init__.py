"""The command line: a thin layer over the objects of the Python interface."""

from audiogen.cli._main import main

__all__ = ["main"]
