"""Fill holes in a recording with `audiogen.inpaint`.

    python examples/inpainting.py [RECORDING] [--folder generated/inpainting]

Without a recording of yours it takes a minute of funk that the library makes. A
`continuation` learns all but four holes of different lengths, whose sound it never hears, and
each is filled with codes that go with both of its sides.

The table compares what was filled in with what was there: the mean difference of the levels of 20
bands over the hole, in dB, beside that of silence faded in and out, of the sound before the hole
played again, and of another place of the recording, which tells how much the recording changes
of its own. "seam" is the spectral flux at the hole's ends over the 95 % that it is below elsewhere
in the recording: below 1 nothing tells where the hole was.
"""

import argparse
import pathlib

import numpy as np

from audiogen import inpaint, make_clip, write_clip
from audiogen.datasets import load_recordings
from audiogen.display import NoteDisplay
from audiogen.recipes import continuation
from audiogen.signal import stft

RATE = 22050
SECONDS = (0.25, 0.5, 1.0, 2.0)  # of the holes
MARGIN = 2.0  # seconds on either side that are heard with a hole
FRAME, HOP, N_BANDS = 1024, 256, 20


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recording", nargs="?", type=pathlib.Path)
    parser.add_argument(
        "--folder", type=pathlib.Path, default=pathlib.Path("generated/inpainting")
    )
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bits")
    arguments = parser.parse_args()
    if arguments.recording:
        recording = load_recordings(arguments.recording, sample_rate=RATE, trim=-40).data[0]
    else:
        recording = made_up(arguments.seed)
    holes = spread(len(recording) / RATE)
    model = continuation(random_state=arguments.seed, verbose=1)
    model.fit(without(recording, holes))
    usual = np.quantile(flux(recording), 0.95)
    heads = ("filled", "silence", "before", "elsewhere", "seam")
    print(f"\n{'hole':<12}" + "".join(f"{head:>10}" for head in heads))
    for start, stop in holes:
        damaged = recording.copy()
        first, last = round(start * RATE), round(stop * RATE)
        damaged[first:last] = 0
        whole = inpaint(model, damaged, start, stop, random_state=arguments.seed)
        away = last - first
        others = (
            whole,
            damaged,
            np.roll(recording, away),
            np.roll(recording, len(recording) // 3),
        )
        figures = [difference(recording[first:last], other[first:last]) for other in others]
        figures.append(seam(whole, first, last) / usual)
        print(f"{stop - start:5.2f} s     " + "".join(f"{figure:10.2f}" for figure in figures))
        save(arguments.folder, f"{stop - start:.2f}_s", start, stop, {
            "original": recording, "hole": damaged, "filled": whole,
        })  # fmt: skip
    print(f"\nListen to {arguments.folder}, and look at the pictures there.")


def made_up(seed):
    """Return a minute of music that the library makes, without its end."""
    clip = make_clip("funk in E minor", seconds=64, sample_rate=RATE, random_state=seed)
    return clip.audio.mean(axis=1)[: 60 * RATE]


def spread(seconds):
    """Return where holes begin and end, in seconds, far from each other."""
    starts = np.linspace(0.15, 0.85, len(SECONDS)) * seconds
    if seconds < 30:
        raise SystemExit("The recording must be of 30 s at least.")
    return [(start, start + length) for start, length in zip(starts, SECONDS, strict=True)]


def without(recording, holes):
    """Return the stretches between the holes."""
    ends = [0, *(round(second * RATE) for hole in holes for second in hole), len(recording)]
    return [recording[first:last] for first, last in zip(ends[::2], ends[1::2], strict=True)]


def difference(real, other):
    """Return the mean difference of levels, in dB."""
    return np.abs(levels(real) - levels(other)).mean()


def levels(sound):
    power = np.square(np.abs(stft(sound, FRAME, HOP)[0]))
    firsts = np.unique(np.geomspace(2, FRAME // 2, N_BANDS + 1).astype(int)[:-1])
    bands = np.add.reduceat(power.mean(axis=0), firsts)
    return 10 * np.log10(bands + 1e-4)


def flux(sound):
    """Return how much the spectrum rises from frame to frame."""
    magnitude = np.abs(stft(sound, FRAME, HOP)[0]) ** 0.3
    return np.maximum(np.diff(magnitude, axis=0), 0).sum(axis=1)


def seam(sound, first, last):
    """Return the largest flux within 10 ms of the ends of the hole."""
    rises = flux(sound)
    ends = [round(place / HOP) + (FRAME // HOP - 1) // 2 for place in (first, last)]
    return max(rises[end - 1 : end + 2].max() for end in ends)


def save(folder, name, start, stop, sounds):
    """Write what is around a hole, and its picture."""
    first, last = (round(second * RATE) for second in (max(0, start - MARGIN), stop + MARGIN))
    for kind, sound in sounds.items():
        path = write_clip(folder / f"{name}_{kind}.wav", np.clip(sound[first:last], -1, 1), RATE)
        NoteDisplay(sound[first:last], sample_rate=RATE, name=f"{name}, {kind}").save(
            path.with_suffix(".png")
        )


if __name__ == "__main__":
    main()
