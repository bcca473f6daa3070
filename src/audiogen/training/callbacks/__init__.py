"""Keras callbacks: what happens beside training, epoch by epoch.

Any of them, and any other ``keras.callbacks.Callback``, can be given to ``fit(callbacks=[...])``.
One that has a method ``set_fit(estimator, data)`` is called before training begins, with
the estimator and with what it is trained on (`audiogen.training.FitData`).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
