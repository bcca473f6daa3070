"""Half a minute of stereo mixed and mastered, beside pedalboard's effects in C++."""

import time

import numpy as np
import pyloudnorm
import scipy.signal

from audiogen.signal import loudness, master, pan, room, true_peak, widen
from benchmarks._row import Row

SECONDS = 30
RATE = 44100
N_STEMS = 6
TARGET, PEAK = -14.0, -1.0  # LUFS and dBFS


def stems():
    """Return mono stems: plucks, hums and hits of noise."""
    rng = np.random.default_rng(0)
    t = np.arange(SECONDS * RATE) / RATE
    made = [np.sin(2 * np.pi * 110 * k * t) * np.exp(-5 * (t % (0.25 * k))) for k in (1, 2, 3, 4)]
    made += [rng.normal(size=len(t)) * np.exp(-60 * (t % beat)) for beat in (0.5, 0.25)]
    return [(0.2 * stem).astype(np.float32) for stem in made]


def mix(parts):
    placed = [
        room(widen(pan(part, place), 0.2, RATE), RATE, wet=0.15)
        for part, place in zip(parts, np.linspace(-0.6, 0.6, N_STEMS), strict=True)
    ]
    return sum(placed)


def measured(clip):
    wide = clip.astype(np.float64)
    level = pyloudnorm.Meter(RATE).integrated_loudness(wide)
    fine = scipy.signal.resample_poly(wide, 4, 1, axis=0)
    return level, 20 * np.log10(np.abs(fine).max())


def by_pedalboard(clip):
    """Bring a clip to its loudness by pyloudnorm and pedalboard's limiter, of sample peaks."""
    from pedalboard import Limiter

    wide = clip.astype(np.float64)
    gain = TARGET - pyloudnorm.Meter(RATE).integrated_loudness(wide)
    louder = (wide * 10 ** (gain / 20)).astype(np.float32)
    return Limiter(threshold_db=PEAK)(louder.T, RATE).T


def mixed_by_pedalboard(parts):
    from pedalboard import Reverb

    placed = []
    for part, place in zip(parts, np.linspace(-0.6, 0.6, N_STEMS), strict=True):
        sides = np.stack([np.sqrt((1 - place) / 2) * part, np.sqrt((1 + place) / 2) * part])
        placed.append(Reverb(room_size=0.3, wet_level=0.15, dry_level=1.0)(sides, RATE))
    return by_pedalboard(sum(placed).T)


def mixed_and_mastered(parts):
    return master(mix(parts), RATE)


def reached(function):
    """Return a remark: what a meter elsewhere finds, and CPU seconds."""

    def remark(data):
        function(data)
        start = time.process_time()
        made = function(data)
        seconds = time.process_time() - start
        level, highest = measured(made.audio)
        return f"{level:.2f} LUFS, {highest:.2f} dBTP, {seconds:.2f} s CPU"

    return remark


ROWS = [
    Row(
        f"{SECONDS} s mastered",
        lambda: mix(stems()),
        lambda clip: master(clip, RATE),
        {"pyloudnorm, pedalboard": by_pedalboard},
        aim="< 0.7 s",
        remark=reached(lambda clip: master(clip, RATE)),
    ),
    Row(
        f"{N_STEMS} stems mixed, mastered",
        stems,
        mixed_and_mastered,
        {"pyloudnorm, pedalboard": mixed_by_pedalboard},
        aim="< 2 s",
        remark=reached(mixed_and_mastered),
    ),
    Row(
        f"{SECONDS} s measured",
        lambda: mix(stems()),
        lambda clip: (loudness(clip, RATE), true_peak(clip)),
        {"pyloudnorm, resample_poly": measured},
        aim=">= 1",
        remark=lambda clip: f"{loudness(clip, RATE) - measured(clip)[0]:+.3f} LU",
    ),
]
