"""Forward passes of networks in NumPy, so that sampling imports no Keras.

Weights are those of `audiogen.networks.layer_weights`: arrays by the names of the layers that
the builders in `audiogen.networks` give. Outputs are those of Keras within 1e-5, whatever the
precision of training was.

A row's output depends on that row alone, to the last bit: not on how many rows there are, nor
on how many threads (see `audiogen.utils.products.affine`).
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from audiogen.utils.products import affine

__all__ = [
    "StepwiseDecoder",
    "continue_frames",
    "dense_decoder",
    "dense_encoder",
]

_NORM_EPSILON = 1e-3  # of Keras' batch normalisation

Weights = Mapping[str, Sequence[np.ndarray]]


def dense_encoder(
    weights: Weights,
    x: np.ndarray,
    condition: np.ndarray | None = None,
    *,
    residual: bool = False,
    slope: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Return means and log variances of latents, from an encoder of dense layers.

    Parameters
    ----------
    weights : dict of str to list of ndarray
        Weights of the "encoder" of `build_vae`.
    x : ndarray of shape (n_samples, ...)
        Samples, as the network sees them.
    condition : ndarray of shape (n_samples, width), default=None
        Encoded conditions.
    residual : bool, default=False
        Whether what enters a layer is added to what leaves it.
    slope : float, default=0.0
        Slope of the activations below zero.

    Returns
    -------
    z_mean, z_log_var : ndarrays of shape (n_samples, latent_dim), float32
    """
    hidden = _float32(x).reshape(len(x), -1)
    condition = None if condition is None else _float32(condition)
    hidden = _hidden_layers(weights, hidden, condition, residual, slope)
    return affine(hidden, *weights["z_mean"]), affine(hidden, *weights["z_log_var"])


def dense_decoder(
    weights: Weights,
    z: np.ndarray,
    condition: np.ndarray | None = None,
    *,
    shape: Sequence[int],
    activation: str,
    residual: bool = False,
    slope: float = 0.0,
) -> np.ndarray:
    """Return the samples of latents, from a decoder or generator of dense layers.

    Parameters
    ----------
    weights : dict of str to list of ndarray
        Weights of the "decoder" of `build_vae` or the "generator" of `build_gan`.
    z : ndarray of shape (n_samples, latent_dim)
        Latents.
    condition : ndarray of shape (n_samples, width), default=None
        Encoded conditions.
    shape : sequence of int
        Shape of one sample.
    activation : {"linear", "sigmoid", "tanh"}
        Activation of the output.
    residual : bool, default=False
        Whether what enters a layer is added to what leaves it.
    slope : float, default=0.0
        Slope of the hidden activations below zero: 0 for `build_vae`, 0.2 for `build_gan`.

    Returns
    -------
    x : ndarray of shape (n_samples, *shape), float64
        Computed in float64, for another processor may round other last bits. Rounding to float32
        leaves nothing of that.
    """
    weights = {name: [_float64(w) for w in arrays] for name, arrays in weights.items()}
    condition = None if condition is None else _float64(condition)
    hidden = _hidden_layers(weights, _float64(z), condition, residual, slope)
    out = _joined_affine(hidden, condition, *weights["out"])
    if activation == "sigmoid":
        out = _sigmoid(out)
    elif activation == "tanh":
        out = np.tanh(out)
    return out.reshape(len(out), *shape)


def continue_frames(
    weights: Weights, frames: np.ndarray, n_frames: int, *, horizon: int
) -> np.ndarray:
    """Return the frames that follow others, each predicted from those before it.

    Parameters
    ----------
    weights : dict of str to list of ndarray
        Weights of the "network" of `build_sequencer`.
    frames : ndarray of shape (n_samples, length, *frame_shape)
        As many frames as the network sees.
    n_frames : int
        How many frames are predicted; 0 for none.
    horizon : int
        Frames that the network predicts at once.

    Returns
    -------
    frames : ndarray of shape (n_samples, n_frames, *frame_shape), float32
    """
    frames = _float32(frames)
    (n_samples, length), frame_shape = frames.shape[:2], frames.shape[2:]
    layers = _lstm_layers(weights)
    seen = [affine(frames.reshape(n_samples, length, -1), w.kernel) for w in layers[0]]
    found = np.zeros((n_samples, 0, math.prod(frame_shape)), dtype=np.float32)
    while found.shape[1] < n_frames:
        hidden = _last_state(layers, seen)
        new = affine(hidden, *weights["out"]).reshape(n_samples, horizon, -1)
        found = np.concatenate([found, new], axis=1)
        # Each frame is multiplied with the first kernel, which may be huge, only once.
        seen = [
            np.concatenate([old, affine(new, w.kernel)], axis=1)[:, -length:]
            for old, w in zip(seen, layers[0], strict=True)
        ]
    return found[:, :n_frames].reshape(n_samples, n_frames, *frame_shape)


