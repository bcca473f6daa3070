"""How audiogen makes what the report's table compares: clips of families, in minutes.

Each way takes the seconds that training may last, and returns the clips of each family,
an array of shape (n_clips, n_timesteps), and what they were trained on and for how long.
"""

import functools
import time

import numpy as np
from sklearn.decomposition import PCA

from audiogen.datasets import load_notes
from audiogen.generators import GANGenerator, LSTMSequencer, WaveNetAutoencoder
from audiogen.pipeline import GenerativePipeline
from audiogen.preprocessing import Flatten, HarmonicPlusNoise, SlidingWindow, STFTSpectrogram
from audiogen.recipes import harmonic_cvae

ROUND = 25  # epochs between two looks at the clock
N_DRAWS = 4  # clips for each held-out note
N_SEEN, N_EXTRA = 3, 5  # notes that the LSTM sees, and adds
FEATURES = [
    ("harmonics", HarmonicPlusNoise()),
    ("flatten", Flatten()),
    ("pca", PCA(64, random_state=0)),
]


def conditional(pipeline, seconds, epochs):
    """Train on all notes, under their pitch and family; ask for those held out."""
    X, y = load_notes("train", return_X_y=True)
    wanted = load_notes("valid", return_X_y=True)[1]
    wanted = wanted.loc[wanted.index.repeat(N_DRAWS)].reset_index(drop=True)
    features = pipeline[:-1].fit_transform(X, y)
    n_epochs = train(pipeline[-1], seconds, epochs, features, y)
    audio = pipeline.sample(y=wanted, random_state=0)
    families = wanted.instrument_family
    clips = {family: audio[families == family] for family in families.unique()}
    return clips, f"{len(X)} x {n_epochs}"


def train(generator, seconds, epochs, *data):
    """Train for so many epochs, or until the time is up, and return how many it were."""
    generator.set_params(warm_start=True, epochs=ROUND)
    start, done = time.perf_counter(), 0
    while done < epochs and time.perf_counter() - start < seconds:
        done = generator.fit(*data).n_iter_
    return done


def gan(seconds):
    generator = GANGenerator(
        latent_dim=16, loss="hinge", penalty_weight=1.0, dropout=0.0, batch_size=32,
        learning_rate=1e-3, validation_fraction=0.0, random_state=0,
    )  # fmt: skip
    return conditional(GenerativePipeline([*FEATURES, ("gan", generator)]), seconds, 400)


def wavenet(seconds):
    generator = WaveNetAutoencoder(
        downsampling=16, dropout=0.0, learning_rate=2e-3, patience=None, plateau_patience=None,
        validation_fraction=0.0, random_state=0,
    )  # fmt: skip
    return conditional(GenerativePipeline([FEATURES[0], ("wavenet", generator)]), seconds, 100)


def vae(seconds):
    return conditional(harmonic_cvae(random_state=0), seconds, 500)


def lstm(transformer, seconds):
    """Train on all notes, each instrument's from low to high; go on from those held out."""
    pipeline = GenerativePipeline([("frames", transformer)])
    frames = pipeline.fit_transform(*in_order("train"))
    generator = LSTMSequencer(
        N_EXTRA, n_layers=1, frame_components=64, learning_rate=3e-3, validation_fraction=0.0,
        random_state=0,
    )  # fmt: skip
    windows = SlidingWindow(N_SEEN).fit_transform(frames)
    n_epochs = train(generator, seconds, 75, windows)
    X, y = in_order("valid")
    frames, clips = pipeline.transform(X, y), {}
    for family in ("guitar", "mallet", "flute"):
        seen = frames[y.instrument_family == family]
        starts = range(len(seen) - N_SEEN + 1)
        ahead = generator.sample(seed_frames=np.stack([seen[i : i + N_SEEN] for i in starts]))
        clips[family] = joined(transformer, ahead)
    return clips, f"{len(windows)} x {n_epochs}"


def in_order(split):
    data = load_notes(split)
    order = data.frame.sort_values(["instrument", "pitch"]).index
    return data.data[order], data.frame.loc[order]


def joined(transformer, frames):
    """Return frames as audio: harmonics one by one, spectrograms joined along time."""
    n_runs = len(frames)
    if isinstance(transformer, STFTSpectrogram):
        return transformer.inverse_transform(frames.reshape(n_runs, -1, *frames.shape[3:]))
    return transformer.inverse_transform(frames.reshape(-1, *frames.shape[2:])).reshape(n_runs, -1)


WAYS: dict = {
    "GAN": gan,
    "LSTM, joined audio": functools.partial(lstm, HarmonicPlusNoise()),
    "LSTM, joined spectrogram": functools.partial(lstm, STFTSpectrogram(phase=None)),
    "WaveNet autoencoder": wavenet,
    "Conditional VAE": vae,
}
