import itertools

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from audiogen import compose
from audiogen.datasets import load_tunes
from audiogen.generators import LSTMSequencer
from audiogen.preprocessing import PianoRoll, SlidingWindow

WHITE = {0, 2, 4, 5, 7, 9, 11}


@pytest.fixture(scope="module")
def pipe():
    pytest.importorskip("keras")
    lstm = LSTMSequencer(
        1,
        units=64,
        n_layers=1,
        epochs=30,
        learning_rate=4e-3,
        validation_fraction=0.0,
        random_state=0,
    )
    return make_pipeline(PianoRoll(2), SlidingWindow(), lstm).fit(load_tunes().data)


def melody(tune):
    return [(n.pitch, round((n.end - n.start) * 4)) for n in tune.instruments[0].notes]


def longest_common_run(a, b):
    """Count the notes of the longest run that is in both, note by note."""
    runs = np.zeros((len(a) + 1, len(b) + 1), int)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            runs[i + 1, j + 1] = runs[i, j] + 1 if x == y else 0
    return runs.max()


def test_what_is_composed_is_a_melody_of_its_own(pipe):
    roll = pipe[0]
    trained = []
    for tune in load_tunes().data:
        frames = roll.transform([tune])[roll.silence :]
        trained.append(melody(roll.inverse_transform(frames)))
    tunes = [melody(compose(pipe, 64, random_state=seed)) for seed in range(4)]
    pitches = [pitch for tune in tunes for pitch, _ in tune]
    assert np.mean([pitch % 12 in WHITE for pitch in pitches]) >= 0.9
    for tune in tunes:
        assert len(tune) >= 16
        assert len({pitch for pitch, _ in tune}) >= 4
        assert len({length for _, length in tune}) >= 2
        assert max(longest_common_run(tune, known) for known in trained) <= 12
    assert len({tuple(tune) for tune in tunes}) == 4


def test_same_seed_same_tune_of_one_voice(pipe):
    tunes = [compose(pipe, 32, random_state=seed) for seed in (5, 5, 6)]
    assert melody(tunes[0]) == melody(tunes[1]) != melody(tunes[2])
    notes = tunes[0].instruments[0].notes
    assert notes[0].start == 0
    assert all(a.end <= b.start + 1e-9 for a, b in itertools.pairwise(notes))
    assert tunes[0].get_end_time() <= 8.0 + 1e-6


def test_other_pipelines_are_refused(pipe):
    for other in (pipe[-1], make_pipeline(SlidingWindow(), LSTMSequencer())):
        with pytest.raises(ValueError, match="PianoRoll, SlidingWindow and LSTMSequencer"):
            compose(other)
    with pytest.raises(ValueError, match="'temperature' parameter of compose"):
        compose(pipe, temperature=0.0)
