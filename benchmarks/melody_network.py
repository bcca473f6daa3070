"""Does a transformer guess notes better: python -m benchmarks.melody_network --tunes FILE.

FILE is what `audiogen.io.read_tunes` reads, with a "split" of "train" or "valid". Prints the bits
a note of tunes held out, of `MelodyComposer` and of composers whose dense layers are replaced by
the causal transformer of `TransformerSequencer`, over the notes of a tune. All see the same
before each note, and may copy from the same places.

All are fitted with some tunes of the training set left out, and keep the weights of the epoch in
which these are guessed best. The bits a note of these, genre and mode left out as in training,
are printed after each epoch. The transformer stops before it has converged.
"""

import argparse
import dataclasses
import time
from typing import Any

import numpy as np

from audiogen.generators import MelodyComposer
from audiogen.generators._melody_conditions import checked_tunes
from audiogen.generators._melody_data import MelodyData, melody_data
from audiogen.generators._melody_draw import log_softmax
from audiogen.generators._melody_features import Vocabulary
from audiogen.generators._melody_strains import spans_of
from audiogen.networks import keras
from audiogen.networks._layers import LayerFactory
from audiogen.networks._melody import MelodyModel, note_logits
from audiogen.networks._seeds import Initializers
from audiogen.networks._transformer import transformer_blocks
from benchmarks.melodies import split_of

N_LAYERS, N_HEADS = 2, 4
N_STEPS, HOP = 128, 64  # notes of a window, and from one to the next of a longer tune
UNTOLD = 0.1  # share of training without genre and mode, and without genre alone, as the composer


class MelodyTransformer(MelodyModel):
    """A melody model of windows of notes, of which those with a pitch of -1 do not count."""

    def figures_of(self, x, y, y_pred, training):
        """Return the mean of -log p(pitch, duration) of the notes that count."""
        y = keras.ops.reshape(keras.ops.cast(y, "int32"), (-1, 2))
        counted = keras.ops.cast(y[:, 0] >= 0, "float32")
        losses = [
            keras.losses.sparse_categorical_crossentropy(
                keras.ops.maximum(y[:, i], 0), logits, from_logits=True
            )
            for i, logits in enumerate(y_pred)
        ]
        return {"loss": keras.ops.sum((losses[0] + losses[1]) * counted) / keras.ops.sum(counted)}


class Flat(keras.layers.Layer):
    """Put the steps of all windows below each other."""

    def call(self, x):
        """Take x (batch, n_steps, n)."""
        return keras.ops.reshape(x, (-1, x.shape[-1]))


def build(n_rows, *, n_sources, units, dropout, seed, precision, **classes):
    """Return the model: `note_logits` of a transformer of what is seen before each note."""
    factory = LayerFactory(Initializers(seed), precision, dropout=dropout)
    widths = {"seen": n_rows, "pitches": n_sources, "lengths": n_sources, "pitch": 1}
    inputs = [factory.input((N_STEPS, width), name) for name, width in widths.items()]
    start = keras.initializers.RandomNormal(0, 0.1, seed=factory.initializers.seed())
    x = factory.make(keras.layers.Dense, units, kernel_initializer=start, name="entry")(inputs[0])
    x = factory.dropped(x)
    x = transformer_blocks(factory, x, n_layers=N_LAYERS, n_heads=N_HEADS)
    flat = [factory.make(Flat)(part) for part in (factory.dropped(x), *inputs[1:])]
    logits = note_logits(factory, *flat, n_sources=n_sources, units=2 * units, **classes)
    return MelodyTransformer(factory.network(inputs, logits, "network"))


