"""The short-time Fourier transform of many clips, and its inverse."""

import librosa
import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view

from audiogen.signal import istft, stft
from benchmarks._data import notes
from benchmarks._row import Row

N_NOTES = 200
FRAME: dict = {"n_fft": 1024, "hop_length": 256, "center": False}
MARGIN = 768
_spectra = None


def padded(audio):
    """Put the silence around clips that audiogen's frames reach into."""
    return np.pad(audio, [(0, 0)] * (audio.ndim - 1) + [(MARGIN, MARGIN)])


def one_by_one(audio):
    return np.stack([librosa.stft(padded(clip), **FRAME) for clip in audio])


def batched(audio):
    return librosa.stft(padded(audio), **FRAME)


def batched_into_one_array(audio):
    """Write into an array that is there from the second call on."""
    global _spectra
    _spectra = librosa.stft(padded(audio), out=_spectra, **FRAME)
    return _spectra


def by_torch(audio):
    import torch

    window = torch.hann_window(FRAME["n_fft"])
    clips = torch.from_numpy(padded(audio))
    return torch.stft(clips, window=window, return_complex=True, **FRAME).numpy()


def inverse_by_torch(spectra):
    """Return clips, cut by the margin, in which torch.istft divides by next to nothing."""
    import torch

    window = torch.hann_window(FRAME["n_fft"])
    # With centred frames the first half frame, which has no second window, is left out.
    options = {**FRAME, "center": True}
    clips = torch.istft(torch.from_numpy(spectra).mT, window=window, **options).numpy()
    return clips[..., MARGIN - FRAME["n_fft"] // 2 :]


def fft_alone(audio):
    """Do the FFTs and nothing else, on all cores."""
    for start in range(0, len(audio), 4):
        frames = sliding_window_view(audio[start : start + 4], FRAME["n_fft"], axis=1)
        scipy.fft.rfft(frames[:, :: FRAME["hop_length"]], workers=-1)


def inverse(spectra):
    """Return clips of spectra (..., n_bins, n_frames), librosa's layout."""
    return librosa.istft(spectra, **FRAME)[..., MARGIN:-MARGIN]


def inverse_one_by_one(spectra):
    return np.stack([inverse(spectrum.T) for spectrum in spectra])


def difference(audio):
    audio = audio[:20]
    theirs = one_by_one(audio).swapaxes(1, 2)
    return f"largest difference {np.abs(stft(audio) - theirs).max() / np.abs(theirs).max():.0e}"


def round_trip(spectra):
    audio = notes(20)
    worst = np.abs(istft(spectra[:20], n_timesteps=audio.shape[1]) - audio).max()
    theirs = np.abs(inverse_one_by_one(spectra[:20]) - audio).max()
    return f"round trip off by {worst:.0e}, librosa's {theirs:.0e}"


ROWS = [
    Row(
        f"STFT of {N_NOTES} notes",
        lambda: notes(N_NOTES),
        stft,
        {
            "librosa, one by one": one_by_one,
            "librosa, batched": batched,
            "librosa, batched, out=": batched_into_one_array,
            "torch.stft, batched": by_torch,
        },
        aim=">= 1.2",
        remark=difference,
        limits={"FFT alone": fft_alone},
    ),
    Row(
        f"inverse STFT of {N_NOTES} notes",
        lambda: stft(notes(N_NOTES)),
        istft,
        {
            "librosa, one by one": inverse_one_by_one,
            "librosa, batched": lambda spectra: inverse(spectra.swapaxes(1, 2)),
            "torch.istft, batched": inverse_by_torch,
        },
        aim=">= 1.2",
        remark=round_trip,
    ),
]
