"""Report pages in a real browser: they play by the keyboard, load nothing and say no error."""

import time

import pytest

from audiogen.datasets import make_notes
from audiogen.evaluation import write_report
from audiogen.music import make_clip
from helpers.browser import fetched, luminance_and_contrasts, said, unnamed

pytestmark = pytest.mark.long
_PLAYED = "return [...document.querySelectorAll('audio')].map((a) => a.currentTime)"
_PLAYS = "return [...document.querySelectorAll('audio')].map((a) => !a.paused)"
_CURRENT = """
return [...document.querySelectorAll('figure')].findIndex((f) => f.classList.contains('current'))
"""
_WIDTHS = "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Return a page with two pairs of notes, and a clip."""
    real, made = (make_notes(8, duration=4, random_state=seed) for seed in (0, 1))
    clip = make_clip("solo flute air", seconds=6, sample_rate=16000, random_state=0)
    path = tmp_path_factory.mktemp("report") / "page.html"
    return write_report(path, made, clip, real=real, max_shown=2)


@pytest.fixture
def shown(browser, page):
    browser.get(page.as_uri())
    wait(lambda: browser.execute_script("return document.readyState") == "complete")
    return browser


def wait(until):
    end = time.monotonic() + 20
    while not until():
        assert time.monotonic() < end, "nothing happened for 20 s"
        time.sleep(0.05)


def press(driver, *keys):
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(driver).send_keys(*keys).perform()


def test_space_plays_and_arrows_move(shown):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    press(shown, Keys.SPACE)
    wait(lambda: shown.execute_script(_PLAYED)[0] > 0.2)
    press(shown, Keys.ARROW_RIGHT)
    assert shown.execute_script(_CURRENT) == 1
    wait(lambda: shown.execute_script(_PLAYED)[1] > 0.2)
    assert shown.execute_script(_PLAYS) == [False, True, False, False, False]
    press(shown, Keys.SPACE)
    assert not any(shown.execute_script(_PLAYS))
    press(shown, Keys.ARROW_DOWN)
    assert shown.execute_script(_CURRENT) == 3
    press(shown, Keys.ARROW_UP, Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert shown.execute_script(_CURRENT) == 0
    assert said(shown) == []
    before = shown.execute_script(_PLAYED)[0]
    ActionChains(shown).key_down(Keys.SHIFT).send_keys(Keys.ARROW_RIGHT).key_up(
        Keys.SHIFT
    ).perform()
    wait(lambda: shown.execute_script(_PLAYED)[0] == pytest.approx(before + 1, abs=0.1))


def test_a_section_plays_from_its_beginning(shown):
    from selenium.webdriver.common.by import By

    button = shown.find_elements(By.CSS_SELECTOR, "button[data-start]")[-1]
    start = float(button.get_attribute("data-start"))
    assert start > 0.5
    button.click()
    wait(lambda: shown.execute_script(_PLAYED)[4] > start)
    assert shown.execute_script(_PLAYED)[4] < start + 2
    assert shown.execute_script(_PLAYS) == [False] * 4 + [True]


def test_nothing_is_fetched_no_error_is_said_and_all_controls_have_names(browser, page):
    said(browser), fetched(browser)
    browser.get(page.as_uri())
    wait(lambda: browser.execute_script(
        "return [...document.querySelectorAll('audio')].every((a) => a.duration > 3.9)"
    ))  # fmt: skip
    assert said(browser) == []
    assert fetched(browser) == [page.as_uri()]
    assert unnamed(browser) == []
    assert browser.execute_script(
        "return [...document.images].every((image) => image.complete && image.naturalWidth > 100)"
    )


@pytest.mark.parametrize("width", [360, 1200])
def test_a_page_fits_the_screen(shown, width):
    phone = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
    shown.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        shown.execute_script("document.querySelectorAll('details').forEach((e) => e.open = true)")
        content, screen = shown.execute_script(_WIDTHS)
        assert content <= screen <= width
        lefts = shown.execute_script(
            "return [...document.querySelectorAll('figure')].slice(0, 2)"
            ".map((figure) => figure.getBoundingClientRect().left)"
        )
        assert (lefts[0] == lefts[1]) == (width == 360)
    finally:
        shown.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_dark(shown, scheme):
    page, contrasts = luminance_and_contrasts(shown, scheme, ["body", "small"])
    assert (page < 0.1) == (scheme == "dark")
    assert min(contrasts) >= 4.5  # WCAG AA
