import os
import subprocess
import sys

import matplotlib.image
import numpy as np
import pytest

from audiogen.display import NoteDisplay

SECONDS, RATE = 1.0, 16000
TONE = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(int(SECONDS * RATE)) / RATE)


def test_spectrogram_has_the_tone_where_it_is():
    decibels = NoteDisplay(TONE).decibels
    assert decibels.max() == pytest.approx(0, abs=1e-6)
    assert set(decibels[:, 10:-10].argmax(axis=0)) == {1000 * 1024 // RATE}
    assert NoteDisplay(np.zeros(2000)).decibels.max() == -80


def test_its_repr_is_one_line():
    assert repr(NoteDisplay(TONE, name="a tone")) == "NoteDisplay('a tone', 1.00 s at 16000 Hz)"
    assert repr(NoteDisplay(TONE, sample_rate=8000)) == "NoteDisplay(2.00 s at 8000 Hz)"


def test_plot_draws_into_given_axes_and_save_writes_a_picture(tmp_path):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 1)
    display = NoteDisplay(TONE, name="a tone").plot(axes)
    assert display.figure_ is figure
    assert axes[0].get_title() == "a tone"
    assert axes[1].images[0].get_extent() == [0, 1, 0, 8]
    plt.close(figure)
    NoteDisplay(TONE).save(tmp_path / "sub" / "tone.png")
    assert not plt.get_fignums()
    picture = matplotlib.image.imread(tmp_path / "sub" / "tone.png")
    assert picture.shape[:2] == (600, 800)
    assert picture[..., :3].std() > 0.1


def test_saving_keeps_the_figure_of_a_display_and_starts_no_window_system(tmp_path):
    script = """
import sys
import numpy as np
from audiogen.display import NoteDisplay
display = NoteDisplay(np.zeros(2000)).save("a.png")
assert not hasattr(display, "figure_")
assert "matplotlib.pyplot" not in sys.modules
figure = display.plot().figure_
assert display.save("b.png").save("c.pdf").figure_ is figure
"""
    environment = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_pictures_after_the_first_are_as_if_alone(tmp_path, monkeypatch):
    """Axes are drawn once: on them a note looks as on axes of its own, in any style."""
    import matplotlib.pyplot as plt

    from audiogen.display import _note

    noise = np.random.default_rng(0).uniform(-1, 1, len(TONE))

    def pixels(audio, name, sample_rate=RATE):
        path = tmp_path / "note.png"
        NoteDisplay(audio, name=name, sample_rate=sample_rate).save(path)
        return matplotlib.image.imread(path)

    pictures = [pixels(TONE, "a"), pixels(noise, "Bg")]
    cases = [
        (noise, "Bg", RATE),
        (noise[:9000], "Bg", RATE),
        (noise, None, RATE),
        (noise, "Bg", 8000),
    ]
    for audio, name, rate in cases:
        after = pixels(audio, name, rate)
        monkeypatch.setattr(_note._drawn, "axes", None)
        np.testing.assert_array_equal(after, pixels(audio, name, rate))
    assert np.mean(pictures[0] != pictures[1]) > 0.1
    figure = _note._figure_of(NoteDisplay(noise, name="Bg"))
    figure.savefig(tmp_path / "whole.png", dpi=100)
    whole = matplotlib.image.imread(tmp_path / "whole.png")[..., :3]  # all is opaque
    np.testing.assert_allclose(pictures[1], whole, atol=2 / 255)
    with plt.style.context("dark_background"):
        assert pixels(noise, "Bg").mean() < pictures[1].mean() - 0.1


@pytest.mark.parametrize("suffix", [".svg", ".pdf", ".jpg"])
def test_other_formats_are_written(tmp_path, suffix):
    NoteDisplay(TONE).save(tmp_path / f"note{suffix}")
    assert (tmp_path / f"note{suffix}").stat().st_size > 1000
