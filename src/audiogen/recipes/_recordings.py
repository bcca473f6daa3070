"""Recordings, and more of them: recipes on codes of short patches of sound."""

from typing import Any

from audiogen.generators import NgramSequencer, TransformerSequencer
from audiogen.pipeline import GenerativePipeline
from audiogen.preprocessing import SpectralCodes

__all__ = ["continuation", "style_codes", "texture"]

_HOP = 256 / 22050  # seconds


def texture(
    *,
    sample_rate: int = 22050,
    n_levels: int = 2,
    n_codes: int = 64,
    decoder: str = "noise",
    random_state: Any = None,
    verbose: int = 0,
    **parameters: Any,
) -> GenerativePipeline:
    """Return a pipeline that learns a texture, such as rain or running water, in seconds.

    Recordings are written as codes of patches of 46 ms. In a texture what comes next hardly
    depends on what was before: codes are drawn as often as they followed the one before, which
    keeps swells and single events. Where order matters, as in music, take `continuation`.

    Parameters
    ----------
    sample_rate : int, default=22050
        Sampling rate of the audio, in Hz.
    n_levels : int, default=2
        Number of codes of a patch.
    n_codes : int, default=64
        Maximum number of codes of a level.
    decoder : {"noise", "mean", "grains"}, default="noise"
        How `SpectralCodes` makes sound of codes; "grains" are pieces of the recordings.
    random_state : int, RandomState or None, default=None
        Seed of everything random.
    verbose : int, default=0
        Ignored, as training takes seconds; all recipes have it.
    **parameters : dict
        Further parameters of `NgramSequencer`, in place of this recipe's own.

    Returns
    -------
    pipeline : GenerativePipeline
        ``fit(X)`` with X a list of recordings, ``sample(duration=seconds)`` gives more of them.

    See Also
    --------
    audiogen.datasets.load_recordings : Recordings of a file or a folder.

    Examples
    --------
    >>> from audiogen.recipes import texture
    >>> [name for name, _ in texture(random_state=0).steps]
    ['codes', 'sequencer']
    """
    sequencer = NgramSequencer(random_state=random_state, **{"order": 2, **parameters})
    return _on_codes(sequencer, sample_rate, n_levels, n_codes, decoder, random_state)


def continuation(
    *,
    sample_rate: int = 22050,
    n_levels: int = 2,
    n_codes: int = 64,
    decoder: str = "noise",
    random_state: Any = None,
    verbose: int = 0,
    **parameters: Any,
) -> GenerativePipeline:
    """Return a pipeline that learns a recording of minutes, and goes on with it.

    Recordings are written as codes of patches of 46 ms. A transformer, which knows the beat, and
    what followed the nearest moments of the recordings say together what comes next. Two minutes
    of sound take about three minutes to learn.

    Parameters
    ----------
    sample_rate : int, default=22050
        Sampling rate of the audio, in Hz.
    n_levels : int, default=2
        Number of codes of a patch.
    n_codes : int, default=64
        Maximum number of codes of a level.
    decoder : {"noise", "mean", "grains"}, default="noise"
        How `SpectralCodes` makes sound of codes; "grains" are pieces of the recordings.
    random_state : int, RandomState or None, default=None
        Seed of everything random.
    verbose : int, default=0
        Whether to show the progress of training (1) or not (0).
    **parameters : dict
        Further parameters of `TransformerSequencer`, in place of this recipe's own.

    Returns
    -------
    pipeline : GenerativePipeline
        ``fit(X)`` with X a list of recordings, ``sample(prompt=sound, duration=seconds)`` goes on
        with a sound, and `audiogen.inpaint` fills holes.

    See Also
    --------
    audiogen.datasets.load_recordings : Recordings of a file or a folder.

    Examples
    --------
    >>> from audiogen.recipes import continuation
    >>> [name for name, _ in continuation(random_state=0).steps]
    ['codes', 'sequencer']
    """
    own = {"memory": True, "clock": "auto", **parameters}
    sequencer = TransformerSequencer(random_state=random_state, verbose=verbose, **own)
    return _on_codes(sequencer, sample_rate, n_levels, n_codes, decoder, random_state)


def style_codes(
    *,
    sample_rate: int = 22050,
    n_levels: int = 2,
    n_codes: int = 64,
    decoder: str = "noise",
    random_state: Any = None,
    verbose: int = 0,
    **parameters: Any,
) -> GenerativePipeline:
    """Return a pipeline that learns styles, such as the genres of a folder of clips.

    As `continuation`, with a larger transformer that is told the style: samples of a style can be
    asked for, the more like it the higher `guidance` is.

    Parameters
    ----------
    sample_rate : int, default=22050
        Sampling rate of the audio, in Hz.
    n_levels : int, default=2
        Number of codes of a patch.
    n_codes : int, default=64
        Maximum number of codes of a level.
    decoder : {"noise", "mean", "grains"}, default="noise"
        How `SpectralCodes` makes sound of codes; "grains" are pieces of the recordings.
    random_state : int, RandomState or None, default=None
        Seed of everything random.
    verbose : int, default=0
        Whether to show the progress of training (1) or not (0).
    **parameters : dict
        Further parameters of `TransformerSequencer`, in place of this recipe's own.

    Returns
    -------
    pipeline : GenerativePipeline
        ``fit(X, y)`` with X a list of clips and y a DataFrame of their styles, then
        ``sample(y=wanted, guidance=3.0, duration=seconds)`` gives audio.

    See Also
    --------
    audiogen.datasets.load_recordings : Clips, and the names of their folders.
    audiogen.datasets.load_gtzan : Clips of ten genres.

    Examples
    --------
    >>> from audiogen.recipes import style_codes
    >>> [name for name, _ in style_codes(random_state=0).steps]
    ['codes', 'sequencer']
    """
    own = {"units": 128, "n_layers": 3, "memory": True, **parameters}
    sequencer = TransformerSequencer(random_state=random_state, verbose=verbose, **own)
    return _on_codes(sequencer, sample_rate, n_levels, n_codes, decoder, random_state)


def _on_codes(
    sequencer: Any, sample_rate: int, n_levels: int, n_codes: int, decoder: str, random_state: Any
) -> GenerativePipeline:
    """Return a pipeline of a codec, whose patches last as long at any rate, and a sequencer."""
    hop_length = max(1, round(_HOP * sample_rate))
    codec = SpectralCodes(
        sample_rate=sample_rate,
        n_levels=n_levels,
        n_codes=n_codes,
        decoder=decoder,
        frame_length=4 * hop_length,
        hop_length=hop_length,
        random_state=random_state,
    )
    return GenerativePipeline([("codes", codec), ("sequencer", sequencer)])
