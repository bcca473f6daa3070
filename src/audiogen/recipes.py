"""Named, ready pipelines: plain compositions of public parts, to copy and change.

Each function returns an unfitted `audiogen.GenerativePipeline` whose last step is the generator;
every keyword it does not name is one of that generator's, in place of the recipe's own.
"""

from sklearn.decomposition import PCA

from audiogen.generators import (
    ConditionalGaussianMixture,
    ConditionalVAE,
    GANGenerator,
    LSTMSequencer,
    WaveNetAutoencoder,
)
from audiogen.pipeline import GenerativePipeline
from audiogen.preprocessing import (
    Flatten,
    HarmonicPlusNoise,
    PeakNormalizer,
    SlidingWindow,
    STFTSpectrogram,
)

__all__ = [
    "classic_cvae",
    "classic_gan",
    "classic_lstm",
    "classic_wavenet",
    "harmonic_cvae",
    "harmonic_gan",
    "harmonic_gmm",
    "spectral_cvae",
    "spectral_gan",
]

# As long as asked for, on all notes: a generative loss on few held-out ones says little.
_TO_THE_END = {"validation_fraction": 0.0, "patience": None, "plateau_patience": None}


def harmonic_cvae(
    *, sample_rate=16000, n_components=64, random_state=None, verbose=0, **parameters
):
    """Return a pipeline that learns notes of known pitch in about a minute.

    Notes are taken apart into harmonics and noise, which puts their pitch aside; a PCA
    keeps what varies; a small conditional variational autoencoder learns it.

    Parameters
    ----------
    sample_rate : int, default=16000
        Of the audio, in Hz.
    n_components : int, default=64
        Principal components kept; at most the number of notes.
    random_state : int, RandomState or None, default=None
        Decides everything random.
    verbose : int, default=0
        1 shows the progress of training.
    **parameters : dict
        Further parameters of `ConditionalVAE`, in place of this recipe's own.

    Returns
    -------
    pipeline : GenerativePipeline
        ``fit(X, y)`` with y a DataFrame of pitch and instrument_family, then
        ``sample(y=wanted)`` gives audio.

    Examples
    --------
    >>> from audiogen.recipes import harmonic_cvae
    >>> [name for name, _ in harmonic_cvae(random_state=0).steps]
    ['harmonics', 'flatten', 'pca', 'vae']
    """
    own = {
        "latent_dim": 8, "beta": 4.0, "fourier_features": False, "observation_noise": True,
        "epochs": 120, "batch_size": 32, **_TO_THE_END,
    }  # fmt: skip
    vae = ConditionalVAE(random_state=random_state, verbose=verbose, **{**own, **parameters})
    return GenerativePipeline(
        [*_harmonic_features(sample_rate, n_components, random_state), ("vae", vae)]
    )


def harmonic_gmm(
    *, sample_rate=16000, n_components=64, random_state=None, verbose=0, **parameters
):
    """Return a pipeline that gives first notes within seconds.

    As `harmonic_cvae`, with a conditional Gaussian mixture in place of the network.

    Parameters
    ----------
    sample_rate : int, default=16000
        Of the audio, in Hz.
    n_components : int, default=64
        Principal components kept; at most the number of notes.
    random_state : int, RandomState or None, default=None
        Decides everything random.
    verbose : int, default=0
        Nothing here takes long enough to show; all recipes take it.
    **parameters : dict
        Further parameters of `ConditionalGaussianMixture`; its own n_components is
        set by ``set_params(gmm__n_components=...)``.

    Returns
    -------
    pipeline : GenerativePipeline
        ``fit(X, y)`` with y a DataFrame of pitch and instrument_family, then
        ``sample(y=wanted)`` gives audio.

    Examples
    --------
    >>> from audiogen.recipes import harmonic_gmm
    >>> [name for name, _ in harmonic_gmm(random_state=0).steps]
    ['harmonics', 'flatten', 'pca', 'gmm']
    """
    own = {"latent_dim": 32, "alpha": 10.0, **parameters}
    gmm = ConditionalGaussianMixture(64, random_state=random_state, **own)
    return GenerativePipeline(
        [*_harmonic_features(sample_rate, n_components, random_state), ("gmm", gmm)]
    )


