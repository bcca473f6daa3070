"""The melody model: what was seen before a note in, the note's pitch and duration out."""

from typing import Any

import keras
from keras import layers, ops

from audiogen.networks._layers import LayerFactory
from audiogen.networks._model import LossModel
from audiogen.networks._seeds import Initializers

__all__ = ["MelodyModel", "build_melody_model", "note_logits"]


class MelodyModel(LossModel):
    """Predict the next note of a melody; trained on the negative log-likelihood of a note.

    Parameters
    ----------
    network : keras.Model
        See `build_melody_model`.
    """

    def __init__(self, network: keras.Model) -> None:
        super().__init__("melody")
        self.network = network

    @property
    def networks(self) -> dict[str, keras.Model]:
        """The network, by its name."""
        return {"network": self.network}

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Return the logits of pitches, and of durations given the pitch."""
        return self.network(list(inputs), training=training)

    def figures_of(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        """Return the mean of -log p(pitch) - log p(duration | pitch)."""
        losses = [
            keras.losses.sparse_categorical_crossentropy(
                y[:, i], ops.cast(logits, "float32"), from_logits=True
            )
            for i, logits in enumerate(y_pred)
        ]
        return {"loss": ops.mean(losses[0] + losses[1])}


class _Copied(layers.Layer):
    """Add to the logits of classes what a source of copies is worth, at the class it holds."""

    def __init__(self, n_classes: int, **parameters: Any) -> None:
        super().__init__(**parameters)
        self.n_classes = n_classes

    def call(self, logits: Any, worth: Any, classes: Any) -> Any:
        """Take logits (batch, n_classes), worth and classes (batch, n_sources), -1 for none."""
        held = ops.one_hot(ops.cast(classes, "int32"), self.n_classes, dtype=logits.dtype)
        return logits + ops.sum(worth[:, :, None] * held, axis=1)


class _Agreeing(layers.Layer):
    """Tell which sources hold the pitch, and what durations they hold with it (-1: none)."""

    def call(self, pitch: Any, pitches: Any, lengths: Any) -> Any:
        """Take pitch (batch, 1), pitches and lengths (batch, n_sources)."""
        agree = ops.cast(ops.equal(pitch, pitches), lengths.dtype)
        return agree, agree * (lengths + 1) - 1


class _OneHot(layers.Layer):
    """Turn a number of a class into zeros and a one."""

    def __init__(self, n_classes: int, **parameters: Any) -> None:
        super().__init__(**parameters)
        self.n_classes = n_classes

    def call(self, classes: Any) -> Any:
        """Take classes (batch, 1)."""
        return ops.one_hot(
            ops.cast(classes[:, 0], "int32"), self.n_classes, dtype=self.compute_dtype
        )


def build_melody_model(
    n_rows: int,
    *,
    n_pitches: int,
    n_durations: int,
    n_sources: int,
    units: int,
    dropout: float,
    seed: int,
    precision: str = "float32",
) -> MelodyModel:
    """Build a network that predicts the next note of a melody.

    What is seen before the note, as zeros and ones, passes two dense layers. From there one layer
    makes the logits of pitches, and one says how much each source of copies (the notes that stood
    at this place some bars or a section before) is worth, which is added to the logit of the
    pitch that it holds: a pointer, as of Merity et al. [1]_, whose softmax is shared. Durations
    likewise, given the pitch.

    Parameters
    ----------
    n_rows : int
        How many zeros and ones are seen.
    n_pitches, n_durations : int
        Classes.
    n_sources : int
        Sources of copies.
    units : int
        Units of the dense layers.
    dropout : float
        Share of their outputs that is dropped while training.
    seed : int
        Decides initial weights and dropout.
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        What layers compute in; weights and outputs are float32.

    Returns
    -------
    model : MelodyModel
        Its network has the inputs seen (batch, n_rows), pitches and lengths (batch, n_sources;
        classes, -1 for none) and pitch (batch, 1; the class of the note), and the outputs
        (batch, n_pitches) and (batch, n_durations).

    References
    ----------
    .. [1] S. Merity, C. Xiong, J. Bradbury, R. Socher, "Pointer Sentinel Mixture Models",
       International Conference on Learning Representations 2017.
    """
    factory = LayerFactory(Initializers(seed), precision, dropout=dropout)
    inputs = [
        factory.input((n_rows,), "seen"),
        factory.input((n_sources,), "pitches"),
        factory.input((n_sources,), "lengths"),
        factory.input((1,), "pitch"),
    ]
    seen, pitches, lengths, pitch = inputs
    start = {
        "kernel_initializer": keras.initializers.RandomNormal(
            0, 0.1, seed=factory.initializers.seed()
        )
    }
    first = factory.dropped(factory.hidden(layers.Dense, seen, units, name="seen_units", **start))
    second = factory.hidden(layers.Dense, first, units, name="units")
    hidden = factory.dropped(factory.make(layers.Add)([first, second]))
    sizes = {"n_pitches": n_pitches, "n_durations": n_durations, "n_sources": n_sources}
    logits = note_logits(factory, hidden, pitches, lengths, pitch, units=units, **sizes)
    return MelodyModel(factory.network(inputs, logits, "network"))


def note_logits(
    factory: LayerFactory,
    hidden: Any,
    pitches: Any,
    lengths: Any,
    pitch: Any,
    *,
    n_pitches: int,
    n_durations: int,
    n_sources: int,
    units: int,
) -> list[Any]:
    """Return the logits of pitches, and of durations given the pitch, from the hidden units.

    The rest is as of `build_melody_model`: first inputs of the network, then its sizes.
    """
    of_pitch = factory.make(_Copied, n_pitches, exact=True)(
        _linear(factory, hidden, n_pitches, "pitch_logits"),
        _linear(factory, hidden, n_sources, "pitch_worth"),
        pitches,
    )
    agree, held = factory.make(_Agreeing, exact=True)(pitch, pitches, lengths)
    known = factory.make(layers.Concatenate)(
        [hidden, factory.make(_OneHot, n_pitches)(pitch), agree]
    )
    after = factory.hidden(layers.Dense, known, units // 2, name="after")
    of_length = factory.make(_Copied, n_durations, exact=True)(
        _linear(factory, after, n_durations, "length_logits"),
        _linear(factory, after, n_sources, "length_worth"),
        held,
    )
    return [of_pitch, of_length]


def _linear(factory: LayerFactory, x: Any, n: int, name: str) -> Any:
    glorot = factory.initializers.glorot()
    return factory.make(layers.Dense, n, kernel_initializer=glorot, name=name, exact=True)(x)
