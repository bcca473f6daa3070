"""scikit-learn estimators that learn to generate sound.

Names are loaded when they are first used, so that ``import audiogen`` costs
nothing: ``audiogen.datasets``, ``audiogen.preprocessing``, ``audiogen.generators``,
``audiogen.metrics``, ``audiogen.scoring``, ``audiogen.recipes`` and so on need no
import of their own.
"""

import importlib

__version__ = "0.1.0"

_MODULES = (
    "datasets",
    "display",
    "exceptions",
    "generators",
    "metrics",
    "pipeline",
    "preprocessing",
    "recipes",
    "scoring",
    "signal",
    "utils",
)
_NAMES = {
    "GenerativePipeline": "pipeline",
    "compose": "_compose",
    "generate": "pipeline",
    "load": "persistence",
    "make_generative_pipeline": "pipeline",
    "render": "_render",
    "save": "persistence",
    "write_clip": "utils.clips",
}

__all__ = ["__version__", *_MODULES, *_NAMES]


def __getattr__(name):
    if name in _MODULES:
        return importlib.import_module(f"audiogen.{name}")
    if name in _NAMES:
        return getattr(importlib.import_module(f"audiogen.{_NAMES[name]}"), name)
    raise AttributeError(f"module 'audiogen' has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
