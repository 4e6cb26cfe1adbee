"""The streaming top k against a full sort of everything."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.records import TopActivations
from generator.scan.topk import TopK

CPU = torch.device("cpu")
WIDTH = 5
Entry = tuple[float, int, int]  # value, image, place


def plain(
    values: list[list[float]],
    places: list[list[int]],
    images: list[int],
    sources: list[int],
    k: int,
    per_source: int | None,
) -> list[list[Entry]]:
    """For each unit: sort everything that fired, go down the list, keep who may stay."""
    chosen = []
    for channel in range(len(values[0])):
        entries = [
            (value[channel], image, place[channel], source)
            for value, place, image, source in zip(values, places, images, sources, strict=True)
            if value[channel] > 0
        ]
        entries.sort(key=lambda entry: (-entry[0], entry[1]))
        kept: list[tuple[float, int, int, int]] = []
        for entry in entries:
            same = sum(other[3] == entry[3] for other in kept)
            if len(kept) < k and (per_source is None or same < per_source):
                kept.append(entry)
        chosen.append([entry[:3] for entry in kept])
    return chosen


def streamed(
    values: list[list[float]],
    places: list[list[int]],
    images: list[int],
    sources: list[int],
    k: int,
    per_source: int | None,
    batch: int,
) -> TopActivations:
    top = TopK(len(values[0]), k, per_source, CPU)
    for start in range(0, len(values), batch):
        part = slice(start, start + batch)
        top.update(
            torch.tensor(values[part]),
            torch.tensor(places[part]),
            torch.tensor(images[part]),
            torch.tensor(sources[part]),
        )
    return top.result(WIDTH)


def check(record: TopActivations, expected: list[list[Entry]], k: int) -> None:
    assert record.values.shape == record.images.shape == (len(expected), k)
    assert record.positions.shape == (len(expected), k, 2)
    assert record.values.dtype == np.float32
    assert record.images.dtype == record.positions.dtype == np.int64
    for channel, entries in enumerate(expected):
        missing = k - len(entries)
        assert record.values[channel].tolist() == [e[0] for e in entries] + [0] * missing
        assert record.images[channel].tolist() == [e[1] for e in entries] + [-1] * missing
        positions = [[e[2] // WIDTH, e[2] % WIDTH] for e in entries] + [[0, 0]] * missing
        assert record.positions[channel].tolist() == positions


@st.composite
def cases(
    draw: st.DrawFn,
) -> tuple[list[list[float]], list[list[int]], list[int], list[int], int, int | None, int]:
    count = draw(st.integers(1, 14))
    channels = draw(st.integers(1, 3))
    # Few values, so that ties abound; halves are exact. Gaps are images that were skipped.
    value = st.sampled_from([-1.0, 0.0, 0.5, 1.0, 1.5, 2.0])
    row = st.lists(value, min_size=channels, max_size=channels)
    places = st.lists(st.integers(0, 24), min_size=channels, max_size=channels)
    return (
        draw(st.lists(row, min_size=count, max_size=count)),
        draw(st.lists(places, min_size=count, max_size=count)),
        sorted(draw(st.lists(st.integers(0, 40), min_size=count, max_size=count, unique=True))),
        draw(st.lists(st.integers(0, 3), min_size=count, max_size=count)),
        draw(st.integers(1, 6)),
        draw(st.none() | st.integers(1, 3)),
        draw(st.integers(1, count)),
    )


@settings(max_examples=200, deadline=None, derandomize=True)
@given(cases())
def test_it_is_the_head_of_a_full_sort(
    case: tuple[list[list[float]], list[list[int]], list[int], list[int], int, int | None, int],
) -> None:
    values, places, images, sources, k, per_source, batch = case
    record = streamed(values, places, images, sources, k, per_source, batch)
    check(record, plain(values, places, images, sources, k, per_source), k)


@pytest.mark.parametrize("per_source", [None, 3])
@pytest.mark.parametrize("batch", [1, 7, 64, 400])
def test_a_longer_stream(per_source: int | None, batch: int) -> None:
    random = np.random.default_rng(0)
    values = (np.round(random.normal(1, 1, (400, 6)) * 8) / 8).tolist()  # exact, with many ties
    places = random.integers(0, 25, (400, 6)).tolist()
    sources = random.integers(0, 9, 400).tolist()
    images = list(range(400))
    record = streamed(values, places, images, sources, 9, per_source, batch)
    check(record, plain(values, places, images, sources, 9, per_source), 9)


def test_ties_go_to_the_earlier_image_by_hand() -> None:
    values = [[1.0], [2.0], [1.0], [2.0], [1.0]]
    places = [[0], [1], [2], [3], [4]]
    for batch in (1, 2, 5):
        record = streamed(values, places, [0, 1, 2, 3, 4], [0] * 5, 4, None, batch)
        assert record.images.tolist() == [[1, 3, 0, 2]]
        assert record.positions[0, :, 1].tolist() == [1, 3, 0, 2]


def test_ties_between_photographs_go_to_the_earlier_image_by_hand() -> None:
    """Although its photograph has the higher number."""
    record = streamed([[1.0], [1.0]], [[0], [1]], [0, 1], [5, 2], 1, 1, 2)
    assert record.images.tolist() == [[0]]


def test_no_more_of_one_photograph_than_may_stay_by_hand() -> None:
    values = [[9.0], [8.0], [7.0], [6.0], [1.0]]
    for batch in (1, 3, 5):
        record = streamed(values, [[0]] * 5, [0, 1, 2, 3, 4], [7, 7, 7, 8, 7], 4, 2, batch)
        assert record.images.tolist() == [[0, 1, 3, -1]]
        assert record.values.tolist() == [[9, 8, 6, 0]]


def test_units_that_never_fire_have_no_images() -> None:
    values = [[0.0, -3.0, 1.0], [-0.0, -1.0, 0.0]]
    record = streamed(values, [[3, 3, 3]] * 2, [0, 1], [0, 1], 3, None, 1)
    assert record.images.tolist() == [[-1, -1, -1], [-1, -1, -1], [0, -1, -1]]
    assert record.values.tolist() == [[0, 0, 0], [0, 0, 0], [1, 0, 0]]
    assert record.positions.tolist() == [[[0, 0]] * 3, [[0, 0]] * 3, [[0, 3], [0, 0], [0, 0]]]


def test_nothing_seen_yet_is_nothing_held() -> None:
    check(TopK(2, 3, None, CPU).result(WIDTH), [[], []], 3)
