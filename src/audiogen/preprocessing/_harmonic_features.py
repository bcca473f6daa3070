"""The features of a note: one array of its envelopes, and the note that such an array is of."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from audiogen.signal import HarmonicNote, db_to_amplitude, harmonic_knots, midi_to_hz

__all__ = [
    "FIRST_SHAPE", "UNPITCHED", "extent_of", "pack_note", "unpack_note", "within_extent",
]  # fmt: skip

UNPITCHED = 60.0
# The columns of a frame: level in four steps, tuning, then harmonics and noise. Row 0 has
# what holds for the whole note in the first four.
_LEVELS, _TUNING, FIRST_SHAPE = slice(0, 4), 4, 5
_EXTENT = slice(1, 4)  # of row 0: duration, level and the time for which the note is held
# What a feature of 1 stands for. A squared error should be one of what is heard: all partials
# and bands share the level, and everything is silent after the duration.
_DB, _CENTS = 20.0, 50.0
_SURELY_OFF = 30.0  # cents: by less, a partial is played nearer to its multiple
_LEVEL_DB = 5.0
# Semitones; octaves of seconds, of the duration; dB; octaves of seconds, until it is let go.
_WHOLE_NOTE = np.array([3.0, 0.012, 0.3, 0.003])
_SHORTEST, _LONGEST = 0.02, 1000.0  # seconds, of a note
_SWING = 100.0  # cents that generated tuning may move by
_NEAR_SWING = 60.0  # cents below that in which a partial's say in the pitch fades out
_ONSET = 0.4  # seconds that are kept as they are; what follows is stretched
_HELD_FRAMES = 0.8  # share of the frames after that for the time in which a note is held
_LEAST_HELD = 0.2  # share of the time after that in which it counts as held, at least
_LOW = -20.0  # dB of the highest level: with less for good, it is no longer held
_FALL = 30.0  # dB from being let go to the end, as in recordings
_NEAR_END = 0.1  # seconds: with less left, it is held to its end
_ATTACK = 0.5  # seconds in which errors count more: those tell instruments apart
_LEAST = 1e-12  # of power
_KNEE, _KNEE_DB = 0.1, 0.5  # ends of a range of levels that hold all beyond: a share, or less
_SLOWLY = 0.02  # seconds: what levels do within is left as it is
_RAISED_OVER = 0.1  # seconds in which odd partials are raised: at once would click
_LEAST_ODD = 0.06  # power of odd partials over that of even ones; 99 % of recorded notes have more
_LAST = 0.1  # seconds, of a note, that count less and less in its pitch
_MEASURED = -40.0  # dB of the level: places of softer partials are those of noise
_LOUDEST = 10.0  # dB over the level that a generated part may have


def pack_note(note: HarmonicNote, level: float, frame_rate: float) -> np.ndarray:
    """Return the features of a note.

    Parameters
    ----------
    note : HarmonicNote
        The note.
    level : float
        Root mean square of the note, in dB of full scale.
    frame_rate : float
        Number of frames a second.

    Returns
    -------
    features : ndarray of shape (1 + n_frames, FIRST_SHAPE + n_harmonics + n_noise_bands), float32
        Features, as the Notes of `HarmonicPlusNoise` describe them.
    """
    n_frames, n_harmonics = note.harmonics.shape
    features = np.zeros(
        (1 + n_frames, FIRST_SHAPE + n_harmonics + note.noise.shape[1]), np.float32
    )
    first, frames = features[0], features[1:]
    # Of means and mixtures of logarithms none is a duration of nothing, or less.
    octaves = np.log2(max(note.duration, _SHORTEST))
    held = np.log2(max(_held_seconds(note, frame_rate), _SHORTEST))
    first[:4] = np.array([note.pitch - UNPITCHED, octaves, max(level, -80.0), held]) / _WHOLE_NOTE
    first[_of_partials(n_harmonics)] = note.detuning / _CENTS
    frames[:, _LEVELS] = note.levels / _LEVEL_DB
    frames[:, _TUNING] = note.tuning / _CENTS
    frames[:, FIRST_SHAPE:] = np.concatenate([note.harmonics, note.noise], axis=1) / _DB
    time, own = _time_points(note.duration, 2.0**held, n_frames, frame_rate)
    warped = _warped(frames, own, time)
    if held >= octaves:
        warped[:, _LEVELS] -= _release_db(own, warped[:, _LEVELS].shape) / _LEVEL_DB
    features[1:] = warped * _error_weights(frames.shape, frame_rate)
    return features


def _error_weights(shape: tuple[int, ...], frame_rate: float) -> np.ndarray:
    """Return by how much errors in each frame count: a step would be heard as one."""
    weights = np.ones(shape, np.float32)
    weights += np.exp(-np.square(np.arange(len(weights)) / (_ATTACK * frame_rate)))[:, np.newaxis]
    weights[:, _TUNING] = 1
    return weights


def _held_seconds(note: HarmonicNote, frame_rate: float) -> float:
    """Return the seconds until the level is low for good: a note is let go, or has faded."""
    n_frames, n_steps = note.levels.shape
    loud = np.flatnonzero(note.levels.ravel() > _LOW)
    held = (loud[-1] / n_steps if len(loud) else 0) / frame_rate
    to_the_end = held > min(note.duration, n_frames / frame_rate) - _NEAR_END
    return note.duration if to_the_end else held


def _release_db(own: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return by how many dB the level falls in the frames after a note is let go.

    A note that is held to its end has no time for them, but its mean with others has.
    """
    steps = np.arange(shape[0] * shape[1]) / shape[1]
    return _FALL * np.interp(steps, own[2:], [0, 1]).reshape(shape)


