"""What the pages work out in the browser, against PyTorch."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from browser.screens import PHONE, Reader

SEEDS = range(60)
SHAPE = r"([\d,]+) × ([\d,]+) × ([\d,]+)"
WINDOW = r"(\d+) by \d+, a stride of (\d+) and (?:a padding of (\d+)|no padding)"
FILTERS = r"(\d+) filters of "
MAKE = """async ([kind, seeds]) => {
    const root = document.querySelector("script[src*='assets/js/quiz.js']").src;
    const { makeQuiz, judge } = await import(new URL("questions.js", root));
    const { dataOf } = await import(new URL("formulas.js", root));
    const { parts } = dataOf(document.querySelector(".quiz"));
    return seeds.map((seed) => makeQuiz(kind, seed, parts).map((question) => ({
        ...question,
        judged: judge(question, question.answer).right,
        slipped: question.slips.map(({ values, say }) => {
            const given = values.map((value, at) => value ?? question.answer[at]);
            const { right, says } = judge(question, given);
            return { right, told: says.some((one) => one.includes(say)), given };
        }),
    })));
}"""
CONVOLVE = """async ([number, stride, padding]) => {
    const root = document.querySelector("script[src*='assets/js/convolution.js']").src;
    const { convolve } = await import(new URL("convolution.js", root));
    const { dataOf } = await import(new URL("formulas.js", root));
    const data = dataOf(document.querySelector(".convolution-lab"));
    return [data, convolve(data, data.units[number], stride, padding)];
}"""


def asked(reader: Reader, kind: str) -> list[list[dict[str, Any]]]:
    made: list[list[dict[str, Any]]] = reader("quiz-output-shape/").evaluate(
        MAKE, [kind, list(SEEDS)]
    )
    return made


def numbers(pattern: str, text: str) -> list[int]:
    match = re.search(pattern, text)
    assert match, text
    return [int((group or "0").replace(",", "")) for group in match.groups()]


def read(text: str) -> tuple[list[int], nn.Conv2d, tuple[int, ...]]:
    """The layer that a question tells of: its input (height, width, depth), and what comes out."""
    shape = numbers(SHAPE, text)
    (filters,) = numbers(FILTERS, text)
    window = re.search(WINDOW, text)
    kernel, stride, padding = (
        numbers(WINDOW, text) if window else (numbers(r"filters of (\d+)", text)[0], 1, 0)
    )
    bias = "without a bias" not in text
    conv = nn.Conv2d(shape[2], filters, kernel, stride, padding, bias=bias, device="meta")
    maps = conv(torch.zeros(1, shape[2], *shape[:2], device="meta"))
    return shape, conv, (maps.shape[2], maps.shape[3], maps.shape[1])


def size(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize("kind", ["shape", "parameters", "sharing"])
def test_each_slip_is_told_and_only_the_answer_is_right(kind: str, reader: Reader) -> None:
    fresh = set()
    for questions in asked(reader, kind):
        assert len(questions) >= 3
        for question in questions:
            fresh.add(question["text"])
            assert question["judged"]
            assert all(isinstance(value, int) and value >= 0 for value in question["answer"])
            assert len(question["hints"]) == 2
            assert question["solution"]
            assert any(not slip["right"] and slip["told"] for slip in question["slipped"])
            for slip in question["slipped"]:
                assert slip["right"] == (slip["given"] == question["answer"])
    assert len(fresh) > len(SEEDS)


def test_shapes_are_those_of_pytorch(reader: Reader) -> None:
    for conv, pool, padding, own in asked(reader, "shape"):
        assert tuple(conv["answer"]) == read(conv["text"])[2]
        depth, height, width = numbers(r"gets (\d+) maps of (\d+) by (\d+)", pool["text"])
        kernel, stride, _ = numbers(WINDOW, pool["text"])
        layer = nn.MaxPool2d(kernel, stride, ceil_mode="rounds up" in pool["text"])
        maps = layer(torch.zeros(1, depth, height, width))
        assert tuple(pool["answer"]) == (maps.shape[2], maps.shape[3], maps.shape[1])
        # Rounding is the point of this question, so it has to make a difference.
        other = nn.MaxPool2d(kernel, stride, ceil_mode="rounds up" not in pool["text"])
        assert other(torch.zeros(1, depth, height, width)).shape != maps.shape
        (window,) = numbers(r"filters of (\d+)", padding["text"])
        keeps = nn.Conv2d(1, 1, window, padding=padding["answer"][0])
        assert keeps(torch.zeros(1, 1, 31, 31)).shape[-2:] == (31, 31)
        if "filters" in own["text"]:
            assert tuple(own["answer"]) == read(own["text"])[2]


def test_parameters_are_those_of_pytorch(reader: Reader) -> None:
    for local, full, *own in asked(reader, "parameters"):
        shape, conv, out = read(local["text"])
        assert conv.bias is not None
        a_filter = conv.weight[0].numel() + conv.bias[0].numel()
        assert local["answer"] == [a_filter * math.prod(out)]
        linear = nn.Linear(math.prod(shape), math.prod(out), device="meta")
        assert full["answer"] == [size(linear)]
        for question in own:
            _, layer, _ = read(question["text"])
            assert question["answer"] == [size(layer) // layer.out_channels]


def test_sharing_saves_what_pytorch_says(reader: Reader) -> None:
    for first, times, larger, *own in asked(reader, "sharing"):
        _, conv, (height, width, _) = read(first["text"])
        assert first["answer"] == larger["answer"] == [size(conv)]
        assert times["answer"] == [height * width]
        for question in own:
            assert question["answer"] == [size(read(question["text"])[1])]


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 3), (3, 1), (4, 2)])
def test_the_convolution_in_the_page_is_that_of_pytorch(
    stride: int, padding: int, reader: Reader
) -> None:
    page = reader("filters/")
    for number in range(3):
        data, map_ = page.evaluate(CONVOLVE, [number, stride, padding])
        pixels = torch.tensor(data["pixels"], dtype=torch.float64).permute(2, 0, 1) / 255
        mean, std = (torch.tensor(data[name]).double().view(3, 1, 1) for name in ("mean", "std"))
        unit = data["units"][number]
        weights = torch.tensor(unit["weights"], dtype=torch.float64)[None]
        bias = torch.tensor([unit["bias"]], dtype=torch.float64)
        exact = functional.conv2d(((pixels - mean) / std)[None], weights, bias, stride, padding)
        told = torch.tensor(map_, dtype=torch.float64)
        assert told.shape == exact[0, 0].shape
        # The means are written with few digits in the test's own tensors.
        assert torch.allclose(told, exact[0, 0], atol=1e-5)


def test_stepping_fills_the_map(reader: Reader) -> None:
    page = reader("filters/")
    output = page.locator(".convolution-sum output")
    data, map_ = page.evaluate(CONVOLVE, [0, 1, 0])
    assert output.inner_text().endswith(f"so the answer is {map_[0][0]:.2f}.")
    page.get_by_role("button", name="Step").click()
    assert output.inner_text().startswith("Row 1, column 2 of 8 × 8")
    assert f"{map_[0][1]:.2f}" in output.inner_text()
    page.get_by_role("button", name="Next row").click()
    assert output.inner_text().startswith("Row 2, column 1")
    page.get_by_role("button", name="Back", exact=True).click()
    assert output.inner_text().startswith("Row 1, column 8")
    page.get_by_role("button", name="Fill the map").click()
    assert output.inner_text().startswith("Row 8, column 8")
    page.get_by_role("button", name="Back", exact=True).click()
    step = page.get_by_role("button", name="Step")
    step.focus()
    page.keyboard.press("Enter")
    assert step.is_disabled()
    assert page.evaluate("document.activeElement.name") == "step"
    page.keyboard.press("Enter")
    assert output.inner_text().startswith("Row 8, column 8")
    page.get_by_label("Stride").select_option("2")
    page.get_by_label("Padding").select_option("3")
    _, wide = page.evaluate(CONVOLVE, [0, 2, 3])
    assert output.inner_text().startswith(f"Row 1, column 1 of {len(wide)} × {len(wide)}")
    kernel = data["kernel"]
    assert page.locator(".products-table td").count() == kernel * kernel


@pytest.mark.parametrize("ceil", [False, True])
def test_the_live_rule_is_that_of_pytorch(ceil: bool, reader: Reader) -> None:
    page = reader("feature-map-sizes/")
    lab = page.locator(".size-lab")
    lab.locator("[name=rounding]").select_option("ceil" if ceil else "floor")
    for width, kernel, stride, padding in (
        (16, 3, 2, 1),
        (15, 4, 3, 0),
        (9, 3, 3, 1),
        (7, 2, 4, 1),
    ):
        for name, value in (
            ("width", width), ("kernel", kernel), ("stride", stride), ("padding", padding),
        ):  # fmt: skip
            lab.locator(f"[name={name}]").fill(str(value))
        layer = nn.MaxPool2d(kernel, stride, padding, ceil_mode=ceil)
        wide = layer(torch.zeros(1, 1, width, width)).shape[-1]
        assert lab.locator("output").inner_text().endswith(f"The map is {wide} wide.")
        assert lab.locator("rect.place").count() == wide
    lab.locator("[name=kernel]").fill("60")
    assert "does not fit" in lab.locator("output").inner_text()
    lab.locator("[name=kernel]").fill("")
    assert "whole numbers" in lab.locator("output").inner_text()


@pytest.mark.parametrize("width", [32, 120])
def test_on_a_phone_the_whole_row_is_seen(width: int, reader: Reader) -> None:
    page = reader("feature-map-sizes/", size=PHONE)
    lab = page.locator(".size-lab")
    for name, value in {"width": width, "kernel": 4, "padding": 0, "stride": 4}.items():
        lab.locator(f"[name={name}]").fill(str(value))
    holder = lab.locator(".size-row").bounding_box()
    places = lab.locator("rect.place")
    assert places.count() == width // 4
    last = places.last.bounding_box()
    assert last["x"] + last["width"] <= holder["x"] + holder["width"]
    assert holder["y"] + holder["height"] - last["y"] < 12
    assert lab.locator(".size-row").evaluate("row => row.scrollWidth === row.clientWidth")


def test_on_a_phone_a_bar_is_nearest_to_its_own_name(reader: Reader) -> None:
    lab = reader("parameters/", size=PHONE).locator(".parameter-lab")
    bars = [bar.bounding_box() for bar in lab.locator(".bars .bar").all()]
    names = [name.bounding_box() for name in lab.locator(".bars > div > span:first-child").all()]
    assert len(bars) == 3
    for bar, own, following in zip(bars, names, names[1:], strict=False):
        above = bar["y"] - own["y"] - own["height"]
        below = following["y"] - bar["y"] - bar["height"]
        assert 0 <= above < below / 2


def test_the_live_count_is_that_of_pytorch(reader: Reader) -> None:
    lab = reader("parameters/").locator(".parameter-lab")
    values = {"size": 32, "depth": 3, "kernel": 8, "filters": 20, "stride": 2, "padding": 1}
    for name, value in values.items():
        lab.locator(f"[name={name}]").fill(str(value))
    told = lab.locator(".bars strong").all_inner_texts()
    conv = nn.Conv2d(3, 20, 8, 2, 1)
    out = conv(torch.zeros(1, 3, 32, 32)).shape
    linear = nn.Linear(32 * 32 * 3, math.prod(out), device="meta")
    unshared = size(conv) * out[2] * out[3]
    assert told == [f"{size(conv):,}", f"{unshared:,}", f"{size(linear):,}"]
