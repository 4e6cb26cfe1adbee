"""What each class loses without some units, for the fake store: one clear class, two that are not.

The unclear one has two units to speak for it, and the name of the last is hostile.
"""

from __future__ import annotations

from typing import Any

CLEAR, UNCLEAR = "Yorkshire terrier", "teapot"


def ablation(layer: int, units: int, hostile: str) -> dict[str, Any]:
    """The section ``ablation`` for a layer of so many units."""
    classes = [
        _class(0, CLEAR, "dogs", (18, 1, 17.6, 19), units, holds=True, other=UNCLEAR),
        _class(1, UNCLEAR, "", (7, 5, 6.65, 7), units, holds=False, other="sock"),
        _class(2, hostile, "", (12, 2, 11.5, 11), units, holds=True, other=hostile),
    ]
    lost = {"whole": _left(18), "without": _left(14), "other": _left(17.96)}
    losers: list[list[dict[str, Any]]] = [[] for _ in range(units)]
    losers[2 % units] = [{"place": 0, **lost}, {"place": 2, **lost}]
    return {
        "groups": [
            _group(1, "lines", (40, 12, 30), (0.35, 0.55), units, holds=True),
            _group(3, "curves", (40, 38, 37.4), (-0.1, 0.1), units, holds=False),
        ],
        "layer": layer,
        "images": 150,
        "source": "150 labelled images",
        "draws": 20,
        "classes": classes,
        "losers": losers,
        "questions": [
            {
                "place": 0,
                "right": 2 % units,
                "options": [
                    {"channel": channel % units, "chance": 0.35 if channel == 2 else 0.45}
                    for channel in (0, 1, 2, 3)
                ],
            }
        ],
    }


def _left(right: float) -> dict[str, float]:
    return {"right": right, "chance": round(right / 40, 4)}


def _class(
    output: int,
    name: str,
    group: str,
    counts: tuple[float, float, float, float],
    units: int,
    holds: bool,
    other: str,
) -> dict[str, Any]:
    whole, five, random, active = counts
    removed = {
        "five": _left(five),
        "active": _left(active),
        "random": _left(random),
        "least": int(random) - 2,
        "most": int(random) + 2,
        "change": round((whole - five) / 25, 4),
        "low": 0.1,
        "high": 0.9,
    }
    shares = (0.3, 0.16, 0.12, None, -0.01) if holds else (0.2, 0.1)
    return {
        "outputs": [output],
        "name": name,
        "group": group,
        "images": 25,
        "whole": _left(whole),
        "speakers": [
            {"channel": (2 + output + at) % units, "share": share, "alone": _left(whole - at)}
            for at, share in enumerate(shares)
        ],
        "zero": removed,
        "mean": removed,
        "mistaken": [{"name": other, "times": 2}],
        "mistaken_without": [{"name": "brown bear", "times": 4}] if holds else [],
        "holds": holds,
    }


def _group(
    layer: int,
    kind: str,
    counts: tuple[float, float, float],
    interval: tuple[float, float],
    units: int,
    holds: bool,
) -> dict[str, Any]:
    whole, group, random = counts
    removed = {
        "group": _left(group),
        "random": _left(random),
        "least": int(random) - 2,
        "most": int(random) + 2,
        "change": round((random - group) / 50, 4),
        "low": interval[0],
        "high": interval[1],
    }
    return {
        "layer": layer,
        "kind": kind,
        "channels": list(range(5)),
        "among": units,
        "images": 50,
        "whole": _left(whole),
        "zero": removed,
        "mean": removed,
        "holds": holds,
    }
