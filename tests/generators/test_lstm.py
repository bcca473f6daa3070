import numpy as np
import pytest
import soundfile

import audiogen
from audiogen import generate, make_generative_pipeline
from audiogen.datasets import load_gtzan, make_notes
from audiogen.generators import LSTMSequencer
from audiogen.generators._frames import FrameScaling
from audiogen.preprocessing import SlidingWindow, STFTSpectrogram

TINY = {"units": 4, "n_layers": 1, "epochs": 1, "random_state": 0}
REPORT = (256, 512, 2)


def rotation(n_frames):
    """Frames of two numbers that follow from each other: a point on its way round a circle."""
    angle = 0.4 * np.arange(n_frames)
    return 5 * np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


@pytest.fixture(scope="module", params=[None, 2], ids=["flattened", "components"])
def circle(request):
    lstm = LSTMSequencer(
        n_layers=1, units=16, dropout=0.0, frame_components=request.param, epochs=80,
        batch_size=64, learning_rate=0.03, random_state=0,
    )  # fmt: skip
    return lstm.fit(SlidingWindow(length=4).fit_transform(rotation(100)))


def built(frame_shape, **options):
    from audiogen.networks import build_sequencer

    parameters = {"length": 16, "horizon": 1, "units": 128, "n_layers": 5, "dropout": 0.2}
    return build_sequencer(frame_shape, **{**parameters, **options}, seed=0)


def loss_of(model, x, y):
    return float(model.compute_loss(y=y, y_pred=model([x]), training=False))


# ---------------------------------------------------------------- the report's own


def test_the_network_is_the_reports():
    """Flatten, five bidirectional LSTMs of 128, dropout 0.2 after each, dense, reshape."""
    network = built((3, 2, 2), error_scale=None).network
    kinds = [type(layer).__name__ for layer in network.layers]
    assert kinds == [
        "InputLayer", "Reshape", *["BidirectionalLSTM", "Dropout"] * 5, "Dense", "Reshape",
    ]  # fmt: skip
    assert network.layers[1].output.shape == (None, 16, 12), "each frame is flattened"
    recurrent = [layer for layer in network.layers if "Bidirectional" in type(layer).__name__]
    assert [layer.output.shape for layer in recurrent] == [(None, 16, 256)] * 4 + [(None, 256)]
    kinds = [type(layer.forward_layer).__name__ for layer in recurrent]
    assert kinds == ["LargeInputLSTM", *["LSTM"] * 4]
    assert all(layer.backward_layer.go_backwards for layer in recurrent)
    assert {layer.rate for layer in network.layers if hasattr(layer, "rate")} == {0.2}
    assert network.layers[-2].activation.__name__ == "linear"
    assert network.output_shape == (None, 1, 3, 2, 2)


def test_it_has_the_reports_337_million_weights():
    sizes = [built((n,), error_scale=None).count_params() for n in (1, 2)]
    at_full_size = sizes[0] + (np.prod(REPORT) - 1) * (sizes[1] - sizes[0])
    assert at_full_size // 10**6 == 337


def test_the_training_is_the_reports():
    """Windows of 16, Adam, mean squared error, batches of 32, 50 epochs, 5 extra frames."""
    import keras

    lstm = LSTMSequencer()
    assert (lstm.epochs, lstm.batch_size, lstm.extra_frames) == (50, 32, 5)
    assert (lstm.units, lstm.n_layers, lstm.dropout) == (128, 5, 0.2)
    assert lstm.frame_components is lstm.patience is lstm.plateau_patience is None
    assert SlidingWindow().length == 16
    frames = np.random.default_rng(0).uniform(-1, 1, (20, 3)).astype(np.float32)
    windows = SlidingWindow().fit_transform(frames)
    still = LSTMSequencer(units=4, n_layers=2, epochs=1, dropout=0.0, learning_rate=1e-12)
    still.set_params(random_state=0, validation_fraction=0.5).fit(windows)
    assert isinstance(still._model.optimizer, keras.optimizers.Adam)
    for name, rows in (("", [0, 1]), ("val_", [2, 3])):
        predicted = np.asarray(still.network_([windows[rows, :16]]))
        errors = windows[rows, 16:] - predicted
        assert still.history_[name + "loss"] == [pytest.approx(np.mean(errors**2), rel=1e-5)]
        assert still.history_[name + "mae"] == [pytest.approx(np.abs(errors).mean(), rel=1e-5)]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_large_inputs_make_no_other_lstm(backwards, return_sequences):
    from keras import layers

    options = {"go_backwards": backwards, "return_sequences": return_sequences}
    bidirectional = built((6, 2), units=3, n_layers=1, error_scale=None).network.layers[2]
    ours = type(bidirectional.forward_layer)(bidirectional.forward_layer.cell, **options)
    theirs = layers.LSTM(3, seed=0, **options)
    x = np.random.default_rng(0).normal(size=(5, 16, 12)).astype(np.float32)
    expected = np.asarray(theirs(x))
    ours(x)
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(np.asarray(ours(x)), expected, atol=1e-6)


