"""What a page in the browser said and loaded, and how its controls are called."""

import json

_UNNAMED = """
const controls = document.querySelectorAll(
  "button, a, input, select, textarea, summary, audio, img");
const named = (e) => e.getAttribute("aria-label") || e.textContent.trim() || e.alt ||
  (e.labels && [...e.labels].some((label) => label.textContent.trim()));
return [...controls].filter((e) => !named(e)).map((e) => e.outerHTML.slice(0, 200));
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
