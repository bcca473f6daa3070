"""Damaged sound files are read as finite sound, or refused by name."""

import functools
import io
import random

import numpy as np
import pytest
import soundfile
from hypothesis import given

from audiogen import read_clip
from audiogen.exceptions import AudioFileError
from audiogen.io import open_clip
from helpers.examples import examples
from helpers.mutants import SEEDS, damage_bytes, read_or_refused
from helpers.sound_files import flac_without_total, mp3_without_count, tone

RATE = 8000
KINDS = {
    "wav": ("WAV", "PCM_16"), "float.wav": ("WAV", "FLOAT"), "adpcm.wav": ("WAV", "IMA_ADPCM"),
    "flac": ("FLAC", "PCM_16"), "ogg": ("OGG", "VORBIS"), "opus": ("OGG", "OPUS"),
    "mp3": ("MP3", None), "aiff": ("AIFF", "PCM_16"), "au": ("AU", "PCM_16"),
    "caf": ("CAF", "PCM_16"), "w64": ("W64", "PCM_16"), "rf64": ("RF64", "PCM_16"),
    "voc": ("VOC", "PCM_16"),
}  # fmt: skip


@functools.cache
def whole(kind):
    """Return the bytes of half a second of sound."""
    audio, file = tone(RATE // 2, RATE), io.BytesIO()
    if kind == "stream.flac":
        return flac_without_total(audio, RATE)
    if kind == "stream.mp3":
        return mp3_without_count(audio, RATE)
    container, subtype = KINDS[kind]
    soundfile.write(file, audio, RATE, format=container, subtype=subtype)
    return file.getvalue()


@pytest.mark.parametrize("kind", [*KINDS, "stream.flac", "stream.mp3"])
@examples(200)
@given(seed=SEEDS)
def test_damaged_sound(kind, tmp_path_factory, seed):
    path = tmp_path_factory.getbasetemp() / f"damaged.{kind}"
    path.write_bytes(damage_bytes(whole(kind), random.Random(seed), header=80))
    found = read_or_refused(read_clip, path, AudioFileError)
    if found is not None:
        audio, rate = found
        assert rate > 0
        assert audio.dtype == np.float32
        assert len(audio)
        assert np.abs(audio).max() <= 1e30
    read_or_refused(read_beginning_of_one_channel, path, AudioFileError)


def read_beginning_of_one_channel(path):
    audio, _ = read_clip(path, sample_rate=11_025, duration=0.1, mono=True)
    assert audio.ndim == 1
    assert len(audio) <= 1103
    assert np.isfinite(audio).all()
    with open_clip(path) as sound:
        assert sound.frames
