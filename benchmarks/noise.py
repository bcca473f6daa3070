"""Noise taken out of the 38 held-out notes: NoiseReducer (ours) against noisereduce.

Ours learns from the noisy notes, with its Wiener filter and with its method "spectral_gate",
which is noisereduce given the noise that was learnt. noisereduce by itself is told more: for
each note the very noise that was added to it. Remarks say how many dB the
signal-to-noise ratio rises in the mean (in
brackets the share of notes at which it rises by 6 dB or more), and how far log spectra of 2048,
512 and 128 samples are from those of the clean notes, in dB. Without noise, the ratio is that of
the notes to what was changed in them, at the worst of them.
"""

import copy
from functools import partial

import numpy as np

from audiogen.datasets import load_notes
from audiogen.preprocessing import NoiseReducer
from audiogen.signal import stft
from benchmarks._data import SAMPLE_RATE
from benchmarks._row import Row


def noise_of(kind, shape):
    """Return white or pink noise, or 20 harmonics of 50 Hz with a little white noise."""
    rng = np.random.default_rng(0)
    white = rng.standard_normal(shape)
    if kind == "white":
        return white
    if kind == "pink":
        frequency = np.fft.rfftfreq(shape[1], 1 / SAMPLE_RATE)
        tilt = np.where(frequency > 0, np.maximum(frequency, 20) ** -0.5, 0)
        return np.fft.irfft(np.fft.rfft(white) * tilt, shape[1])
    t = np.arange(shape[1]) / SAMPLE_RATE
    phases = rng.uniform(0, 2 * np.pi, (20, shape[0], 1))
    lines = (np.sin(2 * np.pi * 50 * k * t + phases[k - 1]) / k for k in range(1, 21))
    return sum(lines) + 0.03 * white


def prepare(kind, db):
    """Return clean notes, the noise, so many dB below each, and what has learnt from both."""
    clean = load_notes("valid").data
    noise = noise_of(kind, clean.shape)
    power = np.square([clean, noise]).mean(axis=2, keepdims=True)
    noise *= np.sqrt(power[0] / power[1] / 10 ** (db / 10))
    noise = noise.astype(np.float32)
    return clean, noise, NoiseReducer().fit(clean + noise)


def ours(data):
    clean, noise, reducer = data
    return reducer.inverse_transform(clean + noise)


def by_gate(data):
    clean, noise, reducer = data
    gate = copy.copy(reducer).set_params(method="spectral_gate")
    return gate.inverse_transform(clean + noise)


def by_noisereduce(data):
    from noisereduce import reduce_noise

    clean, noise, _ = data
    options = {"sr": SAMPLE_RATE, "stationary": True, "prop_decrease": 0.9,
               "freq_mask_smooth_hz": None}  # fmt: skip
    return np.stack(
        [reduce_noise(y=x + n, y_noise=n, **options) for x, n in zip(clean, noise, strict=True)]
    )


def ratio(clean, other):
    error = np.square(other - clean).sum(axis=1)
    return 10 * np.log10(np.square(clean).sum(axis=1) / np.maximum(error, 1e-20))


def distance(clean, other):
    found = []
    for size in (2048, 512, 128):
        power = [np.abs(stft(x, size, size // 4)) ** 2 / size for x in (clean, other)]
        a, b = (10 * np.log10(np.maximum(p, 1e-10)) for p in power)
        found.append(np.sqrt(np.square(a - b).mean(axis=(1, 2))).mean())
    return np.mean(found)


def remark(data):
    clean, noise, _ = data
    noisy = clean + noise
    results = [ours(data), by_gate(data), by_noisereduce(data)]
    gains = [ratio(clean, result) - ratio(clean, noisy) for result in results]
    mine, gate, its = (f"{gain.mean():.1f} ({np.mean(gain >= 6):.2f})" for gain in gains)
    far = [f"{distance(clean, x):.1f}" for x in (noisy, *results)]
    return (
        f"SNR +{mine}, gate +{gate}, noisereduce +{its}; "
        f"off by {far[0]} -> {far[1]}, gate {far[2]}, noisereduce {far[3]}"
    )


def untouched(data):
    clean, _, reducer = data
    of_noisy = NoiseReducer().fit(clean + prepare("white", 10)[1])
    worst = [ratio(clean, r.inverse_transform(clean)).min() for r in (reducer, of_noisy)]
    return f"changed at {worst[0]:.0f} dB; {worst[1]:.0f} dB after learning from white at 10 dB"


ROWS = [
    *(
        Row(
            f"38 notes, {kind} noise, {db} dB",
            partial(prepare, kind, db),
            ours,
            {"noisereduce": by_noisereduce},
            remark=remark,
        )
        for kind in ("white", "pink", "hum")
        for db in (10, 20, 30)
    ),
    Row(
        "38 notes, no noise",
        partial(prepare, "white", np.inf),
        ours,
        {"noisereduce": by_noisereduce},
        remark=untouched,
    ),
]
