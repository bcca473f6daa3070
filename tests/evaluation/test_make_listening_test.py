"""The page and the key of a listening test."""

import base64
import io
import json
import re

import numpy as np
import pytest
import soundfile

from audiogen.evaluation import make_listening_test
from audiogen.io import write_clip
from audiogen.signal import loudness

RATE = 8000
RNG = np.random.default_rng(0)
SETS = {
    "violins": [RNG.normal(size=4000) * 0.1 for _ in range(4)],
    "trumpets": [RNG.normal(size=4800) for _ in range(4)],
}


def made(folder, sets=SETS, **kwargs):
    """Return the page, what it plays, and the key."""
    kwargs = {"sample_rate": RATE, "random_state": 0, **kwargs}
    page = make_listening_test(sets, folder, **kwargs)
    text = page.read_text(encoding="utf-8")
    shown = re.search(r'<script type="application/json" id="test">(.+)</script>', text)[1]
    return text, json.loads(shown), json.loads((page.parent / "key.json").read_text("utf-8"))


def heard(uri):
    return soundfile.read(io.BytesIO(base64.b64decode(uri.partition(",")[2])))[0]


def likeness(one, other):
    return one @ other / np.linalg.norm(one) / np.linalg.norm(other)


def test_the_key_tells_what_each_sound_is(tmp_path):
    _, shown, key = made(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"index.html", "key.json"}
    assert shown["sounds"].keys() == key["sounds"].keys()
    for name, uri in shown["sounds"].items():
        sound, known = heard(uri), key["sounds"][name]
        assert likeness(sound, SETS[known["set"]][known["sound"]]) > 0.999
        assert loudness(sound, RATE) == pytest.approx(key["loudness"], abs=0.05)
    for trial in key["trials"]:
        assert {key["sounds"][name]["set"] for name in trial["sounds"]} == {*SETS}
    assert len(key["trials"]) == 16  # there are no more
    assert shown["trials"] == key["trials"]


def test_the_page_tells_nothing(tmp_path):
    folder = tmp_path / "secret-place"
    files = {
        name: [
            write_clip(folder / f"{name}-{place}.wav", np.clip(sound, -1, 1), RATE)
            for place, sound in enumerate(sounds)
        ]
        for name, sounds in SETS.items()
    }
    text, _, key = made(tmp_path / "test", files, kind="mos")
    for word in (*SETS, "secret", ".wav", '"set"', str(tmp_path)):
        assert word not in text
    assert {sound["sound"] for sound in key["sounds"].values()} == {
        str(path) for paths in files.values() for path in paths
    }


def test_places_and_names_in_the_page_do_not_tell_the_set(tmp_path):
    """Sorted by name, either set comes first about as often."""
    first = []
    for seed in range(4):
        _, shown, key = made(tmp_path / str(seed), random_state=seed)
        first += [key["sounds"][trial["sounds"][0]]["set"] for trial in shown["trials"]]
    assert 16 < first.count("violins") < 48  # of 64


def test_the_same_seed_makes_the_same_bytes(tmp_path):
    one, two, other = (tmp_path / name for name in ("one", "two", "other"))
    state = np.random.get_state()[1].copy()
    texts = [
        made(folder, random_state=seed)[0] for folder, seed in ((one, 3), (two, 3), (other, 4))
    ]
    assert texts[0] == texts[1]
    assert (one / "key.json").read_bytes() == (two / "key.json").read_bytes()
    assert texts[0] != texts[2]
    assert (np.random.get_state()[1] == state).all()


