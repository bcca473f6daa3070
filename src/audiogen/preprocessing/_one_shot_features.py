"""The features of a one-shot: a spectrogram of dB on a grid that is fine where it begins."""

from dataclasses import dataclass

import numpy as np

from audiogen.signal import amplitude_to_db, db_to_amplitude, istft, pghi, stft

__all__ = ["Grid", "OneShot", "analyse_one_shot", "synthesise_one_shot"]

FLOOR_DB = -90.0  # of the loudest bin
_DENSE = 0.093  # seconds whose frames stand alone; later ones are pooled, ever more of them
_SLOWER = 1.08  # from one pool of frames to the next
_SINGLE = 6000.0  # Hz below which bins stand alone: what a kick or a bell is tuned to is there
_WIDER = 1.03  # from one pool of bins to the next
_ROUGH = (4, 6)  # pools of frames and of bins for each measure of roughness
_ENVELOPE = 0.12  # seconds of which the level is kept, in steps of 1 ms
_ENVELOPE_FLOOR = -60.0
_REACHED = -1.0  # dB of the highest level, where the attack ends
_NOISE_DB = 5.57  # standard deviation of the level of a bin of noise: of a Rayleigh distribution
_NOISE_MEAN_DB = 2.51  # by which its mean level is below the level of its mean power
_DEEPEST = -25.0  # dB, of the gaps in noise
_MOST_CUT, _MOST_RAISED = -40.0, 6.0  # dB, by which an attack is corrected
_FADE = 0.005  # seconds
_LEAST = 1e-9