class StepwiseDecoder:
    """An autoregressive decoder, one time step after the other.

    Each dilated convolution keeps the inputs it will need again in a queue [1]_. A step
    costs as much as the layers, however far back they reach.

    Parameters
    ----------
    weights : dict of str to list of ndarray
        Weights of the autoregressive "decoder" of `build_wavenet`.
    codes : ndarray of shape (n_samples, n_codes, code_channels)
        Codes to decode.
    condition : ndarray of shape (n_samples, width), default=None
        Encoded conditions.
    dilations : sequence of int
        Dilation of each residual block.
    downsampling : int
        Time steps that have one code together.

    Attributes
    ----------
    n_steps : int
        Time steps that the codes are for.

    References
    ----------
    .. [1] T. Le Paine et al., "Fast Wavenet Generation Algorithm", arXiv:1611.09482, 2016.
    """

    def __init__(
        self,
        weights: Weights,
        codes: np.ndarray,
        condition: np.ndarray | None = None,
        *,
        dilations: Sequence[int],
        downsampling: int,
    ) -> None:
        self._downsampling = downsampling
        self.n_steps = codes.shape[1] * downsampling
        context = affine(_float32(codes), *_dense(weights["from_codes"]))
        if condition is not None:
            own = affine(_float32(condition), *_dense(weights["from_condition"]))
            context = context + own[:, np.newaxis]
        n_samples = len(codes)
        self._entry = _Queue(weights["entry"], 1, n_samples)
        self._blocks = []
        for i, dilation in enumerate(dilations):
            queue = _Queue(weights[f"dilated_{i}"], dilation, n_samples)
            own = affine(context, *_dense(weights[f"context_{i}"])).swapaxes(0, 1)
            self._blocks.append((queue, np.ascontiguousarray(own), *_block(weights, i)))
        self._hidden, self._output = _dense(weights["hidden"]), _dense(weights["output"])
        self._n_filters = context.shape[2]
        self._time = 0

    def step(self, previous: np.ndarray) -> np.ndarray:
        """Return the logits of the next time step.

        Parameters
        ----------
        previous : ndarray of shape (n_samples,), float32
            Audio of the time step before; zeros for the first.

        Returns
        -------
        logits : ndarray of shape (n_samples, n_levels), float32
        """
        hidden = self._entry(previous[:, np.newaxis])
        code = self._time // self._downsampling
        skips: np.ndarray | np.float32 = np.float32(0)
        for queue, context, kernel, bias in self._blocks:
            inner = queue(hidden)
            inner += context[code]
            both = affine(np.maximum(inner, 0, out=inner), kernel, bias)
            skips = skips + both[:, : self._n_filters]
            if kernel.shape[1] > self._n_filters:  # all but the last
                hidden = hidden + both[:, self._n_filters :]
        self._time += 1
        inner = np.maximum(affine(np.maximum(skips, 0), *self._hidden), 0)
        return affine(inner, *self._output)


class _Queue:
    """A causal convolution that is given one time step after the other."""

    def __init__(self, weights: Sequence[np.ndarray], dilation: int, n_samples: int) -> None:
        kernel, self._bias = weights
        n_taps, self._width = kernel.shape[:2]
        self._kernel = np.ascontiguousarray(kernel).reshape(-1, kernel.shape[2])
        self._past = np.zeros(((n_taps - 1) * dilation, n_samples, self._width), dtype=np.float32)
        self._taps = np.zeros((n_samples, n_taps * self._width), dtype=np.float32)
        self._delays = [(n_taps - 1 - i) * dilation for i in range(n_taps - 1)]  # oldest first
        self._time = 0

    def __call__(self, x: np.ndarray) -> np.ndarray:
        length = len(self._past)
        for i, delay in enumerate(self._delays):
            tap = slice(i * self._width, (i + 1) * self._width)
            self._taps[:, tap] = self._past[(self._time - delay) % length]
        self._taps[:, -self._width :] = x
        if length:
            self._past[self._time % length] = x
        self._time += 1
        return affine(self._taps, self._kernel, self._bias)


