"""Recordings as codes of short patches, and codes as sound."""

import numbers
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import RidgeCV
from sklearn.utils.validation import check_is_fitted

from audiogen.preprocessing._code_noise import bin_gain, code_scatter
from audiogen.preprocessing._components import PrincipalComponents
from audiogen.preprocessing._grains import Grains, choose_grains, described, join_grains
from audiogen.preprocessing._patches import PATCH_CONSTRAINTS, magnitude_to_audio
from audiogen.preprocessing._quantizer import ResidualVectorQuantizer, checked_codes
from audiogen.preprocessing._recordings import (
    Patches,
    RecordingTransformer,
    Stretch,
    arrays_or_list,
    stretches,
)
from audiogen.signal import (
    frames_beyond,
    limit_overs,
    patches_to_magnitude,
    resynthesise_noise,
    stft,
)
from audiogen.utils.seeds import Stream, draw_seed, make_rng, spawn_seed
from audiogen.utils.validation import Interval, Options, check_parameters

__all__ = ["SpectralCodes"]

_MOST_ROWS = 16384  # patches, at any frame, that centroids are learnt from
_COMPARED = 512  # patches that the gain of bins is learnt from
_RIDGES = 10.0 ** np.arange(0.5, 5, 0.5)  # patches that say nothing of their neighbours


