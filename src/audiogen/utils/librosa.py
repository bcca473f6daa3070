"""The module librosa, wherever it is installed."""

import atexit
import shutil
import tempfile
from typing import Any

__all__ = ["import_librosa"]


def import_librosa() -> Any:
    """Return librosa, also where numba has no folder to write what it compiles to.

    Returns
    -------
    librosa : module

    Notes
    -----
    librosa's functions are compiled by numba, whose cache is in librosa's own folder or in the
    user's home. Where neither can be written to, as in containers, importing them fails; then the
    cache of this process is a temporary folder.

    Examples
    --------
    >>> from audiogen.utils.librosa import import_librosa
    >>> float(import_librosa().midi_to_hz(69))
    440.0
    """
    try:
        return _with_compiled()
    except RuntimeError as error:
        if "no locator available" not in str(error):
            raise
    import numba

    config: Any = numba.config
    config.CACHE_DIR = tempfile.mkdtemp(prefix="audiogen-numba-")
    atexit.register(shutil.rmtree, config.CACHE_DIR, ignore_errors=True)
    return _with_compiled()


def _with_compiled() -> Any:
    """Return librosa with the modules loaded that numba compiles, which it loads late itself."""
    import librosa
    import librosa.core
    import librosa.filters

    return librosa