class TransformerComposer(MelodyComposer):
    """A composer with a transformer, which is fitted and scored, but does not compose."""

    @staticmethod
    def _build(**architecture):
        return build(**architecture)

    def _prepare(self, X, y, *, fresh, seed):
        notes = super()._prepare(X, y, fresh=fresh, seed=seed)
        assert isinstance(notes, MelodyData)
        at, counted = windows_of(notes.tune_of_note)
        tunes = notes.tune_of_note[at[:, 0]]
        rows, held_out = (
            np.flatnonzero(np.isin(tunes, notes.tune_of_note[side]))
            for side in (notes.rows, notes.held_out)
        )

        def read(windows):
            return notes.read(at[windows]), counted[windows]

        return dataclasses.replace(notes, rows=rows, held_out=held_out, read=read)

    def _batch(self, x, condition, rng):
        vocabulary = Vocabulary(**self._vocabulary)
        (rows, *others), counted = x
        chance = rng.random(len(rows))
        rows[chance < 2 * UNTOLD, :, 0] = vocabulary.free_genre
        rows[chance < UNTOLD, :, 1] = vocabulary.free_mode
        return self._told([rows, *others], counted)

    def _told(self, columns, counted):
        """Return the network's inputs and targets of some windows."""
        rows, pitches, lengths, notes = columns
        seen = np.zeros((*rows.shape[:2], self._arguments["n_rows"]), np.float32)
        np.put_along_axis(seen, rows.astype(int), 1, axis=2)
        inputs = (seen, *(part.astype(np.float32) for part in (pitches, lengths, notes[..., :1])))
        return inputs, np.where(counted[..., np.newaxis], notes, -1).astype(np.int32)

    def _finish(self, data):
        """Learn nothing more, as nothing is composed."""

    def score(self, X, y=None):
        """Return the mean log-likelihood of a note of tunes."""
        tunes, conditions = checked_tunes(X, y)
        spans = [spans_of(tune) for tune in tunes]
        everything, none = np.arange(len(spans)), np.arange(0)
        vocabulary = Vocabulary(**self._vocabulary)
        data = melody_data(vocabulary, spans, conditions, everything, none, 0)
        at, counted = windows_of(data.tune_of_note)
        logs = []
        for windows in np.split(np.arange(len(at)), range(16, len(at), 16)):
            x, notes = self._told(data.read(at[windows]), counted[windows])
            notes = notes.reshape(-1, 2)
            known = np.flatnonzero(notes[:, 0] >= 0)
            pair = [log_softmax(logits) for logits in self._model.predict_on_batch(x)]
            logs.append(sum(p[known, notes[known, i]] for i, p in enumerate(pair)))
        return float(np.concatenate(logs).mean())


def windows_of(tune_of_note):
    """Return the notes of windows, and which count: each note once, the last where it is met."""
    at, counted = [], []
    steps = np.arange(N_STEPS)
    for first, end in zip(*spans_of_runs(tune_of_note), strict=True):
        for start in range(first, max(first + 1, end - N_STEPS + HOP), HOP):
            new = start if start == first else start + N_STEPS - HOP
            at.append(np.minimum(start + steps, end - 1))
            counted.append((start + steps >= new) & (start + steps < end))
    return np.array(at), np.array(counted)


def spans_of_runs(numbers):
    """Return where runs of the same number begin and end."""
    edges = np.flatnonzero(np.diff(numbers, prepend=-1, append=-1))
    return edges[:-1], edges[1:]


HELD_OUT: dict[str, Any] = {"validation_fraction": 0.05, "patience": 2, "random_state": 0}
WINDOWS: dict[str, Any] = {
    "batch_size": 16,
    "learning_rate": 2e-3,
    "dropout": 0.2,
    "ema": 0.99,
    "epochs": 10,
}
COMPOSERS = {
    "MelodyComposer": MelodyComposer(epochs=15, **HELD_OUT),
    "its dropout 0.25": MelodyComposer(epochs=10, dropout=0.25, **HELD_OUT),
    "transformer, 64 units": TransformerComposer(64, **WINDOWS, **HELD_OUT),
}


def main():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.melody_network", description=__doc__
    )
    parser.add_argument("--tunes", required=True, help="lines of JSON (.jsonl, .jsonl.gz)")
    args = parser.parse_args()
    training, held_out = (split_of(args.tunes, name) for name in ("train", "valid"))
    print(f"{'':24}{'bits a note':>12}{'weights':>10}{'epochs':>8}{'CPU s':>8}")
    for name, composer in COMPOSERS.items():
        show(name, composer, training, held_out)


def show(name, composer, training, held_out):
    """Fit a composer and print its figures."""
    start = time.process_time()
    composer.fit(*training)
    seconds = time.process_time() - start
    bits = -composer.score(*held_out) / np.log(2)
    n_weights = sum(
        array.size for arrays in composer._weights["network"].values() for array in arrays
    )
    print(f"{name:24}{bits:12.3f}{n_weights:10d}{composer.n_iter_:8d}{seconds:8.0f}")
    by_epoch = np.array(composer.history_["val_loss"]) / np.log(2)
    print("    by epoch:", *(f"{value:.3f}" for value in by_epoch), flush=True)


if __name__ == "__main__":
    main()
