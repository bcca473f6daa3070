"""What a notebook shows of a pipeline, in a real browser: run by ``tox -e browser``."""

import pytest
from sklearn.decomposition import PCA

from audiogen import GenerativePipeline
from audiogen.generators import ConditionalGaussianMixture
from audiogen.preprocessing import HarmonicPlusNoise, PitchFilter

pytestmark = pytest.mark.long


def test_a_pipeline_shows_its_steps_and_on_a_click_their_parameters(browser, tmp_path):
    from selenium.webdriver.common.by import By

    pipeline = GenerativePipeline(
        [
            ("range", PitchFilter(low=40, high=77)),
            ("harmonics", HarmonicPlusNoise()),
            ("pca", PCA(8)),
            ("mixture", ConditionalGaussianMixture(n_components=3)),
        ]
    )
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><meta charset='utf-8'>{pipeline._repr_html_()}")
    browser.get(page.as_uri())
    shown = browser.find_element(By.TAG_NAME, "body").text
    for name in ("GenerativePipeline", "PitchFilter", "HarmonicPlusNoise", "PCA"):
        assert name in shown
    assert "ConditionalGaussianMixture" in shown
    assert "77" not in shown
    label = next(
        label
        for label in browser.find_elements(By.TAG_NAME, "label")
        if "PitchFilter" in label.text
    )
    label.click()
    for summary in browser.find_elements(By.TAG_NAME, "summary"):
        if summary.is_displayed():
            summary.click()
    assert "77" in browser.find_element(By.TAG_NAME, "body").text
