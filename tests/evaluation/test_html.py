"""Pages that hold all they show."""

import base64
import io
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
import soundfile

from audiogen.evaluation._html import json_block, packaged_text, page, sound_uri
from audiogen.signal import loudness

TONE = np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)


def decoded(uri):
    kind, content = re.fullmatch(r"data:([\w/]+);base64,(.+)", uri).groups()
    return kind, base64.b64decode(content, validate=True)


def elements(document):
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    parser.feed(document)
    return found


@pytest.mark.parametrize("rate", [16000, 44100, 12345])
def test_a_sound_is_mp3_that_sounds_like_it(rate):
    tone = np.sin(2 * np.pi * 440 * np.arange(rate) / rate) / 2
    kind, content = decoded(sound_uri(tone, rate))
    heard, its_rate = soundfile.read(io.BytesIO(content))
    assert kind == "audio/mpeg"
    assert its_rate >= rate
    assert len(content) < 2 * len(tone) / 3
    assert loudness(heard, its_rate) == pytest.approx(loudness(tone, rate), abs=0.5)


def test_lossless_sounds_are_the_samples_turned_down_where_they_clip():
    kind, content = decoded(sound_uri(4 * TONE, 16000, suffix=".flac"))
    heard, rate = soundfile.read(io.BytesIO(content))
    assert (kind, rate) == ("audio/flac", 16000)
    np.testing.assert_allclose(heard, TONE / np.abs(TONE).max(), atol=2**-15)


def test_without_mp3_a_sound_is_wav(monkeypatch):
    monkeypatch.setattr(soundfile, "check_format", lambda kind, subtype: kind != "MP3")
    kind, content = decoded(sound_uri(TONE, 16000))
    assert kind == "audio/wav"
    assert len(content) > 32000


def test_data_in_a_page_cannot_break_out():
    value = {"name": "</script><img src=x onerror=alert(1)>", "other": "<!--<script>é"}
    block = json_block('a"b', value)
    assert [tag for tag, _ in elements(block)] == ["script"]
    assert json.loads(block.partition(">")[2].removesuffix("</script>")) == value
    with pytest.raises(ValueError, match="JSON"):
        json_block("a", float("nan"))


def test_a_page_forbids_itself_the_network_and_names_what_it_must():
    document = page("<b>&", "<main></main>", style="p{}", script="let a = '{}';")
    found = elements(document)
    metas = [attributes for tag, attributes in found if tag == "meta"]
    policy = next(m["content"] for m in metas if m.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert {*" ".join(rules.values()).split()} == {"'none'", "data:", "'unsafe-inline'"}
    assert {"charset": "utf-8"} in metas
    assert any(m.get("name") == "viewport" for m in metas)
    assert ("html", {"lang": "en"}) in found
    assert "<title>&lt;b&gt;&amp;</title>" in document
    assert "p{}" in document
    assert "let a = '{}';" in document


def test_the_style_is_for_light_and_dark_and_loads_nothing():
    style = packaged_text("page.css")
    assert "prefers-color-scheme: dark" in style
    assert "url(" not in style
    assert "@import" not in style
