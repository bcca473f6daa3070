"""Embeddings that are handed in, and figures with what they depend on."""

import functools
import json

import librosa
import numpy as np
import pandas as pd
import pytest

import audiogen
from audiogen.metrics import (
    Embedding,
    Measurement,
    confidence_interval,
    density_and_coverage,
    embed,
    frechet_audio_distance,
    frechet_distance,
    kernel_distance,
    log_mel_statistics,
    log_spectral_distance,
    measure,
    mfcc_frames,
    pitch_accuracy,
    pitch_entropy,
    tonality,
)

RATE = 16000


def clips(seed, n=12, seconds=0.25):
    return 0.1 * np.random.default_rng(seed).standard_normal((n, int(seconds * RATE)))


def power(audio):
    return np.square(audio).mean(axis=1)


def test_an_embedding_hears_its_own_rate():
    heard = []

    def record(audio, sample_rate):
        heard.append((audio.shape, sample_rate))
        return audio[:, :2]

    tone = np.sin(2 * np.pi * 440 * np.arange(2 * 44100) / 44100)[np.newaxis]
    embed(tone, sample_rate=44100, embedding=record)
    own = Embedding(record, name="own", sample_rate=RATE)
    embed(tone, sample_rate=44100, embedding=own)
    assert heard == [((1, 88200), 44100), ((1, 32000), RATE)]

    def pitch(audio):
        spectrum = np.abs(np.fft.rfft(audio))
        return spectrum.argmax(axis=1) / 2.0  # Hz, of 2 s

    for rate in (8000, 44100):
        named = Embedding(pitch, name="pitch", sample_rate=rate)
        assert embed(tone, sample_rate=44100, embedding=named) == pytest.approx(440)


def test_attributes_of_any_callable_are_read():
    class Network:
        name, sample_rate, version = "VGGish", 8000, "1.2"

        def __call__(self, audio):
            assert audio.shape[1] == 2000
            return power(audio)

    [result] = measure(
        [kernel_distance], clips(0), clips(1), sample_rate=RATE, embedding=Network()
    )
    assert result.embedding == "VGGish 1.2"
    [result] = measure([kernel_distance], clips(0), clips(1), sample_rate=RATE, embedding=power)
    assert result.embedding == "power"
    distance = frechet_audio_distance(clips(0), clips(1), sample_rate=RATE, embedding=Network())
    assert np.isfinite(distance)


def test_log_mel_statistics_are_those_of_librosa():
    audio = clips(0, 2)
    found = log_mel_statistics(audio, RATE)
    for clip, row in zip(audio.astype(np.float32), found, strict=True):
        mel = librosa.feature.melspectrogram(y=clip, sr=RATE, n_mels=128)
        levels = librosa.power_to_db(mel).reshape(32, 4, -1).mean(axis=1)
        assert row == pytest.approx(np.concatenate([levels.mean(1), levels.std(1)]), abs=0.02)
    louder = log_mel_statistics(3 * audio, RATE, scaled=True)
    assert louder == pytest.approx(log_mel_statistics(audio, RATE, scaled=True), abs=1e-3)


@pytest.mark.parametrize(
    ("embedding", "words"),
    [
        (lambda audio: audio[:1], "must return a row for each of 12 clips"),
        (lambda audio: 3.0, "must return a row for each of 12 clips"),
        (Embedding(lambda audio: audio * np.nan, name="broken"), "what broken returns holds NaN"),
        (Embedding(lambda audio: audio[:, :0], name="empty"), "what empty returns must have"),
    ],
)
def test_embeddings_that_return_something_else(embedding, words):
    with pytest.raises(ValueError, match=words):
        embed(clips(0), sample_rate=RATE, embedding=embedding)


def test_an_embedding_is_a_function_with_a_rate():
    with pytest.raises(TypeError, match="function must be callable. Got 'vggish'"):
        Embedding("vggish", name="VGGish")
    with pytest.raises(TypeError, match="embedding must be callable. Got 'vggish'"):
        embed(clips(0), sample_rate=RATE, embedding="vggish")
    with pytest.raises(ValueError, match="'sample_rate' parameter of Embedding"):
        Embedding(power, name="power", sample_rate=0)


