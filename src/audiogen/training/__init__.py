"""Training by epochs: one estimator base, one loop (``keras.Model.fit``), callbacks.

Keras is imported when a name that needs it is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
