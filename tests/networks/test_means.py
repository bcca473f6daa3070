import keras
import numpy as np

from audiogen.networks._means import Means


def test_means_are_weighted_by_the_size_of_batches():
    means = Means(["loss", "penalty", "spread"])
    losses, sizes = [1.0, 4.0, 2.0], [8, 8, 3]
    for loss, size in zip(losses, sizes, strict=True):
        figures = {"loss": loss, "penalty": 10 * loss, "spread": loss}
        means.update_state(figures, size, penalty=size == 8, spread=False)
    found = {name: float(value) for name, value in means.result().items()}
    assert found["loss"] == np.float32(np.average(losses, weights=sizes))
    assert found["penalty"] == 25
    assert found["spread"] == 0
    means.reset_state()
    assert [float(keras.ops.sum(v)) for v in means.variables] == [0, 0]
