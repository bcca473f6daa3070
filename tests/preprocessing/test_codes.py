"""Recordings as patches and codes, and back."""

import pickle
import warnings

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

import audiogen
from audiogen.preprocessing import SpectralCodes, SpectralPatches, _recordings
from audiogen.signal import stft

RATE, PATCH = 8000, 256
SMALL = {"sample_rate": RATE, "frame_length": 256, "hop_length": 64}


def tune(seconds=3.0, seed=0):
    """Return notes of a scale with a little noise."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * RATE)) / RATE
    pitch = 220 * 2 ** (rng.integers(0, 8, size=int(4 * seconds) + 1)[(4 * t).astype(int)] / 8)
    tone = np.sin(2 * np.pi * np.cumsum(pitch) / RATE) * np.exp(-8 * (t % 0.25))
    return (0.3 * tone + 0.02 * rng.normal(size=len(t))).astype(np.float32)


def codec(decoder="noise", **others):
    given = {"n_levels": 2, "n_codes": 16, "n_components": 8, "random_state": 0}
    return SpectralCodes(decoder=decoder, **{**SMALL, **given, **others})


@pytest.fixture(scope="module")
def recordings():
    return [tune(4.0, 0), tune(3.0, 1)]


@pytest.fixture(scope="module")
def fitted(recordings):
    return codec().fit(recordings)


@parametrize_with_checks(
    [
        SpectralPatches(frame_length=16, hop_length=4, n_frames=2),
        codec(frame_length=16, hop_length=4, n_frames=2, n_codes=4, n_components=2),
    ]
)
def test_scikit_learn_contract(estimator, check):
    with warnings.catch_warnings():  # some checks give few rows
        warnings.filterwarnings("ignore", "ResidualVectorQuantizer keeps")
        check(estimator)


def test_patches_are_the_frames_of_stft():
    audio = tune()[: 20 * PATCH]
    patches = SpectralPatches(**SMALL).fit_transform(audio[np.newaxis])
    magnitude = np.abs(stft(audio, 256, 64))[:, 1:-2] ** 0.3
    np.testing.assert_allclose(patches, magnitude.reshape(1, 20, -1), rtol=1e-5, atol=1e-6)


def test_long_recordings_are_cut_alike_in_parts(monkeypatch):
    audio = [tune(), tune(1.23)]
    whole = SpectralPatches(**SMALL).fit_transform(audio)
    monkeypatch.setattr(_recordings, "_AT_ONCE", 7)
    parts = SpectralPatches(**SMALL).fit_transform(audio)
    for ours, theirs in zip(parts, whole, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_patches_come_back_as_sound():
    audio = tune()[: 20 * PATCH][np.newaxis]
    patches = SpectralPatches(**SMALL).fit(audio)
    features = patches.transform(audio)
    again = patches.transform(patches.inverse_transform(features))
    error = np.linalg.norm(again - features) / np.linalg.norm(features)
    assert error < 0.25
    assert patches.inverse_transform(features).shape == audio.shape


def test_codes_move_with_the_sound(fitted, recordings):
    audio = recordings[0]
    codes = fitted.transform([audio])[0]
    late = fitted.transform([np.concatenate([np.zeros(3 * PATCH, np.float32), audio])])[0]
    np.testing.assert_array_equal(late[4:], codes[1:])


@pytest.mark.parametrize("decoder", ["noise", "mean", "grains"])
def test_sound_has_the_length_of_its_codes(recordings, decoder):
    model = codec(decoder).fit(recordings)
    codes = model.transform(recordings)
    assert [len(part) for part in codes] == [-(-len(r) // PATCH) for r in recordings]
    sounds = model.inverse_transform(codes, random_state=1)
    assert [len(s) for s in sounds] == [len(c) * model.patch_length_ for c in codes]
    for sound, recording in zip(sounds, recordings, strict=True):
        assert sound.dtype == np.float32
        assert np.isfinite(sound).all()
        levels = [np.sqrt(np.mean(np.square(x))) for x in (sound, recording)]
        assert 0.7 < levels[0] / levels[1] < 1.4
        ours, real = (
            np.abs(stft(x[: len(recording)], 256, 64)).ravel() for x in (sound, recording)
        )
        assert np.corrcoef(ours, real)[0, 1] > 0.8


def test_lists_and_arrays_have_the_same_codes(fitted, recordings):
    audio = np.stack([r[:20000] for r in recordings])
    as_list = fitted.transform(list(audio))
    assert isinstance(as_list, np.ndarray)
    assert as_list.dtype == np.int32
    np.testing.assert_array_equal(fitted.transform(audio), as_list)
    first = codec().fit(audio)
    np.testing.assert_array_equal(first.codebooks_, codec().fit(list(audio)).codebooks_)
    with pytest.raises(ValueError, match=r"expecting 20000 features.*Give a list for recordings"):
        first.transform(audio[:, :-1])


def test_the_same_seed_makes_the_same_bits(fitted, recordings, tmp_path):
    again = codec().fit(recordings)
    codes = fitted.transform(recordings)
    sound = fitted.inverse_transform(codes, random_state=3)
    audiogen.save(fitted, tmp_path / "codec.skops")
    for model in (
        again,
        pickle.loads(pickle.dumps(fitted)),
        audiogen.load(tmp_path / "codec.skops"),
    ):
        for ours, theirs in zip(model.transform(recordings), codes, strict=True):
            np.testing.assert_array_equal(ours, theirs)
        np.testing.assert_array_equal(model.inverse_transform(codes, random_state=3)[0], sound[0])
    np.testing.assert_array_equal(
        fitted.inverse_transform(codes)[0], again.inverse_transform(codes)[0]
    )
    assert np.any(fitted.inverse_transform(codes, random_state=4)[0] != sound[0])


def test_noise_comes_back_as_noise():
    """Magnitudes of codes alone are smooth; with noise put back they scatter as Rayleigh's do."""
    noise = (0.1 * np.random.default_rng(0).normal(size=6 * RATE)).astype(np.float32)
    model = codec(n_codes=64).fit([noise])
    drawn = model.transform([noise])
    drawn = np.random.default_rng(1).permutation(drawn, axis=1)
    scatter = {}
    for decoder in ("noise", "mean"):
        sound = model.set_params(decoder=decoder).inverse_transform(drawn, random_state=0)[0]
        level = np.abs(stft(sound, 256, 64))[0, 8:-8, 4:-4]
        scatter[decoder] = np.std(level) / np.mean(level)
        if decoder == "noise":
            assert np.std(sound) == pytest.approx(0.1, rel=0.1)
    assert scatter["noise"] == pytest.approx(0.523, abs=0.05)
    assert scatter["mean"] < 0.4


