"""Ask for notes in words, also in such that no caption has.

    python examples/words.py [--folder generated/words] [--seed 0]

`captioned_notes` learns the notes that come with audiogen, each with four captions such as "a
dark, percussive acoustic keyboard, low and soft", which `make_captions` makes of NSynth's labels.
Then it is asked for opposites of one instrument at one pitch. What was understood is printed: a
word that no caption has is taken for the nearest one by WordNet, or ignored. The table shows what
can be measured: whether the dark note is darker, the short one shorter and the soft one softer.
`python -m benchmarks.words` measures every word of the captions, and a hundred others.
"""

import argparse
import pathlib
import time

import numpy as np
import pandas as pd

from audiogen import write_clip
from audiogen.datasets import load_notes, make_captions
from audiogen.display import NoteDisplay
from audiogen.recipes import captioned_notes
from audiogen.signal import scale_to_peak

N_CAPTIONS = 4
PITCH = 60
PROMPTS = [
    "a dark soft bell",
    "a brilliant bell, zxqw",
    "a lengthy piano",
    "a brief piano",
    "a hushed guitar",
    "a thunderous guitar",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("generated/words"))
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bits")
    arguments = parser.parse_args()
    notes = load_notes("train")
    started = time.perf_counter()
    X, y = repeated(notes)
    model = captioned_notes(random_state=arguments.seed, verbose=1).fit(X, y)
    print(f"Learnt {len(notes.data)} notes in {time.perf_counter() - started:.1f} s, such as")
    print(*y.caption[:3], sep="\n")
    wanted = pd.DataFrame({"caption": PROMPTS, "pitch": PITCH})
    sounds = model.sample(y=wanted, random_state=arguments.seed)
    show(wanted, sounds, model)
    rate = notes.sample_rate
    for text, sound in zip(wanted.caption, sounds, strict=True):
        name = text.replace(",", "").replace(" ", "_")
        path = write_clip(arguments.folder / f"{name}.wav", sound, rate)
        NoteDisplay(sound, sample_rate=rate, name=text).save(path.with_suffix(".png"))
    seconds = [scale_to_peak(sound[:rate], 0.5) for sound in sounds]
    write_clip(arguments.folder / "all.wav", np.concatenate(seconds), rate)
    print(f"\nListen to {arguments.folder}, and look at the pictures there.")


def repeated(notes):
    """Return notes several times, with captions that leave out different things."""
    frames = [
        notes.frame.assign(caption=make_captions(notes.frame, random_state=seed))
        for seed in range(N_CAPTIONS)
    ]
    y = pd.concat(frames, ignore_index=True)[["pitch", "caption"]]
    return np.concatenate([notes.data] * N_CAPTIONS), y


def show(wanted, sounds, model):
    """Print what was understood, and what can be measured of the sounds."""
    rate, encoder = model.sample_rate, model[-1].conditions_.text_encoder_
    power = np.abs(np.fft.rfft(sounds[:, : 2 * rate])) ** 2
    above = np.fft.rfftfreq(2 * rate, 1 / rate) > 2000
    bright = 10 * np.log10(power[:, above].sum(axis=1) / power.sum(axis=1))
    energy = np.cumsum(sounds.astype(float) ** 2, axis=1)
    seconds = (energy < 0.9 * energy[:, -1:]).sum(axis=1) / rate
    decibels = 10 * np.log10(np.mean(sounds[:, :rate] ** 2, axis=1))
    print(f"\n{'':<24}{'dB above 2 kHz':>16}{'seconds':>9}{'level, dB':>11}  understood as")
    for row, text in enumerate(wanted.caption):
        taken = encoder.understand([text])[0].values()
        figures = f"{bright[row]:16.1f}{seconds[row]:9.2f}{decibels[row]:11.1f}"
        print(f"{text:<24}{figures}  {', '.join(word or '(ignored)' for word in taken)}")


if __name__ == "__main__":
    main()
