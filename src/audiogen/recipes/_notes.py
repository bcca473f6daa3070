"""Notes of known pitch: recipes on harmonics plus noise."""

from typing import Any

from audiogen.generators import ConditionalGaussianMixture, ConditionalVAE, GANGenerator
from audiogen.pipeline import GenerativePipeline
from audiogen.preprocessing import Flatten, HarmonicPlusNoise, PrincipalComponents
from audiogen.recipes._training import NOTES_GAN, TO_THE_END

__all__ = ["captioned_notes", "harmonic_cvae", "harmonic_gan", "harmonic_gmm"]


def harmonic_cvae(
    *,
    sample_rate: int = 16000,
    n_components: int = 64,
    random_state: Any = None,
    verbose: int = 0,
    **parameters: Any,
) -> GenerativePipeline:
    """Return a pipeline that learns notes of known pitch in about a minute.

    Notes are analysed as harmonics and noise, which separates their pitch from their timbre;
    principal components keep what varies; a small conditional variational autoencoder learns
    these.

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
        "epochs": 120, "batch_size": 32, **TO_THE_END,
    }  # fmt: skip
    vae = ConditionalVAE(random_state=random_state, verbose=verbose, **{**own, **parameters})
    return GenerativePipeline(
        [*_harmonic_features(sample_rate, n_components, random_state), ("vae", vae)]
    )


def harmonic_gan(
    *,
    sample_rate: int = 16000,
    n_components: int = 64,
    random_state: Any = None,
    verbose: int = 0,
    **parameters: Any,
) -> GenerativePipeline:
    """Return a pipeline that learns notes of known pitch with a GAN.

    As `harmonic_cvae`, with a small GAN of hinge loss [1]_ in place of the autoencoder: its
    notes vary more.

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
    .. [1] J. H. Lim, J. C. Ye, "Geometric GAN", 2017, arXiv:1705.02894.

    Examples
    --------
    >>> from audiogen.recipes import harmonic_gan
    >>> [name for name, _ in harmonic_gan(random_state=0).steps]
    ['harmonics', 'flatten', 'pca', 'gan']
    """
    gan = GANGenerator(random_state=random_state, verbose=verbose, **{**NOTES_GAN, **parameters})
    return GenerativePipeline(
        [*_harmonic_features(sample_rate, n_components, random_state), ("gan", gan)]
    )


def harmonic_gmm(
    *,
    sample_rate: int = 16000,
    n_components: int = 64,
    random_state: Any = None,
    verbose: int = 0,
    **parameters: Any,
) -> GenerativePipeline:
    """Return a pipeline that learns notes of known pitch within seconds.

    As `harmonic_cvae`, with a conditional Gaussian mixture in place of the network.

    Parameters
    ----------
    sample_rate : int, default=16000
        Sampling rate of the audio, in Hz.
    n_components : int, default=64
        Maximum number of principal components; there are no more than notes.
    random_state : int, RandomState or None, default=None
        Seed of everything random.
    verbose : int, default=0
        Ignored, as training takes seconds; all recipes have it.
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


def captioned_notes(
    *,
    sample_rate: int = 16000,
    n_components: int = 64,
    random_state: Any = None,
    verbose: int = 0,
    **parameters: Any,
) -> GenerativePipeline:
    """Return a pipeline that learns notes with captions, and is asked in words.

    As `harmonic_cvae`, with a column of text in place of the family. Its notes are nearer to the
    mean of what the words say: noise that makes notes vary would blur that.

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
        Further parameters of `ConditionalVAE`, in place of this recipe's own.

    Returns
    -------
    pipeline : GenerativePipeline
        ``fit(X, y)`` with y a DataFrame of pitch and caption, such as
        `audiogen.datasets.make_captions` makes, then ``sample(y=wanted)`` gives audio.

    See Also
    --------
    audiogen.preprocessing.TextConditions : What reads the captions.

    Notes
    -----
    A few hundred notes teach more words if each is there four times, with four captions that
    leave out different things.

    Examples
    --------
    >>> from audiogen.recipes import captioned_notes
    >>> pipeline = captioned_notes(random_state=0)
    >>> [name for name, _ in pipeline.steps], pipeline[-1].text
    (['harmonics', 'flatten', 'pca', 'vae'], 'caption')
    """
    own = {"text": "caption", "beta": 10.0, "observation_noise": False, "epochs": 60}
    return harmonic_cvae(
        sample_rate=sample_rate,
        n_components=n_components,
        random_state=random_state,
        verbose=verbose,
        **{**own, **parameters},
    )


def _harmonic_features(
    sample_rate: int, n_components: int, random_state: Any
) -> list[tuple[str, Any]]:
    """Return the steps from notes to principal components of their harmonics and noise."""
    return [
        ("harmonics", HarmonicPlusNoise(sample_rate=sample_rate, n_jobs=2)),
        ("flatten", Flatten()),
        ("pca", PrincipalComponents(n_components, random_state=random_state)),
    ]