def test_no_two_layers_begin_alike():
    weights = [
        w for w in built((2,), units=4, error_scale=None).network.get_weights() if w.ndim > 1
    ]
    assert len(weights) == 21
    for i, one in enumerate(weights):
        assert not any(np.array_equal(one, other) for other in weights[:i])


# --------------------------------------------------------------------- components


@pytest.mark.parametrize("bounded", [True, False])
@pytest.mark.parametrize(
    ("n_components", "frame_shape"), [(100, (4, 3)), (5, (4, 3)), (100, (90,))]
)
def test_components_and_flattened_frames_are_one_function(bounded, n_components, frame_shape):
    """With kernels mapped through the basis, the same loss in frame units, the same frames."""
    rng = np.random.default_rng(0)
    frames = rng.uniform(-1, 1, (60, *frame_shape)).astype(np.float32) * (1 if bounded else 50)
    windows = SlidingWindow(length=6).fit_transform(frames)
    rows = np.arange(len(windows))
    size = int(np.prod(frame_shape))
    flat = FrameScaling(None).fit(windows, rows)
    parts = FrameScaling(n_components).fit(windows, rows)
    assert len(parts.axes_) == min(n_components, size, 59)

    options = {"length": 6, "units": 8, "n_layers": 2}
    in_parts = built(parts.network_shape_, error_scale=parts.error_scale_, **options)
    flattened = built(frame_shape, error_scale=None, **options)
    weights = in_parts.network.get_weights()
    unit = parts.unit_ / flat.scale_
    centre = (parts.centre_ - np.ravel(flat.mean_)) / flat.scale_
    for kernel, bias in ((0, 2), (3, 5)):  # of both directions of the first layer
        weights[kernel] = parts.axes_.T @ weights[kernel] / unit
        weights[bias] = weights[bias] - centre @ weights[kernel]
    weights[-2], weights[-1] = (w @ parts.axes_ * unit for w in weights[-2:])
    weights[-1] = weights[-1] + centre
    flattened.network.set_weights(weights)

    results = []
    for scaling, model in ((flat, flattened), (parts, in_parts)):
        read = scaling.reader(windows, rows)
        x, y = read(rows, slice(-1)), read(rows, slice(-1, None))
        x = x if scaling.axes_ is None else x[..., :-1]
        predicted = scaling.inverse(np.asarray(model([x])))
        results.append((loss_of(model, x, y), predicted))
    assert results[0][0] == pytest.approx(results[1][0], abs=1e-5)
    np.testing.assert_allclose(results[0][1], results[1][1], atol=1e-3 if bounded else 5e-2)


def test_components_are_saved_with_the_model(tmp_path):
    frames = np.random.default_rng(0).normal(size=(30, 5, 2)).astype(np.float32)
    windows = SlidingWindow(length=4).fit_transform(frames)
    lstm = LSTMSequencer(frame_components=3, **TINY).fit(windows)
    audiogen.save(lstm, tmp_path / "lstm.skops")
    again = audiogen.load(tmp_path / "lstm.skops")
    np.testing.assert_array_equal(again.sample(4), lstm.sample(4))
    assert "mae" not in lstm.history_
    for model in (lstm, again):
        model.partial_fit(windows)
    np.testing.assert_array_equal(again.sample(4), lstm.sample(4))


# ----------------------------------------------------------------------- sampling


def test_it_goes_on_round_the_circle(circle):
    path = rotation(60)
    ahead = circle.sample(seed_frames=path[np.newaxis, 30:40])
    assert ahead.shape == (1, 5, 2)
    assert np.abs(ahead[0] - path[40:45]).max() < 0.75, "a step is 2 long"
    first = circle.sample(seed_frames=path[np.newaxis, 36:40])
    np.testing.assert_array_equal(first, ahead), "the last frames of a seed count"
    assert circle.history_["val_loss"][-1] < 0.01


