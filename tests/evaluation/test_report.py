"""Report pages hold what they say: sounds of the seed, the nearest real ones, their figures."""

import base64
import html
import io
import re

import numpy as np
import pandas as pd
import pytest
import soundfile
from scipy.stats import binomtest
from sklearn.utils import Bunch

from audiogen import generate
from audiogen.datasets import make_notes
from audiogen.evaluation import make_report, measure_sets, write_report
from audiogen.evaluation._figures import measure_surely
from audiogen.evaluation._nearest import nearest_sounds
from audiogen.evaluation._pictures import losses_picture, sound_picture
from audiogen.evaluation._report_model import model_part, sampled
from audiogen.evaluation._report_parts import player
from audiogen.evaluation._report_sounds import sounds_part
from audiogen.metrics import (
    density_and_coverage,
    frechet_distance,
    kernel_distance,
    mfcc_frames,
    summarize,
)
from audiogen.signal import resample
from helpers.midi import organ_and_flute


def tags(document, name):
    found = re.findall(rf"<{name}\b([^>]*)>", document)
    return [dict(re.findall(r'([\w-]+)="([^"]*)"', attributes)) for attributes in found]


def sounds_of(document):
    files = [tag["src"].partition("base64,")[2] for tag in tags(document, "audio")]
    return [soundfile.read(io.BytesIO(base64.b64decode(file))) for file in files]


def likeness(one, other):
    n = min(len(one), len(other))
    return np.corrcoef(one[:n], other[:n])[0, 1]


@pytest.fixture(scope="module")
def real():
    families = np.resize(["organ", "flute"], 16)
    pitch = np.linspace(56, 69, 16).round()
    notes = make_notes(16, duration=0.5, pitch=pitch, random_state=1)
    frame = pd.DataFrame({"pitch": pitch, "instrument_family": families, "note": "<b>a&b</b>"})
    return Bunch(data=notes.data, frame=frame, sample_rate=16000, DESCR="Made by <nobody>.")


@pytest.fixture(scope="module")
def model():
    return organ_and_flute()


@pytest.fixture(scope="module")
def document(model, real):
    return make_report(
        model, real=real, title="Organ & flute", names=["model <1>"], max_shown=2, random_state=5
    )


def test_players_have_the_sounds_of_the_seed_beside_the_nearest_real_ones(document, model, real):
    y = real.frame[["pitch", "instrument_family"]]
    made = generate(model, y=y, random_state=5)
    heard = sounds_of(document)
    assert len(heard) == 4
    rows, _ = nearest_sounds(made[:2], real.data, 16000)
    for (audio, rate), wanted in zip(heard[::2], made[:2], strict=True):
        assert rate == 16000
        assert likeness(audio, wanted) > 0.99
    for (audio, _), row in zip(heard[1::2], rows, strict=True):
        assert likeness(audio, real.data[row]) > 0.98


def test_figures_are_those_of_all_notes_and_of_halves(document, model, real):
    y = real.frame[["pitch", "instrument_family"]]
    made = generate(model, y=y, random_state=5)
    wanted = summarize(real.data, made, sample_rate=16000, pitch=y.pitch)
    halves = measure_sets({}, (real.data, real.frame), sample_rate=16000, real_name="r")[
        "half of r"
    ]
    text = re.sub(r"<[^>]+>", "|", document)
    distances = [f"{of['frechet_audio_distance']:.0f}" for of in (wanted, halves)]
    row = text[text.index("Fréchet audio distance") :].partition("Kullback")[0].split("|")
    assert [cell for cell in row if cell in distances] == distances
    assert f"{wanted['pitch_entropy']:.3f}" in text
    assert "16 generated notes measured against 16 real ones" in text


def test_a_page_loads_nothing_and_everything_has_a_name(document):
    assert all(
        tag["src"].startswith("data:") for t in ("audio", "img") for tag in tags(document, t)
    )
    assert all(tag["aria-label"] for tag in tags(document, "audio"))
    assert all(tag["alt"] for tag in tags(document, "img"))
    assert not re.search(r"https?://|//cdn|@import|url\(", document)
    assert len({tag["aria-label"] for tag in tags(document, "audio")}) == 4
    assert len(document.encode()) < 1_000_000


def test_what_comes_from_elsewhere_is_text(document):
    assert "<title>Organ &amp; flute</title>" in document
    assert "<h2>model &lt;1&gt;</h2>" in document
    assert "<b>a&" not in document
    assert "&lt;b&gt;a&amp;b&lt;/b&gt;" in document
    assert "Made by &lt;nobody&gt;." in document