def test_figures_are_those_of_the_functions():
    real, generated = clips(0), clips(1)
    corrected = functools.partial(frechet_distance, corrected=True)
    results = measure(
        [corrected, density_and_coverage, tonality, pitch_entropy],
        real, generated, sample_rate=RATE, n_resamples=4,
    )  # fmt: skip
    by_name = {result.metric: result for result in results}
    frames = [mfcc_frames(audio, RATE) for audio in (real, generated)]
    cover = density_and_coverage(*frames)
    assert by_name == {name: by_name[name] for name in (
        "frechet_distance(corrected=True)", "density_and_coverage: density",
        "density_and_coverage: coverage", "tonality", "pitch_entropy",
    )}  # fmt: skip
    distance = by_name["frechet_distance(corrected=True)"]
    assert float(distance) == corrected(*frames)
    interval = confidence_interval(corrected, *frames, n_resamples=4)
    assert distance.interval == pytest.approx(interval)
    assert distance.n == (12, 12)
    assert distance.embedding == "mfcc_frames"
    assert by_name["density_and_coverage: coverage"].value == cover["coverage"]
    tone = by_name["tonality"]
    assert float(tone) == tonality(generated, sample_rate=RATE)
    assert (tone.n, tone.embedding, tone.sample_rate) == ((12,), "", RATE)
    assert tone.version == f"audiogen {audiogen.__version__}"


def test_of_other_lengths_or_few_clips():
    ragged = [clips(0, 1, 0.3)[0], clips(1, 1, 0.4)[0]]
    [result] = measure([tonality], ragged, sample_rate=RATE)
    assert result.interval is None  # of two clips
    assert result.to_dict()["low"] is None
    with pytest.raises(ValueError, match="clips of one length"):
        measure([kernel_distance], ragged, ragged, sample_rate=RATE)
    more = [*ragged, *ragged, *ragged]
    [result] = measure([tonality], more, sample_rate=RATE, n_resamples=6)
    tones = functools.partial(tonality, sample_rate=RATE)
    assert result.interval == confidence_interval(tones, more, n_resamples=6)
    assert result.interval[0] < tones(more) < result.interval[1]


def test_into_tables_and_json():
    results = measure([pitch_entropy], np.zeros((5, 4000)), sample_rate=RATE, n_resamples=2)
    assert np.isnan(float(results[0]))
    assert json.loads(json.dumps([r.to_dict() for r in results], allow_nan=False)) == [
        {
            "metric": "pitch_entropy", "value": None, "low": None, "high": None,
            "confidence_level": 0.95, "n": [5], "embedding": "", "sample_rate": RATE,
            "version": f"audiogen {audiogen.__version__}",
        }
    ]  # fmt: skip
    table = pd.DataFrame([r.to_dict() for r in measure(
        [kernel_distance], clips(0), clips(1), sample_rate=RATE, n_resamples=4
    )])  # fmt: skip
    assert table[["low", "value", "high"]].dtypes.eq(float).all()


def test_prints_as_a_line():
    result = Measurement("x", 1 / 3, None, 0.9, (5, 6), "CLAP 2", 48000.0, "audiogen 1")
    assert str(result) == "x 0.3333, n = 5 and 6, CLAP 2, 48000 Hz, audiogen 1"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda m: m([kernel_distance], clips(0)), "kernel_distance takes 2 sets of clips. Got 1"),
        (lambda m: m([log_spectral_distance], clips(0), clips(1)), "is of pairs"),
        (lambda m: m([pitch_accuracy], clips(0), clips(1)), "pitch_accuracy is of pairs"),
        (lambda m: m([kernel_distance], clips(0), clips(1) * np.nan), r"sets\[1\] holds NaN"),
        (
            lambda m: m([density_and_coverage], clips(0, 7), clips(1)),
            "for no interval: real must",
        ),
        (lambda m: m([tonality], clips(0), n_resamples=-1), "'n_resamples' parameter of measure"),
    ],
)
def test_bad_calls(call, words):
    with pytest.raises(ValueError, match=words):
        call(functools.partial(measure, sample_rate=RATE))