def test_drawn_seeds_are_the_ends_of_training_windows(circle):
    windows = SlidingWindow(length=4).fit_transform(rotation(100))
    n_training = len(windows) - int(0.1 * len(windows))
    assert len(circle._seeds) == n_training
    drawn = circle.sample(n_training)
    ends = circle.sample(seed_frames=windows[:n_training, 1:])
    np.testing.assert_array_equal(circle.sample(n_training, random_state=0), drawn)
    distance = np.abs(drawn[:, np.newaxis] - ends).max(axis=(2, 3))
    assert distance.min(axis=1).max() < 1e-4


def test_no_seed_is_drawn_twice_while_there_are_others():
    frames = np.random.default_rng(0).normal(size=(30, 3)).astype(np.float32)
    lstm = LSTMSequencer(**TINY, validation_fraction=0.0)
    lstm.fit(SlidingWindow(length=4).fit_transform(frames))
    samples = lstm.sample(2 * 26)
    found, counts = np.unique(samples.round(4).reshape(52, -1), axis=0, return_counts=True)
    assert len(found) == 26
    assert set(counts) == {2}


def test_few_seeds_are_kept_of_large_frames(monkeypatch):
    monkeypatch.setattr("audiogen.generators._lstm._SEED_BYTES", 4 * 4 * 3 * 7 + 5)
    frames = np.random.default_rng(0).normal(size=(30, 3)).astype(np.float32)
    lstm = LSTMSequencer(**TINY).fit(SlidingWindow(length=4).fit_transform(frames))
    assert lstm._seeds.shape == (7, 4, 3)
    assert lstm.sample(9).shape == (9, 5, 3)


def test_more_frames_at_once(monkeypatch):
    monkeypatch.setattr("audiogen.utils.blocks._VALUES_PER_BLOCK", 2 * 12)
    frames = np.random.default_rng(0).uniform(-1, 1, (30, 3)).astype(np.float32)
    windows = SlidingWindow(length=4, horizon=2).fit_transform(frames)
    lstm = LSTMSequencer(extra_frames=3, horizon=2, **TINY).fit(windows)
    samples = lstm.sample(seed_frames=windows[:5, :4])
    assert samples.shape == (5, 3, 3)
    first = np.asarray(lstm.network_([windows[:5, :4]]))
    np.testing.assert_allclose(samples[:, :2], first, atol=1e-6)
    second = np.asarray(lstm.network_([np.concatenate([windows[:5, 2:4], first], axis=1)]))
    np.testing.assert_allclose(samples[:, 2], second[:, 0], atol=1e-6)
    assert lstm.set_params(extra_frames=8).sample(1).shape == (1, 8, 3)


def test_the_last_windows_are_held_out():
    rows, held_out = LSTMSequencer(validation_fraction=0.25)._split(20, 0)
    np.testing.assert_array_equal(rows, np.arange(15))
    np.testing.assert_array_equal(held_out, np.arange(15, 20))


# ---------------------------------------------------------------------- pipelines


def test_notes_to_notes():
    notes = make_notes(24, duration=0.25, random_state=0).data
    steps = (
        STFTSpectrogram(frame_length=256, hop_length=128),
        SlidingWindow(length=4),
        LSTMSequencer(extra_frames=3, frame_components=16, **TINY),
    )
    pipe = make_generative_pipeline(*steps).fit(notes)
    size = notes.shape[1]
    for join in ("audio", "spectrogram"):
        audio = generate(pipe, 2, join=join)
        assert audio.shape == (2, 3 * size)
        assert np.isfinite(audio).all()
    blended = generate(pipe, 2, crossfade=400)
    plain = generate(pipe, 2)
    np.testing.assert_array_equal(blended[:, :size], plain[:, :size])
    assert np.abs(np.diff(blended)[:, size - 1]).max() < 1e-6
    with pytest.raises(ValueError, match="y must be None"):
        pipe.fit(notes, np.zeros(24))
    with pytest.raises(ValueError, match="LSTMSequencer knows no conditions"):
        generate(pipe, 2, y=60)


