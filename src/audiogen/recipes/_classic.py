"""The models of the report that inspired audiogen, to compare with."""

from typing import Any

from audiogen.generators import (
    ConditionalVAE,
    GANGenerator,
    LSTMSequencer,
    WaveNetAutoencoder,
)
from audiogen.pipeline import GenerativePipeline
from audiogen.preprocessing import SlidingWindow, STFTSpectrogram

__all__ = ["classic_cvae", "classic_gan", "classic_lstm", "classic_wavenet"]


def classic_cvae(
    *, sample_rate: int = 16000, random_state: Any = None, verbose: int = 0, **parameters: Any
) -> GenerativePipeline:
    """Return the conditional VAE of waveforms of the report that inspired audiogen.

    It is there to be compared with: a squared error of waveforms is mostly one of phases.

    Parameters
    ----------
    sample_rate : int, default=16000
        Sampling rate of the audio, in Hz.
    random_state : int, RandomState or None, default=None
        Seed of everything random.
    verbose : int, default=0
        Whether to show the progress of training (1) or not (0).
    **parameters : dict
        Parameters of `ConditionalVAE`, in place of its defaults.

    Returns
    -------
    pipeline : GenerativePipeline
        ``fit(X, y)`` with y the instruments, then ``sample(y=wanted)`` gives audio.

    Examples
    --------
    >>> from audiogen.recipes import classic_cvae
    >>> [name for name, _ in classic_cvae(random_state=0).steps]
    ['vae']
    """
    vae = ConditionalVAE(random_state=random_state, verbose=verbose, **parameters)
    return GenerativePipeline([("vae", vae)], sample_rate=sample_rate)


def classic_gan(
    *, sample_rate: int = 16000, random_state: Any = None, verbose: int = 0, **parameters: Any
) -> GenerativePipeline:
    """Return the GAN of spectrograms of the report that inspired audiogen.

    It takes hours, and the report got noise from it: it is there to be compared with.

    Parameters
    ----------
    sample_rate : int, default=16000
        Sampling rate of the audio, in Hz.
    random_state : int, RandomState or None, default=None
        Seed of everything random.
    verbose : int, default=0
        Whether to show the progress of training (1) or not (0).
    **parameters : dict
        Parameters of `GANGenerator`, in place of its defaults.

    Returns
    -------
    pipeline : GenerativePipeline
        ``fit(X)``, then ``sample(n_samples)`` gives audio.

    Examples
    --------
    >>> from audiogen.recipes import classic_gan
    >>> [name for name, _ in classic_gan(random_state=0).steps]
    ['stft', 'gan']
    """
    gan = GANGenerator(random_state=random_state, verbose=verbose, **parameters)
    return GenerativePipeline([("stft", STFTSpectrogram(sample_rate=sample_rate)), ("gan", gan)])


def classic_lstm(
    *, sample_rate: int = 16000, random_state: Any = None, verbose: int = 0, **parameters: Any
) -> GenerativePipeline:
    """Return the sequencer of spectrograms of the report that inspired audiogen.

    It sees 16 notes and adds five, each of four seconds. ``frame_components=1000`` trains
    it in minutes rather than hours.

    Parameters
    ----------
    sample_rate : int, default=16000
        Sampling rate of the audio, in Hz.
    random_state : int, RandomState or None, default=None
        Seed of everything random.
    verbose : int, default=0
        Whether to show the progress of training (1) or not (0).
    **parameters : dict
        Parameters of `LSTMSequencer`, in place of its defaults.

    Returns
    -------
    pipeline : GenerativePipeline
        ``fit(X)``, without y, then ``sample(n_samples)`` gives audio.

    See Also
    --------
    continuation : Goes on with recordings, which means of frames make fade.

    Examples
    --------
    >>> from audiogen.recipes import classic_lstm
    >>> [name for name, _ in classic_lstm(random_state=0).steps]
    ['stft', 'windows', 'lstm']
    """
    lstm = LSTMSequencer(random_state=random_state, verbose=verbose, **parameters)
    return GenerativePipeline(
        [
            ("stft", STFTSpectrogram(sample_rate=sample_rate)),
            ("windows", SlidingWindow()),
            ("lstm", lstm),
        ]
    )


def classic_wavenet(
    *, sample_rate: int = 16000, random_state: Any = None, verbose: int = 0, **parameters: Any
) -> GenerativePipeline:
    """Return the WaveNet autoencoder of waveforms of the report that inspired audiogen.

    It takes hours, and blurs: it is there to be compared with.

    Parameters
    ----------
    sample_rate : int, default=16000
        Sampling rate of the audio, in Hz.
    random_state : int, RandomState or None, default=None
        Seed of everything random.
    verbose : int, default=0
        Whether to show the progress of training (1) or not (0).
    **parameters : dict
        Parameters of `WaveNetAutoencoder`, in place of its defaults.

    Returns
    -------
    pipeline : GenerativePipeline
        ``fit(X)``, then ``sample(n_samples)`` gives audio.

    Examples
    --------
    >>> from audiogen.recipes import classic_wavenet
    >>> [name for name, _ in classic_wavenet(random_state=0).steps]
    ['wavenet']
    """
    wavenet = WaveNetAutoencoder(random_state=random_state, verbose=verbose, **parameters)
    return GenerativePipeline([("wavenet", wavenet)], sample_rate=sample_rate)
