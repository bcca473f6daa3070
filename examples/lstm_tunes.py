"""Draw a tune, note by note, from an LSTM that has learnt ten old ones.

    python examples/lstm_tunes.py [--folder generated/lstm_tunes] [--seed 0]

`PianoRoll` makes frames of tunes: for each pitch whether it sounds and whether it begins. An
`LSTMSequencer` learns the frame that follows sixteen others. Feeding its mean back would fade to
silence, so each frame is drawn: a pitch begins, the one before is held, or nothing sounds.
"""

import argparse
import pathlib

import numpy as np

from audiogen import make_generative_pipeline
from audiogen.datasets import load_tunes
from audiogen.generators import LSTMSequencer
from audiogen.music import play_midi
from audiogen.preprocessing import PianoRoll, SlidingWindow

LENGTH, STEPS = 16, 64


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--folder", type=pathlib.Path, default=pathlib.Path("generated/lstm_tunes")
    )
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bits")
    arguments = parser.parse_args()
    lstm = LSTMSequencer(
        1, units=64, n_layers=1, epochs=40, learning_rate=4e-3, validation_fraction=0.0,
        random_state=arguments.seed, verbose=1,
    )  # fmt: skip
    roll = PianoRoll(steps_per_beat=2)
    pipeline = make_generative_pipeline(roll, SlidingWindow(LENGTH), lstm)
    pipeline.fit(load_tunes().data)
    rng = np.random.default_rng(arguments.seed)
    frames = np.zeros((LENGTH + STEPS, lstm.sample_shape_[1]), np.float32)
    for at in range(LENGTH, len(frames)):
        expected = lstm.sample(seed_frames=frames[np.newaxis, at - LENGTH : at])[0, 0]
        draw(frames[at], expected, frames[at - 1], rng, first=at == LENGTH)
    tune = pipeline.steps[0][1].inverse_transform(frames[LENGTH:])
    print(f"{len(tune.instruments[0].notes)} notes, {tune.get_end_time():.1f} s")
    for path in play_midi(tune, random_state=arguments.seed).save(arguments.folder):
        print(f"Wrote {path}")


def draw(frame, expected, before, rng, *, first):
    """Fill in a frame from the probabilities that the network gives."""
    sounds, begins = np.clip(expected, 0, 1).reshape(2, -1)
    held = before.reshape(2, -1)[0]
    events = np.maximum([begins.sum(), held @ (sounds - begins), 1 - sounds.sum()], 0)
    event = 0 if first else rng.choice(3, p=events / events.sum())
    if event == 0:
        likely = np.where(begins < 0.05 * begins.max(), 0, begins)
        pitch = rng.choice(len(begins), p=likely / likely.sum())
        frame[[pitch, len(begins) + pitch]] = 1
    elif event == 1:
        frame[: len(held)] = held


if __name__ == "__main__":
    main()
