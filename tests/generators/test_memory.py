"""Data larger than memory: training reads the rows it uses, batch by batch."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys, threading, time
import numpy as np
from audiogen import generators
from audiogen.preprocessing import SlidingWindow
from audiogen.utils.seeds import draw_seed

kind, path = sys.argv[1:]
tiny = {
    "ConditionalVAE": dict(latent_dim=2, filters=(4, 4)),
    "GANGenerator": dict(latent_dim=2, filters=(4, 4), units=(4,)),
    "WaveNetAutoencoder": dict(filters=2, dilations=(1, 4), downsampling=64),
    "LSTMSequencer": dict(units=8, n_layers=1, frame_components=64, horizon=1),
}[kind]
model = getattr(generators, kind)(max_samples=256, epochs=1, random_state=0, **tiny)
mapped = np.memmap(path, np.float32, "r", shape=(40_000, 16_000))
windows = SlidingWindow(2).fit_transform(mapped) if kind == "LSTMSequencer" else mapped
rows = np.sort(np.concatenate(model._split(len(windows), draw_seed(0))))
assert len(rows) == 256
rng = np.random.default_rng(0)
out = np.memmap(path, np.float32, "r+", shape=mapped.shape)
for row in rows:
    out[row : row + 2] = rng.uniform(-1, 1, (2, 1)) * rng.uniform(-1, 1, 16_000)
out.flush()

def peak_megabytes(X):
    peak, over = [0], threading.Event()

    def watch():
        while not over.is_set():
            with open("/proc/self/status") as status:
                anonymous = next(int(line.split()[1]) for line in status if "RssAnon" in line)
            peak[0] = max(peak[0], anonymous)
            time.sleep(0.002)

    thread = threading.Thread(target=watch)
    thread.start()
    model.fit(X)
    over.set()
    thread.join()
    return peak[0] / 1024

print(peak_megabytes(windows), peak_megabytes(np.array(windows[rows])))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("ConditionalVAE", marks=pytest.mark.long),
        pytest.param("GANGenerator", marks=pytest.mark.long),
        pytest.param("WaveNetAutoencoder", marks=pytest.mark.long),
        pytest.param("LSTMSequencer", marks=pytest.mark.long),
    ],
)
def test_a_memory_map_costs_no_memory(kind, tmp_path):
    path = tmp_path / "notes.f32"
    with open(path, "wb") as file:
        file.truncate(40_000 * 16_000 * 4)  # 2.6 GB, of which the file system keeps what is used
    command = [sys.executable, "-c", SCRIPT, kind, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    path.unlink()
    assert done.returncode == 0, done.stderr
    mapped, in_memory = map(float, done.stdout.split())
    print(f"{kind}: {mapped:.0f} MB mapped, {in_memory:.0f} MB in memory")
    assert mapped < in_memory + 200