def test_mushra_hides_the_reference_and_an_anchor(tmp_path):
    sets = {name: [np.asarray(s)[:4000] for s in sounds] for name, sounds in SETS.items()}
    _, shown, key = made(
        tmp_path, {n: [np.repeat(s, 2) for s in v] for n, v in sets.items()}, sample_rate=16000,
        kind="mushra", reference="violins", n_trials=3,
    )  # fmt: skip
    assert len(shown["trials"]) == 3
    for trial in shown["trials"]:
        by_set = {key["sounds"][name]["set"]: name for name in trial["sounds"]}
        assert by_set.keys() == {"violins", "trumpets", "low-pass anchor"}
        reference = heard(shown["sounds"][trial["reference"]])
        assert trial["reference"] not in trial["sounds"]
        np.testing.assert_array_equal(reference, heard(shown["sounds"][by_set["violins"]]))
        anchor = heard(shown["sounds"][by_set["low-pass anchor"]])
        high = np.fft.rfftfreq(8000, 1 / 16000) > 4200
        power = [np.square(np.abs(np.fft.rfft(s)[high])).sum() for s in (anchor, reference)]
        assert power[0] < 1e-3 * power[1]
        assert len({key["sounds"][name]["sound"] for name in trial["sounds"]}) == 1
    assert "reference" not in str([*key["sounds"]])


def test_stereo_and_files_of_other_rates_are_played_alike(tmp_path):
    tone = np.sin(2 * np.pi * 440 * np.arange(8000) / 16000) / 2
    path = write_clip(tmp_path / "tone.flac", tone, 16000)
    sets = {"file": [path], "array": [np.stack([tone[::2], tone[::2]], axis=1)]}
    _, shown, _ = made(tmp_path / "test", sets, loudness=-30.0)
    one, other = (heard(uri) for uri in shown["sounds"].values())
    assert one.shape == other.shape == (4000, 2)
    np.testing.assert_allclose(one[200:-200], other[200:-200], atol=2e-3)


def test_text_of_a_question_is_kept_as_text(tmp_path):
    text, shown, _ = made(tmp_path, question="</script><b>Which?", n_trials=1)
    assert shown["question"] == "</script><b>Which?"
    assert "</script><b>" not in text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "abx"}, "'kind' parameter of make_listening_test must be 'preference' or"),
        ({"n_trials": 0}, r"'n_trials' parameter .* Got 0 instead"),
        ({"sample_rate": 4000}, r"'sample_rate' parameter .* \[8000, inf\). Got 4000"),
        ({"format": "ogg"}, "'format' parameter"),
        ({"loudness": 1.0}, "'loudness' parameter"),
        ({"sets": [*SETS.values()]}, "'sets' parameter .* must be a dict of sounds by the name"),
        ({"sets": {"a": SETS["violins"]}}, "needs 2 sets or more. Got 1"),
        ({"sets": {"a": SETS["violins"], "b": []}}, "The set 'b' has no sounds"),
        ({"reference": "violins"}, "kind 'preference' has no reference"),
        ({"kind": "mushra"}, "must name one of the sets, 'violins', 'trumpets'. Got None"),
        ({"kind": "mushra", "reference": "violin"}, "Did you mean violins?"),
        ({"sets": {**SETS, "low-pass anchor": [[0.1]]}}, "is that of the anchor"),
        ({"sets": {"a": [[np.nan] * 4000], "b": [[0.1] * 4000]}}, "Sound 0 of 'a' holds NaN"),
        ({"sets": {"a": [np.ones((4000, 3))], "b": [[0.1] * 4000]}}, "mix it down first"),
        ({"sets": {"a": [[]], "b": [[0.1] * 4000]}}, "Sound 0 of 'a' must have"),
        ({"sets": {"a": ["nowhere.wav"], "b": [[0.1] * 4000]}}, "nowhere.wav is missing"),
    ],
)  # fmt: skip
def test_what_no_test_can_be_made_of_is_refused_and_nothing_written(change, message, tmp_path):
    with pytest.raises((ValueError, TypeError, OSError), match=message):
        made(tmp_path / "test", **change)
    assert not (tmp_path / "test").exists()


def test_warnings_tell_what_listeners_would_not_hear(tmp_path):
    low = [np.sin(2 * np.pi * 200 * np.arange(8000) / 16000)]
    with pytest.warns(UserWarning, match="1 of 1 references have next to nothing above 3.5 kHz"):
        made(tmp_path, {"a": low, "b": low}, kind="mushra", reference="a", sample_rate=16000)
    click = np.zeros(80000)
    click[40000] = 1.0
    with pytest.warns(UserWarning, match=r"played at -\d\d\.\d LUFS, which is soft"):
        made(tmp_path, {"a": low, "b": [click]}, sample_rate=16000)
