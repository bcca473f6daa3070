"""How exported instruments play: python -m benchmarks.instruments [NAME ...].

Each is written as a SoundFont and played by TinySoundFont (pip install --no-deps tinysoundfont),
key by key over its range. "cents" is how far a key is from its pitch: the median and the most, by
that of the three loudest of its first twelve partials that is furthest off, in the note's first
1.5 s; partials 12 dB below the loudest are left out, and peaks that are no partials. "step" is
the largest difference in level, in dB, between neighbouring keys. "held" is the level of the tenth
second of a held note over that of the third, in dB, and "seam" the highest spectral flux after
three seconds, over that of the time from 0.5 s to 2 s, which has no loop: means over three keys,
for instruments that are looped.
"""

import argparse
import pathlib
import tempfile
import time

import numpy as np
import tinysoundfont

from audiogen.music import instrument_names, sample_instrument
from audiogen.signal import midi_to_hz

RATE = 44100
VELOCITY = 90
N_FFT = 2**19
N_PARTIALS = 12
WEAKEST = 10 ** (-12 / 20)


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instruments")
    parser.add_argument("names", nargs="*", metavar="NAME")
    heads = "keys", "zones", "loops", "cents", "most", "step", "held", "seam", "MB", "seconds"
    print(f"{'':18}" + "".join(f"{head:>9}" for head in heads))
    for name in parser.parse_args().names or instrument_names():
        print(f"{name:18}" + "".join(f"{cell:>9}" for cell in row(name)), flush=True)


def row(name):
    started = time.perf_counter()
    instrument = sample_instrument(name, random_state=0)
    seconds = time.perf_counter() - started
    low = min(zone.low_key for zone in instrument.zones)
    high = max(zone.high_key for zone in instrument.zones)
    looped = [zone.loop_start is not None for zone in instrument.zones]
    with tempfile.TemporaryDirectory() as folder:
        path = instrument.save(pathlib.Path(folder) / "any.sf2")
        size = path.stat().st_size / 1e6
        play = player(path, instrument.program)
    notes = {key: play(key, 1.5) for key in range(low, high + 1)}
    cents = np.abs([cents_off(note, key) for key, note in notes.items()])
    levels = [decibels(note) for note in notes.values()]
    held = seam = "-"
    if all(looped):
        longs = [play(key, 10.0) for key in np.linspace(low, high, 5).astype(int)[1:4]]
        ends = [decibels(x[9 * RATE :]) - decibels(x[2 * RATE : 3 * RATE]) for x in longs]
        held = f"{np.mean(ends):.1f}"
        seam = f"{np.mean([seam_of(x) for x in longs]):.2f}"
    return (
        f"{low}-{high}", len(looped), sum(looped), f"{np.nanmedian(cents):.1f}",
        f"{np.nanmax(cents):.1f}", f"{np.abs(np.diff(levels)).max():.1f}", held, seam,
        f"{size:.1f}", f"{seconds:.1f}",
    )  # fmt: skip


def player(path, program):
    """Return a function that plays a key for some seconds."""
    synth = tinysoundfont.Synth(samplerate=RATE)
    synth.program_select(0, synth.sfload(str(path)), 0, program)

    def play(key, seconds):
        synth.sounds_off()
        synth.noteon(0, int(key), VELOCITY)
        return np.frombuffer(bytes(synth.generate(int(seconds * RATE))), np.float32)[::2]

    return play


def cents_off(note, key):
    """Return how far off the worst of the three loudest partials is, NaN where there is none."""
    spectrum = np.abs(np.fft.rfft(note * np.hanning(len(note)), N_FFT))
    found = [partial_of(spectrum, key, number) for number in range(1, N_PARTIALS + 1)]
    loud = sorted((level, cents) for level, cents in found if level >= WEAKEST * spectrum.max())
    return max((cents for _, cents in loud[-3:]), key=abs, default=np.nan)


def partial_of(spectrum, key, number):
    """Return the level of a partial and how far off it is, in cents."""
    wanted = number * midi_to_hz(key) * N_FFT / RATE
    low, high = (wanted * 2 ** (np.array([-60, 60]) / 1200)).astype(int)
    if high + 1 >= len(spectrum):
        return 0.0, np.nan
    peak = low + np.argmax(spectrum[low : high + 1])
    below, here, above = np.log(spectrum[peak - 1 : peak + 2] + 1e-12)
    if here < max(below, above):
        return 0.0, np.nan
    peak += (below - above) / (below - 2 * here + above) / 2  # a bin is 6 cents of a low key
    return np.exp(here), 1200 * np.log2(peak / wanted)


def decibels(audio):
    return 10 * np.log10(np.mean(np.square(audio, dtype=float)) + 1e-12)


def seam_of(note):
    frames = np.lib.stride_tricks.sliding_window_view(note, 1024)[::256] * np.hanning(1024)
    spectrum = np.log(np.abs(np.fft.rfft(frames, axis=1)) + 1e-4)
    flux = np.maximum(np.diff(spectrum, axis=0), 0).mean(axis=1)
    second = RATE // 256
    return flux[3 * second :].max() / flux[second // 2 : 2 * second].max()


if __name__ == "__main__":
    main()
