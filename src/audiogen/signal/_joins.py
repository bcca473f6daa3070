"""Where the waves of two sounds agree, and a fade from one into the other there."""

import numpy as np

__all__ = ["crossfade", "likeness"]

_LEAST_ENERGY = 1e-12  # silence is like nothing


def likeness(audio: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Return how like a part each stretch of a clip is that is as long.

    Parameters
    ----------
    audio : ndarray of shape (n_timesteps,), float32
        The clip.
    part : ndarray of shape (n_part,), float32
        What is looked for in it, no longer than the clip.

    Returns
    -------
    likeness : ndarray of shape (n_timesteps - n_part + 1,), float32
        Normalised cross-correlation, in [-1, 1] but for rounding, with the stretch from each
        sample on.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import likeness
    >>> clip = np.float32([0, 1, 3, -2, 0, 0])
    >>> likeness(clip, clip[1:4] / 10).argmax()
    np.int64(1)
    """
    products = np.correlate(audio, part, "valid")
    energy = np.convolve(np.square(audio), np.ones(len(part), np.float32), "valid")
    energies = np.maximum(energy, _LEAST_ENERGY) * max(part @ part, _LEAST_ENERGY)
    return products / np.sqrt(energies)


def crossfade(out: np.ndarray, into: np.ndarray) -> np.ndarray:
    """Return a fade from one sound into another, as loud as they are however alike they are.

    Parameters
    ----------
    out, into : ndarray of shape (n_timesteps,), float32
        What fades out, and what fades in.

    Returns
    -------
    audio : ndarray of shape (n_timesteps,), float32

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.signal import crossfade
    >>> crossfade(np.ones(5, np.float32), np.ones(5, np.float32)).round(3)
    array([1., 1., 1., 1., 1.], dtype=float32)
    """
    fade = np.sin(np.linspace(0, np.pi / 2, len(out), dtype=np.float32)) ** 2
    norm = np.sqrt(np.sum(out**2) * np.sum(into**2)) + np.finfo(np.float32).tiny
    alike = np.clip(np.sum(out * into) / norm, 0, 1)
    power = fade**2 + (1 - fade) ** 2 + 2 * alike * fade * (1 - fade)
    return (out * (1 - fade) + into * fade) / np.sqrt(power)