class _LSTM(NamedTuple):
    """The weights of an LSTM in one direction."""

    kernel: np.ndarray
    recurrent: np.ndarray
    bias: np.ndarray


def _lstm_layers(weights: Weights) -> list[tuple[_LSTM, _LSTM]]:
    """Return the weights of each bidirectional LSTM: forward and backward."""
    n_layers = sum(name.startswith("lstm_") for name in weights)
    arrays = [weights[f"lstm_{i}"] for i in range(n_layers)]
    return [(_LSTM(*both[:3]), _LSTM(*both[3:])) for both in arrays]


def _last_state(layers: list[tuple[_LSTM, _LSTM]], products: list[np.ndarray]) -> np.ndarray:
    """Return the last states of the last layer, from the products of inputs and first kernels."""
    for i, both in enumerate(layers):
        forward = _states(products[0], both[0])
        backward = _states(products[1][:, ::-1], both[1])
        if i < len(layers) - 1:
            hidden = np.concatenate([forward, backward[:, ::-1]], axis=2)
            products = [affine(hidden, w.kernel) for w in layers[i + 1]]
    return np.concatenate([forward[:, -1], backward[:, -1]], axis=1)


def _states(products: np.ndarray, lstm: _LSTM) -> np.ndarray:
    """Return the states of an LSTM after each time step."""
    n_samples, length, _ = products.shape
    units = len(lstm.recurrent)
    states = np.empty((n_samples, length, units), dtype=np.float32)
    hidden = carry = np.zeros((n_samples, units), dtype=np.float32)
    for t in range(length):
        gates = products[:, t] + affine(hidden, lstm.recurrent, lstm.bias)
        # Copies: NumPy may compute the exponentials of strided arrays in another way.
        write, keep, new, show = (np.ascontiguousarray(g) for g in np.split(gates, 4, axis=1))
        carry = _sigmoid(keep) * carry + _sigmoid(write) * np.tanh(new)
        hidden = _sigmoid(show) * np.tanh(carry)
        states[:, t] = hidden
    return states


def _hidden_layers(
    weights: Weights,
    hidden: np.ndarray,
    condition: np.ndarray | None,
    residual: bool,
    slope: float,
) -> np.ndarray:
    """Return what leaves the last hidden layer."""
    n_layers = sum(name.startswith("dense_") for name in weights)
    for i in range(n_layers):
        entered = hidden
        hidden = _joined_affine(hidden, condition, *weights[f"dense_{i}"])
        if f"norm_{i}" in weights:
            gamma, beta, mean, variance = weights[f"norm_{i}"]
            hidden = (hidden - mean) * (gamma / np.sqrt(variance + _NORM_EPSILON)) + beta
        hidden = np.maximum(hidden, slope * hidden)
        if residual:
            if f"shortcut_{i}" in weights:
                entered = affine(entered, *weights[f"shortcut_{i}"])
            hidden = entered + hidden
    return hidden


def _joined_affine(
    hidden: np.ndarray, condition: np.ndarray | None, kernel: np.ndarray, bias: np.ndarray
) -> np.ndarray:
    """Return what leaves a layer, which sees the condition where its kernel has rows for it."""
    if condition is not None and len(kernel) > hidden.shape[1]:
        hidden = np.concatenate([hidden, condition], axis=1)
    return affine(hidden, kernel, bias)


def _dense(weights: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return kernel and bias of a layer that mixes channels alone."""
    kernel, bias = weights
    return np.ascontiguousarray(kernel).reshape(kernel.shape[-2:]), bias


def _block(weights: Weights, i: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what leads from a block's ReLU to its skip and residual connections.

    The batch normalisation between is one scale and shift, and becomes part of it.
    """
    gamma, beta, mean, variance = weights[f"norm_{i}"]
    scale = gamma / np.sqrt(variance + _NORM_EPSILON)
    shift = beta - mean * scale
    pairs = [_dense(weights[n]) for n in (f"skip_{i}", f"residual_{i}") if n in weights]
    kernel = np.concatenate([kernel for kernel, _ in pairs], axis=1)
    bias = np.concatenate([bias for _, bias in pairs])
    return scale[:, np.newaxis] * kernel, bias + affine(shift, kernel)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * x))  # which cannot overflow


def _float32(values: np.ndarray) -> np.ndarray:
    return np.asarray(values, dtype=np.float32)


def _float64(values: np.ndarray) -> np.ndarray:
    return np.asarray(values, dtype=np.float64)
