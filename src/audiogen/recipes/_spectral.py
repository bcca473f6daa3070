"""Recipes on spectrograms."""

from typing import Any

from audiogen.generators import ConditionalVAE, GANGenerator
from audiogen.pipeline import GenerativePipeline
from audiogen.preprocessing import (
    Flatten,
    PeakNormalizer,
    PitchAlignedSpectrogram,
    PrincipalComponents,
    STFTSpectrogram,
)
from audiogen.recipes._training import NOTES_GAN, TO_THE_END

__all__ = ["spectral_cvae", "spectral_gan"]


def spectral_cvae(
    *,
    sample_rate: int = 16000,
    n_components: int = 128,
    random_state: Any = None,
    verbose: int = 0,
    **parameters: Any,
) -> GenerativePipeline:
    """Return a pipeline that learns any sounds, whether or not they have a pitch.

    Log-magnitude spectrograms (2048 / 512), a PCA and a small conditional variational
    autoencoder; phase gradient heap integration recovers the phases. Partials that move with
    pitch have to be learnt pitch by pitch: from a few hundred notes it generates blurred ones,
    out of tune; `harmonic_cvae` is the recipe for those.

    Parameters
    ----------
    sample_rate : int, default=16000
        Sampling rate of the audio, in Hz.
    n_components : int, default=128
        Maximum number of principal components; there are no more than clips.
    random_state : int, RandomState or None, default=None
        Seed of everything random.
    verbose : int, default=0
        Whether to show the progress of training (1) or not (0).
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
    own = {"latent_dim": 16, "epochs": 300, "batch_size": 32, **TO_THE_END}
    spectrogram = STFTSpectrogram(
        frame_length=2048, hop_length=512, phase=None, sample_rate=sample_rate
    )
    vae = ConditionalVAE(random_state=random_state, verbose=verbose, **{**own, **parameters})
    return GenerativePipeline(
        [
            ("peak", PeakNormalizer()),
            ("stft", spectrogram),
            ("flatten", Flatten()),
            ("pca", PrincipalComponents(n_components, random_state=random_state)),
            ("vae", vae),
        ]
    )


def spectral_gan(
    *,
    sample_rate: int = 16000,
    n_components: int = 64,
    random_state: Any = None,
    verbose: int = 0,
    **parameters: Any,
) -> GenerativePipeline:
    """Return a pipeline that learns spectrograms of notes of known pitch with a GAN.

    GANSynth [1]_ took days on a GPU and hundreds of thousands of notes to learn where partials
    lie. Here they lie in the same places at every pitch (`PitchAlignedSpectrogram`), and a small
    GAN of hinge loss learns the principal components of that.

    Parameters
    ----------
    sample_rate : int, default=16000
        Sampling rate of the audio, in Hz.
    n_components : int, default=64
        Maximum number of principal components; there are no more than notes.
    random_state : int, RandomState or None, default=None
        Seed of everything random.
    verbose : int, default=0
        Whether to show the progress of training (1) or not (0).
    **parameters : dict
        Further parameters of `GANGenerator`, in place of this recipe's own.

    Returns
    -------
    pipeline : GenerativePipeline
        ``fit(X, y)`` with y a DataFrame of pitch and instrument_family, then
        ``sample(y=wanted)`` gives audio.

    References
    ----------
    .. [1] J. Engel et al., "GANSynth: Adversarial neural audio synthesis", ICLR 2019.

    Examples
    --------
    >>> from audiogen.recipes import spectral_gan
    >>> [name for name, _ in spectral_gan(random_state=0).steps]
    ['peak', 'spectrogram', 'flatten', 'pca', 'gan']
    """
    gan = GANGenerator(random_state=random_state, verbose=verbose, **{**NOTES_GAN, **parameters})
    return GenerativePipeline(
        [
            ("peak", PeakNormalizer()),
            ("spectrogram", PitchAlignedSpectrogram(sample_rate=sample_rate, n_jobs=2)),
            ("flatten", Flatten()),
            ("pca", PrincipalComponents(n_components, random_state=random_state)),
            ("gan", gan),
        ]
    )
