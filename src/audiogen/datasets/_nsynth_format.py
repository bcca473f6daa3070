"""NSynth's codes, and a DataFrame as its `examples.json`."""

from typing import Any

import numpy as np
import pandas as pd

FAMILIES = (
    "bass",
    "brass",
    "flute",
    "guitar",
    "keyboard",
    "mallet",
    "organ",
    "reed",
    "string",
    "synth_lead",
    "vocal",
)
SOURCES = ("acoustic", "electronic", "synthetic")
QUALITIES = (
    "bright",
    "dark",
    "distortion",
    "fast_decay",
    "long_release",
    "multiphonic",
    "nonlinear_env",
    "percussive",
    "reverb",
    "tempo-synced",
)
SAMPLE_RATE = 16_000
SECONDS = 4


def to_examples(frame: pd.DataFrame, sample_rate: int) -> dict[str, dict[str, Any]]:
    """Return the dictionary to write for a complete frame, keyed by note name."""
    rows: Any = frame.itertuples(index=False)
    instruments = np.unique(frame["instrument"], return_inverse=True)[1]
    families = (*FAMILIES, *sorted(set(frame["instrument_family"]) - set(FAMILIES)))
    sources = (*SOURCES, *sorted(set(frame["instrument_source"]) - set(SOURCES)))
    return {
        row.note: {
            "note": i,
            "note_str": row.note,
            "instrument": int(instruments[i]),
            "instrument_str": row.instrument,
            "pitch": int(row.pitch),
            "velocity": int(row.velocity),
            "sample_rate": int(sample_rate),
            "qualities": [int(name in row.qualities) for name in QUALITIES],
            "qualities_str": list(row.qualities),
            "instrument_family": families.index(row.instrument_family),
            "instrument_family_str": row.instrument_family,
            "instrument_source": sources.index(row.instrument_source),
            "instrument_source_str": row.instrument_source,
        }
        for i, row in enumerate(rows)
    }
