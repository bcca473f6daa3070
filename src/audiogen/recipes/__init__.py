"""Named, ready pipelines: plain compositions of public parts, to copy and change.

Each function returns an unfitted `audiogen.GenerativePipeline` whose last step is the generator;
every keyword it does not name is one of that generator's, in place of the recipe's own.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
