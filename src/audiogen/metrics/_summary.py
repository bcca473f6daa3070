"""Several metrics at once, for a table."""

import numpy as np
import numpy.typing as npt

from audiogen.metrics._divergence import kl_divergence
from audiogen.metrics._features import mfcc_frames
from audiogen.metrics._frechet import frechet_distance
from audiogen.metrics._pitch import pitch_accuracy
from audiogen.metrics._pitch_sets import (
    DistinctPitches,
    entropy_of,
    midi_counts,
    range_of,
    spectral_pitches,
)
from audiogen.signal import peak
from audiogen.utils.large import map_rows
from audiogen.utils.validation import check_audio

__all__ = ["summarize"]

_SILENCE = 1e-3
_FEWEST_FOR_KL = 6


def summarize(
    real: npt.ArrayLike,
    generated: npt.ArrayLike,
    *,
    sample_rate: float,
    pitch: npt.ArrayLike | None = None,
) -> dict[str, float]:
    """Measure generated notes, by themselves and against real ones.

    Distances are between notes scaled to a peak of 1, so that recording levels do not count.

    Parameters
    ----------
    real, generated : array-like of shape (n_samples, n_timesteps)
        Notes; there may be more of one than of the other.
    sample_rate : float
        Sampling rate of the audio, in Hz.
    pitch : array-like of shape (n_generated,), default=None
        MIDI pitches that the generated notes were asked for.

    Returns
    -------
    figures : dict of str to float
        "frechet_audio_distance" and "kl_divergence" against the real notes (0 is the
        best), "pitch_accuracy" where `pitch` is given, "pitch_entropy" (bits, mean over
        notes with pitch), "n_pitches", "pitch_range" (Hz), all three by piptrack, and
        "silent" (share of notes whose peak is below -60 dB of full scale). NaN where there
        are too few notes.

    Examples
    --------
    >>> from audiogen.datasets import make_notes
    >>> from audiogen.metrics import summarize
    >>> notes = make_notes(6, pitch=60, random_state=0)
    >>> figures = summarize(notes.data, notes.data, sample_rate=16000, pitch=notes.frame.pitch)
    >>> figures["pitch_accuracy"], round(figures["frechet_audio_distance"], 6)
    (1.0, 0.0)
    """
    generated = check_audio(generated, name="generated")
    silent = map_rows(peak, generated) < _SILENCE
    frames = [
        mfcc_frames(notes, sample_rate, scaled=True)
        for notes in (check_audio(real, name="real"), generated)
    ]
    enough = min(map(len, frames)) >= _FEWEST_FOR_KL
    figures = {
        "frechet_audio_distance": frechet_distance(*frames),
        "kl_divergence": kl_divergence(*frames) if enough else np.nan,
    }
    if pitch is not None:
        figures["pitch_accuracy"] = pitch_accuracy(generated, pitch, sample_rate=sample_rate)
    entropies, bounds, distinct = [], [], DistinctPitches()
    for pitches in spectral_pitches(generated, sample_rate, "summarize"):  # once: it takes long
        entropies.append(entropy_of(midi_counts([pitches])))
        distinct.add(pitches)
        bounds.append(pitches[[pitches.argmin(), pitches.argmax()]] if len(pitches) else pitches)
    silence = np.isnan(entropies).all()
    figures["pitch_entropy"] = np.nan if silence else float(np.nanmean(entropies))
    figures["n_pitches"] = distinct.count()
    figures["pitch_range"] = range_of(bounds)
    figures["silent"] = silent.mean()
    return {name: float(value) for name, value in figures.items()}