def harmonic_gan(
    *, sample_rate=16000, n_components=64, random_state=None, verbose=0, **parameters
):
    """Return a pipeline that learns notes of known pitch, more varied ones.

    As `harmonic_cvae`, with a small GAN of hinge loss [1]_ in place of the autoencoder.

    Parameters
    ----------
    sample_rate : int, default=16000
        Of the audio, in Hz.
    n_components : int, default=64
        Principal components kept; at most the number of notes.
    random_state : int, RandomState or None, default=None
        Decides everything random.
    verbose : int, default=0
        1 shows the progress of training.
    **parameters : dict
        Further parameters of `GANGenerator`, in place of this recipe's own.

    Returns
    -------
    pipeline : GenerativePipeline
        ``fit(X, y)`` with y a DataFrame of pitch and instrument_family, then
        ``sample(y=wanted)`` gives audio.

    References
    ----------
    .. [1] J. H. Lim, J. C. Ye, "Geometric GAN", 2017, arXiv:1705.02894.

    Examples
    --------
    >>> from audiogen.recipes import harmonic_gan
    >>> [name for name, _ in harmonic_gan(random_state=0).steps]
    ['harmonics', 'flatten', 'pca', 'gan']
    """
    own = {
        "latent_dim": 16, "loss": "hinge", "penalty_weight": 1.0, "dropout": 0.0, "epochs": 400,
        "batch_size": 32, "learning_rate": 1e-3, **_TO_THE_END,
    }  # fmt: skip
    gan = GANGenerator(random_state=random_state, verbose=verbose, **{**own, **parameters})
    return GenerativePipeline(
        [*_harmonic_features(sample_rate, n_components, random_state), ("gan", gan)]
    )


def spectral_cvae(*, n_components=128, random_state=None, verbose=0, **parameters):
    """Return a pipeline that learns any sounds, whether or not they have a pitch.

    Log-magnitude spectrograms (2048 / 512), a PCA and a small conditional variational
    autoencoder; phases are found again by phase gradient heap integration. Partials that move with
    pitch have to be learnt pitch by pitch: a few hundred notes give blurred ones, out of
    tune, for which `harmonic_cvae` is the recipe.

    Parameters
    ----------
    n_components : int, default=128
        Principal components kept; at most the number of clips.
    random_state : int, RandomState or None, default=None
        Decides everything random.
    verbose : int, default=0
        1 shows the progress of training.
    **parameters : dict
        Further parameters of `ConditionalVAE`, in place of this recipe's own.

    Returns
    -------
    pipeline : GenerativePipeline
        ``fit(X, y)`` with any y or none, then ``sample(n_samples)`` or
        ``sample(y=wanted)`` gives audio.

    Examples
    --------
    >>> from audiogen.recipes import spectral_cvae
    >>> [name for name, _ in spectral_cvae(random_state=0).steps]
    ['peak', 'stft', 'flatten', 'pca', 'vae']
    """
    own = {"latent_dim": 16, "epochs": 300, "batch_size": 32, **_TO_THE_END}
    vae = ConditionalVAE(random_state=random_state, verbose=verbose, **{**own, **parameters})
    return GenerativePipeline(
        [
            ("peak", PeakNormalizer()),
            ("stft", STFTSpectrogram(frame_length=2048, hop_length=512, phase=None)),
            ("flatten", Flatten()),
            ("pca", PCA(n_components, random_state=random_state)),
            ("vae", vae),
        ]
    )


