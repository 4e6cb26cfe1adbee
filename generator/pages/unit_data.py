"""Each unit's numbers as a JSON file beside its page, and a small index of all units to find by.

The panel of a unit is filled from its file, and a reader can take it along. Links in it are
relative to the file itself.
"""

from __future__ import annotations

import json
from typing import Any

from msgspec import to_builtins

from generator import caption
from generator.caption.credit import author_and_terms
from generator.caption.preferred import fact
from generator.caption.words import by_itself
from generator.language import later, named, say
from generator.pages.feeding import first_name, layer_below
from generator.pages.links import relative
from generator.pages.losing import losers
from generator.pages.manifest import LayerFigures, Manifest, Unit
from generator.pages.page import DRAWINGS, PREFERRED, text_alternative
from generator.records import Claim
from generator.records.units import Feed

INDEX = "units.json"
# What a picture of a unit is called on the pages; another kind of picture is one more line.
TITLES = {
    "projections": later("Projections"),
    "patches": later("Photographs"),
    PREFERRED: later("Preferred input"),
    DRAWINGS: later("Drawings"),
}


def unit_file(layer: int, channel: int) -> str:
    """The address of a unit's numbers, from the site's root."""
    return f"layers/{layer}/unit-{channel}.json"


def unit_files(manifest: Manifest) -> list[str]:
    """The addresses of the index and of every unit's numbers."""
    units = (
        unit_file(number, unit.channel)
        for number, figures in manifest.layers.items()
        for unit in figures.units.values()
    )
    return [INDEX, *units]


def data_files(manifest: Manifest, directory_urls: bool) -> dict[str, str]:
    """Every unit's file, and the index, by their addresses."""
    files = {INDEX: _text(index(manifest, directory_urls))}
    for number, figures in manifest.layers.items():
        for unit in figures.units.values():
            address = unit_file(number, unit.channel)
            files[address] = _text(unit_data(manifest, figures, unit, directory_urls))
    return files


def unit_data(
    manifest: Manifest, figures: LayerFigures, unit: Unit, directory_urls: bool
) -> dict[str, Any]:
    """All that is known of one unit, as JSON values."""
    index, channel, numbers = figures.layer.index, unit.channel, unit.numbers
    here = unit_file(index, channel)
    return {
        "title": caption.unit_title(index, channel, unit.claims, unit.dead),
        "page": relative(here, f"layers/{index}.md#unit-{channel}", directory_urls),
        "watch": _watch(manifest, index, channel, here, directory_urls),
        "network": {key: getattr(manifest.network, key) for key in ("name", "sha256", "random")},
        "images": {key: getattr(manifest.collection, key) for key in ("name", "sha256", "count")},
        "layer": index,
        "module": figures.layer.name,
        "channel": channel,
        "dead": unit.dead,
        "field": vars(figures.layer.field),
        "fires": numbers.fires,
        "facts": caption.unit_facts(
            unit.top[0].value if unit.top else None,
            numbers.fires,
            numbers.orientation,
            numbers.colour,
        )
        + _wished(unit),
        "claims": [_claim(claim) for claim in unit.claims],
        "missed": caption.missed(unit.claims),
        "pictures": _pictures(figures, unit, here),
        "scale": {"white": unit.white, "clipped": unit.clipped, "frame": unit.frame},
        "preferred": to_builtins(unit.preferred),
        "top": [_top(manifest, unit, rank, here) for rank in range(len(unit.top))],
        "orientation": {**vars(numbers.orientation), "angles": manifest.tuning.angles},
        "colour": {
            **vars(numbers.colour),
            "hues": manifest.tuning.hues,
            "swatches": manifest.tuning.swatches,
        },
        "concepts": _concepts(manifest, figures, unit),
        "classes": _classes(unit),
        "spread": _spread(figures, unit, here),
        "weakest": _weakest(figures, unit, here),
        "feeds": _feeds(manifest, figures, unit, here, directory_urls),
        "losers": losers(manifest, index, channel, here, directory_urls),
    }


