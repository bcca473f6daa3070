"""Learn a recording of music, and go on with it, with the recipe `continuation`.

    python examples/continuation.py [RECORDING] [--folder generated/continuation] [--seconds 20]

Without a recording of yours it learns a clip of lo-fi music that the library makes, 90 s long.
Every fifth block of 6 s is held out; the rest is learnt in some two minutes. Then the model hears
one of the held-out blocks, and goes on with it.

The first table tells how many bits a code of the held-out blocks takes, the fewer the better,
given those before it: by how often codes are there alone, by the two codes before, by the
nearest moments of the recording, and by the transformer together with these. The second compares
what was made with what was held out: the Fréchet audio distance over that of the
recording's own blocks (1 = as near as they are), the length of a beat that is heard, in seconds,
and the level in dB.
"""

import argparse
import pathlib

import numpy as np

from audiogen import make_clip, write_clip
from audiogen.datasets import load_recordings
from audiogen.display import NoteDisplay
from audiogen.generators import KernelSequencer, NgramSequencer
from audiogen.metrics import frechet_audio_distance
from audiogen.recipes import continuation
from audiogen.signal import find_beat_length, stft

RATE = 22050
BLOCK = 6 * RATE


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recording", nargs="?", type=pathlib.Path)
    parser.add_argument(
        "--folder", type=pathlib.Path, default=pathlib.Path("generated/continuation")
    )
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bits")
    arguments = parser.parse_args()
    if arguments.recording:
        recording = load_recordings(arguments.recording, sample_rate=RATE, trim=-40).data[0]
    else:
        recording = made_up(arguments.seed)
    train, held_out = split(recording)
    model = continuation(random_state=arguments.seed, verbose=1).fit(train)
    codec = model[0]
    codes, unseen = ([codec.transform([part])[0] for part in parts] for parts in (train, held_out))
    print(f"\n{'bits a code':<28}{'held out':>10}")
    for name, sequencer in {
        "how often": NgramSequencer(order=1),
        "two codes before": NgramSequencer(order=3),
        "nearest moments, beat": KernelSequencer(clock="auto"),
    }.items():
        print(f"{name:<28}{-sequencer.fit(codes, codec=codec).score(unseen):10.2f}")
    print(f"{'transformer and these':<28}{-model[-1].score(unseen):10.2f}")
    prompt = held_out[len(held_out) // 2]
    more = model.sample(prompt=prompt, duration=arguments.seconds, random_state=arguments.seed)[0]
    compare(train, np.concatenate(held_out), more)
    for name, sound in {
        "continued": np.concatenate([prompt, more]),
        "recording": recording[: 30 * RATE],
    }.items():
        sound = sound / max(1, np.abs(sound).max())
        path = write_clip(arguments.folder / f"{name}.wav", sound, RATE)
        NoteDisplay(sound, sample_rate=RATE, name=name).save(path.with_suffix(".png"))
    print(f"\nListen to {arguments.folder}: continued.wav begins with the 6 s that were held out.")


def made_up(seed):
    """Return 90 s of music that the library makes, without its end."""
    clip = make_clip("lofi at 84 bpm in A minor", seconds=94, sample_rate=RATE, random_state=seed)
    return clip.audio.mean(axis=1)[: 90 * RATE]


def split(recording):
    """Return the recording without every fifth block, as a list of stretches, and those blocks."""
    blocks = [recording[i : i + BLOCK] for i in range(0, len(recording), BLOCK)]
    if len(blocks) < 5:
        raise SystemExit("The recording must be of 30 s at least: every fifth 6 s are held out.")
    train = [np.concatenate(blocks[i : i + 4]) for i in range(0, len(blocks), 5)]
    return train, blocks[4::5]


def cut(train):
    """Return the whole blocks of stretches."""
    return [part[i : i + BLOCK] for part in train for i in range(0, len(part) - BLOCK + 1, BLOCK)]


def compare(train, held_out, more):
    """Print how like the recording what was made is."""
    floor = np.median([distance(held_out, block) for block in cut(train)])
    print(f"\n{'':<18}{'FAD':>8}{'beat':>8}{'dB':>8}")
    for name, sound in {"held out": held_out, "continued": more}.items():
        figures = (distance(held_out, sound) / floor, beat(sound), level(sound))
        print(f"{name:<18}" + "".join(f"{figure:8.2f}" for figure in figures))


def distance(real, generated):
    return frechet_audio_distance(real[np.newaxis], generated[np.newaxis], sample_rate=RATE)


def beat(sound):
    """Return the length of a beat, in seconds."""
    magnitude = np.log(np.abs(stft(sound, 1024, 256)[0]) + 1e-3)
    rises = np.maximum(np.diff(magnitude, axis=0), 0).mean(axis=1)
    return find_beat_length(rises, shortest=20, longest=100) * 256 / RATE


def level(sound):
    return 10 * np.log10(np.square(sound).mean() + 1e-10)


if __name__ == "__main__":
    main()
