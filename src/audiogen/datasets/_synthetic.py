"""Synthetic notes with known pitch, for tests and examples."""

import numbers
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from audiogen.datasets._bunch import as_dataset, check_conditions, check_known
from audiogen.datasets._nsynth_format import FAMILIES
from audiogen.signal import hz_to_midi, midi_to_hz, named_pitches
from audiogen.utils.names import unique_names
from audiogen.utils.seeds import Stream, draw_seed, make_rng
from audiogen.utils.validation import Interval, check_midi_pitch, check_parameters

_MAX_HARMONICS = 30
_VELOCITIES = (25, 50, 75, 100, 127)


class _Timbre(NamedTuple):
    """What distinguishes one family from another."""

    slope: float  # the k-th harmonic has the amplitude k ** -slope
    even: float  # amplitude of the even harmonics
    attack: float  # seconds to full level
    decay: float  # seconds to 1/e; infinite for instruments that are held


_TIMBRES = {
    "bass": _Timbre(1.8, 1.0, 0.008, 1.2),
    "brass": _Timbre(0.9, 1.0, 0.060, np.inf),
    "flute": _Timbre(2.4, 0.8, 0.080, np.inf),
    "guitar": _Timbre(1.3, 0.9, 0.004, 0.9),
    "keyboard": _Timbre(1.6, 1.0, 0.004, 1.5),
    "mallet": _Timbre(2.8, 0.2, 0.002, 0.5),
    "organ": _Timbre(1.0, 1.6, 0.015, np.inf),
    "reed": _Timbre(1.1, 0.1, 0.040, np.inf),
    "string": _Timbre(1.2, 1.0, 0.120, np.inf),
    "synth_lead": _Timbre(1.0, 1.0, 0.005, np.inf),
    "vocal": _Timbre(1.7, 1.2, 0.100, np.inf),
}


def make_notes(
    n_samples: int = 100,
    *,
    pitch: npt.ArrayLike | None = None,
    family: str | Sequence[str] | None = None,
    sample_rate: int = 16_000,
    duration: float = 4.0,
    random_state: Any = None,
    return_X_y: bool = False,
    conditions: Sequence[str] = ("pitch", "instrument_family"),
) -> Any:
    """Make synthetic notes whose pitch is exactly known.

    Each note is a sum of at most 30 exact harmonics of its pitch, in random phases, with an
    attack and a decay. Families differ in the spectral slope and the envelope, and louder
    notes are brighter. They are test signals with the names of instruments, no imitations.

    Parameters
    ----------
    n_samples : int, default=100
        Number of notes.
    pitch : float, str or array-like of shape (n_samples,), default=None
        MIDI pitch of all notes or of each, which may have a fraction (69 is 440 Hz), or a name
        such as "A4". None draws whole pitches from 36 to 84.
    family : str or list of str, default=None
        Instrument family of all notes or of each; None draws from NSynth's eleven.
    sample_rate : int, default=16000
        Sampling rate of the audio, in Hz.
    duration : float, default=4.0
        Length of each note, in seconds.
    random_state : int, RandomState or None, default=None
        Seed of what is drawn: pitch, family, velocity, phases and a little of the timbre.
    return_X_y : bool, default=False
        Whether to return ``(X, y)`` instead of a Bunch.
    conditions : list of str, default=("pitch", "instrument_family")
        Columns of `frame` that make up y.

    Returns
    -------
    data : Bunch
        With the attributes

        data : ndarray of shape (n_samples, sample_rate * duration), float32
            The notes, in [-1, 1]; the peak is 0.9 at velocity 127, in proportion below.
        frame : DataFrame
            The columns note, pitch, velocity, instrument, instrument_family,
            instrument_source and qualities.
        sample_rate : int
            Sampling rate of the audio, in Hz.
        filenames : list
            Empty.
        DESCR : str
            Description of the data.
    (X, y) : tuple of ndarray and DataFrame
        ``data`` and ``frame[conditions]``, if `return_X_y` is True.

    Examples
    --------
    >>> from audiogen.datasets import make_notes
    >>> notes = make_notes(2, pitch=[60, 67], family="organ", random_state=0)
    >>> notes.data.shape
    (2, 64000)
    >>> notes.frame[["note", "pitch"]]
                             note  pitch
    0  organ_synthetic_000-060-...     60
    1  organ_synthetic_000-067-...     67
    """
    check_parameters(
        "make_notes",
        {
            "n_samples": Interval(numbers.Integral, 1, None),
            "sample_rate": Interval(numbers.Integral, 1, None),
            "duration": Interval(numbers.Real, 0, None, closed="neither"),
        },
        {"n_samples": n_samples, "sample_rate": sample_rate, "duration": duration},
    )
    check_conditions("make_notes", conditions)
    rng = make_rng(draw_seed(random_state), Stream.NOTES)
    pitches = _pitches(pitch, n_samples, sample_rate, rng)
    families = _families(family, n_samples, rng)
    velocities = rng.choice(_VELOCITIES, n_samples)
    X = np.empty((n_samples, max(1, round(sample_rate * duration))), dtype=np.float32)
    notes = zip(X, pitches.tolist(), families, velocities.tolist(), strict=True)
    for row, midi, name, velocity in notes:
        row[:] = _note(midi, name, velocity, len(row), sample_rate, rng)
    return as_dataset(
        X,
        _frame(pitches, families, velocities),
        sample_rate=sample_rate,
        filenames=[],
        descr=f"{n_samples} synthetic notes of known pitch, made by audiogen.datasets.make_notes.",
        return_X_y=return_X_y,
        conditions=conditions,
    )


