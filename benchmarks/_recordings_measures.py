"""How like a recording a sound is, by measures that each fail where another is fooled."""

import numpy as np
from scipy.ndimage import median_filter

from audiogen.metrics import frechet_audio_distance
from audiogen.signal import mfcc, stft

N_FFT, HOP = 1024, 256
N_BANDS = 30
LOWEST = 40.0  # Hz
LAGS = 0.2, 2.5  # seconds
STATISTIC, RHYTHM = 4.0, 8.0  # seconds of a window
N_PEAKS = 20
FOLLOWED = 0.35  # of the held-out distance: frames nearer than that follow the recording
FLOOR_DB = -60.0


class Recording:
    """What a recording is compared by: its stretches that are learnt, and those held out.

    Parameters
    ----------
    train, held_out : list of ndarray of shape (n_timesteps,)
        Stretches of the recording.
    rate : int
        Sampling rate, in Hz.
    """

    def __init__(self, train, held_out, rate):
        self.rate = rate
        self.held_out = np.concatenate(held_out)
        whole = np.concatenate(train)
        parts = spread(whole, len(self.held_out), 5)
        self.floor = np.median([self.distance(part) for part in parts])
        levels = np.concatenate([windows_of_levels(part, rate) for part in train])
        self.levels = levels.mean(axis=0), levels.std(axis=0) + 0.25 * levels.std(axis=0).mean()
        self.beats = onset_repeats(whole, rate)
        self.frames = np.concatenate([frames_of(part, rate) for part in train])
        self.usual = np.median(nearest(frames_of(self.held_out, rate), self.frames))
        self.seen = self.figures_of(self.held_out)
        halves = whole[: len(whole) // 2], whole[len(whole) // 2 :]
        apart = [windows_of_levels(half, rate).mean(axis=0) for half in halves]
        self.seen["level"] = max(self.seen["level"], size((apart[1] - apart[0]) / self.levels[1]))

    def figures(self, sounds):
        """Return the means of the figures of sounds, of runs the longest."""
        found = [self.over_held_out(sound[: len(self.held_out)]) for sound in sounds]
        means = {name: np.mean([figures[name] for figures in found]) for name in found[0]}
        return {**means, "run": max(figures["run"] for figures in found)}

    def over_held_out(self, sound):
        own = self.figures_of(sound)
        over = {name: own[name] / self.seen[name] for name in ("level", "rhythm", "tonality")}
        return {"FAD": self.distance(sound) / self.floor, **over, **self.copying(sound)}

    def distance(self, sound):
        pair = self.held_out[np.newaxis], sound[np.newaxis]
        return frechet_audio_distance(*pair, sample_rate=self.rate)

    def figures_of(self, sound):
        mean, deviation = self.levels
        return {
            "level": size((windows_of_levels(sound, self.rate).mean(axis=0) - mean) / deviation),
            "rhythm": np.corrcoef(onset_repeats(sound, self.rate), self.beats)[0, 1],
            "tonality": peak_height(sound, self.rate),
        }

    def copying(self, sound):
        frames = frames_of(sound, self.rate)
        run = longest_run(frames, self.frames, FOLLOWED * self.usual) * 512 / self.rate
        return {"nearest": np.median(nearest(frames, self.frames)) / self.usual, "run": run}


def spread(sound, n, most):
    """Return parts of a sound, evenly spread, that overlap only where it is too short."""
    starts = np.linspace(0, max(0, len(sound) - n), most).astype(int)
    return [sound[i : i + n] for i in starts]


def size(values):
    return np.sqrt(np.square(values).mean())


def band_levels(sound, rate):
    """Return the levels of bands in each frame, in dB."""
    power = np.square(np.abs(stft(sound, N_FFT, HOP)[0]))
    edges = np.geomspace(LOWEST, rate / 2, N_BANDS + 1) * N_FFT / rate
    firsts = np.unique(np.maximum(1, edges[:-1].astype(int)))
    return 10 * np.log10(np.add.reduceat(power, firsts, axis=1) + 1e-8)


def windows(frames, seconds, rate):
    """Return windows of frames, half overlapping; one where there are too few frames."""
    length = min(len(frames), round(seconds * rate / HOP))
    starts = range(0, len(frames) - length + 1, max(1, length // 2))
    return np.stack([frames[i : i + length] for i in starts])


def windows_of_levels(sound, rate):
    return windows(band_levels(sound, rate), STATISTIC, rate).mean(axis=1)


def onset_repeats(sound, rate):
    """Return how alike onsets are at lags up to 2.5 s, the mean of windows of 8 s."""
    rises = np.maximum(np.diff(band_levels(sound, rate), axis=0), 0).mean(axis=1)
    parts = windows(rises, RHYTHM, rate)
    parts = parts - parts.mean(axis=1, keepdims=True)
    n = parts.shape[1]
    products = np.fft.irfft(np.square(np.abs(np.fft.rfft(parts, 2 * n))))
    repeats = products / (products[:, :1] + 1e-12) / (1 - np.arange(2 * n) / (2 * n))
    first, last = (round(lag * rate / HOP) for lag in LAGS)
    return repeats.mean(axis=0)[first:last]


def peak_height(sound, rate):
    """Return how high the peaks of the spectrum are over what is around them, in dB."""
    levels = 20 * np.log10(np.abs(stft(sound, 4096, 1024)[0]) + 1e-7)
    first, last = (round(hertz * 4096 / rate) for hertz in (60, 8000))
    levels = levels[:, first:last]
    loud = levels.max(axis=1) > levels.max() - 45
    levels = levels[loud]
    over = levels - median_filter(levels, (1, 61))
    inner = levels[:, 1:-1]
    peaks = (inner > levels[:, :-2]) & (inner >= levels[:, 2:])
    heights = np.where(peaks, over[:, 1:-1], 0)
    return np.sort(heights, axis=1)[:, -N_PEAKS:].mean()


def frames_of(sound, rate):
    """Return MFCCs of each frame of 23 ms, the level included."""
    return mfcc(sound, rate, 40)[0][:, :13]


def distances(frames, others):
    squares = np.square(frames).sum(axis=1)[:, np.newaxis] + np.square(others).sum(axis=1)
    return np.sqrt(np.maximum(squares - 2 * frames @ others.T, 0))


def nearest(frames, others):
    blocks = np.array_split(frames, max(1, len(frames) // 256))
    return np.concatenate([distances(block, others).min(axis=1) for block in blocks])


def longest_run(frames, others, threshold):
    """Return the most frames in a row that follow others, each a frame later, give or take one."""
    run, longest = np.zeros(len(others), int), 0
    for frame in frames:
        close = distances(frame[np.newaxis], others)[0] < threshold
        before = np.pad(run, (2, 0))
        run = np.where(close, 1 + np.maximum(np.maximum(before[:-2], before[1:-1]), run), 0)
        longest = max(longest, int(run.max()))
    return longest


def log_spectral_distance(real, decoded):
    """Return the mean over frames of the distance of levels, in dB; 60 dB down is silence."""
    levels = []
    for sound in (real, decoded):
        magnitude = np.abs(stft(sound, N_FFT, HOP)[0])
        levels.append(20 * np.log10(magnitude + 1e-9))
    top = levels[0].max() + FLOOR_DB
    away = np.maximum(levels[0], top) - np.maximum(levels[1], top)
    return np.sqrt(np.square(away).mean(axis=1)).mean()


def spectral_convergence(real, decoded):
    """Return the norm of the difference of magnitudes over that of the real ones."""
    magnitudes = [np.abs(stft(sound, N_FFT, HOP)[0]) for sound in (real, decoded)]
    return np.linalg.norm(magnitudes[1] - magnitudes[0]) / np.linalg.norm(magnitudes[0])
