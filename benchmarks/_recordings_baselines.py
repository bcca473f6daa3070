"""More of a recording without a model: what one must beat."""

import itertools

import numpy as np

from audiogen.signal import band_levels, find_beat_length, mfcc

PIECE, JOIN = 0.5, 0.05  # seconds
HOP = 256  # of the levels of bands
TRIED = 200
JUMPS = 0.2  # chance of a jump at a beat
ALIKE = 8  # beats that are jumped to


def quilted(sound, n, rate, rng):
    """Return pieces of half a second, each begun where the recording sounds as the last ended."""
    length, join = round(PIECE * rate), round(JOIN * rate)
    last = len(sound) - length - join
    place = int(rng.integers(join, last))
    made = [place]
    while len(made) * length < n:
        tail = spectrum(sound[place + length : place + length + join])
        tried = rng.integers(join, last, TRIED)
        away = [np.square(spectrum(sound[i : i + join]) - tail).sum() for i in tried]
        place = int(tried[np.argmin(away)])
        made.append(place)
    return joined(sound, [(place, place + length) for place in made], join)[:n]


def walked(sound, n, rate, rng):
    """Return an infinite-jukebox walk: beat after beat, with jumps to beats that sound alike."""
    rises = np.maximum(np.diff(band_levels(sound, rate)[0], axis=0), 0).mean(axis=1)
    beat = find_beat_length(rises, shortest=20, longest=100) * HOP
    starts = (np.arange(int(len(sound) / beat) - 1) * beat).astype(int)
    length = int(beat)
    frames = mfcc(np.stack([sound[i : i + length] for i in starts]), rate, 20)
    features = frames.reshape(len(frames), -1)
    away = np.square(features[:, np.newaxis] - features).sum(axis=2)
    np.fill_diagonal(away, np.inf)
    walk: list[int] = []
    here = int(rng.integers(len(starts)))
    while len(walk) * beat < n + beat:
        walk.append(here)
        if here == len(starts) - 1 or rng.random() < JUMPS:
            here = int(rng.choice(np.argsort(away[here, :-1])[:ALIKE]))  # all but the last go on
        here += 1
    return joined(sound, [(starts[i], starts[i] + length) for i in walk], 512)[:n]


def untrained(codec, n, rng):
    """Return the sound of codes drawn at random."""
    n_levels, n_codes, _ = codec.codebooks_.shape
    codes = rng.integers(n_codes, size=(1, -(-n // codec.patch_length_), n_levels))
    return codec.inverse_transform(codes, random_state=0)[0][:n]


def spectrum(sound):
    return np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 0.3


def joined(sound, spans, join):
    """Return pieces one after the other, crossfaded where they do not go on."""
    rise = np.sin(np.linspace(0, np.pi / 2, join)) ** 2
    made = [sound[spans[0][0] : spans[0][1]]]
    for (_, before), (first, last) in itertools.pairwise(spans):
        piece = sound[first:last].copy()
        after = sound[before : before + join]
        n = len(after)
        piece[:n] = piece[:n] * rise[:n] + after * (1 - rise[:n])
        made.append(piece)
    return np.concatenate(made)
