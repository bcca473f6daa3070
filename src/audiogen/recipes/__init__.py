"""Ready pipelines by name: compositions of public parts, to copy and change.

Each function returns an unfitted `audiogen.GenerativePipeline` that ends in the generator. A
keyword that is none of the function's own parameters is a parameter of that generator and
replaces the recipe's value.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
