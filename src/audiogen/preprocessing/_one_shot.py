"""Hits of drums as pooled spectrograms, and back."""

import numbers
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.base import ClassNamePrefixFeaturesOutMixin
from sklearn.utils.validation import check_is_fitted

from audiogen.preprocessing._base import ClipTransformer
from audiogen.preprocessing._check_features import check_features
from audiogen.preprocessing._one_shot_features import (
    FLOOR_DB,
    Grid,
    OneShot,
    analyse_one_shot,
    synthesise_one_shot,
)
from audiogen.signal import limit_peak
from audiogen.utils.large import empty_rows, slabs
from audiogen.utils.seeds import RANDOM_STATE, Stream, draw_seed, make_rng
from audiogen.utils.validation import Interval

__all__ = ["OneShotSpectrogram"]

_DB = 20.0  # what a feature of 1 stands for
# What all of a hit shares counts for more: 0.5 dB of its level, 0.05 octaves of its duration.
_LEVEL_DB, _OCTAVES = 0.5, 0.05
_ENVELOPE_DB = 1.0
_SHORTEST = 0.005  # seconds
_LOUDEST = 10.0  # dB over the loudest bin that a generated one may be


class OneShotSpectrogram(ClassNamePrefixFeaturesOutMixin, ClipTransformer):
    """Turn hits of drums into spectrograms without phase, pooled to some thousands of numbers.

    The spectrogram is kept bin by bin up to 6 kHz and frame by frame for the first tenth of a
    second; higher bins and later frames are pooled, ever more of them. How rough it is within the
    pools says where there is noise and where tones. Two hits of a drum have features whose
    mean is a hit of that drum.

    Parameters
    ----------
    sample_rate : int, default=16000
        Sampling rate of the audio, in Hz.
    frame_length : int, default=512
        Number of samples in a frame, even. About 12 ms keep attacks.
    hop_length : int, default=128
        Samples from the start of a frame to the start of the next; at most a quarter of a frame.
    random_state : int, RandomState or None, default=0
        Seed of the noise in resynthesised hits. With an int, row i of a call has the same
        noise in every call, and another than all other rows.

    Attributes
    ----------
    n_features_in_ : int
        Number of samples in a hit seen in `fit`.
    durations_ : ndarray of shape (2,)
        Least and largest duration of the training hits, in seconds.

    See Also
    --------
    HarmonicPlusNoise : The same for notes that have a pitch.
    audiogen.signal.pghi : Recovery of the phase.

    Notes
    -----
    *Features.* The level (root mean square, in steps of 0.5 dB), the duration (binary
    logarithm of seconds, in steps of 0.05), the envelope of the first 120 ms in steps of 1 ms
    (relative to its highest, over 5 dB), the mean level of each pool relative to the loudest
    bin, and the standard deviation of the level in wider pools (both over 20 dB). No level is
    below -90 dB.

    *Resynthesis.* Where the spectrogram was as rough as that of noise, whose level has a standard
    deviation of 5.6 dB in each bin, it is made so by white noise that is another for each row; so
    a hit repeated is not twice the same. The phase is recovered by phase gradient heap
    integration, and up to the end of the attack the level is brought to that of the envelope, for
    a window softens it. A peak beyond full scale is scaled down to it.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.preprocessing import OneShotSpectrogram
    >>> t = np.arange(4000) / 16000
    >>> hits = [0.8 * np.exp(-20 * t) * np.sin(2 * np.pi * f * t) for f in (100, 200)]
    >>> spectrogram = OneShotSpectrogram().fit(hits)
    >>> F = spectrogram.transform(hits)
    >>> spectrogram.inverse_transform(F.mean(axis=0, keepdims=True)).shape
    (1, 4000)
    """

    _constraints: ClassVar[dict] = {
        "sample_rate": Interval(numbers.Integral, 1000, None),
        "frame_length": Interval(numbers.Integral, 8, None),
        "hop_length": Interval(numbers.Integral, 1, None),
        "random_state": RANDOM_STATE,
    }
    _out_dtypes: ClassVar[tuple[str, ...]] = ()  # float32 whatever comes in

    def __init__(
        self,
        sample_rate: int = 16000,
        *,
        frame_length: int = 512,
        hop_length: int = 128,
        random_state: Any = 0,
    ) -> None:
        self.sample_rate = sample_rate
        self.frame_length = frame_length
        self.hop_length = hop_length
        self.random_state = random_state

    def inverse_transform(self, X: npt.ArrayLike, *, random_state: Any = None) -> np.ndarray:
        """Resynthesise hits.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features.
        random_state : int, RandomState or None, default=None
            Seed of the noise. None takes the parameter `random_state` of the transformer.

        Returns
        -------
        audio : ndarray of shape (n_samples, n_timesteps), float32
            Hits. Row i depends on row i of X, on the seed and on i alone.

        Raises
        ------
        ValueError
            If the features have another shape than those of `transform`, or are NaN or infinite.
        """
        check_is_fitted(self)
        X = np.asarray(X, dtype=np.float64)
        check_features(X, (self._n_features_out,))
        seed = draw_seed(self.random_state if random_state is None else random_state)
        audio = empty_rows((len(X), self.n_features_in_), np.float32)
        for rows in slabs(audio):
            for row in range(rows.start, rows.stop):
                rng = make_rng(seed, Stream.SYNTHESIS, row)
                hit = synthesise_one_shot(self._unpacked(X[row]), self._grid, rng)
                audio[row] = limit_peak(hit)
        return audio

    # ------------------------------------------------------------------- hooks

    def _fit(self, X: np.ndarray, y: Any) -> None:
        found = [
            analyse_one_shot(audio, self._grid).duration for rows in slabs(X) for audio in X[rows]
        ]
        self.durations_ = np.array([min(found), max(found)])

    def _transform(self, X: np.ndarray) -> np.ndarray:
        return np.stack([self._packed(analyse_one_shot(audio, self._grid)) for audio in X])

    # ------------------------------------------------------------------ pieces

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if self.frame_length % 2 or 4 * self.hop_length > self.frame_length:
            raise ValueError(
                "The 'frame_length' parameter of OneShotSpectrogram must be even and at least "
                f"four times hop_length={self.hop_length}. Got {self.frame_length} instead."
            )

    @property
    def _grid(self) -> Grid:
        return Grid(self.frame_length, self.hop_length, self.sample_rate, self.n_features_in_)

    @property
    def _shapes(self) -> list[tuple[int, ...]]:
        """Shapes of the envelope, the spectrum and the roughness."""
        grid = self._grid
        times, bins = grid.rough
        return [
            (grid.n_steps,), (len(grid.times) - 1, len(grid.bins) - 1),
            (len(times) - 1, len(bins) - 1),
        ]  # fmt: skip

    def _packed(self, hit: OneShot) -> np.ndarray:
        """Return the features of a hit."""
        first = [hit.level / _LEVEL_DB, np.log2(max(hit.duration, _SHORTEST)) / _OCTAVES]
        parts = [hit.envelope / _ENVELOPE_DB, hit.spectrum / _DB, hit.roughness / _DB]
        return np.concatenate([first, *map(np.ravel, parts)]).astype(np.float32)

    def _unpacked(self, features: np.ndarray) -> OneShot:
        """Return the hit of features, within what a hit can be."""
        level, octaves = features[:2] * (_LEVEL_DB, _OCTAVES)
        ends = np.cumsum([np.prod(shape) for shape in self._shapes])
        parts = np.split(features[2:], ends[:-1])
        envelope, spectrum, roughness = (
            part.reshape(shape) for part, shape in zip(parts, self._shapes, strict=True)
        )
        return OneShot(
            level=min(level, 0.0),
            duration=float(np.clip(np.exp2(min(octaves, 10.0)), *self.durations_)),
            envelope=np.clip(envelope * _ENVELOPE_DB, FLOOR_DB, _LOUDEST),
            spectrum=np.clip(spectrum * _DB, FLOOR_DB, _LOUDEST),
            roughness=np.maximum(roughness * _DB, 0),
        )

    @property
    def _n_features_out(self) -> int:
        """Number of columns, from which scikit-learn makes their names."""
        return 2 + sum(int(np.prod(shape)) for shape in self._shapes)
