"""Recordings as codes and back.

``python -m benchmarks.codes FOLDER`` prints, for each recording of a folder, how far sound made of
its codes is from it, on every fifth block of 6 s, which the codec has not learnt from.
"""

import functools
import sys
import time

import numpy as np
from sklearn.cluster import KMeans

from audiogen.datasets import load_recordings
from audiogen.metrics import log_spectral_distance, spectral_convergence
from audiogen.preprocessing import ResidualVectorQuantizer, SpectralCodes
from audiogen.signal import spectral_patches
from benchmarks._data import SAMPLE_RATE, notes
from benchmarks._row import Row

N_LEVELS, N_CODES = 4, 256


@functools.cache
def components():
    """Return principal components of patches of notes, a row a patch."""
    recording = notes(60).reshape(1, -1)
    codec = SpectralCodes(sample_rate=SAMPLE_RATE, n_levels=1, n_codes=8, random_state=0).fit(
        recording
    )
    return codec.pca_.transform(spectral_patches(recording, step=2)[0])


def ours(X):
    quantizer = ResidualVectorQuantizer(N_LEVELS, N_CODES, random_state=0).fit(X)
    return quantizer.inverse_transform(quantizer.transform(X))


def scikit_learn(X):
    rest, total = X.copy(), np.zeros_like(X)
    for _ in range(N_LEVELS):
        k_means = KMeans(N_CODES, n_init=1, random_state=0).fit(rest)
        nearest = k_means.cluster_centers_[k_means.predict(rest)]
        rest, total = rest - nearest, total + nearest
    return total


def left_over(X):
    """Say which share of the variance codes leave out."""
    shares = [
        np.sum((way(X) - X) ** 2) / np.sum((X - X.mean(axis=0)) ** 2)
        for way in (ours, scikit_learn)
    ]
    return f"variance left out: {shares[0]:.2%}, scikit-learn's {shares[1]:.2%}"


@functools.cache
def codec_and_codes():
    recording = notes(25).reshape(-1)
    codec = SpectralCodes(sample_rate=SAMPLE_RATE, random_state=0).fit([recording])
    return codec, codec.transform([recording[: 20 * SAMPLE_RATE]])


def decoded(data):
    codec, codes = data
    return codec.inverse_transform(codes, random_state=0)


def distance(data):
    """Say how far the sound is from the one that was encoded."""
    codec, codes = data
    real = notes(25).reshape(-1)[: 20 * SAMPLE_RATE]
    sound = codec.set_params(decoder="mean").inverse_transform(codes)[0][: len(real)]
    codec.set_params(decoder="noise")
    bits = N_LEVELS * np.log2(N_CODES) * SAMPLE_RATE / codec.patch_length_
    far, ratio = log_spectral_distance(real, sound), spectral_convergence(real, sound)
    return f"{bits:.0f} bit/s: log-spectral distance {far:.1f} dB, convergence {ratio:.2f}"


def held_out(recording, rate):
    """Return stretches to learn from, and every fifth block of 6 s."""
    blocks = [recording[i : i + 6 * rate] for i in range(0, len(recording), 6 * rate)]
    groups = [blocks[i : i + 5] for i in range(0, len(blocks), 5)]
    train = [np.concatenate(group[:4]) for group in groups]
    return train, [group[4] for group in groups if len(group) == 5 and len(group[4]) > rate]


def main(folder):
    found = load_recordings(folder, sample_rate=22050)
    print("recording | distance, dB | convergence | fit, s | 20 s of sound, s")
    for name, recording in zip(found.frame.file, found.data, strict=True):
        train, test = held_out(recording, found.sample_rate)
        start = time.process_time()
        codec = SpectralCodes(random_state=0).fit(train)
        seconds = time.process_time() - start
        codes = [codec.transform([block])[0] for block in test]
        start = time.process_time()
        for part in codes:
            codec.inverse_transform([part], random_state=0)
        length = sum(map(len, codes)) * codec.patch_length_ / found.sample_rate
        decoding = (time.process_time() - start) * 20 / length
        sounds = [codec.set_params(decoder="mean").inverse_transform([part])[0] for part in codes]
        sounds = [sound[: len(block)] for sound, block in zip(sounds, test, strict=True)]
        far, ratio = log_spectral_distance(test, sounds), spectral_convergence(test, sounds)
        print(f"{name} | {far:.1f} | {ratio:.2f} | {seconds:.1f} | {decoding:.2f}", flush=True)


ROWS = [
    Row(
        f"{N_LEVELS} x {N_CODES} codes of patches",
        components,
        ours,
        {"scikit-learn's k-means, level by level": scikit_learn},
        aim=">= 1",
        remark=left_over,
    ),
    Row("20 s of sound of codes", codec_and_codes, decoded, {}, remark=distance),
]

if __name__ == "__main__":
    main(sys.argv[1])
