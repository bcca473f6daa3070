"""Voices: instruments learnt from a few notes each."""

from typing import Any

from audiogen.generators import ConditionalKernelSmoother
from audiogen.pipeline import GenerativePipeline
from audiogen.preprocessing import Flatten, HarmonicPlusNoise, OnsetTrimmer, PrincipalComponents

__all__ = ["voices"]

# Tuned on notes at 44.1 kHz, by the mel distance of held-out notes. A frame of 16 ms does as well
# as one of 6 ms, and takes a quarter of the time.
_FRAME = 0.016  # seconds
_BANDWIDTH = {"pitch": 5.0, "velocity": 60.0}  # semitones; steps of MIDI velocity


def voices(
    *,
    sample_rate: int = 44100,
    n_components: int = 50,
    random_state: Any = None,
    verbose: int = 0,
    **parameters: Any,
) -> GenerativePipeline:
    """Return a pipeline that learns instruments, each a voice that plays in tune, in seconds.

    Notes begin at their onset and are analysed as harmonics and noise. A note of an instrument is
    then the mean of the notes near it in pitch and velocity *of that instrument*, with a
    small variation by a latent: a latent that stays the same is one voice. Four notes of an
    instrument, spread over its range, are enough.

    Parameters
    ----------
    sample_rate : int, default=44100
        Sampling rate of the audio, in Hz.
    n_components : int, default=50
        Maximum number of principal components; there are no more than notes.
    random_state : int, RandomState or None, default=None
        Seed of everything random.
    verbose : int, default=0
        Ignored, as training takes seconds; all recipes have it.
    **parameters : dict
        Further parameters of `ConditionalKernelSmoother`, in place of this recipe's own.

    Returns
    -------
    pipeline : GenerativePipeline
        ``fit(X, y)`` with y a DataFrame of instrument and pitch, and of velocity where it is
        known, then ``sample(y=wanted)`` gives audio.

    See Also
    --------
    audiogen.datasets.load_notes : Notes at 44.1 kHz, of which voices can be learnt.
    drum_kit : The same for drums.

    Notes
    -----
    Outside the pitches or velocities that an instrument was trained on it is extrapolated, with
    a warning; ``pipeline[-1].conditions_`` has the ranges.

    Examples
    --------
    >>> from audiogen.recipes import voices
    >>> [name for name, _ in voices(random_state=0).steps]
    ['onset', 'harmonics', 'flatten', 'pca', 'smoother']
    """
    own = {"bandwidth": dict(_BANDWIDTH), "temperature": 0.5}
    smoother = ConditionalKernelSmoother(random_state=random_state, **{**own, **parameters})
    hop_length = 4 * max(4, round(_FRAME * sample_rate / 4))
    return GenerativePipeline(
        [
            ("onset", OnsetTrimmer(sample_rate)),
            ("harmonics", HarmonicPlusNoise(sample_rate, hop_length=hop_length, n_jobs=2)),
            ("flatten", Flatten()),
            (
                "pca",
                PrincipalComponents(n_components, half_precision=True, random_state=random_state),
            ),
            ("smoother", smoother),
        ]
    )