@dataclass(frozen=True, eq=False)
class Grid:
    """Frames and bins of a spectrogram, pooled.

    Parameters
    ----------
    frame_length, hop_length : int
        As in `audiogen.signal.stft`.
    sample_rate : int
        Sampling rate of the audio, in Hz.
    n_timesteps : int
        Length of a clip.
    """

    frame_length: int
    hop_length: int
    sample_rate: int
    n_timesteps: int

    @property
    def n_frames(self) -> int:
        """Number of frames over a clip."""
        return -(-(self.n_timesteps + self.frame_length - self.hop_length) // self.hop_length)

    @property
    def times(self) -> np.ndarray:
        """First frames of the pools, and the number of frames."""
        dense = int(_DENSE * self.sample_rate / self.hop_length)
        return _edges(self.n_frames, dense, _SLOWER)

    @property
    def bins(self) -> np.ndarray:
        """First bins of the pools, and the number of bins."""
        single = int(_SINGLE * self.frame_length / self.sample_rate)
        return _edges(1 + self.frame_length // 2, single, _WIDER)

    @property
    def rough(self) -> tuple[np.ndarray, np.ndarray]:
        """Edges of the wider pools that roughness is measured in."""
        return _every(self.times, _ROUGH[0]), _every(self.bins, _ROUGH[1])

    @property
    def step(self) -> int:
        """Samples in a step of the envelope."""
        return max(1, self.sample_rate // 1000)

    @property
    def n_steps(self) -> int:
        """Steps in the envelope."""
        return int(_ENVELOPE * 1000)


@dataclass(repr=False, eq=False)
class OneShot:
    """A hit of a drum.

    Parameters
    ----------
    level : float
        Root mean square of the clip, in dB of full scale.
    duration : float
        Time until the sound ends, in seconds.
    envelope : ndarray of shape (n_steps,)
        Level of the beginning, in dB of its highest.
    spectrum : ndarray of shape (n_pools_of_frames, n_pools_of_bins)
        Mean of the spectrogram's dB in each pool, relative to its loudest bin.
    roughness : ndarray of shape (n_wide_pools_of_frames, n_wide_pools_of_bins)
        Standard deviation of the spectrogram's dB around what the pools say, in dB.
    """

    level: float
    duration: float
    envelope: np.ndarray
    spectrum: np.ndarray
    roughness: np.ndarray


def analyse_one_shot(audio: np.ndarray, grid: Grid) -> OneShot:
    """Return what a hit is described by.

    Parameters
    ----------
    audio : ndarray of shape (n_timesteps,)
        The hit.
    grid : Grid
        The pools.

    Returns
    -------
    hit : OneShot
    """
    frames = grid.frame_length, grid.hop_length
    magnitude = np.abs(stft(audio[np.newaxis].astype(np.float32), *frames))[0]
    levels = amplitude_to_db(magnitude / max(float(magnitude.max()), _LEAST), FLOOR_DB)
    spectrum = _pooled(levels, grid.times, grid.bins)
    squares = np.square(levels - _spread(spectrum, grid.times, grid.bins, levels.shape))
    loud = np.flatnonzero(np.abs(audio) > db_to_amplitude(FLOOR_DB) * np.abs(audio).max())
    return OneShot(
        level=float(amplitude_to_db(np.sqrt(np.mean(np.square(audio, dtype=np.float64))))),
        duration=(loud[-1] + 1 if len(loud) else 1) / grid.sample_rate,
        envelope=_envelope(audio, grid),
        spectrum=spectrum,
        roughness=np.sqrt(np.maximum(_pooled(squares, *grid.rough), 0)),
    )


def synthesise_one_shot(hit: OneShot, grid: Grid, rng: np.random.Generator) -> np.ndarray:
    """Return the sound of a hit.

    Parameters
    ----------
    hit : OneShot
        The hit, as `analyse_one_shot` returns it or as it is generated.
    grid : Grid
        The pools.
    rng : numpy.random.Generator
        Generator of the noise, which no two hits share.

    Returns
    -------
    audio : ndarray of shape (n_timesteps,), float32

    Notes
    -----
    Where the spectrogram was rough, as that of noise is, its bins are spread about the pools'
    level as those of white noise are; where it was smooth, as it is about a tone, they are
    not. The phase is then recovered by phase gradient heap integration. A window softens an
    attack; so up to its end the level is brought to that of the envelope.
    """
    n_sounding = int(np.clip(hit.duration * grid.sample_rate, 1, grid.n_timesteps))
    overlap = grid.frame_length // grid.hop_length
    shape = min(grid.n_frames, -(-n_sounding // grid.hop_length) + overlap), grid.bins[-1]
    levels = _spread(hit.spectrum, grid.times, grid.bins, shape)
    share = np.clip(_spread(hit.roughness, *grid.rough, shape) / _NOISE_DB, 0, 1)
    raised = np.where(levels > FLOOR_DB + 3, levels + share * _noise(shape, grid, rng), -200)
    magnitude = db_to_amplitude(np.clip(raised, -200, 20)).astype(np.float32)[np.newaxis]
    frames = grid.frame_length, grid.hop_length
    phase = pghi(magnitude, *frames)
    spectra = np.empty(phase.shape, np.complex64)
    spectra.real, spectra.imag = magnitude * np.cos(phase), magnitude * np.sin(phase)
    sound = istft(spectra, *frames)[0][:n_sounding].astype(np.float64)
    sound *= _attack_gain(sound, hit.envelope, grid)
    width = min(len(sound), max(1, int(_FADE * grid.sample_rate)))
    sound[len(sound) - width :] *= np.linspace(1, 0, width)
    audio = np.zeros(grid.n_timesteps, np.float32)
    audio[: len(sound)] = sound
    rms = float(np.sqrt(np.mean(np.square(audio, dtype=np.float64))))
    return audio * np.float32(db_to_amplitude(hit.level) / max(rms, _LEAST))


def _edges(n_values: int, n_single: int, ratio: float) -> np.ndarray:
    """Return the first of each pool, and the end: single values, then ever wider pools."""
    edges, width = list(range(min(n_single, n_values) + 1)), 1.0
    while edges[-1] < n_values:
        width *= ratio
        edges.append(min(n_values, edges[-1] + max(1, round(width))))
    return np.array(edges)


def _every(edges: np.ndarray, step: int) -> np.ndarray:
    chosen = edges[::step]
    return chosen if chosen[-1] == edges[-1] else np.append(chosen, edges[-1])


def _pooled(values: np.ndarray, times: np.ndarray, bins: np.ndarray) -> np.ndarray:
    """Return the mean of values in each pool."""
    sums = np.add.reduceat(values.astype(np.float64), times[:-1], axis=0)
    sums = np.add.reduceat(sums, bins[:-1], axis=1)
    return sums / (np.diff(times)[:, np.newaxis] * np.diff(bins))


def _spread(
    pooled: np.ndarray, times: np.ndarray, bins: np.ndarray, shape: tuple[int, ...]
) -> np.ndarray:
    """Return values of frames and bins, interpolated between the middles of the pools."""
    at_times, at_bins = ((edges[:-1] + edges[1:] - 1) / 2 for edges in (times, bins))
    return _interpolated(_interpolated(pooled, at_times, shape[0]).T, at_bins, shape[1]).T


def _interpolated(values: np.ndarray, places: np.ndarray, n: int) -> np.ndarray:
    """Return what `numpy.interp` finds at 0 to n - 1, for all columns of values at once."""
    at = np.arange(n)
    before = np.maximum(np.searchsorted(places, at, side="right") - 1, 0)
    slopes = np.diff(values, axis=0) / np.diff(places)[:, np.newaxis]
    slopes = np.vstack([slopes, np.zeros_like(values[:1])])
    passed = np.clip(at, places[0], places[-1]) - places[before]
    return slopes[before] * passed[:, np.newaxis] + values[before]


def _noise(shape: tuple[int, ...], grid: Grid, rng: np.random.Generator) -> np.ndarray:
    """Return dB by which the bins of white noise are above and below their mean level."""
    noise = rng.standard_normal((1, shape[0] * grid.hop_length), dtype=np.float32)
    magnitude = np.abs(stft(noise, grid.frame_length, grid.hop_length))[0, : shape[0]]
    levels = amplitude_to_db(magnitude / np.sqrt(np.mean(np.square(magnitude))), -200)
    return np.maximum(levels + _NOISE_MEAN_DB, _DEEPEST)


def _envelope(audio: np.ndarray, grid: Grid) -> np.ndarray:
    """Return the level of the beginning, step by step, in dB of its highest."""
    size = grid.step * grid.n_steps
    begun = np.zeros(size)
    begun[: len(audio)] = audio[:size]
    levels = np.sqrt(np.square(begun).reshape(grid.n_steps, grid.step).mean(axis=1))
    return amplitude_to_db(levels / max(float(levels.max()), _LEAST), _ENVELOPE_FLOOR)


def _attack_gain(sound: np.ndarray, envelope: np.ndarray, grid: Grid) -> np.ndarray:
    """Return the gain that gives a sound the attack of an envelope."""
    gain = np.clip(envelope - _envelope(sound, grid), _MOST_CUT, _MOST_RAISED)
    gain[1 + int(np.argmax(envelope >= envelope.max() + _REACHED)) :] = 0
    middles = (np.arange(len(gain)) + 0.5) * grid.step
    return db_to_amplitude(np.interp(np.arange(len(sound)), middles, gain))
