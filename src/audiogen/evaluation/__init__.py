"""Judgements of generated sound that can be read, heard and cited."""

from audiogen.evaluation._collect_ratings import collect_ratings
from audiogen.evaluation._listening_result import ListeningResult
from audiogen.evaluation._make_listening_test import make_listening_test

__all__ = ["ListeningResult", "collect_ratings", "make_listening_test"]
