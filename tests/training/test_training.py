import numpy as np
import pytest

from audiogen.generators import ConditionalVAE
from audiogen.training import Batches


def batches(n, size, seed, **options):
    return Batches(np.arange(n), size, lambda rows, rng: (rows, rng.random()), seed, **options)


def test_batches_are_functions_of_seed_epoch_and_batch():
    one, two = batches(10, 4, 0), batches(10, 4, 0)
    one.epoch = two.epoch = 3
    order = [one[i][0].tolist() for i in (2, 0, 1)]
    assert order == [two[2][0].tolist(), two[0][0].tolist(), two[1][0].tolist()]
    assert one[1][1] == two[1][1] != one[2][1]
    assert sorted(np.concatenate(order)) == list(range(10))
    assert [len(one[i][0]) for i in range(len(one))] == [4, 4, 2]
    two.epoch = 4
    assert one[0][0].tolist() != two[0][0].tolist()
    assert batches(4, 4, 0, shuffle=False)[0][0].tolist() == [0, 1, 2, 3]


def test_each_batch_of_each_epoch_is_asked_for_once(monkeypatch):
    asked = []
    getitem = Batches.__getitem__

    def watched(self, index):
        if self.shuffle:
            asked.append((self.epoch, index))
        return getitem(self, index)

    monkeypatch.setattr(Batches, "__getitem__", watched)
    X = np.random.default_rng(0).normal(size=(30, 4))
    ConditionalVAE(units=(4,), epochs=4, batch_size=10, random_state=0).fit(X)
    assert asked == [(epoch, batch) for epoch in range(4) for batch in range(3)]


def test_memory_maps_are_read_batch_by_batch(tmp_path):
    X = np.random.default_rng(0).uniform(-1, 1, (50, 3000)).astype(np.float32)
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    one = ConditionalVAE(filters=(2, 2), epochs=1, max_samples=20, random_state=0).fit(mapped)
    two = ConditionalVAE(filters=(2, 2), epochs=1, max_samples=20, random_state=0).fit(X)
    np.testing.assert_array_equal(one.sample(2), two.sample(2))


def test_scaling_in_blocks_equals_numpy(monkeypatch):
    from audiogen.generators import _scaling

    monkeypatch.setattr("audiogen.utils.blocks._VALUES_PER_BLOCK", 6 * 7)
    X = np.random.default_rng(0).normal(3, [1, 2, 3, 4, 5, 6], size=(50, 6)).astype(np.float32)
    rows = np.arange(3, 50, 2)
    scaling = _scaling.Scaling().fit(X, rows)
    np.testing.assert_allclose(scaling.mean_, X[rows].mean(axis=0), rtol=1e-5)
    assert float(scaling.scale_) == pytest.approx(np.sqrt(X[rows].var(axis=0).mean()), rel=1e-5)
    np.testing.assert_allclose(scaling.inverse(scaling.forward(X)), X, rtol=1e-4, atol=1e-5)
    assert _scaling.Scaling().fit(np.full((3, 2), 0.5), np.arange(3)).bounded_
