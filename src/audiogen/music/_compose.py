"""Melodies drawn, note by note, from the predictions of an LSTMSequencer."""

import numbers
from typing import Any

import numpy as np

from audiogen.preprocessing import PianoRoll
from audiogen.utils.seeds import Stream, draw_seed, make_rng
from audiogen.utils.validation import Interval, check_parameters

__all__ = ["compose"]

_UNLIKELY = 0.1  # share of the likeliest, below which a prediction is an error of regression


def compose(
    pipeline: Any, n_steps: int = 128, *, temperature: float = 0.7, random_state: Any = None
) -> Any:
    """Draw a melody from a pipeline that was fitted on tunes.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted pipeline of `PianoRoll`, `SlidingWindow` and `LSTMSequencer`.
    n_steps : int, default=128
        Number of steps of time; the `PianoRoll` has `steps_per_beat` of them in a beat.
    temperature : float, default=0.7
        Temperature of the choice of pitches: near 0 it is always the likeliest, at 1 pitches
        are drawn as often as predicted, above 1 more evenly. Rhythm is always drawn at 1.
    random_state : int, RandomState or None, default=None
        Seed of the melody.

    Returns
    -------
    tune : pretty_midi.PrettyMIDI
        A tune of one voice.

    Raises
    ------
    ValueError
        For a pipeline of other steps.

    Notes
    -----
    Frames hold 0 and 1, so that a network trained with the mean squared error predicts
    probabilities: that a pitch begins, that the one that sounds is held, that nothing sounds.
    One of these is drawn, and the next frame is predicted from it. `generate` continues from
    seeds with the predictions themselves, means of all frames that might follow, which soon
    fade to silence.

    Examples
    --------
    >>> import audiogen
    >>> from audiogen.generators import LSTMSequencer
    >>> from audiogen.preprocessing import PianoRoll, SlidingWindow
    >>> lstm = LSTMSequencer(1, units=4, n_layers=1, epochs=1, random_state=0)
    >>> pipe = audiogen.make_generative_pipeline(PianoRoll(), SlidingWindow(step=16), lstm)
    >>> pipe = pipe.fit(audiogen.datasets.load_tunes().data)
    >>> float(audiogen.compose(pipe, 8, random_state=0).get_end_time()) <= 1
    True
    """
    given = {"n_steps": n_steps, "temperature": temperature}
    check_parameters("compose", _CONSTRAINTS, given)
    steps = [step for _, step in pipeline.steps] if hasattr(pipeline, "steps") else [pipeline]
    roll, lstm = steps[0], steps[-1]
    if len(steps) != 3 or not isinstance(roll, PianoRoll) or not hasattr(lstm, "generates_frames"):
        raise ValueError(
            "compose needs a fitted pipeline of PianoRoll, SlidingWindow and LSTMSequencer. Got "
            f"{', '.join(type(step).__name__ for step in steps)}."
        )
    rng = make_rng(draw_seed(random_state), Stream.TUNE)
    length, (n_numbers,) = lstm.sample_shape_[0] - lstm.horizon, lstm.sample_shape_[1:]
    frames = np.zeros((length + n_steps, n_numbers), np.float32)  # tunes begin after silence
    for at in range(length, len(frames)):
        expected = lstm.sample(seed_frames=frames[np.newaxis, at - length : at])[0, 0]
        _draw(frames[at], expected, frames[at - 1], at == length, temperature, rng)
    return roll.inverse_transform(frames[length:])


_CONSTRAINTS = {
    "n_steps": Interval(numbers.Integral, 1, None),
    "temperature": Interval(numbers.Real, 0, None, closed="neither"),
}


def _draw(
    frame: np.ndarray,
    expected: np.ndarray,
    before: np.ndarray,
    is_first: bool,
    temperature: float,
    rng: np.random.Generator,
) -> None:
    """Fill in a frame: a pitch begins, the one before is held, or there is silence."""
    sounds, begins = np.clip(expected, 0, 1).reshape(2, -1)
    held = before.reshape(2, -1)[0]
    n_pitches = len(begins)
    events = np.array([begins.sum(), held @ (sounds - begins), 1 - sounds.sum()])
    event = 0 if is_first else _drawn(np.maximum(events, 0), rng)
    if event == 0:
        pitch = _drawn((begins / begins.max()) ** (1 / temperature), rng)
        frame[[pitch, n_pitches + pitch]] = 1
    elif event == 1:
        frame[:n_pitches] = held


def _drawn(weights: np.ndarray, rng: np.random.Generator) -> int:
    """Return an index drawn in proportion to weights, the unlikely ones left out."""
    weights = np.where(weights < _UNLIKELY * weights.max(), 0, weights)
    return int(rng.choice(len(weights), p=weights / weights.sum()))
