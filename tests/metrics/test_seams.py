import numpy as np
import pytest
from scipy.signal import get_window

from audiogen.datasets import load_notes
from audiogen.metrics import seam_flux
from audiogen.pipeline._inverse import crossfade_clips


def by_hand(audio, n_joined, frame_length, hop_length):
    """The definition, frame by frame, on audio with silence around it."""
    window = get_window("hann", frame_length)
    padded = np.pad(audio.astype(float), frame_length)
    length = len(audio) // n_joined
    seams, inside = [[] for _ in range(n_joined - 1)], []

    def holds_both_sides(start, i):
        return start < i * length < start + frame_length

    first = hop_length - frame_length
    for a in range(first, len(audio) - hop_length, hop_length):
        b = a + hop_length
        one, two = (
            np.abs(np.fft.rfft(padded[s + frame_length : s + 2 * frame_length] * window))
            for s in (a, b)
        )
        flux = np.maximum(two - one, 0).sum()
        near = [i for i in range(1, n_joined) if holds_both_sides(a, i) or holds_both_sides(b, i)]
        for i in near:
            seams[i - 1].append(flux)
        if not near and a >= 0 and b + frame_length <= len(audio):
            inside.append(flux)
    return [max(values) for values in seams], inside


@pytest.mark.parametrize(("frame_length", "hop_length"), [(64, 16), (50, 50), (64, 24)])
@pytest.mark.parametrize("n_joined", [2, 3])
def test_flux_is_that_of_the_definition(frame_length, hop_length, n_joined):
    audio = np.random.default_rng(0).normal(size=(2, n_joined * 401)).astype(np.float32)
    seams, inside = seam_flux(audio, n_joined, frame_length=frame_length, hop_length=hop_length)
    for clip, at_seams, elsewhere in zip(audio, seams, inside, strict=True):
        expected = by_hand(clip, n_joined, frame_length, hop_length)
        np.testing.assert_allclose(at_seams, expected[0], rtol=1e-4)
        np.testing.assert_allclose(elsewhere, expected[1], rtol=1e-4)


def test_a_crossfade_makes_seams_no_harsher_than_notes_are():
    notes = load_notes("train").data
    rows = np.random.default_rng(0).permutation(len(notes))[:100]
    clips = notes[rows].reshape(20, 5, -1)
    medians, bars = [], []
    for crossfade in (0, 4000):
        seams, inside = seam_flux(crossfade_clips(clips, crossfade).reshape(20, -1), 5)
        assert seams.shape == (20, 4)
        medians.append(np.median(seams))
        bars.append(np.quantile(inside, 0.95))
    assert medians[0] > 2 * bars[0]
    assert medians[1] < 0.5 * bars[1]


def test_what_cannot_be_measured_is_said():
    for n_joined, length in [(3, 8000), (2, 4000)]:
        with pytest.raises(ValueError, match=f"audio of {length} time steps.*n_joined={n_joined}"):
            seam_flux(np.zeros(length), n_joined)
    with pytest.raises(ValueError, match="'n_joined' parameter of seam_flux"):
        seam_flux(np.zeros(8000), 1)
    with pytest.raises(ValueError, match="NaN"):
        seam_flux(np.full(8000, np.nan), 2)
