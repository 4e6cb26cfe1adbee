"""Features forming in a browser: a slider with scripts, all epochs without."""

from __future__ import annotations

import pytest

from browser.screens import PHONE, WIDE, Reader


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_slider_shows_one_epoch_at_a_time(reader: Reader, size: tuple[int, int]) -> None:
    page = reader("", size=size)
    figure = page.locator("figure.forming")
    slider = figure.get_by_role("slider", name="Epochs of training")
    shown = figure.locator(".moment:visible")
    layers = figure.locator(".layer-forming").count()
    epochs = figure.locator(".moment").count() // layers
    assert shown.count() == layers
    seen = set()
    slider.focus()
    slider.press("Home")
    for number in range(epochs):
        assert slider.input_value() == str(number)
        told = {shown.nth(layer).get_attribute("data-when") for layer in range(layers)}
        assert len(told) == 1
        assert slider.get_attribute("aria-valuetext") in told
        assert figure.locator("output").inner_text() in told
        seen |= told
        slider.press("ArrowRight")
    assert len(seen) == epochs
    page.wait_for_function(
        "[...document.querySelectorAll('.forming img')].every(i => i.complete && i.naturalWidth)"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_without_scripts_all_epochs_are_there(reader: Reader) -> None:
    page = reader("", javascript=False)
    figure = page.locator("figure.forming")
    assert figure.get_by_role("slider").count() == 0
    assert figure.locator(".moment:visible").count() == figure.locator(".moment").count()
