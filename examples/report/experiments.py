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


# What was trained, the recipes and how frames are joined.
_GAN = "GAN", "classic_gan", "harmonic_gan", None
_AUDIO = "LSTM, joined audio", "classic_lstm", "harmonic_cvae", "audio"
_SPECTRA = "LSTM, joined spectrogram", "classic_lstm", "harmonic_cvae", "spectrogram"
_WAVENET = "WaveNet autoencoder", "classic_wavenet", "harmonic_cvae", None
_CVAE = "Conditional VAE", "classic_cvae", "harmonic_cvae", None


def _row(name, trained, family, n_files, epochs, *figures):
    model, *recipes = trained
    names = ["n_pitches", "pitch_range", "pitch_entropy", "fad", "kl"]
    found = {n: value for n, value in zip(names, figures, strict=True) if value is not None}
    return Experiment(name, model, family, n_files, epochs, *recipes, found)


# The report gives no figures for its GAN on 100 files, and no number of files for its VAE: 1,000
# are taken. Its entropies beyond 7 bits, which 128 pitches cannot have, are left out.
_ = None  # the report does not say
EXPERIMENTS = [
    _row("gan_100_guitar", _GAN, "guitar", 100, 150, _, _, _, _, _),
    _row("gan_1000_guitar", _GAN, "guitar", 1000, 60, 1160, 3809.27, 4.38, 30216.45, 0.45),
    _row("gan_10000_guitar", _GAN, "guitar", 10000, 10, 540, 3746.90, 3.25, 41400.22, 4.87),
    _row("lstm_audio_guitar", _AUDIO, "guitar", 1000, 50, 19337, 3834, _, 48236, 0.066),
    _row("lstm_spectrogram_guitar", _SPECTRA, "guitar", 1000, 50, 1536, 3327, 2.422, 44330, 0.395),
    _row("lstm_audio_mallet", _AUDIO, "mallet", 1000, 50, 33701, 3843, _, 12863, 0.042),
    _row("lstm_spectrogram_mallet", _SPECTRA, "mallet", 1000, 50, 1479, 3445, 1.631, 28082, 0.429),
    _row("lstm_audio_flute", _AUDIO, "flute", 1000, 50, 82543, 3844, _, 106233, 1.34),
    _row("lstm_spectrogram_flute", _SPECTRA, "flute", 1000, 50, 3863, 3839, 5.565, 94368, 1.171),
    _row("wavenet_organ", _WAVENET, "organ", 1000, 50, 290, 954.27, 2.605, 2531.71, 0.1544),
    _row("cvae_organ", _CVAE, "organ", 1000, 50, _, _, _, 22897, 0.7201),
    _row("cvae_guitar", _CVAE, "guitar", 1000, 50, _, _, _, 20943, 0.241),
    _row("cvae_reed", _CVAE, "reed", 1000, 50, _, _, _, 15837, 0.515),
]
