"""What makes layers: each has a name, seeds, a dtype and a data format of its own."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from audiogen.networks._seeds import Initializers
from audiogen.networks._start_backend import start_backend

__all__ = ["LayerFactory"]

_NORM_MOMENTUM = 0.9  # small data: Keras' 0.99 needs hundreds of steps to settle
_NORM_EPSILON = 1e-3
_WITH_BIAS = (
    layers.Dense,
    layers.Conv1D,
    layers.Conv2D,
    layers.Conv1DTranspose,
    layers.Conv2DTranspose,
)
_WITH_DATA_FORMAT = (
    *_WITH_BIAS[1:],
    layers.AveragePooling1D,
    layers.AveragePooling2D,
    layers.Cropping2D,
    layers.Flatten,
    layers.UpSampling2D,
    layers.ZeroPadding1D,
    layers.ZeroPadding2D,
)


class LayerFactory:
    """Makes the layers of one network, so that nothing about them depends on Keras' settings.

    Names count from 0 within a network: they are the same whatever else was built before.
    Weights are float32, and so is what leaves the network: those layers are made as *exact*.

    Parameters
    ----------
    initializers : Initializers
        Where the layers' seeds come from.
    precision : {"float32", "mixed_bfloat16"}, default="float32"
        Dtype policy of the layers that are not exact.
    slope : float, default=0.0
        Slope of the hidden activations below zero: 0 is ReLU, anything else LeakyReLU.
    normalized : bool, default=False
        Whether batch normalisation comes before each hidden activation.
    dropout : float, default=0.0
        Share of the outputs that `dropped` sets to zero while training.
    """

    def __init__(
        self,
        initializers: Initializers,
        precision: str = "float32",
        *,
        slope: float = 0.0,
        normalized: bool = False,
        dropout: float = 0.0,
    ) -> None:
        start_backend()
        self.initializers = initializers
        self.precision = precision
        self._slope = slope
        self._normalized = normalized
        self._dropout = dropout
        self._counts: Counter[str] = Counter()

    def input(self, shape: Sequence[int | None], name: str) -> Any:
        """Return an input of float32."""
        return keras.Input(tuple(shape), name=name, dtype="float32")

    def inputs(
        self, shape: Sequence[int | None], name: str, condition_width: int
    ) -> tuple[list, Any]:
        """Return the inputs of a network, and the condition among them, or None."""
        inputs = [self.input(shape, name)]
        if not condition_width:
            return inputs, None
        condition = self.input((condition_width,), "condition")
        return [*inputs, condition], condition

    def make(
        self, kind: type, *args: Any, name: str = "", exact: bool = False, **parameters: Any
    ) -> keras.Layer:
        """Return a new layer of a class.

        Parameters
        ----------
        kind : type
            A class of layers.
        *args : tuple
            Parameters of the class.
        name : str, default=""
            Name of the layer; "" takes the name of the class, and counts.
        exact : bool, default=False
            Whether the layer computes in float32 at any precision.
        **parameters : dict
            Parameters of the class.

        Returns
        -------
        layer : keras.Layer
        """
        if kind in _WITH_DATA_FORMAT:
            parameters["data_format"] = "channels_last"
        if kind in _WITH_BIAS:
            parameters["bias_initializer"] = keras.initializers.Zeros()
        dtype = "float32" if exact else self.precision
        return kind(*args, name=name or self._counted(kind.__name__), dtype=dtype, **parameters)

    def hidden(self, kind: type, x: Any, *args: Any, name: str = "", **parameters: Any) -> Any:
        """Pass a tensor through a new layer with weights and the hidden activation."""
        start = {"kernel_initializer": self.initializers.he(), **parameters}
        if not (self._slope or self._normalized):
            return self.make(kind, *args, name=name, activation="relu", **start)(x)
        return self.activated(self.make(kind, *args, name=name, **start)(x))

    def activated(self, x: Any) -> Any:
        """Pass a tensor through the hidden activation, normalised before where asked."""
        if self._normalized:
            x = self.normalized(x)
        if not self._slope:
            return self.make(layers.ReLU)(x)
        return self.make(layers.LeakyReLU, self._slope)(x)

    def normalized(self, x: Any) -> Any:
        """Pass a tensor through batch normalisation."""
        zeros, ones = keras.initializers.Zeros(), keras.initializers.Ones()
        name = self._counted("norm")
        return self.make(
            layers.BatchNormalization,
            momentum=_NORM_MOMENTUM,
            epsilon=_NORM_EPSILON,
            beta_initializer=zeros,
            gamma_initializer=ones,
            moving_mean_initializer=zeros,
            moving_variance_initializer=ones,
            name=name,
        )(x)

    def dropped(self, x: Any) -> Any:
        """Pass a tensor through dropout, where there is any."""
        if not self._dropout:
            return x
        return self.make(layers.Dropout, self._dropout, seed=self.initializers.seed())(x)

    def joined(self, x: Any, condition: Any) -> Any:
        """Put a condition, or None, beside what is there."""
        return x if condition is None else self.make(layers.Concatenate)([x, condition])

    def network(self, inputs: list, outputs: Any, name: str) -> keras.Model:
        """Return what leads from inputs to outputs as a network."""
        network = keras.Model(inputs, outputs, name=name)
        # Functional models take the global policy, in which their layers would see weights.
        network.dtype_policy = keras.DTypePolicy("float32")
        return network

    def _counted(self, label: str) -> str:
        label = label.lower()
        self._counts[label] += 1
        return f"{label}_{self._counts[label] - 1}"