def _watch(
    manifest: Manifest, index: int, channel: int, here: str, directory_urls: bool
) -> str | None:
    """Where the unit can be watched at work; None where the network is not sent to browsers."""
    if manifest.live.program is None:
        return None
    return relative(here, f"your-picture.md#watch={index}:{channel}", directory_urls)


def _feeds(
    manifest: Manifest, figures: LayerFigures, unit: Unit, here: str, directory_urls: bool
) -> list[dict[str, object]]:
    """The units of the layer below that drive a unit, and those that hold it back."""
    lower = layer_below(manifest, figures.layer.index)
    if unit.feeds is None or lower is None:
        return []

    def told(feed: Feed) -> dict[str, object]:
        fed = lower.units[feed.channel]
        page = f"layers/{lower.layer.index}.md#unit-{feed.channel}"
        image = fed.patches
        return {
            "page": relative(here, page, directory_urls),
            "label": say(
                "Layer {index}, unit {channel}", index=lower.layer.index, channel=feed.channel
            ),
            "named": first_name(fed),
            "share": round(feed.share, 3),
            "src": relative(here, image.file) if image else None,
        }

    parts = ((say("Driven by"), unit.feeds.drive), (say("Held back by"), unit.feeds.hold))
    return [{"title": title, "units": [told(feed) for feed in feeds]} for title, feeds in parts]


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "said": caption.described([claim])[0] if claim.held else "",
        **{key: getattr(claim, key) for key in ("kind", "label", "score", "bar", "held")},
        "detail": {
            key: value for key, value in to_builtins(claim.detail).items() if key != "classes"
        },
    }


def _pictures(figures: LayerFigures, unit: Unit, here: str) -> list[dict[str, Any]]:
    return [
        {
            "name": kind,
            "title": say(TITLES[kind]) if kind in TITLES else caption.capital(kind),
            "src": relative(here, picture.file),
            "width": picture.width,
            "height": picture.height,
            "nine": kind not in (PREFERRED, DRAWINGS),  # tiles, one for each patch
            "tile": picture.width if kind in (PREFERRED, DRAWINGS) else figures.tile,
            "gap": 0 if kind in (PREFERRED, DRAWINGS) else figures.gap,
            "crisp": figures.crisp and kind != DRAWINGS,
            "alt": text_alternative(kind, figures, unit),
        }
        for kind, picture in unit.pictures.items()
    ]


def _weakest(one: LayerFigures, unit: Unit, here: str) -> dict[str, Any] | None:
    """The drawings that a unit answers to least; None for one that no drawing moves."""
    found = unit.drawings
    if found is None:
        return None
    return {
        "src": relative(here, found.weakest.file),
        "width": found.weakest.width,
        "height": found.weakest.height,
        "alt": caption.drawings(one.layer.index, unit.channel, found.less, most=False),
    }


def _wished(unit: Unit) -> list[tuple[str, str]]:
    wish = unit.preferred
    return [(say("Preferred input"), fact(wish.activation, wish.multiple))] if wish else []


def _top(manifest: Manifest, unit: Unit, rank: int, here: str) -> dict[str, Any]:
    patch = unit.top[rank]
    whole = manifest.photographs[patch.source]
    return {
        "activation": patch.value,
        "said": caption.number_of(patch.value),
        "photograph": patch.photograph,
        "credit": _credit(manifest, patch.photograph),
        "image": patch.name,
        "class": patch.label and named("name", patch.label),
        "row": patch.row,
        "column": patch.column,
        "box": patch.box,
        "whole": {
            "src": relative(here, whole.file),
            "width": whole.width,
            "height": whole.height,
            "of": whole.of,
            "alt": caption.photograph_picture(rank + 1, patch.photograph),
        },
    }


def _credit(manifest: Manifest, photograph: str) -> dict[str, str | None] | None:
    """Whose a photograph is, and where it is found; None where that is not known."""
    known = manifest.credits.get(photograph)
    if known is None:
        return None
    linked = known.address.startswith(("https://", "http://"))
    return {
        "said": author_and_terms(known.author, known.licence),
        "address": known.address if linked else None,
    }


