"""The pitch that a sample is heard at, by its loudest partials."""

import numpy as np

from audiogen.signal import hz_to_midi, midi_to_hz

__all__ = ["heard_pitch"]

_SECONDS = 2.0  # of the beginning, which is the loudest
_N_PARTIALS = 12
_MOST_DETUNED = 0.5  # semitones; what is further off is no partial
_WEAKEST = 10 ** (-30 / 20)  # of the strongest peak
_FINER = 4  # bins between two of the plain spectrum


def heard_pitch(audio: np.ndarray, asked: float, rate: int) -> tuple[float, float]:
    """Return the pitch that a note is heard at, and how far its partials are from one another.

    The pitch is the mean of those of the partials, weighted by their power: a piano's low notes
    have hardly a first partial, and the others are no exact multiples of it.

    Parameters
    ----------
    audio : ndarray of shape (n_timesteps,)
        The note, from its onset.
    asked : float
        MIDI pitch that it should have.
    rate : int
        Sampling rate of the audio, in Hz.

    Returns
    -------
    pitch : float
        MIDI pitch; what was asked for where no partial is near it.
    spread : float
        Standard deviation of the partials' pitches, in semitones, weighted likewise.
    """
    audio = audio[: round(_SECONDS * rate)]
    n_fft = _FINER * 2 ** len(audio).bit_length()
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio)), n_fft))
    pitches, powers = [], []
    for number in range(1, _N_PARTIALS + 1):
        peak = _peak(spectrum, number * midi_to_hz(asked) * n_fft / rate)
        if peak is not None:
            pitches.append(hz_to_midi(peak[0] * rate / n_fft / number))
            powers.append(peak[1] ** 2)
    if not powers:
        return float(asked), 0.0
    pitch = np.average(pitches, weights=powers)
    spread = np.sqrt(np.average(np.square(pitches - pitch), weights=powers))
    return float(pitch), float(spread)


def _peak(spectrum: np.ndarray, expected: float) -> tuple[float, float] | None:
    """Return the place and the height of the highest peak near a place, None where it is weak."""
    low, high = (expected * 2 ** (_MOST_DETUNED * np.array([-1, 1]) / 12)).astype(int)
    if low < 1 or high + 1 >= len(spectrum):
        return None
    place = low + int(np.argmax(spectrum[low : high + 1]))
    below, here, above = spectrum[place - 1 : place + 2]
    if here < max(below, above) or here <= _WEAKEST * spectrum.max():
        return None
    below, middle, above = np.log(np.maximum([below, here, above], 1e-12))
    curve = below - 2 * middle + above
    shift = 0.0 if curve == 0 else (below - above) / curve / 2  # of a parabola through them
    return place + shift, float(here)
