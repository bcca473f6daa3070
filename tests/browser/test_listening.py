"""A listening test in a real browser, from its start to the file of answers."""

import json
import time

import numpy as np
import pytest

from audiogen.evaluation import collect_ratings, make_listening_test
from helpers.browser import fetched, luminance_and_contrasts, said, unnamed

pytestmark = pytest.mark.long
RATE = 16000
TIME = np.arange(RATE // 4) / RATE


def sounds(partials, n=3):
    """Return notes whose key is known by their spectra."""
    return [
        sum(np.sin(2 * np.pi * 110 * (2 + place) * k * TIME) for k in range(1, partials + 1))
        for place in range(n)
    ]


SETS = {"real": sounds(16), "vae": sounds(3), "gan": sounds(1)}
GOOD = {"real": 3, "vae": 2, "gan": 1, "low-pass anchor": 0}


class Listener:
    """Whoever takes the test, and knows by the key what is which."""

    def __init__(self, browser, folder):
        self.browser, self.folder = browser, folder
        self.sets = {}

    def open(self, sets, kind, **kwargs):
        page = make_listening_test(
            sets, self.folder / kind, sample_rate=RATE, kind=kind, random_state=0, **kwargs
        )
        key = json.loads((page.parent / "key.json").read_text())
        self.sets = {name: sound["set"] for name, sound in key["sounds"].items()}
        command = {"behavior": "allow", "downloadPath": str(self.folder)}
        self.browser.execute_cdp_cmd("Browser.setDownloadBehavior", command)
        said(self.browser), fetched(self.browser)
        self.browser.get(page.as_uri())
        return page

    def press(self, *keys):
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.browser).send_keys(*keys).perform()

    def find(self, selector):
        return self.browser.find_elements("css selector", selector)

    def until(self, code):
        """Wait until an expression of JavaScript is true."""
        from selenium.webdriver.support.wait import WebDriverWait

        WebDriverWait(self.browser, 10, poll_frequency=0.02).until(
            lambda driver: driver.execute_script(f"return {code}")
        )

    def now(self, code):
        return self.browser.execute_script(f"return {code}")

    def download(self, name):
        """Return what is downloaded when the link is clicked."""
        self.find("#download")[0].click()
        path = self.folder / name
        end = time.monotonic() + 10
        while not path.exists() and time.monotonic() < end:
            time.sleep(0.05)
        return path


@pytest.fixture
def listener(browser, tmp_path):
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})
    return Listener(browser, tmp_path)


def begin(listener, name):
    from selenium.webdriver.common.keys import Keys

    listener.find("#rater")[0].send_keys(name, Keys.ENTER)
    listener.until("view !== null")


def test_preference_by_keys_survives_a_closed_page_and_is_downloaded(listener):
    from selenium.webdriver.common.keys import Keys

    page = listener.open({"real": SETS["real"], "gan": SETS["gan"]}, "preference", n_trials=3)
    assert unnamed(listener.browser) == []
    begin(listener, "Anna")
    for trial in range(3):
        assert not listener.find("#next")[0].is_enabled()
        listener.press(" ")  # A, to its end, which selects B
        listener.until("player.currentTime > 0.05")
        assert listener.now("playing") is not None
        listener.until("playing === null")
        listener.press("1")
        assert listener.find("#status")[0].text == "Listen to sound B."
        listener.press(" ")
        listener.until("view.heard.size === 2")
        a, _ = listener.now("[...view.rows.keys()]")
        listener.press("1" if listener.sets[a] == "real" else "2")
        assert unnamed(listener.browser) == []
        listener.press(Keys.ENTER)
        if trial == 0:
            order = listener.now("order().map((trial) => trial.id)")
            listener.browser.get("about:blank")
            listener.browser.get(page.as_uri())
            assert listener.find("h1")[0].text == "Welcome back"
            listener.press(Keys.ENTER)
            assert listener.find("h1")[0].text == "Question 2 of 3"
            assert listener.now("order().map((trial) => trial.id)") == order
    answers = listener.download("listening-Anna.json")
    result = collect_ratings([answers], page.parent / "key.json", random_state=0)
    assert result.scores.loc["real", "mean"] == 1
    assert result.raters.loc["Anna", "n"] == 6
    written = json.loads(answers.read_text())
    assert [trial["trial"] for trial in written["trials"]] == order
    assert "real" not in answers.read_text()
    assert said(listener.browser) == []
    assert {*fetched(listener.browser)} == {page.as_uri()}


