"""The voices and drums that clips are played with, learnt from notes and hits."""

from typing import Any

from audiogen import recipes
from audiogen.datasets import load_drums, load_notes
from audiogen.music._build_data import RATE
from audiogen.pipeline import GenerativePipeline

__all__ = ["build_drums", "build_voices"]

_KIT_COMPONENTS = 64  # at which the file of the package's kit stays below 2 MB


def build_voices(X: Any = None, y: Any = None, *, random_state: Any = 0) -> GenerativePipeline:
    """Return voices, learnt from notes at 44.1 kHz.

    Parameters
    ----------
    X : array-like of shape (n_notes, n_timesteps), default=None
        Notes; None takes those that come with the package to train on.
    y : DataFrame of n_notes rows, default=None
        Their instrument, pitch and velocity.
    random_state : int, RandomState or None, default=0
        Seed of everything random.

    Returns
    -------
    voices : GenerativePipeline
        Fitted.
    """
    if X is None:
        X, y = load_notes(
            "train",
            sample_rate=RATE,
            return_X_y=True,
            conditions=("instrument", "pitch", "velocity"),
        )
    voices = recipes.voices(random_state=random_state)
    components = min(len(X), voices["pca"].n_components)
    return voices.set_params(pca__n_components=components).fit(X, y)


def build_drums(X: Any = None, y: Any = None, *, random_state: Any = 0) -> GenerativePipeline:
    """Return drum kits, learnt from hits at 44.1 kHz.

    Parameters
    ----------
    X : array-like of shape (n_hits, n_timesteps), default=None
        Hits; None takes those that come with the package.
    y : DataFrame of n_hits rows, default=None
        Their drum, kit and velocity.
    random_state : int, RandomState or None, default=0
        Seed of everything random.

    Returns
    -------
    drums : GenerativePipeline
        Fitted.
    """
    if X is None:
        X, y = load_drums(return_X_y=True)
    kit = recipes.drum_kit(n_components=min(len(X), _KIT_COMPONENTS), random_state=random_state)
    return kit.fit(X, y)