def spectral_gan(*, random_state=None, verbose=0, **parameters):
    """Return a pipeline of GANSynth's representation [1]_ and a small convolutional GAN.

    Spectrograms (2048 / 512) of log-magnitude and instantaneous frequency. The network is small,
    some 3 s an epoch for 150 notes on two cores, but GANSynth took days on a GPU and
    hundreds of thousands of notes: after the minutes of this recipe's own epochs it makes noise.

    Parameters
    ----------
    random_state : int, RandomState or None, default=None
        Decides everything random.
    verbose : int, default=0
        1 shows the progress of training.
    **parameters : dict
        Further parameters of `GANGenerator`, in place of this recipe's own.

    Returns
    -------
    pipeline : GenerativePipeline
        ``fit(X, y)`` with any y or none, then ``sample(n_samples)`` or
        ``sample(y=wanted)`` gives audio.

    References
    ----------
    .. [1] J. Engel et al., "GANSynth: Adversarial neural audio synthesis", ICLR 2019.

    Examples
    --------
    >>> from audiogen.recipes import spectral_gan
    >>> [name for name, _ in spectral_gan(random_state=0).steps]
    ['peak', 'stft', 'gan']
    """
    own = {
        "loss": "hinge", "penalty_weight": 1.0, "penalty_interval": 4, "dropout": 0.0,
        "filters": (8, 16, 32, 64, 64), "kernel_size": 4, "batch_size": 16,
        "learning_rate": 4e-4, "epochs": 60, **_TO_THE_END,
    }  # fmt: skip
    gan = GANGenerator(random_state=random_state, verbose=verbose, **{**own, **parameters})
    stft = STFTSpectrogram(frame_length=2048, hop_length=512, phase="if")
    return GenerativePipeline([("peak", PeakNormalizer()), ("stft", stft), ("gan", gan)])


def classic_gan(*, random_state=None, verbose=0, **parameters):
    """Return the GAN of spectrograms of the report that inspired audiogen.

    It takes hours, and the report got noise from it: it is there to be compared with.

    Parameters
    ----------
    random_state : int, RandomState or None, default=None
        Decides everything random.
    verbose : int, default=0
        1 shows the progress of training.
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
    return GenerativePipeline([("stft", STFTSpectrogram()), ("gan", gan)])


def classic_lstm(*, random_state=None, verbose=0, **parameters):
    """Return the sequencer of spectrograms of the report that inspired audiogen.

    It sees 16 notes and adds five, each of four seconds. ``frame_components=1000`` trains
    it in minutes rather than hours.

    Parameters
    ----------
    random_state : int, RandomState or None, default=None
        Decides everything random.
    verbose : int, default=0
        1 shows the progress of training.
    **parameters : dict
        Parameters of `LSTMSequencer`, in place of its defaults.

    Returns
    -------
    pipeline : GenerativePipeline
        ``fit(X)``, without y, then ``sample(n_samples)`` gives audio.

    Examples
    --------
    >>> from audiogen.recipes import classic_lstm
    >>> [name for name, _ in classic_lstm(random_state=0).steps]
    ['stft', 'windows', 'lstm']
    """
    lstm = LSTMSequencer(random_state=random_state, verbose=verbose, **parameters)
    return GenerativePipeline(
        [("stft", STFTSpectrogram()), ("windows", SlidingWindow()), ("lstm", lstm)]
    )


def classic_wavenet(*, random_state=None, verbose=0, **parameters):
    """Return the WaveNet autoencoder of waveforms of the report that inspired audiogen.

    It takes hours, and blurs: it is there to be compared with.

    Parameters
    ----------
    random_state : int, RandomState or None, default=None
        Decides everything random.
    verbose : int, default=0
        1 shows the progress of training.
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
    return GenerativePipeline([("wavenet", wavenet)])


def classic_cvae(*, random_state=None, verbose=0, **parameters):
    """Return the conditional VAE of waveforms of the report that inspired audiogen.

    It is there to be compared with: a squared error of waveforms is mostly one of phases.

    Parameters
    ----------
    random_state : int, RandomState or None, default=None
        Decides everything random.
    verbose : int, default=0
        1 shows the progress of training.
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
    return GenerativePipeline([("vae", vae)])


def _harmonic_features(sample_rate, n_components, random_state):
    return [
        ("harmonics", HarmonicPlusNoise(sample_rate=sample_rate)),
        ("flatten", Flatten()),
        ("pca", PCA(n_components, random_state=random_state)),
    ]
