"""Judgements of generated sound that can be read, heard and cited."""

from audiogen.evaluation._collect_ratings import collect_ratings
from audiogen.evaluation._figures import measure_sets
from audiogen.evaluation._gansynth import gansynth_figures
from audiogen.evaluation._judge import judge
from audiogen.evaluation._judgement import Judgement
from audiogen.evaluation._listening_result import ListeningResult
from audiogen.evaluation._make_listening_test import make_listening_test
from audiogen.evaluation._note_classifier import NoteClassifier
from audiogen.evaluation._report import make_report, write_report

__all__ = [
    "Judgement",
    "ListeningResult",
    "NoteClassifier",
    "collect_ratings",
    "gansynth_figures",
    "judge",
    "make_listening_test",
    "make_report",
    "measure_sets",
    "write_report",
]
