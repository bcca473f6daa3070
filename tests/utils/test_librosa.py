import subprocess
import sys

HOMELESS = """
from numba.core import caching

# What numba is left with where neither librosa's folder nor the home can be written to.
caching.CacheImpl._locator_classes = caching.CacheImpl._locator_classes[:1]
from audiogen.utils.librosa import import_librosa
print(import_librosa().filters.mel(sr=16000, n_fft=512, n_mels=40).shape)
"""


def test_librosa_is_used_where_nothing_can_be_cached():
    done = subprocess.run(
        [sys.executable, "-c", HOMELESS], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "(40, 257)\n"