def _pitches(
    pitch: npt.ArrayLike | None, n_samples: int, sample_rate: int, rng: np.random.Generator
) -> np.ndarray:
    if pitch is None:
        return rng.integers(36, 85, n_samples)
    pitches = np.asarray(named_pitches(pitch))
    if pitches.dtype.kind not in "iuf" or pitches.shape not in ((), (n_samples,)):
        raise ValueError(
            f"The 'pitch' parameter of make_notes must be a number or {n_samples} numbers. "
            f"Got {pitch!r}."
        )
    check_midi_pitch(pitches)
    highest = hz_to_midi(sample_rate / 2)
    if not (pitches < highest).all():
        raise ValueError(
            f"The 'pitch' parameter of make_notes must lie in [0, {min(highest, 127):.1f}), "
            f"below half the sample rate. Got {pitch!r}."
        )
    return np.broadcast_to(pitches, n_samples)


def _families(
    family: str | Sequence[str] | None, n_samples: int, rng: np.random.Generator
) -> list[str]:
    if family is None:
        return rng.choice(FAMILIES, n_samples).tolist()
    families = [family] * n_samples if isinstance(family, str) else list(family)
    if len(families) != n_samples:
        raise ValueError(
            f"The 'family' parameter of make_notes names {len(families)} families "
            f"for {n_samples} notes."
        )
    check_known("family", families, FAMILIES)
    return families


def _note(
    pitch: float,
    family: str,
    velocity: int,
    n_timesteps: int,
    sample_rate: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return one note, peak at 0.9 of velocity / 127."""
    timbre, softness = _TIMBRES[family], 1 - velocity / 127
    frequency = float(midi_to_hz(pitch))
    n_harmonics = min(_MAX_HARMONICS, max(1, int(0.45 * sample_rate / frequency)))
    k = np.arange(1, n_harmonics + 1)
    amplitudes = k ** -(timbre.slope + softness + 0.2 * rng.random())
    amplitudes[1::2] *= timbre.even
    time = np.arange(n_timesteps) / sample_rate
    turn = np.exp(2j * np.pi * frequency * time)
    phases = np.exp(2j * np.pi * rng.random(n_harmonics))
    wave = _harmonics(amplitudes * phases, turn)
    attack = timbre.attack * (0.8 + 0.4 * rng.random())
    wave *= np.minimum(time / attack, 1) * np.exp(-time / timbre.decay)
    peak = np.abs(wave).max()
    return wave * (0.9 * velocity / 127 / peak) if peak else wave


def _harmonics(coefficients: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Evaluate the sum of c_k sin(k phase) by Horner's rule: one sine for all harmonics."""
    total = np.zeros_like(turn)
    for coefficient in coefficients[::-1]:
        total += coefficient
        total *= turn
    return total.imag


def _frame(pitches: np.ndarray, families: list[str], velocities: np.ndarray) -> pd.DataFrame:
    instruments = [f"{family}_synthetic_000" for family in families]
    names = [
        f"{instrument}-{round(pitch):03d}-{velocity:03d}"
        for instrument, pitch, velocity in zip(
            instruments, pitches.tolist(), velocities.tolist(), strict=True
        )
    ]
    return pd.DataFrame(
        {
            "note": unique_names(names),
            "pitch": pitches,
            "velocity": velocities,
            "instrument": instruments,
            "instrument_family": families,
            "instrument_source": "synthetic",
            "qualities": [()] * len(names),
        }
    )