def _concepts(manifest: Manifest, figures: LayerFigures, unit: Unit) -> list[dict[str, Any]]:
    """Held-out scores; ``bar`` is what the low end of an interval has to clear in this layer."""
    depths = manifest.hierarchy
    bars = depths.bars[list(manifest.layers).index(figures.layer.index)]
    return [
        {"name": by_itself(name), "score": score, "said": caption.concept_score(score), "bar": bar}
        for name, score, bar in zip(depths.concepts, unit.numbers.concepts, bars, strict=True)
    ]


def _classes(unit: Unit) -> dict[str, Any] | None:
    """Held-out scores of the few classes that the unit tells best; None if they are not known."""
    for claim in unit.claims:
        few = claim.detail.classes
        if claim.kind == "class" and few and not unit.dead:
            told = [
                {
                    **vars(score),
                    "name": named("name", score.name),
                    "said": caption.class_score(claim, score.score),
                }
                for score in few
            ]
            return {"of": caption.class_unit(claim), "scores": told}
    return None


def _spread(figures: LayerFigures, unit: Unit, here: str) -> dict[str, Any] | None:
    spread = unit.numbers.spread
    if spread is None:
        return None
    index = figures.layer.index
    return {
        "src": relative(here, spread.picture.file),
        "width": spread.picture.width,
        "height": spread.picture.height,
        "tile": spread.picture.tile,
        "gap": spread.picture.gap,
        "crisp": figures.crisp,
        "parts": [
            {
                "percentile": number,
                "said": caption.percentile(number, part.level),
                "level": part.level,
                "activations": part.values,
                "photographs": part.photographs,
                "alt": caption.spread_picture(index, unit.channel, number, part.photographs),
            }
            for number, part in spread.parts
        ],
    }


def index(manifest: Manifest, directory_urls: bool) -> dict[str, Any]:
    """What units are found by, in few bytes.

    A unit is a row: its channel, 1 if it is dead, selectivity for lines, share of colour, best
    score for a drawn concept, share of images that it fires for, and what was found of it, as
    numbers in ``labels``: a kind, a name, and the group of a class that is in one.
    """
    labels: dict[tuple[str, str, str], int] = {}
    layers = []

    def group(claim: Claim) -> str:
        name = manifest.class_groups.get(claim.label, "") if claim.kind == "class" else ""
        return named("group", name) if name else ""

    for number, figures in manifest.layers.items():
        rows = []
        for unit in figures.units.values():
            held = [claim for claim in unit.claims if claim.held]
            names = [
                labels.setdefault((claim.kind, name, group(claim)), len(labels))
                for claim, name in zip(held, caption.names(held), strict=True)
            ]
            numbers = unit.numbers
            rows.append(
                [
                    unit.channel,
                    int(unit.dead),
                    _short(numbers.orientation.selectivity),
                    _short(numbers.colour.share if numbers.colour.compared else 0),
                    _short(max(numbers.concepts)),
                    _short(numbers.fires),
                    names,
                ]
            )
        sheets = figures.sheets
        layers.append(
            {
                "layer": number,
                "page": relative(INDEX, f"layers/{number}.md", directory_urls),
                "data": f"layers/{number}/",
                "crisp": figures.crisp,
                "unit": sheets.unit,
                "step": sheets.step,
                "height": sheets.unit,
                "sheet": figures.a_sheet,
                "sheets": [[relative(INDEX, file.file), file.width] for file in sheets.files],
                "walls": {
                    view: [relative(INDEX, file.file) for file in files]
                    for view, files in figures.walls.items()
                },
                "units": rows,
            }
        )
    return {"labels": list(labels), "layers": layers}


def _short(value: float) -> float:
    return round(float(value), 3)


def _text(value: Any) -> str:
    """Compact JSON; nothing in it could be taken for markup, wherever it ends up."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")