def _time_points(
    duration: float, held: float, n_frames: int, frame_rate: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return four frames in time, and the same four in the note's own time."""
    end = np.clip(duration * frame_rate, 1, n_frames - 1)
    onset = min(_ONSET * frame_rate, end / 2)
    held = np.clip(held * frame_rate, onset + _LEAST_HELD * (end - onset), end)
    own = onset + _HELD_FRAMES * (n_frames - onset)
    return np.array([0, onset, held, end + 1]), np.array([0, onset, own, n_frames])


def _warped(frames: np.ndarray, there: np.ndarray, here: np.ndarray) -> np.ndarray:
    """Return frames read where the places `there` are moved to the places `here`."""
    n_frames, n_steps = frames[:, _LEVELS].shape
    warped = np.empty_like(frames)
    levels = frames[:, _LEVELS].reshape(-1, 1)
    steps = n_steps * np.interp(np.arange(len(levels)) / n_steps, there, here)
    warped[:, _LEVELS] = _between(levels, steps).reshape(n_frames, n_steps)
    warped[:, _TUNING:] = _between(
        frames[:, _TUNING:], np.interp(np.arange(n_frames), there, here)
    )
    return warped


def _between(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return rows of values at places between them."""
    low = np.minimum(places.astype(int), len(values) - 2)
    share = np.minimum(places - low, 1)[:, np.newaxis]
    return (1 - share) * values[low] + share * values[low + 1]


def unpack_note(
    features: np.ndarray, pitch: float, n_harmonics: int, sample_rate: int, frame_rate: float
) -> tuple[HarmonicNote, float]:
    """Return the note of features, within what a note can be.

    The note is a continuous function of the features: rounding errors in them are not heard.

    Parameters
    ----------
    features : ndarray of shape (1 + n_frames, FIRST_SHAPE + n_harmonics + n_noise_bands)
        Features, any finite numbers.
    pitch : float
        MIDI pitch to play; NaN plays that of the features.
    n_harmonics : int
        Number of envelopes of partials.
    sample_rate : int
        Sampling rate of the audio, in Hz.
    frame_rate : float
        Number of frames a second.

    Returns
    -------
    note : HarmonicNote
        The note, of loudness 0.
    level : float
        Root mean square that the note should have, in dB of full scale.
    """
    # In float64, for phases add up rounding errors of the tuning over thousands of periods.
    first, frames = features[0].astype(np.float64), features[1:].astype(np.float64)
    frames = frames / _error_weights(frames.shape, frame_rate)
    semitones, octaves, level, held = (first[:4] * _WHOLE_NOTE).tolist()
    duration, held = np.exp2(np.clip([octaves, held], *np.log2([_SHORTEST, _LONGEST]))).tolist()
    time, own = _time_points(duration, held, len(frames), frame_rate)
    frames = _warped(frames, time, own)
    levels = np.clip(frames[:, _LEVELS] * _LEVEL_DB, -80, _LOUDEST)
    levels = np.maximum(_not_above(levels, frame_rate), -80)
    amplitude = db_to_amplitude(levels.mean(axis=1))
    left = duration - np.arange(len(frames)) / frame_rate
    amplitude *= np.clip(left / _LAST, 0, 1)  # a release may be in a single frame
    amplitude[0] = max(amplitude[0], _LEAST)
    tuning = np.clip(frames[:, _TUNING] * _CENTS, -_SWING, _SWING)
    tuning -= np.average(tuning, weights=amplitude)
    shapes = np.clip(frames[:, FIRST_SHAPE:] * _DB, -80, _LOUDEST)
    detuning = _detuning(first[_of_partials(n_harmonics)])
    played = float(np.clip(UNPITCHED + semitones, 0, 127)) if np.isnan(pitch) else pitch
    if not np.isnan(pitch):
        harmonics = shapes[:, :n_harmonics]
        power = 10 ** (harmonics / 10)
        raised = _missing_odd(power, pitch, sample_rate)
        if raised.any():
            harmonics += gaussian_filter1d(raised, _RAISED_OVER * frame_rate, axis=0)
            power = 10 ** (harmonics / 10)
        power = np.einsum("i,ij->j", amplitude**2, power)
        detuning -= _heard_cents(detuning, power, pitch, sample_rate)
    note = HarmonicNote(
        pitch=played,
        duration=duration,
        loudness=0.0,
        levels=levels,
        tuning=tuning,
        detuning=detuning,
        harmonics=shapes[:, :n_harmonics],
        noise=shapes[:, n_harmonics:],
    )
    return note, min(level, 0.0)


def _detuning(features: np.ndarray) -> np.ndarray:
    """Return the cents by which partials are off multiples of the first."""
    cents = np.clip(features * _CENTS, -1200, 1200)
    cents = cents**3 / (cents**2 + _SURELY_OFF**2)
    return cents - cents[0]


def _not_above(levels: np.ndarray, frame_rate: float) -> np.ndarray:
    """Return levels, brought down to the highest there is where they are above it for long.

    Of means and mixtures of levels some rise above what all are measured from. Turning down
    the whole note for it would leave little of the rest.
    """
    if levels.max() <= 0:
        return levels
    n_steps = levels.shape[1]
    smooth = gaussian_filter1d(levels.ravel(), _SLOWLY * n_steps * frame_rate, mode="nearest")
    return levels - np.maximum(smooth, 0).reshape(levels.shape)


def _missing_odd(power: np.ndarray, pitch: float, sample_rate: int) -> np.ndarray:
    """Return by how many dB to raise partials: without odd ones, a note is an octave higher."""
    number = harmonic_knots(power.shape[1])
    single = number == np.arange(1, len(number) + 1)
    known = single & _audible(number, pitch, sample_rate)
    odd = known & (number % 2 == 1)
    even = known & ~odd
    missing = _LEAST_ODD * power[:, even].sum(axis=1) / (power[:, odd].sum(axis=1) + _LEAST)
    return odd * 10 * np.log10(np.maximum(missing, 1.0), dtype=np.float32)[:, np.newaxis]


def _audible(number: np.ndarray, pitch: float, sample_rate: int) -> np.ndarray:
    """Tell which partials lie below half the sample rate."""
    return number * midi_to_hz(pitch) < sample_rate / 2


def _heard_cents(
    detuning: np.ndarray, power: np.ndarray, pitch: float, sample_rate: int
) -> np.floating:
    """Return by how many cents a note is heard off the pitch of its first partial."""
    number = harmonic_knots(len(power))
    # Loud and high partials tell most; those of bells have pitches of their own.
    weights = power * number * _audible(number, pitch, sample_rate)
    weights *= np.clip((_SWING - np.abs(detuning)) / _NEAR_SWING, 0, 1)
    weights[0] = max(weights[0], _LEAST)
    return np.average(detuning, weights=weights)


def extent_of(features: np.ndarray, n_harmonics: int) -> np.ndarray:
    """Return the duration, the level, the time held and how far tuning goes, of features.

    Parameters
    ----------
    features : ndarray of shape (..., 1 + n_frames, n_channels)
        Features of notes.
    n_harmonics : int
        Number of envelopes of partials.

    Returns
    -------
    extent : ndarray of shape (..., 4 + n_harmonics), float64
        Duration in seconds, level in dB of full scale, time held in seconds, standard deviation
        of the tuning in cents, and the cents by which each partial is off a multiple of the first,
        0 for those too soft to be measured.
    """
    whole = features[..., 0, _EXTENT] * _WHOLE_NOTE[_EXTENT]
    whole[..., ::2] = np.exp2(whole[..., ::2])
    swing = _CENTS * features[..., 1:, [_TUNING]].std(axis=-2, dtype=np.float64)
    partials = _of_partials(n_harmonics)
    measured = _DB * features[..., 1:, partials].max(axis=-2) > _MEASURED
    off = _CENTS * np.where(measured, features[..., 0, partials], 0.0)
    return np.concatenate([whole, swing, off], axis=-1)


def within_extent(features: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return features of one note of which all that `extent_of` returns is within ranges.

    Levels near the ends of their range and beyond are compressed, so that of two the louder
    remains the louder one. The tuning may swing less than any learnt. All else is clipped.

    Parameters
    ----------
    features : ndarray of shape (1 + n_frames, n_channels)
        Features.
    low, high : ndarray of shape (4 + n_harmonics,)
        Ranges, in the units of `extent_of`.

    Returns
    -------
    features : ndarray of shape (1 + n_frames, n_channels), float64
        A new array.
    """
    bounds = np.stack([low, high])
    bounds[:, :3:2] = np.log2(bounds[:, :3:2])
    bounds[:, :3] /= _WHOLE_NOTE[_EXTENT]
    bounds[:, 3:] /= _CENTS
    within = features.astype(np.float64)
    duration, level, held = within[0, _EXTENT]
    level = _compressed(level, *bounds[:, 1])
    within[0, _EXTENT] = np.clip([duration, level, held], *bounds[:, :3])
    tuning = within[1:, _TUNING]
    middle, swing = tuning.mean(), tuning.std()
    within[1:, _TUNING] = middle + (tuning - middle) * min(1.0, bounds[1, 3] / (swing + _LEAST))
    partials = _of_partials(len(low) - 4)
    within[0, partials] = np.clip(within[0, partials], *bounds[:, 4:])
    return within


def _of_partials(n_harmonics: int) -> slice:
    """Return the columns of the partials: of row 0, the cents that they are off multiples."""
    return slice(FIRST_SHAPE, FIRST_SHAPE + n_harmonics)


def _compressed(level: float, low: float, high: float) -> float:
    """Return a level between two others, the same but near and beyond these."""
    knee = min(_KNEE * (high - low), _KNEE_DB / _WHOLE_NOTE[2])
    above, below = max(level - (high - knee), 0.0), max(low + knee - level, 0.0)
    level += knee * above / (knee + above + _LEAST) - above
    return level - knee * below / (knee + below + _LEAST) + below