def test_parameters_versions_conditions_and_the_seed_are_there(document):
    text = html.unescape(re.sub(r"<[^>]+>", " ", document))
    said = ("n_components 1", "pitch 55 to 70", "flute, organ", "with the seed 5", "Made with")
    for words in (*said, f"numpy {np.__version__}"):
        assert words in " ".join(text.split()), words


def test_the_same_seed_makes_the_same_bytes_and_no_global_state_moves(model):
    before = np.random.get_state()[1].copy()
    pages = [make_report(model, n_samples=1, random_state=seed) for seed in (1, 1, 2)]
    assert pages[0] == pages[1] != pages[2]
    assert (np.random.get_state()[1] == before).all()


def test_conditions_that_were_not_learnt_are_drawn(model, real):
    frame = real.frame
    harps = Bunch(data=real.data, frame=frame.assign(instrument_family="harp"))
    sounds, words = sampled(model, harps, None, 0)
    assert words == (
        "16 sounds, whose conditions are drawn as often as they were trained on, with the seed 0."
    )
    assert set(sounds.frame.instrument_family) <= {"organ", "flute"}
    few = Bunch(data=real.data, frame=frame.assign(pitch=[120, np.nan, 60, 61] * 4))
    sounds, words = sampled(model, few, 3, 0)
    assert words.startswith("3 sounds, asked for the pitch and instrument_family of 3 real ones")
    assert sounds.frame.pitch.tolist() == [60, 61, 60]
    sounds, words = sampled(model, few, None, 0)
    assert words.startswith("16 sounds, asked for the pitch and instrument_family of 8 real ones")
    assert sounds.frame.pitch.tolist() == [60, 61] * 8
    assert len(sampled(model, None, None, 0)[0].data) == 8


def test_recordings_have_players_and_no_figures():
    rng = np.random.default_rng(0)
    recordings = [rng.normal(0, 0.1, size=n).astype(np.float32) for n in (9000, 16000)]
    made = Bunch(data=recordings[1:], sample_rate=16000)
    page = make_report(made, real=Bunch(data=recordings, sample_rate=16000))
    assert "No figures" in page
    first, second = (audio for audio, _ in sounds_of(page))
    assert likeness(first, second) > 0.999  # the nearest recording is itself


def test_long_sounds_are_cut_to_what_a_page_holds():
    noise = np.random.default_rng(0).normal(0, 0.2, size=16 * 16000).astype(np.float32)
    whole = player(noise, 16000, "noise", n_bytes=1_000_000)
    assert "the first" not in whole
    cut = player(noise, 16000, "noise", n_bytes=130_000)
    seconds, of_all = map(int, re.search(r"the first (\d+) of (\d+) s", cut).groups())
    assert of_all == 16
    assert len(cut) < 130_000
    [(audio, rate)] = sounds_of(cut)
    assert 1 < seconds < 16
    assert len(audio) / rate == pytest.approx(seconds, abs=0.6)


def test_many_sounds_leave_out_players_rather_than_room(real):
    content = sounds_part(real, real, max_shown=8, n_bytes=800_000)
    assert content.count("<audio") == 4
    assert "The first 2 of 16 sounds" in content
    assert len(content) < 800_000


def test_loss_curves_are_said_and_drawn(model):
    assert "Curves of" not in model_part(model)
    model[-1].history_ = {"loss": [3.0, 2.0, 0.5], "val_loss": [4.0, 3.0, 2.0], "names": ["a"]}
    try:
        part = model_part(model)
    finally:
        del model[-1].history_
    assert "3 epochs: loss from 3 to 0.5, val_loss from 4 to 2." in part
    assert tags(part, "img")[0]["alt"] == "Curves of 3 epochs"


@pytest.mark.parametrize(
    "picture",
    [sound_picture(np.sin(np.arange(8000) / 3), 16000), losses_picture({"loss": [2.0, 1.0]})],
    ids=["sound", "losses"],
)
def test_pictures_show_the_page_around_what_is_drawn(picture):
    from PIL import Image

    pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("RGBA"))
    assert pixels[0, 0, 3] == 0
    drawn = pixels[..., 3] > 0
    assert 0.01 < drawn.mean() < 0.9
    assert len(picture) < 60_000


