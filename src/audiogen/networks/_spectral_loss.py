"""How far two sounds are apart to the ear: magnitudes at several resolutions, phases left out."""

from typing import Any

from keras import ops

__all__ = ["spectral_loss"]

_FRAME_LENGTHS = (2048, 512, 128)
_FLOOR = 1e-3  # of the logarithm: well below what a frame of music has, above rounding
_SAFE = 1e-9  # under the root, whose gradient at zero is infinite


def spectral_loss(
    real: Any, generated: Any, frame_lengths: tuple[int, ...] = _FRAME_LENGTHS
) -> Any:
    """Return the multi-resolution distance of magnitudes, linear and logarithmic.

    At each resolution, the mean absolute difference of the magnitudes of the short-time
    Fourier transforms and that of their logarithms are added [1]_ [2]_.

    Parameters
    ----------
    real, generated : tensor of shape (batch, n_timesteps)
        Audio.
    frame_lengths : tuple of int, default=(2048, 512, 128)
        Lengths of the Hann windows; frames are a quarter of it apart. Magnitudes are
        divided by half the window's sum, so that a sine has its own amplitude.

    Returns
    -------
    loss : scalar tensor, float32

    References
    ----------
    .. [1] A. Defossez et al., "SING: Symbol-to-Instrument Neural Generator", NeurIPS 2018.
    .. [2] J. Engel et al., "DDSP: Differentiable Digital Signal Processing", ICLR 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.networks import spectral_loss
    >>> audio = np.sin(np.arange(4000, dtype=np.float32)[np.newaxis] / 5)
    >>> float(spectral_loss(audio, audio)), float(spectral_loss(audio, -audio))
    (0.0, 0.0)
    """
    real, generated = ops.cast(real, "float32"), ops.cast(generated, "float32")
    loss: Any = 0.0
    for length in frame_lengths:
        a, b = _magnitudes(real, length), _magnitudes(generated, length)
        loss += ops.mean(ops.abs(a - b))
        loss += ops.mean(ops.abs(ops.log(a + _FLOOR) - ops.log(b + _FLOOR)))
    return loss


def _magnitudes(audio: Any, length: int) -> Any:
    """Return magnitudes (batch, n_frames, n_bins), every sample under several windows."""
    margin = length - length // 4
    audio = ops.pad(audio, [[0, 0], [margin, margin]])
    real, imaginary = ops.stft(audio, length, length // 4, length, window="hann", center=False)
    return ops.sqrt(ops.square(real) + ops.square(imaginary) + _SAFE) * (4 / length)
