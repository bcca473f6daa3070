"""Recordings as patches of their spectrogram, and back."""

import numbers
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from audiogen.preprocessing._recordings import Patches, RecordingTransformer, arrays_or_list
from audiogen.signal import griffin_lim, istft, patches_to_magnitude
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["SpectralPatches"]

# More iterations fit the seams between patches rather than the sound: tones get rougher.
_N_ITER = 2

PATCH_CONSTRAINTS: dict = {
    "sample_rate": Interval(numbers.Integral, 1, None),
    "frame_length": Interval(numbers.Integral, 2, None),
    "hop_length": Interval(numbers.Integral, 1, None),
    "n_frames": Interval(numbers.Integral, 1, None),
    "power": Interval(numbers.Real, 0, 1, closed="right"),
}


class SpectralPatches(RecordingTransformer):
    """Cut recordings into patches: a few frames of the magnitudes of their spectrum.

    Magnitudes are raised to a power, near to how loudness is heard. Phases are left out, and
    ``inverse_transform`` recovers them.

    Parameters
    ----------
    sample_rate : int, default=22050
        Sampling rate of the audio, in Hz, for whoever plays what `inverse_transform` returns.
        It changes no number of a patch.
    frame_length : int, default=1024
        Number of samples in a frame.
    hop_length : int, default=256
        Samples from the start of a frame to the start of the next.
    n_frames : int, default=4
        Number of frames in a patch.
    power : float, default=0.3
        Power that magnitudes are raised to, in (0, 1].

    Attributes
    ----------
    n_features_in_ : int
        Number of time steps in a clip seen in `fit`, if that was given an array.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.preprocessing import SpectralPatches
    >>> recordings = [np.sin(np.arange(9000)), np.sin(np.arange(20000))]
    >>> patches = SpectralPatches().fit_transform(recordings)
    >>> [part.shape for part in patches]
    [(9, 2052), (20, 2052)]
    """

    _constraints: ClassVar[dict] = PATCH_CONSTRAINTS

    def __init__(
        self,
        *,
        sample_rate: int = 22050,
        frame_length: int = 1024,
        hop_length: int = 256,
        n_frames: int = 4,
        power: float = 0.3,
    ) -> None:
        self.sample_rate = sample_rate
        self.frame_length = frame_length
        self.hop_length = hop_length
        self.n_frames = n_frames
        self.power = power

    def fit(self, X: npt.ArrayLike, y: Any = None) -> "SpectralPatches":
        """Check the parameters and the recordings.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps), or list of 1-D arrays
            Recordings; those of a list may be of any length.
        y : None
            Ignored.

        Returns
        -------
        self : SpectralPatches
        """
        check_parameters(self, self._constraints)
        self._recordings(X, reset=True)
        return self

    def transform(self, X: npt.ArrayLike) -> Any:
        """Return the patches of recordings, the last of which is padded with silence.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps), or list of 1-D arrays
            Recordings.

        Returns
        -------
        patches : ndarray of shape (n_samples, n_patches, n_frames * n_bins), float32
            Of ``1 + frame_length // 2`` bins; a list of arrays where numbers of patches differ.
        """
        check_is_fitted(self)
        check_parameters(self, self._constraints)
        recordings = self._recordings(X, reset=False)
        return arrays_or_list([np.concatenate(list(self._cut.blocks(r))) for r in recordings])

    def inverse_transform(self, X: Any) -> Any:
        """Return audio with the magnitudes of patches, and phases that go with them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_patches, n_frames * n_bins), or list of arrays
            Patches.

        Returns
        -------
        audio : ndarray of shape (n_samples, n_patches * n_frames * hop_length), float32
            A list of arrays where numbers of patches differ.
        """
        check_is_fitted(self)
        return arrays_or_list([self._audio(np.asarray(patches)) for patches in X])

    @property
    def _cut(self) -> Patches:
        return Patches(self.frame_length, self.hop_length, self.n_frames, self.power)

    def _audio(self, patches: np.ndarray) -> np.ndarray:
        magnitude = patches_to_magnitude(patches[np.newaxis], *self._cut)
        return magnitude_to_audio(magnitude, self.frame_length, self.hop_length)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def magnitude_to_audio(magnitude: np.ndarray, frame_length: int, hop_length: int) -> np.ndarray:
    """Return audio of shape (n_timesteps,) with magnitudes of shape (1, n_frames, n_bins)."""
    phase = griffin_lim(magnitude, frame_length, hop_length, n_iter=_N_ITER)
    return istft(magnitude * np.exp(1j * phase), frame_length, hop_length)[0]
