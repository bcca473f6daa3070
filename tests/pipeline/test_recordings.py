"""Recordings that are gone on with, and holes in them that are filled."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import audiogen
from audiogen import generate, inpaint
from audiogen.generators import ConditionalVAE, KernelSequencer
from audiogen.io import write_clip
from helpers.recordings import HIGH, LOW, RATE, pipeline, pitches, turns

PATCH = 4 * 93  # samples


@pytest.fixture(scope="module")
def model():
    return pipeline(random_state=0).fit([turns()])


@pytest.mark.parametrize(
    ("start", "stop"), [(3.0, 4.5), (0.0, 1.0), (5.2, 7.0), (2.0, 2.004), (6.99, 7.0)]
)
def test_a_hole_is_filled_and_all_else_stays(model, start, stop):
    sound = turns().astype(np.float64)
    holed = sound.copy()
    first, last = round(start * RATE), round(stop * RATE)
    holed[first:last] = np.nan
    whole = inpaint(model, holed, start, stop, random_state=1)
    assert whole.dtype == np.float64
    np.testing.assert_array_equal(np.delete(whole, np.s_[first:last]),
                                  np.delete(sound, np.s_[first:last]))  # fmt: skip
    assert np.isfinite(whole).all()
    assert np.isnan(holed[first:last]).all(), "the recording itself is left alone"
    bends = np.abs(np.diff(whole, 2))
    for seam in (first, last):
        near = bends[max(0, seam - 4) : seam + 4]
        assert near.size == 0 or near.max() < 2 * np.abs(np.diff(sound, 2)).max()


def test_what_fills_a_hole_goes_with_both_sides(model):
    """Turns of half a second, so that a hole of 1.5 s has three."""
    sound = turns()
    for start in (2.0, 2.5, 4.0):
        whole = inpaint(model, sound, start, start + 1.5, random_state=1)
        part = slice(round(start * RATE), round((start + 1.5) * RATE))
        found, wanted = pitches(whole[part]), pitches(sound[part])
        assert (np.abs(found / wanted - 1) < 0.05).mean() > 0.6, start
        level = np.sqrt(np.mean(np.square(whole[part])))
        assert level == pytest.approx(np.sqrt(np.mean(np.square(sound))), rel=0.35)


def test_a_prompt_is_gone_on_from_without_a_seam(model):
    sound = turns()
    for n_turns, expected in ((4, LOW), (5, HIGH)):
        prompt = sound[: n_turns * RATE // 2]
        more = model.sample(prompt=prompt, duration=0.8, top_p=0.5, random_state=0)
        assert more.shape == (1, round(0.8 * RATE))
        assert more.dtype == np.float32
        assert np.median(pitches(more[0, : RATE * 2 // 5])) == pytest.approx(expected, rel=0.05)
        seam = np.abs(np.diff(np.concatenate([prompt[-4:], more[0, :4]]), 2))
        assert seam.max() < 2 * np.abs(np.diff(sound, 2)).max()


def test_prompts_may_be_several_and_of_any_length(model):
    sound = turns()
    prompts = [sound[: 2 * RATE], sound[: RATE + 17]]
    both = model.sample(prompt=prompts, n_steps=5, random_state=3)
    assert both.shape == (2, 5 * PATCH)
    assert model.sample(3, prompt=sound, n_steps=2).shape == (3, 2 * PATCH)
    assert model.sample(prompt=np.stack([sound, sound]), n_steps=2).shape == (2, 2 * PATCH)
    ours, plain = (f(model, prompt=prompts, n_steps=5, random_state=3)
                   for f in (type(model).sample, generate))  # fmt: skip
    np.testing.assert_array_equal(ours, plain)
    np.testing.assert_array_equal(ours, both)
    codes = model[0].transform([sound])[0]
    drawn = generate(model[1], prompt=codes, n_steps=5, random_state=3)
    np.testing.assert_array_equal(drawn, model[1].sample(prompt=codes, n_steps=5, random_state=3))


def test_what_is_new_is_never_beyond_full_scale(tmp_path):
    loud = np.clip(20 * turns(), -1, 1)
    model = pipeline(random_state=0).fit([loud])
    more = model.sample(prompt=loud, duration=2.0, random_state=0)[0]
    whole = inpaint(model, loud, 3.0, 4.5, random_state=0)
    for sound in (more, whole, model.sample(duration=2.0, random_state=0)[0]):
        assert 0.9 < np.abs(sound).max() <= 1
        write_clip(tmp_path / "a.wav", sound, RATE)


def test_lengths_are_seconds(model):
    sounds = model.sample(2, duration=1.2345, random_state=0)
    assert sounds.shape == (2, round(1.2345 * RATE))
    np.testing.assert_array_equal(sounds, model.sample(2, duration=1.2345, random_state=0))
    assert model.sample(duration=1e-9).shape == (1, 1)


def test_saved_and_loaded_it_fills_the_same(model, tmp_path):
    audiogen.save(model, tmp_path / "model.skops")
    again = audiogen.load(tmp_path / "model.skops")
    filled = [inpaint(m, turns(), 1, 2, random_state=0) for m in (model, again)]
    np.testing.assert_array_equal(*filled)
    assert (inpaint(model, turns(), 1, 2, random_state=1) != filled[0]).any()


def test_what_cannot_be_done_is_said(model):
    sound = turns()
    for start, stop, message in (
        (4, 3, "must lie in the recording, of 7.000 s.*Got start=4 and stop=3"),
        (3, 3, "start before it stops"),
        (6, 7.5, "stop=7.5"),
        (-1, 2, "'start' parameter of inpaint"),
        (1, np.inf, "'stop' parameter of inpaint"),
        (0.02, 6.99, "leaves too little of the recording: 372 samples .* Got 160 .* and 80 after"),
    ):
        with pytest.raises(ValueError, match=message):
            inpaint(model, sound, start, stop)
    with pytest.raises(ValueError, match=r"shape \(n_timesteps,\). Got \(2, 56000\)"):
        inpaint(model, np.stack([sound, sound]), 1, 2)
    with pytest.raises(ValueError, match="recording holds NaN"):
        inpaint(model, np.where(np.arange(len(sound)) == 9000, np.nan, sound), 2, 3)
    vae = ConditionalVAE(latent_dim=2)
    with pytest.raises(TypeError, match="ends in a sequencer of codes.*Got ConditionalVAE"):
        inpaint(vae, sound, 1, 2)
    kernel = KernelSequencer(random_state=0).fit([[0, 1] * 20])
    for ask in (lambda: inpaint(kernel, sound, 1, 2), lambda: generate(kernel, duration=2)):
        with pytest.raises(ValueError, match="needs to know how long codes last"):
            ask()
    for prompt in ([], sound[:300], [sound, sound[:30]], np.zeros((4000, 2))):
        with pytest.raises(ValueError, match="last 372 samples .0.046 s. at least"):
            model.sample(prompt=prompt)
    with pytest.raises(ValueError, match="prompt holds NaN"):
        model.sample(prompt=np.full(1000, np.nan))
    with pytest.raises(ValueError, match="2 prompts for 3"):
        model.sample(3, prompt=[sound, sound])
    for duration in (0, np.inf):
        with pytest.raises(ValueError, match="'duration' parameter of generate"):
            model.sample(duration=duration)
    with pytest.raises(ValueError, match="give one. Got duration=2 and n_steps=5"):
        model.sample(duration=2, n_steps=5)
    for ask in (
        lambda: inpaint(clone(model), sound, 1, 2),
        lambda: clone(model).sample(duration=2),
    ):
        with pytest.raises(NotFittedError, match="not fitted"):
            ask()
