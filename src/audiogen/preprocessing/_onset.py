"""Clips that begin where their sound begins."""

import numbers
from typing import ClassVar

import numpy as np
from sklearn.base import OneToOneFeatureMixin

from audiogen.preprocessing._base import ClipTransformer
from audiogen.signal import find_onset
from audiogen.utils.validation import Interval

__all__ = ["OnsetTrimmer"]

_FADE = 0.005  # seconds before the onset that are kept, and fade in


class OnsetTrimmer(OneToOneFeatureMixin, ClipTransformer):
    """Cut what precedes the onset of each clip, so that all sounds begin at the same time.

    A recorded note may begin with half a second of breath, or of a bow that hardly moves. Played
    in a tune it is late, and the mean of two such notes begins twice. What is cut is replaced
    by zeros at the end.

    Parameters
    ----------
    sample_rate : int, default=16000
        Sampling rate of the audio, in Hz.
    threshold : float, default=-20.0
        Level at which a sound has begun, in dB of its highest level, both those of 10 ms.

    Attributes
    ----------
    n_features_in_ : int
        Number of time steps in a clip seen in `fit`.

    See Also
    --------
    audiogen.signal.find_onset : Where the onset is found.

    Notes
    -----
    `inverse_transform` leaves clips as they are: what was cut does not come back.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.preprocessing import OnsetTrimmer
    >>> clip = np.zeros(1000)
    >>> clip[600:900] = 0.5
    >>> trimmed = OnsetTrimmer(sample_rate=1000).fit_transform([clip])
    >>> int(np.argmax(trimmed[0] > 0.4)) < 15, trimmed.shape
    (True, (1, 1000))
    """

    _constraints: ClassVar[dict] = {
        "sample_rate": Interval(numbers.Integral, 1, None),
        "threshold": Interval(numbers.Real, None, 0),
    }
    _learns: ClassVar[bool] = False

    def __init__(self, sample_rate: int = 16000, *, threshold: float = -20.0) -> None:
        self.sample_rate = sample_rate
        self.threshold = threshold

    def _transform(self, X: np.ndarray) -> np.ndarray:
        onsets = find_onset(X, sample_rate=self.sample_rate, threshold=self.threshold)
        width = max(1, int(_FADE * self.sample_rate))
        fade = ((np.arange(width) + 0.5) / width).astype(X.dtype)
        out = np.zeros_like(X)
        for row, clip, onset in zip(out, X, onsets, strict=True):
            first = max(0, int(onset) - width)
            row[: len(clip) - first] = clip[first:]
            if first > 0:
                row[:width] *= fade[: len(row)]
        return out
