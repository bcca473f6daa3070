"""Answers to a listening test, as its page writes them."""

import json


def answers(key, judge, rater="anna", session="0123456789abcdef"):
    """Return the answers of a listener whose `judge` rates (trial number, set)."""
    trials = [
        {
            "trial": trial["id"],
            "order": trial["sounds"],
            "ratings": {
                sound: judge(number, key["sounds"][sound]["set"]) for sound in trial["sounds"]
            },
            "seconds": 4.2,
        }
        for number, trial in enumerate(key["trials"])
    ]
    return {
        "format": "audiogen listening result",
        "version": 1,
        "test": key["test"],
        "kind": key["kind"],
        "session": session,
        "rater": rater,
        "started": "2026-11-28T10:00:00.000Z",
        "finished": "2026-11-28T10:05:00.000Z",
        "trials": trials,
    }


def write_answers(folder, key, judges):
    """Write a file for each of several listeners, by name, and return the paths."""
    paths = []
    for number, (rater, judge) in enumerate(judges.items()):
        paths.append(folder / f"listening-{rater}.json")
        paths[-1].write_text(json.dumps(answers(key, judge, rater, f"{number:016x}")))
    return paths
