"""How like a recording a sound is, by measures that each fail where another is fooled."""

import numpy as np

from audiogen.metrics import (
    frechet_audio_distance,
    longest_copied_run,
    nearest_frame_distance,
    rhythm_likeness,
    texture_distance,
    texture_statistics,
    tonality,
)


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
        self.rate, self.train, self.whole = rate, train, np.concatenate(train)
        self.held_out = np.concatenate(held_out)
        whole = self.whole
        parts = spread(whole, len(self.held_out), 5)
        self.floor = np.median([self.distance(part) for part in parts])
        self.usual = nearest_frame_distance(train, self.held_out, sample_rate=rate)
        self.seen = self.figures_of(self.held_out)
        halves = whole[: len(whole) // 2], whole[len(whole) // 2 :]
        self.seen["level"] = max(self.seen["level"], self.apart(*halves))

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
        rate = {"sample_rate": self.rate}
        return {
            "level": texture_distance(self.train, sound, **rate)["level"],
            "rhythm": rhythm_likeness(self.whole, sound, **rate),
            "tonality": tonality(sound, **rate),
        }

    def apart(self, one, other):
        """Return how far the levels of two sounds are apart, in deviations of all stretches."""
        levels = texture_statistics(self.train, sample_rate=self.rate)["level"].std(axis=0)
        means = [
            texture_statistics(sound, sample_rate=self.rate)["level"].mean(axis=0)
            for sound in (one, other)
        ]
        return np.sqrt(np.square((means[1] - means[0]) / (levels + 0.25 * levels.mean())).mean())

    def copying(self, sound):
        rate = {"sample_rate": self.rate}
        return {
            "nearest": nearest_frame_distance(self.train, sound, **rate) / self.usual,
            "run": longest_copied_run(self.train, sound, self.held_out, **rate),
        }


def spread(sound, n, most):
    """Return parts of a sound, evenly spread, that overlap only where it is too short."""
    starts = np.linspace(0, max(0, len(sound) - n), most).astype(int)
    return [sound[i : i + n] for i in starts]