class SpectralCodes(RecordingTransformer):
    """Write recordings as codes of short patches of sound, and make sound of codes.

    Patches of the spectrum, as `SpectralPatches` cuts them, are projected on principal components
    and quantised by `ResidualVectorQuantizer`: at the defaults, 4 codes of 256 for each 46 ms,
    689 bits a second. A generator of codes learns what follows what.

    Parameters
    ----------
    sample_rate : int, default=22050
        Sampling rate of the audio, in Hz.
    n_levels : int, default=4
        Number of codes of a patch. For recordings of less than a minute, 2 levels of 64 codes
        are as good: more of them learn the recording by heart.
    n_codes : int, default=256
        Maximum number of codes of a level.
    n_components : int, default=64
        Maximum number of principal components.
    decoder : {"noise", "mean", "grains"}, default="noise"
        How sound is made of codes. "noise" puts back what codes leave out: the scatter of
        magnitudes about their mean and, where they scatter as those of noise do, the phase of
        noise. "mean" takes magnitudes as codes have them: nearest to a recording that is encoded
        and decoded, but dull. "grains" puts together pieces of the recordings
        themselves, at most 0.8 s in a row, which `find_grains` tells of.
    frame_length : int, default=1024
        Number of samples in a frame.
    hop_length : int, default=256
        Samples from the start of a frame to the start of the next.
    n_frames : int, default=4
        Number of frames in a patch.
    power : float, default=0.3
        Power that magnitudes are raised to, in (0, 1].
    random_state : int, RandomState or None, default=None
        Seed of the centroids, and of the noise in sound made without a seed of its own.

    Attributes
    ----------
    codebooks_ : ndarray of shape (n_levels, n_codes, n_components), float32
        Centroids of each level, in principal components.
    patch_length_ : int
        Samples that a patch stands for.
    pca_ : PrincipalComponents
        The fitted projection.
    quantizer_ : ResidualVectorQuantizer
        The fitted quantiser.
    context_ : ndarray of shape (3 * n_components, n_components), float32
        Weights by which components follow from the centroids of the patch before, of the
        patch itself and of the one after.
    scatter_ : ndarray of shape (n_codes, n_bins), float32
        Scatter of magnitudes about those of codes, over their mean, for each first-level code.
    gain_ : ndarray of shape (n_bins,), float32
        Gain of each bin that makes decoded recordings as loud as they were.
    grain_audio_ : ndarray of shape (n_timesteps,), int16
        The recordings that grains are taken from, only with ``decoder="grains"``.
    grain_ends_ : ndarray of int
        Number of grains up to the end of each stretch of `grain_audio_`.
    grain_components_ : ndarray of shape (n_grains, n_components), float32
        Principal components of grains, one for each frame.
    n_features_in_ : int
        Number of time steps in a clip seen in `fit`, if that was given an array.

    Examples
    --------
    >>> import numpy as np
    >>> from audiogen.preprocessing import SpectralCodes
    >>> noise = np.random.default_rng(0).normal(0, 0.1, size=(1, 66150))
    >>> codec = SpectralCodes(n_levels=2, n_codes=16, random_state=0).fit(noise)
    >>> codes = codec.transform(noise)
    >>> codes.shape
    (1, 65, 2)
    >>> codec.inverse_transform(codes, random_state=0).shape
    (1, 66560)
    """

    _constraints: ClassVar[dict] = {
        **PATCH_CONSTRAINTS,
        "n_levels": Interval(numbers.Integral, 1, None),
        "n_codes": Interval(numbers.Integral, 1, None),
        "n_components": Interval(numbers.Integral, 1, None),
        "decoder": Options("noise", "mean", "grains"),
    }

    def __init__(
        self,
        *,
        sample_rate: int = 22050,
        n_levels: int = 4,
        n_codes: int = 256,
        n_components: int = 64,
        decoder: str = "noise",
        frame_length: int = 1024,
        hop_length: int = 256,
        n_frames: int = 4,
        power: float = 0.3,
        random_state: Any = None,
    ) -> None:
        self.sample_rate = sample_rate
        self.n_levels = n_levels
        self.n_codes = n_codes
        self.n_components = n_components
        self.decoder = decoder
        self.frame_length = frame_length
        self.hop_length = hop_length
        self.n_frames = n_frames
        self.power = power
        self.random_state = random_state

    def fit(self, X: npt.ArrayLike, y: Any = None) -> "SpectralCodes":
        """Learn the codes, and what they leave out.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps), or list of 1-D arrays
            Recordings; those of a list may be of any length. Of long ones, no more than a few
            stretches are read, evenly spread.
        y : None
            Ignored.

        Returns
        -------
        self : SpectralCodes
        """
        check_parameters(self, self._constraints)
        recordings = self._recordings(X, reset=True)
        chosen = stretches(recordings, self._cut)
        seed = draw_seed(self.random_state)
        self.patch_length_ = self._cut.length
        self._learn_codes(chosen, spawn_seed(seed, Stream.FIT))
        self._learn_decoder(chosen, seed)
        if self.decoder == "grains":
            self._keep_grains(chosen)
        return self

    def transform(self, X: npt.ArrayLike) -> Any:
        """Return the codes of recordings.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps), or list of 1-D arrays
            Recordings.

        Returns
        -------
        codes : ndarray of shape (n_samples, n_patches, n_levels), int32
            A list of arrays where numbers of patches differ.
        """
        check_is_fitted(self)
        recordings = self._recordings(X, reset=False)
        return arrays_or_list(
            [np.concatenate(list(map(self._encode, self._cut.blocks(r)))) for r in recordings]
        )

    def inverse_transform(self, X: npt.ArrayLike, *, random_state: Any = None) -> Any:
        """Return the sound of codes.

        Parameters
        ----------
        X : array-like of int, of shape (n_samples, n_patches, n_levels), or list of arrays
            Codes. Of fewer levels, the sound is coarser.
        random_state : int, RandomState or None, default=None
            Seed of the noise; None takes the `random_state` of the codec.

        Returns
        -------
        audio : ndarray of shape (n_samples, n_patches * patch_length_), float32
            In [-1, 1]: sound that would be louder is limited. A list of arrays where numbers of
            patches differ.
        """
        check_is_fitted(self)
        check_parameters(self, self._constraints)
        seed = draw_seed(self.random_state if random_state is None else random_state)
        sounds = [self._decode(codes, seed, i) for i, codes in enumerate(self._checked(X))]
        return arrays_or_list([limit_overs(sound, self.sample_rate) for sound in sounds])

    def find_grains(self, X: npt.ArrayLike) -> list[Grains]:
        """Tell which grains of the recordings the sound of codes is put together from.

        Parameters
        ----------
        X : array-like of int, of shape (n_samples, n_patches, n_levels), or list of arrays
            Codes.

        Returns
        -------
        grains : list of Grains
            Of each row, where its grains start (``starts``), the longest stretch of a recording
            in one piece (``longest_run``, in seconds), and the share of the sound in stretches of
            more than 0.3 s (``copied_share``).

        Raises
        ------
        ValueError
            Where `decoder` was not "grains" in `fit`.
        """
        check_is_fitted(self)
        return [
            described(self._grains(codes), self.n_frames, self.hop_length, self.sample_rate)
            for codes in self._checked(X)
        ]

    @property
    def codebooks_(self) -> np.ndarray:
        """Return the centroids of each level, in principal components."""
        return self.quantizer_.codebooks_

    @property
    def shift_lengths(self) -> list[int]:
        """Time steps, less than a patch, by which patches may begin later: those of frames."""
        return [i * self.hop_length for i in range(1, self.n_frames)]

    @property
    def _cut(self) -> Patches:
        return Patches(self.frame_length, self.hop_length, self.n_frames, self.power)

    def _learn_codes(self, chosen: list[Stretch], seed: int) -> None:
        """Learn components and centroids from patches at as many frames as there is room for."""
        n_rows = self.n_frames * sum(stretch.last - stretch.first for stretch in chosen)
        step = -(-n_rows // _MOST_ROWS)
        rows = np.concatenate([self._cut.of(*stretch, step) for stretch in chosen])
        if len(rows) < 2:
            raise ValueError(
                f"SpectralCodes needs sound of two patches of {self.patch_length_} time steps at "
                "least. Got 1 sample(s) of one patch or less. Give longer recordings."
            )
        n_components = min(int(self.n_components), *rows.shape)
        with np.errstate(invalid="ignore"):  # silence has no variance
            self.pca_ = PrincipalComponents(n_components, random_state=seed).fit(rows)
        self.quantizer_ = ResidualVectorQuantizer(
            self.n_levels, self.n_codes, random_state=seed
        ).fit(self.pca_.transform(rows))

    def _learn_decoder(self, chosen: list[Stretch], seed: int) -> None:
        """Learn what codes leave out: neighbours first, then scatter, then the gain of bins."""
        patches = [self._cut.of(*stretch) for stretch in chosen]
        codes = [self._encode(part) for part in patches]
        sums = np.concatenate([_with_neighbours(self._sums(part)) for part in codes])
        wanted = np.concatenate([self.pca_.transform(part) for part in patches])
        self.context_ = _context(sums, wanted)
        features = np.concatenate([self._features(part) for part in codes])
        first_level = np.concatenate(codes)[:, 0]
        self.scatter_ = code_scatter(
            np.concatenate(patches), features, first_level, self.codebooks_.shape[1], self.n_frames
        )
        self._learn_gain(patches, codes, seed)

    def _learn_gain(self, patches: list[np.ndarray], codes: list[np.ndarray], seed: int) -> None:
        self.gain_ = np.ones(1 + self.frame_length // 2, np.float32)
        wanted = got = np.zeros(len(self.gain_))
        left = _COMPARED
        for i, (part, few) in enumerate(zip(patches, codes, strict=True)):
            if left <= 0:
                break
            real = patches_to_magnitude(part[np.newaxis, :left], *self._cut)[0]
            audio = self._noisy(few[:left], seed, i)
            ours = stft(audio, self.frame_length, self.hop_length)[0]
            wanted = wanted + np.square(real).sum(axis=0, dtype=np.float64)
            got = got + np.square(np.abs(ours)).sum(axis=0, dtype=np.float64)
            left -= len(few)
        self.gain_ = bin_gain(wanted, got)

    def _keep_grains(self, chosen: list[Stretch]) -> None:
        parts = [
            r[first * self.patch_length_ : last * self.patch_length_] for r, first, last in chosen
        ]
        whole = [np.pad(part, (0, -len(part) % self.patch_length_)) for part in parts]
        sounds = [
            self.pca_.transform(self._cut.of(part, 0, self._cut.count(part), 1)) for part in whole
        ]
        self.grain_ends_ = np.cumsum([len(part) // self.hop_length for part in whole])
        # Of the last frames of a stretch no patch begins: they are given its last one's sound.
        self.grain_components_ = np.concatenate(
            [np.pad(s, ((0, self.n_frames - 1), (0, 0)), mode="edge") for s in sounds]
        ).astype(np.float32)
        audio = np.concatenate(whole)
        self.grain_audio_ = np.clip(np.rint(audio * 32767), -32768, 32767).astype(np.int16)

    def _encode(self, patches: np.ndarray) -> np.ndarray:
        return self.quantizer_.transform(self.pca_.transform(patches))

    def _checked(self, X: Any) -> list[np.ndarray]:
        """Return the codes of each row, (n_patches, at most n_levels)."""
        n_levels, n_codes, _ = self.codebooks_.shape
        rows = [checked_codes(codes, n_levels, n_codes) for codes in X]
        for codes in rows:
            if codes.ndim != 2 or not len(codes):
                raise ValueError(
                    "Codes must have the shape (n_samples, n_patches, n_levels), or be a list of "
                    f"arrays (n_patches, n_levels). A row has the shape {codes.shape}."
                )
        return rows

    def _decode(self, codes: np.ndarray, seed: int, number: int) -> np.ndarray:
        if self.decoder == "noise":
            return self._noisy(codes, seed, number)
        if self.decoder == "mean":
            magnitude = patches_to_magnitude(self._features(codes)[np.newaxis], *self._cut)
            return magnitude_to_audio(magnitude, self.frame_length, self.hop_length)
        starts = self._grains(codes) * self.hop_length
        audio = self.grain_audio_.astype(np.float32) / np.float32(32767)
        return join_grains(audio, starts, self.patch_length_, 2 * self.hop_length)

    def _noisy(self, codes: np.ndarray, seed: int, number: int) -> np.ndarray:
        magnitude = patches_to_magnitude(self._features(codes)[np.newaxis], *self._cut)[0]
        scatter = np.repeat(self.scatter_[codes[:, 0]], self.n_frames, axis=0)
        beyond = frames_beyond(self.frame_length, self.hop_length)
        scatter = np.pad(scatter, (beyond, (0, 0)), mode="edge")
        rng = make_rng(seed, Stream.SYNTHESIS, number)
        lengths = (self.frame_length, self.hop_length)
        return resynthesise_noise(magnitude * self.gain_, scatter, self.power, rng, *lengths)

    def _grains(self, codes: np.ndarray) -> np.ndarray:
        if not hasattr(self, "grain_audio_"):
            raise ValueError(
                "SpectralCodes keeps no recordings to take grains from: set decoder='grains' "
                "before fit."
            )
        wanted = _with_neighbours(self._sums(codes)) @ self.context_
        hop = self.hop_length / self.sample_rate
        return choose_grains(wanted, self.grain_components_, self.grain_ends_, self.n_frames, hop)

    def _sums(self, codes: np.ndarray) -> np.ndarray:
        return self.quantizer_.inverse_transform(codes)

    def _features(self, codes: np.ndarray) -> np.ndarray:
        """Return the patches that codes stand for, (n_patches, n_features)."""
        components = _with_neighbours(self._sums(codes)) @ self.context_
        return components @ self.pca_.components_ + self.pca_.mean_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []  # codes are integers
        return tags


def _context(sums: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return weights of neighbours, as far as left-out patches gain by them."""
    own = np.eye(sums.shape[1], wanted.shape[1], -wanted.shape[1], dtype=np.float32)
    power = float(np.square(sums).mean()) + float(np.finfo(np.float32).tiny)
    ridge = RidgeCV(_RIDGES * power, fit_intercept=False).fit(sums, wanted - sums @ own)
    return own + ridge.coef_.reshape(own.shape[::-1]).T.astype(np.float32)


def _with_neighbours(components: np.ndarray) -> np.ndarray:
    """Return components of the patch before, of each patch and of the one after, side by side."""
    padded = np.concatenate([components[:1], components, components[-1:]])
    return np.concatenate([padded[:-2], components, padded[2:]], axis=1)
