"""The classes that lose most without a unit, for its file."""

from __future__ import annotations

from typing import Any

from generator.caption.speaking import hundredth
from generator.pages.class_anchors import PAGE, anchors
from generator.pages.links import relative
from generator.pages.manifest import Manifest


def losers(
    manifest: Manifest, index: int, channel: int, here: str, directory_urls: bool
) -> list[dict[str, Any]]:
    """The few classes with the mean probability of each: ``whole``, ``without`` the unit, and
    without one ``other`` unit; ``said`` are the same in percent.

    Empty for a unit of a layer that was not asked about. Links are relative to ``here``.
    """  # noqa: D205
    ablation = manifest.ablation
    if ablation is None or ablation.layer != index or not ablation.losers[channel]:
        return []
    places = anchors(one.name for one in ablation.classes)
    return [
        {
            "name": ablation.classes[loser.place].name,
            "page": relative(here, f"{PAGE}#{places[loser.place]}", directory_urls),
            "whole": loser.whole.chance,
            "without": loser.without.chance,
            "other": loser.other.chance,
            "said": [hundredth(left.chance) for left in (loser.whole, loser.without, loser.other)],
        }
        for loser in ablation.losers[channel]
    ]
