"""Learn running water, and make more of it, with the recipe `texture`.

    python examples/texture.py [RECORDING] [--folder generated/texture] [--seconds 30]

Without a recording of yours it learns 24 s of the 30 s of water beside this script, in seconds.
Every fifth block of 6 s is held out. The recording is written as codes of patches of 46 ms, in
hardly any order: each is drawn as often as it followed the one before.

Three decoders make sound of the same codes. "mean" takes the mean of what each code stands for,
which is too smooth; "noise" puts back how magnitudes scatter about it; "grains" puts together
pieces of the recording itself. In the table the Fréchet audio distance from the held-out
blocks stands over that of the recording's other blocks (1 = as near as the recording itself), then
the level, how much the level of 50 ms goes up and down, and how much of the sound is in pieces
of the recording of more than 0.3 s.
"""

import argparse
import pathlib

import numpy as np

from audiogen import write_clip
from audiogen.datasets import load_recordings
from audiogen.display import NoteDisplay
from audiogen.metrics import frechet_audio_distance
from audiogen.recipes import texture

WATER = pathlib.Path(__file__).parent / "data" / "water.ogg"
RATE = 22050
BLOCK = 6 * RATE


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recording", nargs="?", type=pathlib.Path, default=WATER)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("generated/texture"))
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bits")
    arguments = parser.parse_args()
    recording = load_recordings(arguments.recording, sample_rate=RATE).data[0]
    train, held_out = split(recording)
    model = texture(decoder="grains", random_state=arguments.seed).fit(train)
    codec, sequencer = model[0], model[-1]
    n_steps = round(arguments.seconds * RATE / codec.patch_length_)
    codes = sequencer.sample(n_steps=n_steps, random_state=arguments.seed)
    floor = np.median([distance(held_out, block) for block in cut(train)])
    print(f"{'':<12}{'FAD':>8}{'dB':>8}{'+- dB':>8}{'copied':>8}")
    show("held out", held_out)
    for decoder in ("mean", "noise", "grains"):
        codec.set_params(decoder=decoder)
        more = codec.inverse_transform(codes, random_state=arguments.seed)[0]
        grains = codec.find_grains(codes)[0].copied_share if decoder == "grains" else 0
        show(decoder, more, distance(held_out, more) / floor, grains)
        path = write_clip(arguments.folder / f"{decoder}.wav", more, RATE)
        NoteDisplay(more, sample_rate=RATE, name=decoder).save(path.with_suffix(".png"))
    path = write_clip(arguments.folder / "held_out.wav", held_out, RATE)
    NoteDisplay(held_out, sample_rate=RATE, name="held out").save(path.with_suffix(".png"))
    print(f"\nListen to {arguments.folder}, and look at the pictures there.")


def split(recording):
    """Return the recording without every fifth block, as a list of stretches, and those blocks."""
    blocks = [recording[i : i + BLOCK] for i in range(0, len(recording), BLOCK)]
    if len(blocks) < 5:
        raise SystemExit("The recording must be of 24 s at least: every fifth 6 s are held out.")
    train = [np.concatenate(blocks[i : i + 4]) for i in range(0, len(blocks), 5)]
    return train, np.concatenate(blocks[4::5])


def cut(train):
    """Return the whole blocks of stretches."""
    return [part[i : i + BLOCK] for part in train for i in range(0, len(part) - BLOCK + 1, BLOCK)]


def distance(real, generated):
    return frechet_audio_distance(real[np.newaxis], generated[np.newaxis], sample_rate=RATE)


def show(name, sound, distance=np.nan, copied=np.nan):
    n = RATE // 20
    power = np.square(sound[: len(sound) // n * n]).reshape(-1, n).mean(axis=1)
    level = 10 * np.log10(power + 1e-10)
    figures = (distance, 10 * np.log10(power.mean() + 1e-10), level.std())
    print(f"{name:<12}" + "".join(f"{f:8.2f}" for f in figures) + f"{copied:8.2f}", flush=True)


if __name__ == "__main__":
    main()
