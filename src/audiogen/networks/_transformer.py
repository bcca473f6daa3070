"""A transformer over sequences of codes: what they stand for in, the codes that follow out."""

import math
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from audiogen.networks._layers import LayerFactory
from audiogen.networks._model import LossModel
from audiogen.networks._seeds import Initializers

__all__ = ["TransformerModel", "build_transformer", "transformer_blocks"]

_EPSILON = 1e-5  # of layer normalisation
_WAVELENGTH = 1000.0  # of the slowest rotation, in steps
_SPREAD = 0.02  # of the initial weights of what is added to the residual stream


class TransformerModel(LossModel):
    """Predict the codes of each step from those before; trained on bits a code.

    Parameters
    ----------
    network : keras.Model
        See `build_transformer`.
    """

    def __init__(self, network: keras.Model) -> None:
        super().__init__("transformer")
        self.network = network

    @property
    def networks(self) -> dict[str, keras.Model]:
        """The network, by its name."""
        return {"network": self.network}

    def set_books(self, heard: np.ndarray, drawn: np.ndarray) -> None:
        """Set what codes stand for, which training leaves as it is.

        Parameters
        ----------
        heard, drawn : ndarray of shape (n_levels, n_codes, n_components)
            As the network hears them, and as it compares with what it predicts.
        """
        self.network.get_layer("books").books.assign(heard)
        for level, book in enumerate(drawn):
            self.network.get_layer(f"logits_{level}").book.assign(book)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Return the logits of codes, a list of arrays for the levels."""
        return self.network(list(inputs), training=training)

    def figures_of(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        """Return the mean number of bits of a code; those below 0 do not count."""
        y = ops.cast(y, "int32")
        counted = ops.cast(y[:, :, 0] >= 0, "float32")
        bits = 0.0
        logits_of_levels = y_pred if isinstance(y_pred, list | tuple) else [y_pred]
        for level, logits in enumerate(logits_of_levels):
            bits += keras.losses.sparse_categorical_crossentropy(
                ops.maximum(y[:, :, level], 0), ops.cast(logits, "float32"), from_logits=True
            )
        n_codes = ops.maximum(ops.sum(counted), 1.0) * len(logits_of_levels)
        return {"loss": ops.sum(bits * counted) / n_codes / math.log(2)}


class _Books(layers.Layer):
    """Turn codes (batch, n_steps, n_levels) into the centroids of each level."""

    def __init__(self, n_levels: int, n_codes: int, n_components: int, **parameters: Any) -> None:
        super().__init__(trainable=False, **parameters)
        self.n_levels = n_levels
        self.books = self.add_weight(
            shape=(n_levels, n_codes, n_components), initializer="zeros", trainable=False
        )

    def call(self, codes: Any) -> Any:
        """Return centroids (batch, n_steps, n_levels, n_components)."""
        codes = ops.cast(codes, "int32")
        books = ops.cast(self.books, self.compute_dtype)
        levels = [ops.take(books[i], codes[:, :, i], axis=0) for i in range(self.n_levels)]
        return ops.stack(levels, axis=2)


class _Before(layers.Layer):
    """Move sums of centroids one step on, zeros first, and mark the first step."""

    def call(self, centroids: Any) -> Any:
        """Take centroids (batch, n_steps, n_levels, n_components)."""
        latents = ops.pad(ops.sum(centroids, axis=2)[:, :-1], [[0, 0], [1, 0], [0, 0]])
        first = np.arange(latents.shape[1])[:, np.newaxis] == 0
        mark = ops.ones_like(latents[:, :, :1]) * ops.cast(first, latents.dtype)
        return ops.concatenate([latents, mark], axis=-1)


class _Chosen(layers.Layer):
    """Sum the centroids of the levels before one."""

    def __init__(self, level: int, **parameters: Any) -> None:
        super().__init__(**parameters)
        self.level = level

    def call(self, centroids: Any) -> Any:
        """Take centroids (batch, n_steps, n_levels, n_components)."""
        return ops.sum(centroids[:, :, : self.level], axis=2)


class _RotaryAttention(layers.Layer):
    """Causal attention whose queries and keys are turned by their places [1]_.

    References
    ----------
    .. [1] J. Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding",
       arXiv:2104.09864, 2021.
    """

    def __init__(self, n_heads: int, **parameters: Any) -> None:
        super().__init__(**parameters)
        self.n_heads = n_heads

    def call(self, x: Any) -> Any:
        """Take queries, keys and values side by side (batch, n_steps, 3 * units)."""
        n_steps, width = x.shape[1], x.shape[2] // 3
        size = width // self.n_heads
        parts = ops.reshape(x, (-1, n_steps, 3, self.n_heads, size))
        queries, keys, values = (parts[:, :, i] for i in range(3))
        half = size // 2
        speed = _WAVELENGTH ** (-np.arange(half) / half)
        turns = (np.arange(n_steps)[:, np.newaxis] * speed)[:, np.newaxis]
        cos = ops.cast(np.cos(turns), x.dtype)
        sin = ops.cast(np.sin(turns), x.dtype)
        queries, keys = (_turned(part, cos, sin, half) for part in (queries, keys))
        scores = ops.einsum("bqhd,bkhd->bhqk", queries, keys) / math.sqrt(size)
        later = np.triu(np.full((n_steps, n_steps), -1e9, np.float32), 1)
        shares = ops.softmax(ops.cast(scores, "float32") + later, axis=-1)
        found = ops.einsum("bhqk,bkhd->bqhd", ops.cast(shares, x.dtype), values)
        return ops.reshape(found, (-1, n_steps, width))


def _turned(x: Any, cos: Any, sin: Any, half: int) -> Any:
    a, b = x[..., :half], x[..., half:]
    return ops.concatenate([a * cos - b * sin, a * sin + b * cos], axis=-1)


class _TiedLogits(layers.Layer):
    """Compare with the centroids of a level: the logits of its codes."""

    def __init__(self, n_codes: int, n_components: int, **parameters: Any) -> None:
        super().__init__(**parameters)
        self.book = self.add_weight(
            shape=(n_codes, n_components), initializer="zeros", trainable=False
        )
        self.bias = self.add_weight(shape=(n_codes,), initializer="zeros")

    def call(self, x: Any) -> Any:
        """Take x (batch, n_steps, n_components)."""
        return ops.matmul(x, ops.transpose(self.book)) + self.bias


def build_transformer(
    n_levels: int,
    n_codes: int,
    n_components: int,
    *,
    n_steps: int,
    clock_width: int,
    condition_width: int,
    units: int,
    n_layers: int,
    n_heads: int,
    dropout: float,
    seed: int,
    precision: str = "float32",
) -> TransformerModel:
    """Build a transformer that predicts the codes of each step from those before.

    It hears what the codes of the step before stand for: the sum of their centroids. The output
    is tied to the codebooks: a code is the likelier the more its centroid is like the vector that
    is predicted. The codes of a level are predicted given those of the levels before.

    Parameters
    ----------
    n_levels, n_codes, n_components : int
        Levels of codes, codes of each, and components of their centroids.
    n_steps : int
        Steps of a sequence.
    clock_width : int
        Numbers that a clock says of each step; 0 without one.
    condition_width : int
        Numbers that encode a condition; 0 for none.
    units : int
        Width of the residual stream, an even multiple of `n_heads`.
    n_layers : int
        Layers of attention and of units.
    n_heads : int
        Heads of attention.
    dropout : float
        Share of numbers set to zero in training.
    seed : int
        Decides initial weights and dropout.
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        What layers compute in; weights and outputs are float32.

    Returns
    -------
    model : TransformerModel
        Its network has the inputs codes (batch, n_steps, n_levels) and, where they have a
        width, clock (batch, n_steps, clock_width) and condition (batch, condition_width); its
        outputs are logits (batch, n_steps, n_codes) of each level.
    """
    factory = LayerFactory(Initializers(seed), precision, dropout=dropout)
    codes = factory.input((n_steps, n_levels), "codes")
    centroids = factory.make(_Books, n_levels, n_codes, n_components, name="books")(codes)
    heard = [factory.make(_Before)(centroids)]
    inputs = [codes]
    if clock_width:
        inputs.append(factory.input((n_steps, clock_width), "clock"))
        heard.append(inputs[-1])
    if condition_width:
        inputs.append(factory.input((condition_width,), "condition"))
        heard.append(factory.make(layers.RepeatVector, n_steps)(inputs[-1]))
    x = factory.make(layers.Concatenate)(heard) if len(heard) > 1 else heard[0]
    x = factory.dropped(_dense(factory, x, units, "entry"))
    x = transformer_blocks(factory, x, n_layers=n_layers, n_heads=n_heads)
    logits = [_logits(factory, x, centroids, level, n_codes) for level in range(n_levels)]
    return TransformerModel(factory.network(inputs, logits, "network"))


def transformer_blocks(factory: LayerFactory, x: Any, *, n_layers: int, n_heads: int) -> Any:
    """Pass a sequence through layers of causal attention and of units, normalised at the end.

    Parameters
    ----------
    factory : LayerFactory
        What makes the layers.
    x : keras.KerasTensor of shape (batch, n_steps, units)
        The residual stream.
    n_layers, n_heads : int
        Layers, and heads of attention in each.
    """
    units = x.shape[-1]
    for i in range(n_layers):
        inner = _dense(
            factory, _normalized(factory, x, f"attention_norm_{i}"), 3 * units, f"qkv_{i}"
        )
        inner = factory.make(_RotaryAttention, n_heads)(inner)
        x = _added(factory, x, inner, units, f"attention_{i}")
        inner = _normalized(factory, x, f"units_norm_{i}")
        inner = factory.hidden(layers.Dense, inner, 4 * units, name=f"units_{i}")
        x = _added(factory, x, inner, units, f"out_{i}")
    return _normalized(factory, x, "norm")


def _logits(factory: LayerFactory, x: Any, centroids: Any, level: int, n_codes: int) -> Any:
    """Return the logits of the codes of a level, given the levels before."""
    units, n_components = x.shape[-1], centroids.shape[-1]
    if level:
        x = factory.joined(x, factory.make(_Chosen, level)(centroids))
    inner = factory.hidden(layers.Dense, x, 2 * units, name=f"level_{level}")
    inner = factory.dropped(inner)
    start = keras.initializers.RandomNormal(0, _SPREAD, seed=factory.initializers.seed())
    wanted = factory.make(
        layers.Dense, n_components, kernel_initializer=start, name=f"wanted_{level}"
    )(inner)
    tied = factory.make(_TiedLogits, n_codes, n_components, name=f"logits_{level}", exact=True)
    return tied(wanted)


def _dense(factory: LayerFactory, x: Any, n: int, name: str) -> Any:
    glorot = factory.initializers.glorot()
    return factory.make(layers.Dense, n, kernel_initializer=glorot, name=name)(x)


def _normalized(factory: LayerFactory, x: Any, name: str) -> Any:
    return factory.make(
        layers.LayerNormalization,
        epsilon=_EPSILON,
        beta_initializer=keras.initializers.Zeros(),
        gamma_initializer=keras.initializers.Ones(),
        name=name,
    )(x)


def _added(factory: LayerFactory, x: Any, inner: Any, units: int, name: str) -> Any:
    """Add to the residual stream what a layer makes of its inner units."""
    start = keras.initializers.RandomNormal(0, _SPREAD, seed=factory.initializers.seed())
    out = factory.make(layers.Dense, units, kernel_initializer=start, name=name)(inner)
    return factory.make(layers.Add)([x, factory.dropped(out)])