def test_nearest_is_the_smallest_distance_of_means_and_deviations():
    rng = np.random.default_rng(0)
    real = make_notes(6, duration=0.5, random_state=0).data
    made = [(0.3 * real[4]).astype(np.float32), real[2, :6000] + rng.normal(0, 0.01, size=6000)]
    rows, away = nearest_sounds(made, real, 16000)

    def described(sound):
        frames = mfcc_frames(sound[np.newaxis] / np.abs(sound).max(), 16000)[0]
        return np.append(frames.mean(axis=0), frames.std(axis=0))

    known = [[np.linalg.norm(described(a) - described(b)) for b in real] for a in made]
    assert rows.tolist() == np.argmin(known, axis=1).tolist()
    np.testing.assert_allclose(away, np.min(known, axis=1), atol=1e-2)
    assert rows[0] == 4


def test_intervals_of_shares_and_distances():
    rng = np.random.default_rng(0)
    X, Z = rng.normal(size=(2, 16, 8000)).astype(np.float32) * [[[1]], [[0.5]]]
    real, made = (X, pd.DataFrame(index=range(16))), (Z, pd.DataFrame(index=range(16)))
    made[0][3] = 0
    columns, intervals = measure_surely(made, real, sample_rate=16000)
    wilson = binomtest(1, 16).proportion_ci(0.95, method="wilson")
    assert intervals["silent"] == pytest.approx((wilson.low, wilson.high))
    frames = [mfcc_frames(notes, 16000, scaled=True) for notes in (X, Z)]
    figures = columns["generated"]
    assert figures["frechet_audio_distance"] == pytest.approx(frechet_distance(*frames))
    assert figures["kernel_distance"] == pytest.approx(kernel_distance(*frames))
    assert figures["coverage"] == density_and_coverage(*frames)["coverage"]
    for name in ("frechet_audio_distance", "kernel_distance", "coverage"):
        low, high = intervals[name]
        assert low < figures[name] <= high
    assert intervals["coverage"][1] <= 1
    assert columns["half of real notes"].keys() == {
        "frechet_audio_distance", "kl_divergence", "kernel_distance", "density", "coverage"
    }  # fmt: skip


@pytest.mark.filterwarnings("ignore:.*rows are few")
def test_of_few_notes_there_are_fewer_figures():
    few = np.random.default_rng(0).normal(size=(7, 4000)).astype(np.float32)
    notes = few, pd.DataFrame(index=range(7))
    columns, intervals = measure_surely(notes, notes, sample_rate=16000)
    assert columns.keys() == {"generated", "real notes"}
    assert "coverage" not in columns["generated"]
    assert intervals.keys() == {"silent"}


def test_bad_subjects_are_named(model, real, tmp_path):
    with pytest.raises(ValueError, match="needs a model, sounds or a clip"):
        make_report()
    with pytest.raises(ValueError, match=r"room for 20 subjects. Got 21"):
        make_report(*[real] * 21)
    with pytest.raises(ValueError, match="data is empty"):
        make_report(Bunch(data=real.data[:0], sample_rate=16000))
    with pytest.raises(ValueError, match="There are 1 subjects and 2 names"):
        make_report(real, names=["one", "two"])
    with pytest.raises(TypeError, match="Got ndarray"):
        make_report(real.data)
    for wrong in (real.data, "folder", Bunch(data=real.data)):
        with pytest.raises(TypeError, match="'real' parameter of make_report must be a Bunch"):
            make_report(real, real=wrong)
    other = Bunch(data=resample(real.data, 16000, 8000), frame=real.frame, sample_rate=8000)
    with pytest.raises(
        ValueError, match="real sounds are at 8000 Hz and the generated ones at 16"
    ):
        make_report(model, real=other, n_samples=1)
    with pytest.raises(ValueError, match=r"'max_shown' parameter of make_report must be .* Got 0"):
        write_report(tmp_path / "page.html", real, max_shown=0)
    with pytest.raises(ValueError, match="does not state the sample rate"):
        write_report(tmp_path / "page.html", model[-1])
    assert not list(tmp_path.iterdir())


def test_a_page_replaces_another_when_it_is_whole(real, tmp_path):
    path = tmp_path / "new" / "page.html"
    few = Bunch(data=real.data[:1], sample_rate=16000)
    assert write_report(path, few, title="one") == path
    write_report(path, few, title="two")
    assert "<title>two</title>" in path.read_text(encoding="utf-8")
    assert [file.name for file in path.parent.iterdir()] == ["page.html"]
