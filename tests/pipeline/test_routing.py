"""Under scikit-learn's metadata routing."""

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.preprocessing import MinMaxScaler

from audiogen import make_generative_pipeline
from audiogen.generators import ConditionalVAE


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


@pytest.mark.parametrize("nested", [False, True])
def test_previews_are_written_and_nothing_stays_requested(routing, nested, tmp_path):
    X = np.random.default_rng(0).uniform(-1, 1, (8, 16))
    y = pd.DataFrame({"pitch": np.arange(8.0)})
    vae = ConditionalVAE(latent_dim=2, units=(4,), epochs=2, random_state=0)
    vae.set_fit_request(checkpoint_dir=True)
    inner = make_generative_pipeline(MinMaxScaler((-0.5, 0.5)), vae) if nested else vae
    pipe = make_generative_pipeline(MinMaxScaler((-1, 1)), inner, sample_rate=8000)
    pipe.fit(X, y, preview_dir=tmp_path / "new", preview_every=1, checkpoint_dir=tmp_path / "c")
    found = {path.name[:10] for path in (tmp_path / "new").glob("*.wav")}
    assert found == {"epoch_0001", "epoch_0002"}
    assert len(list((tmp_path / "c").iterdir())) == 1
    requests = vae.get_metadata_routing().fit.requests
    assert requests["checkpoint_dir"] is True
    assert {requests["preview"], requests["preview_every"]} == {None}
