"""Learn to generate sound with scikit-learn estimators.

Names are loaded when they are first used, so that ``import audiogen`` costs
nothing: ``audiogen.datasets``, ``audiogen.preprocessing``, ``audiogen.generators``,
``audiogen.metrics``, ``audiogen.scoring``, ``audiogen.recipes`` and so on need no
import of their own.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
