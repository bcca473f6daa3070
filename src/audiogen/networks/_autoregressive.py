"""Sampling an autoregressive decoder: one queue a layer, so that nothing is computed twice."""

import numpy as np

__all__ = ["StepwiseDecoder"]


class StepwiseDecoder:
    """An autoregressive decoder, one time step at a time, in NumPy.

    Each dilated convolution keeps the inputs it will need again in a queue [1]_. A step
    costs as much as the layers, however far back they reach. The matrices are so small
    that NumPy takes less time for them than a compiled graph for its bookkeeping.

    Parameters
    ----------
    decoder : keras.Model
        The autoregressive decoder of `build_wavenet`, with inputs [previous, codes] or
        [previous, codes, condition].
    codes : ndarray of shape (batch, n_codes, code_channels)
        The codes to decode.
    condition : ndarray of shape (batch, width) or None
        The encoded conditions.

    Attributes
    ----------
    n_steps : int
        Time steps that the codes are for.

    References
    ----------
    .. [1] T. Le Paine et al., "Fast Wavenet Generation Algorithm", arXiv:1611.09482, 2016.
    """

    def __init__(self, decoder, codes, condition=None):
        weights = _Weights(decoder)
        self._downsampling = decoder.get_layer("upsampling").size
        self.n_steps = codes.shape[1] * self._downsampling
        context = _matmul(codes, *weights.dense("from_codes"))
        if condition is not None:
            context += _matmul(condition, *weights.dense("from_condition"))[:, np.newaxis]
        batch = len(codes)
        self._entry = _Queue(weights["entry"], 1, batch)
        self._blocks = []
        for i in range(sum(layer.name.startswith("dilated_") for layer in decoder.layers)):
            dilation = decoder.get_layer(f"dilated_{i}").dilation_rate[0]
            queue = _Queue(weights[f"dilated_{i}"], dilation, batch)
            own = _matmul(context, *weights.dense(f"context_{i}")).swapaxes(0, 1)
            self._blocks.append((queue, np.ascontiguousarray(own), *weights.block(i)))
        self._hidden, self._output = weights.dense("hidden"), weights.dense("output")
        self._n_filters = context.shape[2]
        self._time = 0

    def step(self, previous):
        """Return the logits of the next time step.

        Parameters
        ----------
        previous : ndarray of shape (batch,), float32
            The audio of the time step before; zeros for the first.

        Returns
        -------
        logits : ndarray of shape (batch, n_levels), float32
        """
        hidden = self._entry(previous[:, np.newaxis])
        code, skips = self._time // self._downsampling, 0
        for queue, context, kernel, bias in self._blocks:
            inner = queue(hidden)
            inner += context[code]
            np.maximum(inner, 0, out=inner)
            both = inner @ kernel
            both += bias
            skips = skips + both[:, : self._n_filters]
            if kernel.shape[1] > self._n_filters:  # all but the last
                hidden = hidden + both[:, self._n_filters :]
        self._time += 1
        inner = np.maximum(_matmul(np.maximum(skips, 0), *self._hidden), 0)
        return _matmul(inner, *self._output)


class _Queue:
    """A causal convolution that is given one time step after the other."""

    def __init__(self, weights, dilation, batch):
        kernel, self._bias = weights
        n_taps, self._width = kernel.shape[:2]
        self._kernel = kernel.reshape(-1, kernel.shape[2])
        self._past = np.zeros(((n_taps - 1) * dilation, batch, self._width), dtype=np.float32)
        self._taps = np.zeros((batch, n_taps * self._width), dtype=np.float32)
        self._delays = [(n_taps - 1 - i) * dilation for i in range(n_taps - 1)]  # oldest first
        self._time = 0

    def __call__(self, x):
        length = len(self._past)
        for i, delay in enumerate(self._delays):
            tap = slice(i * self._width, (i + 1) * self._width)
            self._taps[:, tap] = self._past[(self._time - delay) % length]
        self._taps[:, -self._width :] = x
        if length:
            self._past[self._time % length] = x
        self._time += 1
        out = self._taps @ self._kernel
        out += self._bias
        return out


class _Weights:
    """The weights of a decoder's layers, as arrays."""

    def __init__(self, decoder):
        self._decoder = decoder

    def __getitem__(self, name):
        return self._decoder.get_layer(name).get_weights()

    def dense(self, name):
        """Return kernel and bias of a layer that mixes channels alone."""
        kernel, bias = self[name]
        return kernel.reshape(kernel.shape[-2:]), bias

    def block(self, i):
        """Return what leads from a block's ReLU to its skip and residual connections.

        The batch normalisation between is one scale and shift, and becomes part of it.
        """
        gamma, beta, mean, variance = self[f"norm_{i}"]
        norm = self._decoder.get_layer(f"norm_{i}")
        scale = gamma / np.sqrt(variance + norm.epsilon)
        shift = beta - mean * scale
        known = {layer.name for layer in self._decoder.layers}
        pairs = [self.dense(n) for n in (f"skip_{i}", f"residual_{i}") if n in known]
        kernel = np.concatenate([k for k, _ in pairs], axis=1)
        bias = np.concatenate([b for _, b in pairs])
        return scale[:, np.newaxis] * kernel, bias + shift @ kernel


def _matmul(x, kernel, bias):
    out = x @ kernel
    out += bias
    return out