def test_opinions_by_touch_on_a_phone(listener):
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 3, "mobile": True}
    listener.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    listener.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page = listener.open(SETS, "mos", n_trials=4)
    listener.find("#next")[0].click()
    for _ in range(4):
        assert listener.now("document.documentElement.scrollWidth <= innerWidth")
        small = (
            "[...document.querySelectorAll('button, label')].filter((e) => e.offsetHeight < 44)"
        )
        assert listener.now(f"{small}.length") == 0
        listener.find(".play")[0].click()
        listener.until("view.heard.size === 1")
        (sound,) = listener.now("[...view.rows.keys()]")
        listener.find(".choice")[GOOD[listener.sets[sound]]].click()
        listener.find("#next")[0].click()
    session = listener.now("state.session")
    answers = listener.download(f"listening-{session}.json")
    result = collect_ratings([answers], page.parent / "key.json", random_state=0)
    assert result.scores["mean"].to_dict() == {"real": 4, "vae": 3, "gan": 2}
    assert said(listener.browser) == []
    assert fetched(listener.browser) == [page.as_uri()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_dark(listener, scheme):
    listener.open({"real": SETS["real"], "gan": SETS["gan"]}, "preference", n_trials=3)
    page, contrasts = luminance_and_contrasts(listener.browser, scheme, ["body", ".soft"])
    assert (page < 0.1) == (scheme == "dark")
    assert min(contrasts) >= 4.5  # WCAG AA
    listener.browser.execute_script("localStorage.clear()")


def test_each_session_has_an_order_of_its_own_and_no_place_is_preferred(listener):
    listener.open({"real": SETS["real"], "gan": SETS["gan"]}, "preference", n_trials=4)
    code = """
    const orders = Array.from({length: 600}, (_, session) => {
      state.session = String(session);
      return order();
    });
    const same = order();
    const {id, sounds} = test.trials[0];
    const mine = (trials) => trials.find((trial) => trial.id === id);
    return [
      JSON.stringify(same) === JSON.stringify(orders[599]),
      orders.filter((trials) => mine(trials).sounds[0] === sounds[0]).length,
      ...[0, 1, 2, 3].map((place) => orders.filter((trials) => trials[place].id === id).length),
    ];
    """
    again, first, *places = listener.browser.execute_script(code)
    assert again
    assert 250 < first < 350  # of 600; 4 standard deviations
    assert all(107 < place < 193 for place in places)
    listener.browser.execute_script("localStorage.clear()")


def test_mushra_with_sliders_back_and_a_second_listener(listener):
    from selenium.webdriver.common.keys import Keys

    page = listener.open(SETS, "mushra", n_trials=2, reference="real")
    files = []
    for name in ("Ben", "Cleo"):
        begin(listener, name)
        for trial in range(2):
            rows = listener.now("[...view.rows.keys()]")
            for row, play in zip(rows, listener.find(".play"), strict=True):
                play.click()
                listener.until(f"view.heard.has('{row}')")
                listener.until("playing === null")  # what was heard stays selected
                listener.press(str(GOOD.get(listener.sets[row], 0) * 3 or 1))
            best = next(
                place for place, row in enumerate(rows[1:]) if listener.sets[row] == "real"
            )
            listener.find("input[type=range]")[best].send_keys(Keys.END)
            assert unnamed(listener.browser) == []
            if trial == 1:
                answers = "Object.values(state.answers).map((answer) => answer.ratings)"
                before = listener.now(answers)
                listener.find("#back")[0].click()
                assert listener.find("h1")[0].text == "Question 1 of 2"
                listener.press(Keys.ENTER)
                assert listener.find("h1")[0].text == "Question 2 of 2"
                assert listener.now(answers)[:1] == before
            listener.press(Keys.ENTER)
        assert not listener.find("main button")[-1].is_enabled()  # answers not yet saved
        files.append(listener.download(f"listening-{name}.json"))
        orders = [trial["order"] for trial in json.loads(files[-1].read_text())["trials"]]
        listener.find("main button")[-1].click()
    assert orders != [t["order"] for t in json.loads(files[0].read_text())["trials"]]
    result = collect_ratings(files, page.parent / "key.json", random_state=0)
    expected = {"real": 100, "vae": 60, "gan": 30, "low-pass anchor": 10}
    assert result.scores["mean"].to_dict() == expected
    assert not result.raters["excluded"].any()
    assert said(listener.browser) == []
    assert fetched(listener.browser) == [page.as_uri()]
