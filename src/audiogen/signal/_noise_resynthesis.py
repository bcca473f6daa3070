"""Sound of magnitudes that scatter about their mean as those of noise do, beside tones."""

import numpy as np
from scipy import ndimage
from scipy.special import gamma

from audiogen.signal._phase_recovery import pghi
from audiogen.signal._stft import get_window, istft, stft

__all__ = ["resynthesise_noise", "scatter_of_noise"]

_NOISE = 0.5  # of the scatter of noise: bins that scatter more take its phase
_N_CORRECTIONS = 2  # more of them change nothing that is heard
_LARGEST_FACTOR = 2.0  # of one correction
_BAND = 33  # bins whose power is corrected together
# Tones of recordings of piano, pads and bands stand out by as much, ripples of water do not.
_PEAK, _AROUND, _LASTING, _BESIDE = 1.15, 21, 12, 3  # factor, bins, frames, bins on either side


def resynthesise_noise(
    magnitude: np.ndarray,
    scatter: np.ndarray,
    power: float,
    rng: np.random.Generator,
    frame_length: int = 1024,
    hop_length: int = 256,
) -> np.ndarray:
    """Return sound with magnitudes that scatter about a mean, and with the phase of noise there.

    The spectrum of white noise says where a magnitude is above its mean and where below: so
    scatter is alike in frames and bins that overlap, as it is in the spectrum of a sound. About
    peaks that last, which are tones, nothing is put back.

    Parameters
    ----------
    magnitude : ndarray of shape (n_frames, 1 + frame_length // 2), float32
        Mean magnitudes of the frames of `stft`, as means of their powers.
    scatter : ndarray of the same shape
        Standard deviation of the magnitudes' powers, over the mean of these.
    power : float
        Power whose mean and standard deviation they are.
    rng : numpy.random.Generator
        Source of the noise.
    frame_length : int, default=1024
        Samples in a frame.
    hop_length : int, default=256
        Samples from the start of a frame to the start of the next.

    Returns
    -------
    audio : ndarray of shape (n_timesteps,), float32
        As many time steps as `istft` makes of the frames.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import resynthesise_noise, scatter_of_noise
    >>> level = np.full((19, 513), 0.1, np.float32)
    >>> scatter = np.full((19, 513), scatter_of_noise(0.3), np.float32)
    >>> resynthesise_noise(level, scatter, 0.3, np.random.default_rng(0)).shape
    (4096,)
    """
    lengths = (frame_length, hop_length)
    scatter = np.where(_is_tone(magnitude ** np.float32(power)), 0, scatter)
    noise = _white_noise(len(magnitude), rng, *lengths)
    level = np.maximum(np.abs(noise), np.finfo(np.float32).tiny)
    above = level ** np.float32(power) / np.float32(gamma(1 + power / 2)) - 1
    factor = np.maximum(1 + scatter / np.float32(scatter_of_noise(power)) * above, 0)
    wanted = (magnitude * factor ** np.float32(1 / power)).astype(np.float32)
    direction = np.exp(1j * pghi(wanted[np.newaxis], *lengths)[0])
    is_noise = scatter > _NOISE * scatter_of_noise(power)
    direction[is_noise] = (noise / level)[is_noise]
    return _with_levels(wanted, direction, is_noise, *lengths)


def scatter_of_noise(power: float) -> float:
    """Return the standard deviation, over their mean, of powers of noise's magnitudes.

    Parameters
    ----------
    power : float
        The power.

    Returns
    -------
    scatter : float

    Examples
    --------
    >>> from audiogen.signal import scatter_of_noise
    >>> round(scatter_of_noise(1), 3)
    0.523
    """
    return float(np.sqrt(gamma(1 + power) / gamma(1 + power / 2) ** 2 - 1))


def _white_noise(
    n_frames: int, rng: np.random.Generator, frame_length: int, hop_length: int
) -> np.ndarray:
    """Return a spectrum of white noise whose mean power is 1."""
    n_timesteps = n_frames * hop_length - (frame_length - hop_length)
    noise = stft(rng.standard_normal(n_timesteps, dtype=np.float32), frame_length, hop_length)[0]
    return noise / np.float32(np.linalg.norm(get_window("hann", frame_length)))


def _is_tone(features: np.ndarray) -> np.ndarray:
    """Tell which bins lie about peaks that stand out for some time."""
    lasting = ndimage.uniform_filter1d(features, _LASTING, axis=0, mode="nearest")
    around = ndimage.uniform_filter1d(lasting, _AROUND, axis=1, mode="nearest")
    is_peak = lasting >= ndimage.maximum_filter1d(lasting, 3, axis=1)
    is_peak &= lasting > _PEAK * around
    return ndimage.maximum_filter1d(is_peak, 2 * _BESIDE + 1, axis=1)


def _with_levels(
    wanted: np.ndarray, direction: np.ndarray, is_noise: np.ndarray, *lengths: int
) -> np.ndarray:
    """Return sound in which noise is as loud in each frame and band as is wanted.

    Frames that overlap are averaged, which smooths levels; what is lost is put on beforehand.
    """
    power = _band_power(wanted, is_noise)
    magnitude = wanted
    for _ in range(_N_CORRECTIONS):
        audio = istft((magnitude * direction)[np.newaxis], *lengths)
        got = _band_power(np.abs(stft(audio, *lengths)[0]), is_noise)
        factor = np.clip(np.sqrt(power / got), 1 / _LARGEST_FACTOR, _LARGEST_FACTOR)
        magnitude = np.where(is_noise, magnitude * factor, magnitude)
    return istft((magnitude * direction)[np.newaxis], *lengths)[0]


def _band_power(magnitude: np.ndarray, is_noise: np.ndarray) -> np.ndarray:
    """Return the mean power of noise in the band about each bin; never 0."""
    power = np.where(is_noise, np.square(magnitude), 0)
    mean = ndimage.uniform_filter1d(power, _BAND, axis=1, mode="constant")
    return np.maximum(mean, 1e-12)  # running sums end a little below 0
