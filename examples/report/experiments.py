"""The report's experiments, and what it measured."""

from typing import NamedTuple

__all__ = ["EXPERIMENTS", "Experiment"]


class Experiment(NamedTuple):
    """One row of the report's table.

    Attributes
    ----------
    name : str
        Name of the row, of which its result files have theirs.
    model, family : str
        What was trained, and on which instrument family.
    n_files, epochs : int
        On how many files, and for how many epochs.
    classic, ours : str
        The recipes: the report's own configuration, and the one for the same job here.
    join : str or None
        How frames of the sequencer become audio.
    figures : dict of str to float
        What the report measured.
    """

    name: str
    model: str
    family: str
    n_files: int
    epochs: int
    classic: str
    ours: str
    join: str | None
    figures: dict[str, float]


def _figures(n_pitches, pitch_range, pitch_entropy, fad, kl):
    found = {
        "n_pitches": n_pitches, "pitch_range": pitch_range, "pitch_entropy": pitch_entropy,
        "fad": fad, "kl": kl,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


_GAN = "classic_gan", "harmonic_gan", None
_AUDIO = "classic_lstm", "harmonic_cvae", "audio"
_SPECTROGRAM = "classic_lstm", "harmonic_cvae", "spectrogram"
_WAVENET = "classic_wavenet", "harmonic_cvae", None
_CVAE = "classic_cvae", "harmonic_cvae", None

# The report gives no figures for its GAN on 100 files, and no number of files for its VAE: 1,000
# are taken. Its entropies beyond 7 bits, which 128 pitches cannot have, are left out.
EXPERIMENTS = [
    Experiment("gan_100_guitar", "GAN", "guitar", 100, 150, *_GAN, {}),
    Experiment(
        "gan_1000_guitar", "GAN", "guitar", 1000, 60, *_GAN,
        _figures(1160, 3809.27, 4.38, 30216.45, 0.45),
    ),
    Experiment(
        "gan_10000_guitar", "GAN", "guitar", 10000, 10, *_GAN,
        _figures(540, 3746.90, 3.25, 41400.22, 4.87),
    ),
    Experiment(
        "lstm_audio_guitar", "LSTM, joined audio", "guitar", 1000, 50, *_AUDIO,
        _figures(19337, 3834, None, 48236, 0.066),
    ),
    Experiment(
        "lstm_spectrogram_guitar", "LSTM, joined spectrogram", "guitar", 1000, 50, *_SPECTROGRAM,
        _figures(1536, 3327, 2.422, 44330, 0.395),
    ),
    Experiment(
        "lstm_audio_mallet", "LSTM, joined audio", "mallet", 1000, 50, *_AUDIO,
        _figures(33701, 3843, None, 12863, 0.042),
    ),
    Experiment(
        "lstm_spectrogram_mallet", "LSTM, joined spectrogram", "mallet", 1000, 50, *_SPECTROGRAM,
        _figures(1479, 3445, 1.631, 28082, 0.429),
    ),
    Experiment(
        "lstm_audio_flute", "LSTM, joined audio", "flute", 1000, 50, *_AUDIO,
        _figures(82543, 3844, None, 106233, 1.34),
    ),
    Experiment(
        "lstm_spectrogram_flute", "LSTM, joined spectrogram", "flute", 1000, 50, *_SPECTROGRAM,
        _figures(3863, 3839, 5.565, 94368, 1.171),
    ),
    Experiment(
        "wavenet_organ", "WaveNet autoencoder", "organ", 1000, 50, *_WAVENET,
        _figures(290, 954.27, 2.605, 2531.71, 0.1544),
    ),
    Experiment(
        "cvae_organ", "Conditional VAE", "organ", 1000, 50, *_CVAE,
        _figures(None, None, None, 22897, 0.7201),
    ),
    Experiment(
        "cvae_guitar", "Conditional VAE", "guitar", 1000, 50, *_CVAE,
        _figures(None, None, None, 20943, 0.241),
    ),
    Experiment(
        "cvae_reed", "Conditional VAE", "reed", 1000, 50, *_CVAE,
        _figures(None, None, None, 15837, 0.515),
    ),
]  # fmt: skip