def test_a_long_recording_goes_on_with_a_warning_of_what_goes_on_better():
    t = np.arange(12000) / 8000
    recording = (0.5 * np.sin(2 * np.pi * 440 * t))[np.newaxis].astype(np.float32)
    spectrogram = STFTSpectrogram(frame_length=256, hop_length=128, phase=None)
    lstm = LSTMSequencer(extra_frames=96, frame_components=8, **TINY)
    pipe = make_generative_pipeline(spectrogram, SlidingWindow(axis=1), lstm).fit(recording)
    frames = pipe[:1].transform(recording)
    assert frames.shape == (1, 96, 128, 1)
    assert lstm.sample_shape_ == (17, 128, 1)
    for join in ("audio", "spectrogram"):
        with pytest.warns(UserWarning, match="fade. audiogen.recipes.continuation"):
            assert generate(pipe, 2, join=join).shape == (2, 12000)
    ahead = lstm.sample(seed_frames=frames)
    assert spectrogram.inverse_transform(ahead).shape == recording.shape
    lstm.partial_fit(SlidingWindow(axis=1).fit_transform(frames[:, :50]))
    assert lstm.n_iter_ == 2
    assert lstm._seeds.shape == (31, 16, 8), "seeds come from the latest recording"


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:Frames of a recording")
def test_a_piece_of_gtzan_goes_on(tmp_path):
    """Two tones that take turns, 8 frames each, go on taking turns."""
    rate, hop, turn = 22050, 512, 8
    t = np.arange(12 * turn * hop)
    high = t // (turn * hop) % 2
    piece = 0.5 * np.sin(2 * np.pi * np.where(high, 1723, 431) * t / rate)
    (tmp_path / "genres" / "techno").mkdir(parents=True)
    soundfile.write(tmp_path / "genres" / "techno" / "techno.00000.wav", piece, rate)

    pieces = load_gtzan(tmp_path)
    spectrogram = STFTSpectrogram(frame_length=2048, hop_length=hop, phase=None)
    lstm = LSTMSequencer(
        extra_frames=112, units=16, n_layers=1, dropout=0.0, frame_components=8, epochs=60,
        learning_rate=0.02, random_state=0,
    )  # fmt: skip
    pipe = make_generative_pipeline(spectrogram, SlidingWindow(axis=1), lstm).fit(pieces.data)
    frames = spectrogram.transform(pieces.data)
    ahead = lstm.sample(seed_frames=frames[:, :36])
    loudest, wanted = (f[0, ..., 0].argmax(axis=1) for f in (ahead[:, :56], frames[:, 36:92]))
    assert set(np.round(wanted * rate / 2048, -2)) == {400, 1700}
    assert np.mean(np.abs(loudest - wanted) <= 1) > 0.8
    assert spectrogram.inverse_transform(ahead).shape == pipe.sample(1).shape == piece[None].shape


@pytest.mark.filterwarnings("ignore:Frames of a recording")
def test_audio_itself_goes_on():
    pipe = make_generative_pipeline(SlidingWindow(axis=1), LSTMSequencer(extra_frames=7, **TINY))
    assert generate(pipe.fit(np.sin(np.arange(99.0))[np.newaxis]), 3).shape == (3, 7)


# ---------------------------------------------------------------------- bad input


def test_bad_seeds_are_named(circle):
    path = rotation(10)[np.newaxis]
    wanted = r"seed_frames must have the shape \(n_samples, at least 4, 2\)"
    for seeds in (path[:, :3], path[0], path[..., :1], 3.0):
        with pytest.raises(ValueError, match=wanted):
            circle.sample(seed_frames=seeds)
    with pytest.raises(ValueError, match="n_samples is 2, but there are seed_frames for 1"):
        circle.sample(2, seed_frames=path)
    with pytest.raises(ValueError, match="seed_frames for 0"):
        circle.sample(seed_frames=path[:0])
    with pytest.raises(ValueError, match="seed_frames holds NaN"):
        circle.sample(seed_frames=path * np.nan)
    for seeds in (None, path):
        with pytest.raises(ValueError, match="LSTMSequencer knows no conditions"):
            circle.sample(seed_frames=seeds, y="reed")
    assert circle.sample(1, seed_frames=path, return_y=True)[1] is None


def test_windows_too_short_are_named():
    with pytest.raises(ValueError, match=r"windows of 2 frame.*more than horizon=2"):
        LSTMSequencer(horizon=2).fit(np.zeros((5, 2, 3)))


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("extra_frames", 0), ("horizon", 0), ("units", 0), ("n_layers", 0), ("dropout", 1.0),
        ("frame_components", 0), ("frame_components", 0.5),
    ],
)  # fmt: skip
def test_bad_parameters_are_named(parameter, value):
    with pytest.raises((TypeError, ValueError), match=f"'{parameter}' parameter of LSTMSequencer"):
        LSTMSequencer(**{parameter: value}).fit(np.zeros((5, 4, 3)))


def test_alike_frames_and_large_batches_train():
    windows = SlidingWindow(length=4).fit_transform(np.full((9, 3, 2), 7.0))
    lstm = LSTMSequencer(frame_components=4, batch_size=1000, **TINY).fit(windows)
    np.testing.assert_allclose(lstm.sample(2), 7.0)
    assert lstm.history_["loss"][0] < 10
