"""Named, ready pipelines: plain compositions of public parts, to copy and change."""

from sklearn.decomposition import PCA

from audiogen.generators import ConditionalVAE
from audiogen.pipeline import GenerativePipeline
from audiogen.preprocessing import Flatten, HarmonicPlusNoise

__all__ = ["harmonic_cvae"]


def harmonic_cvae(
    *, sample_rate=16000, n_components=64, random_state=None, verbose=0, **parameters
):
    """Return an unfitted pipeline that learns notes of known pitch, in a minute or two.

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
    vae = {"latent_dim": 8, "beta": 4.0, "epochs": 500, "batch_size": 32, "patience": None,
           "plateau_patience": None, "validation_fraction": 0.0, **parameters}  # fmt: skip
    return GenerativePipeline(
        [
            ("harmonics", HarmonicPlusNoise(sample_rate=sample_rate)),
            ("flatten", Flatten()),
            ("pca", PCA(n_components, random_state=random_state)),
            ("vae", ConditionalVAE(random_state=random_state, verbose=verbose, **vae)),
        ]
    )
