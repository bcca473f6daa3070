"""What holds for all tests."""

import librosa
import numpy as np


def pytest_configure(config):
    """Let librosa compile what numba keeps on disk before workers do so at the same time.

    Workers that compile at once can leave files that do not belong together, and whoever loads
    those crashes: https://github.com/numba/numba/issues/10128.
    """
    is_worker = hasattr(config, "workerinput")
    if getattr(config.option, "numprocesses", None) and not is_worker:
        librosa.piptrack(y=np.zeros(2048, np.float32), sr=16000)