def test_tones_stay_tones():
    t = np.arange(4 * RATE) / RATE
    tone = (0.3 * np.sin(2 * np.pi * 440 * t) * (1 + 0.3 * np.sin(2 * np.pi * t))).astype(
        np.float32
    )
    tone += 0.003 * np.random.default_rng(0).normal(size=len(t)).astype(np.float32)
    model = codec().fit([tone])
    sound = model.inverse_transform(model.transform([tone]), random_state=0)[0]
    powers = [
        np.abs(np.fft.rfft(x[RATE : 3 * RATE] * np.hanning(2 * RATE))) ** 2 for x in (tone, sound)
    ]
    near = [p[870:891].sum() / p.sum() for p in powers]
    assert near[1] > 0.9 * near[0]


@pytest.mark.parametrize("decoder", ["noise", "mean", "grains"])
def test_sound_is_limited_where_it_would_be_beyond_full_scale_and_only_there(decoder):
    t = np.arange(3 * RATE) / RATE
    square = np.sign(np.sin(2 * np.pi * 110 * t)).astype(np.float32)
    square[: RATE // 2] *= 0.1
    model = codec(decoder).fit([square])
    codes = model.transform([square])[0]
    raw = model._decode(codes, 0, 0)
    sound = model.inverse_transform([codes], random_state=0)[0]
    assert np.abs(raw).max() > 1
    assert np.abs(sound).max() <= 1
    quiet = slice(0, RATE // 2 - 3 * PATCH)
    np.testing.assert_array_equal(sound[quiet], raw[quiet])
    quiet_codes = codes[: RATE // 2 // PATCH - 3]
    assert np.abs(model._decode(quiet_codes, 0, 0)).max() < 1
    np.testing.assert_array_equal(
        model.inverse_transform([quiet_codes], random_state=0)[0],
        model._decode(quiet_codes, 0, 0),
    )


def test_grains_are_pieces_of_the_recordings_and_short(recordings):
    model = codec("grains").fit(recordings)
    codes = model.transform(recordings)
    sounds, found = model.inverse_transform(codes), model.find_grains(codes)
    whole = np.concatenate([np.pad(r, (0, -len(r) % PATCH)) for r in recordings])
    for sound, grains in zip(sounds, found, strict=True):
        assert grains.longest_run <= 0.8 + 1e-9
        assert 0 <= grains.copied_share <= 1
        runs = np.split(grains.starts, np.flatnonzero(np.diff(grains.starts) != PATCH) + 1)
        assert max(map(len, runs)) * PATCH / RATE == pytest.approx(grains.longest_run)
        long_one = max(runs, key=len)
        if len(long_one) < 4:
            continue
        i = 1 + sum(map(len, runs[: int(np.argmax(list(map(len, runs))))]))
        middle = sound[i * PATCH : (i + 1) * PATCH]
        shifts = range(int(long_one[1]) - 64, int(long_one[1]) + 65)
        nearest = min(np.abs(whole[s : s + PATCH] - middle).max() for s in shifts)
        assert nearest < 1e-4
    with pytest.raises(ValueError, match="set decoder='grains' before fit"):
        codec().fit(recordings).find_grains(codes)


def test_gaps_and_silence_and_little_sound(recordings):
    silence = codec().fit([np.zeros(RATE, np.float32)])
    assert not silence.inverse_transform(silence.transform([np.zeros(300)])).any()
    with pytest.warns(UserWarning, match="keeps 13 codes"):
        short = codec(n_codes=64).fit([tune(0.1)])
    assert short.transform([tune(0.01)]).shape == (1, 1, 2)
    with pytest.raises(ValueError, match="needs sound of two patches of 256 time steps at least"):
        codec().fit([tune(0.01)])


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([np.full(4000, np.nan, np.float32)], "recording 0 of X holds NaN"),
        ([tune(), np.zeros((4000, 2))], r"Recording 1 has \(4000, 2\); take the mean"),
        ([tune(), np.zeros(0)], "at least one time step"),
    ],
)
def test_what_is_no_recording_is_refused(X, message):
    with pytest.raises(ValueError, match=message):
        codec().fit(X)


def test_long_recordings_are_learnt_from_stretches(monkeypatch):
    monkeypatch.setattr(_recordings, "_MOST_PATCHES", 40)
    monkeypatch.setattr(_recordings, "_SPAN", 10)
    cut = _recordings.Patches(256, 64, 4, 0.3)
    chosen = _recordings.stretches([tune(4.0), tune(3.0)], cut)
    assert [(len(s.recording), s.first) for s in chosen] == [
        (4 * RATE, 0), (4 * RATE, 70), (3 * RATE, 20), (3 * RATE, 90),
    ]  # fmt: skip
    assert codec().fit([tune(4.0)]).transform([tune(4.0)]).shape == (1, 125, 2)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"decoder": "loud"}, "The 'decoder' parameter of SpectralCodes must be 'noise' or"),
        ({"power": 0}, "The 'power' parameter of SpectralCodes must be a number in the range"),
        ({"hop_length": 512}, "The 'hop_length' parameter"),
    ],
)
def test_parameters_are_checked(parameters, message):
    with pytest.raises(ValueError, match=message):
        codec(**parameters).fit([tune(1.0)])


def test_codes_in_any_order_are_as_loud_as_noise_was():
    """Of a few seconds of noise, patches say nothing of their neighbours."""
    noise = np.random.default_rng(0).normal(0, 0.1, 3 * RATE)
    model = codec(n_components=64).fit([noise])
    codes = model.transform([noise])[0]
    mixed = model.inverse_transform([np.random.default_rng(1).permutation(codes)])[0]
    spectra = [np.square(np.abs(stft(x, 256, 64)[0])).mean(axis=0) for x in (noise, mixed)]
    np.testing.assert_allclose(10 * np.log10(spectra[1] / spectra[0]), 0, atol=1.5)
