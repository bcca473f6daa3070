"""Judgements of generated sound that can be read, heard and cited."""

from audiogen.evaluation._collect_ratings import collect_ratings
from audiogen.evaluation._figures import measure_sets
from audiogen.evaluation._listening_result import ListeningResult
from audiogen.evaluation._make_listening_test import make_listening_test
from audiogen.evaluation._report import make_report, write_report

__all__ = [
    "ListeningResult",
    "collect_ratings",
    "make_listening_test",
    "make_report",
    "measure_sets",
    "write_report",
]
