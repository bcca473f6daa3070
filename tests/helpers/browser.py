"""What a page in the browser said and loaded, and how its controls are called."""

import json

import numpy as np

_UNNAMED = """
const controls = document.querySelectorAll(
  "button, a, input, select, textarea, summary, audio, img");
const named = (e) => e.getAttribute("aria-label") || e.textContent.trim() || e.alt ||
  (e.labels && [...e.labels].some((label) => label.textContent.trim()));
return [...controls].filter((e) => !named(e)).map((e) => e.outerHTML.slice(0, 200));
"""
_COLOURS = """
const text = arguments[0].map((each) => getComputedStyle(document.querySelector(each)).color);
return [getComputedStyle(document.body).backgroundColor, ...text];
"""


def said(driver):
    """Return what the console says since it was last asked: errors, refusals of the policy."""
    return [entry["message"] for entry in driver.get_log("browser")]


def fetched(driver):
    """Return the addresses outside the page that were asked for since it was last asked."""
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    addresses = [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]
    return [address for address in addresses if not address.startswith(("data:", "blob:"))]


def unnamed(driver):
    """Return the controls of a page that a screen reader has no name for."""
    return driver.execute_script(_UNNAMED)


def luminance_and_contrasts(driver, scheme, selectors):
    """Return how light a page is in a colour scheme, and the contrasts of texts with it."""
    feature = {"name": "prefers-color-scheme", "value": scheme}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    page, *texts = map(_luminance, driver.execute_script(_COLOURS, selectors))
    return page, [(max(text, page) + 0.05) / (min(text, page) + 0.05) for text in texts]


def _luminance(colour):
    """Return the relative luminance of a colour, as WCAG defines it."""
    values = np.array([float(n) for n in colour.strip("rgb()").split(",")]) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
