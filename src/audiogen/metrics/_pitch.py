"""How many pitches there are, how far apart, and how they are spread."""

import numbers

import numpy as np

from audiogen.utils.validation import Interval, check_audio, check_parameters

__all__ = ["n_pitches", "pitch_entropy", "pitch_range"]

_N_MIDI = 128


def n_pitches(audio, *, sample_rate):
    """Count the distinct pitches of clips.

    Pitches are the spectral peaks that ``librosa.piptrack`` finds with its defaults,
    between 150 and 4,000 Hz, each to the last digit in Hz: a count of how much is going
    on, not of notes.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        Clips, counted together.
    sample_rate : float
        In Hz.

    Returns
    -------
    n_pitches : int
        0 for silence.

    Raises
    ------
    ValueError
        Where the audio has another shape or is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import n_pitches
    >>> n_pitches(np.zeros(16000), sample_rate=16000)
    0
    """
    distinct = [np.unique(pitches) for pitches in _pitches(audio, sample_rate, "n_pitches")]
    return len(np.unique(np.concatenate(distinct)))


def pitch_range(audio, *, sample_rate):
    """Measure how far the highest pitch of clips is from the lowest.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        Clips, taken together.
    sample_rate : float
        In Hz.

    Returns
    -------
    pitch_range : float
        In Hz, some 3,850 at most; 0 for silence.

    Raises
    ------
    ValueError
        Where the audio has another shape or is not finite.

    See Also
    --------
    n_pitches : What counts as a pitch.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import pitch_range
    >>> time = np.arange(16000) / 16000
    >>> chord = np.sin(2 * np.pi * 500 * time) + np.sin(2 * np.pi * 1500 * time)
    >>> round(pitch_range(chord[2000:14000], sample_rate=16000), -2)
    1000.0
    """
    bounds = [
        (pitches.min(), pitches.max())
        for pitches in _pitches(audio, sample_rate, "pitch_range")
        if len(pitches)
    ]
    if not bounds:
        return 0.0
    lowest, highest = np.transpose(bounds)
    return float(highest.max()) - float(lowest.min())


def pitch_entropy(audio, *, sample_rate):
    """Compute the entropy of the pitches of clips over the 128 MIDI pitches.

    Parameters
    ----------
    audio : array-like of shape (n_samples, n_timesteps) or (n_timesteps,)
        Clips, taken together.
    sample_rate : float
        In Hz.

    Returns
    -------
    entropy : float
        In bits: 0 for one pitch alone, at most 7. NaN where there is no pitch at all, as
        in silence.

    Raises
    ------
    ValueError
        Where the audio has another shape or is not finite.

    See Also
    --------
    n_pitches : What counts as a pitch.

    Notes
    -----
    The entropy of few pitches is biased low; compare audio of one length.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.metrics import pitch_entropy
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)
    >>> noise = np.random.default_rng(0).standard_normal(16000)
    >>> pitch_entropy(tone, sample_rate=16000) < pitch_entropy(noise, sample_rate=16000)
    True
    """
    counts = np.zeros(_N_MIDI, dtype=np.int64)
    for pitches in _pitches(audio, sample_rate, "pitch_entropy"):
        midi = np.rint(69 + 12 * np.log2(pitches / 440)).astype(int)
        counts += np.bincount(midi, minlength=_N_MIDI)
    if not counts.any():
        return float("nan")
    shares = counts[counts > 0] / counts.sum()
    return float(abs(shares @ np.log2(shares)))


def _pitches(audio, sample_rate, caller):
    """Yield the pitches of each clip, in Hz."""
    import librosa

    rate = {"sample_rate": Interval(numbers.Real, 0, None, closed="neither")}
    check_parameters(caller, rate, {"sample_rate": sample_rate})
    for clip in check_audio(audio):
        found, _ = librosa.piptrack(y=clip.astype(np.float32, copy=False), sr=sample_rate)
        yield found[found > 0]
