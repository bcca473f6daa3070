"""How many notes are in tune."""

import numbers

import numpy as np

from audiogen.signal import track_pitch
from audiogen.utils.validation import Interval, check_audio, check_parameters

__all__ = ["pitch_accuracy"]


def pitch_accuracy(generated, pitch, *, sample_rate, tolerance=50.0):
    """Compute the share of notes that sound the pitch that was asked for.

    Parameters
    ----------
    generated : array-like of shape (n_samples, n_timesteps)
        Notes, one in each row.
    pitch : array-like of shape (n_samples,), or a number
        The MIDI pitch of each, or of all.
    sample_rate : int
        In Hz.
    tolerance : float, default=50.0
        How far a note may be off, in cents.

    Returns
    -------
    accuracy : float
        From 0 to 1. A note whose pitch cannot be judged, such as silence, is not in tune.

    Raises
    ------
    ValueError
        Where there is not one pitch for each note, or a pitch is missing.

    See Also
    --------
    audiogen.signal.track_pitch : How the pitch is found; no tracker is always right, so
        compare with the accuracy of real notes.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import pitch_accuracy
    >>> time = np.arange(16000) / 16000
    >>> notes = [np.sin(2 * np.pi * 440 * time), np.zeros(16000)]
    >>> pitch_accuracy(notes, [69, 69], sample_rate=16000)
    0.5
    """
    rules = {"tolerance": Interval(numbers.Real, 0, None)}
    check_parameters("pitch_accuracy", rules, {"tolerance": tolerance})
    generated = check_audio(generated, name="generated")
    pitch = np.asarray(pitch, dtype=np.float64)
    if pitch.ndim and pitch.shape != (len(generated),):
        raise ValueError(
            f"pitch must have one number for each of the {len(generated)} notes. "
            f"Got the shape {pitch.shape}."
        )
    if not np.isfinite(pitch).all():
        raise ValueError("pitch holds NaN or infinite values; leave those notes out.")
    cents = 100 * np.abs(track_pitch(generated, sample_rate) - pitch)
    return float(np.mean(cents <= tolerance))  # NaN is no match
