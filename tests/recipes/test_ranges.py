"""Two thousand notes of each default recipe, asked for as the bundled notes are."""

import numpy as np
import pytest

from audiogen import recipes
from audiogen.datasets import load_notes
from audiogen.signal import peak, rms, sounding_time

N_DRAWS = 2000
RATE = 16000


@pytest.fixture(scope="module")
def learnt():
    notes = load_notes("train")
    return notes.data, notes.frame[["pitch", "instrument_family"]]


@pytest.mark.long
@pytest.mark.parametrize("name", ["harmonic_gmm", "harmonic_cvae"])
def test_levels_and_times_are_those_of_the_family(name, learnt):
    """Nine of ten within the range; none silent, or more than a tenth shorter than any."""
    X, y = learnt
    model = getattr(recipes, name)(random_state=0).fit(X, y)
    rows = np.random.default_rng(0).integers(len(y), size=N_DRAWS)
    made = model.sample(y=y.iloc[rows], random_state=0)
    assert peak(made).max() <= 1
    for family in sorted(set(y.instrument_family)):
        known, drawn = (notes[families == family] for notes, families in (
            (X, y.instrument_family.to_numpy()), (made, y.instrument_family.to_numpy()[rows]),
        ))  # fmt: skip
        levels, real_levels = (20 * np.log10(rms(notes) + 1e-9) for notes in (drawn, known))
        times, real_times = (sounding_time(notes, sample_rate=RATE) for notes in (drawn, known))
        assert share_within(levels, real_levels, 0.01) >= 0.9, family
        assert share_within(times, real_times, 0.001) >= 0.9, family
        assert levels.min() > real_levels.min() - 3, family
        assert times.min() > 0.9 * real_times.min(), family


def share_within(values, learnt, tolerance):
    inside = (values >= learnt.min() - tolerance) & (values <= learnt.max() + tolerance)
    return inside.mean()
