"""Drums: kits learnt from a few hits of each drum."""

from typing import Any

from audiogen.generators import ConditionalKernelSmoother
from audiogen.pipeline import GenerativePipeline
from audiogen.preprocessing import OneShotSpectrogram, PrincipalComponents

__all__ = ["drum_kit"]

_FRAME = (
    0.0116  # seconds; with longer ones attacks are soft, with shorter ones kicks have no pitch
)
_BANDWIDTH = {"velocity": 8.0}


def drum_kit(
    *,
    sample_rate: int = 44100,
    n_components: int = 256,
    random_state: Any = None,
    verbose: int = 0,
    **parameters: Any,
) -> GenerativePipeline:
    """Return a pipeline that learns the drums of several kits in seconds.

    Hits are described by spectrograms without phase. A hit of a drum of a kit is then the mean of
    those of that drum and kit that are near it in velocity, with a small variation: no two
    hits are the same.

    Parameters
    ----------
    sample_rate : int, default=44100
        Sampling rate of the audio, in Hz.
    n_components : int, default=256
        Maximum number of principal components; there are no more than hits.
    random_state : int, RandomState or None, default=None
        Seed of everything random.
    verbose : int, default=0
        Ignored, as training takes seconds; all recipes have it.
    **parameters : dict
        Further parameters of `ConditionalKernelSmoother`, in place of this recipe's own.

    Returns
    -------
    pipeline : GenerativePipeline
        ``fit(X, y)`` with y a DataFrame of drum, kit and velocity, in this order, then
        ``sample(y=wanted)`` gives audio.

    See Also
    --------
    audiogen.datasets.load_drums : Hits of which a kit can be learnt.
    audiogen.io.general_midi_drums : The drums that play the notes of General MIDI.
    voices : The same for notes that have a pitch.

    Notes
    -----
    A drum that a kit lacks is played by those of that name in the other kits.

    Examples
    --------
    >>> from audiogen.recipes import drum_kit
    >>> [name for name, _ in drum_kit(random_state=0).steps]
    ['spectrogram', 'pca', 'smoother']
    """
    own = {"bandwidth": dict(_BANDWIDTH), "temperature": 0.3, "latent_dim": 4}
    hop_length = max(2, 2 * round(_FRAME * sample_rate / 8))
    return GenerativePipeline(
        [
            (
                "spectrogram",
                OneShotSpectrogram(
                    sample_rate, frame_length=4 * hop_length, hop_length=hop_length
                ),
            ),
            (
                "pca",
                PrincipalComponents(n_components, half_precision=True, random_state=random_state),
            ),
            (
                "smoother",
                ConditionalKernelSmoother(random_state=random_state, **{**own, **parameters}),
            ),
        ]
    )
