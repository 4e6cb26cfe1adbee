"""A small figure store as the pipeline would write it: drawn with Pillow, no network anywhere."""

from __future__ import annotations

from pathlib import Path

import fake_course
import fake_units
import msgspec
from fake_ablation import ablation
from fake_learned import LIKENESS, forming, preferred, wish
from fake_live import live
from fake_pictures import picture, plain, plot
from fake_remade import remade
from PIL import Image, ImageDraw

from generator.records import ReceptiveField
from generator.records.manifest import BuildRecord, StoredManifest
from generator.records.measured import (
    Best,
    Cell,
    Claim,
    ClassScore,
    DepthPlots,
    Depths,
    Detail,
    Evidence,
    Giveaway,
    Interval,
    Stimuli,
    Stimulus,
)
from generator.records.pictures import Picture, Tile
from generator.records.schema import from_values, to_json
from generator.records.units import (
    Answered,
    Control,
    Controls,
    LayerEntry,
    LayerFigure,
    Top,
    UnitEntry,
    Walls,
)
from generator.store.manifest import FORMAT

HOSTILE = 'A "cup" <b>of</b> *coffee* & [tea](x) `{{ 7 * 7 }}`'
PHOTOGRAPHS = ("Chelsea the cat", "Coins from Pompeii", HOSTILE, "A motorcycle")
UNITS = 18
DEAD = 5

# Name, map size, field (size, stride, offset), tile (size, gap, crisp), rows and columns.
LAYERS = (
    ("conv1", 32, ReceptiveField(7, 2, -3), Tile(42, 2, True), (3, 3)),
    ("conv2", 16, ReceptiveField(27, 4, -13), Tile(27, 1, False), (4, 4)),
    ("conv3", 8, ReceptiveField(51, 8, -25), Tile(51, 2, False), (3, 4)),
    ("conv4", 8, ReceptiveField(67, 8, -33), Tile(67, 2, False), (3, 4)),
    ("conv5", 8, ReceptiveField(83, 8, -41), Tile(83, 2, False), (3, 4)),
)
TILES = [tile for _, _, _, tile, _ in LAYERS]


def line(label: str, score: float, held: bool, angle: float) -> Claim:
    detail = Detail(angle=angle, selectivity=0.81, drawings=36)
    return Claim("orientation", label, score, 0.41, held, detail)


def concept(label: str, score: float, held: bool) -> Claim:
    low, high = round(score - 0.04, 4), round(min(1, score + 0.04), 4)
    return Claim(
        *("concept", label, score, 0.73, held),
        Detail(drawings=1700, random=0.73, low=low, high=high),
    )


NAMED: dict[int, dict[tuple[int, int], tuple[str, Claim | None]]] = {
    1: {
        (1, 1): ("line -45", line("line -45", 0.934, True, -43.2)),
        (1, 2): ("line +45", line("line +45", 0.62, False, 28.0)),
        (3, 2): ("green blob", Claim("colour", "green blob", 0.71, 0.33, True, Detail(hue=141.0))),
    },
    2: {
        (1, 2): ("stripes", concept("stripes", 0.97, True)),
        (2, 2): ("circle", concept("circle", 0.913, True)),
        (4, 4): ("rectangle", concept("rectangle", 0.7, False)),
    },
    3: {
        (1, 1): ("grid or honeycomb", concept("honeycomb", 0.998, True)),
        (2, 2): ("wheel", concept("wheel", 0.75, False)),
        (3, 3): ("face", concept("face", 0.88, True)),
    },
    5: {
        (1, 1): ("dog face", concept("dog face", 0.9, True)),
        (1, 2): ("bird face", None),
        (1, 3): ("bicycle", concept("bicycle", 0.6, False)),
    },
}  # fmt: skip


def make_store(folder: Path, units: int = UNITS) -> Path:
    """Write the store into ``folder`` and give it back."""
    layers = [layer(folder, number, units) for number in range(1, len(LAYERS) + 1)]
    random, shuffled = (
        picture(folder, f"control-2/{kind}.webp", sheet(TILES[2], number, "grey"), lossless=True)
        for number, kind in enumerate(("random", "shuffled"), start=3)
    )
    sheets = fake_units.sheets(folder, TILES, units)
    manifest = {
        "format": FORMAT,
        "key": "0123456789abcdef",
        "exhibit": "embedded",
        "network": {
            "name": "zfnet64",
            "source": "bundled",
            "sha256": "ab" * 32,
            "trained_on": "Tiny ImageNet",
            "accuracy": 0.4567,
            "accuracy_on": "the 10,000 validation images of Tiny ImageNet",
            "random": False,
            "constants": "card",
            "title": None,
            "notes": [],
            "input_size": 64,
            "mean": [0.4776, 0.4465, 0.3979],
            "std": [0.2764, 0.2684, 0.2817],
        },
        "collection": {
            "name": "bundled",
            "title": "22 bundled photographs, cut into tiles",
            "count": 9474,
            "photographs": 22,
            "sha256": "cd" * 32,
            "classes": [],
            "skipped": [{"name": "<i>broken</i>_*.jpg", "reason": 'no "image" | at all'}],
            "passed_over": [{"name": ".thumbnails/", "reason": "is hidden"}],
            "credits": [
                {
                    "title": HOSTILE,
                    "author": "R. O'Hara & sons",
                    "licence": "CC0",
                    "address": "https://example.org/a_b?c=1&d=2",
                }
            ],
        },
        "versions": {"visualizing-cnns": "0.1.0", "python": "3.11.7", "torch": "2.15.0"},
        "device": "cpu",
        "settings": {"k": 9, "per_source": 1, "photographs": [], "follow_links": False},
        "class_statistics": {"images": 10000, "measure": "ratio"},
        "class_groups": {"Yorkshire terrier": "dogs"},
        "layers": layers,
        "hierarchy": hierarchy(folder),
        "tuning": {
            "angles": [-45, 0, 45, 90],
            "hues": [0, 90, 180, 270],
            "swatches": ["#b55e7c", "#8f7d35", "#008d7c", "#4f7cb9"],
        },
        "spread": fake_units.spread(folder, TILES, units, DEAD),
        "sheets": sheets,
        "walls": Walls(
            tuple(
                dict.fromkeys(("projections", "drawings"), layer.files) for layer in sheets.layers
            )
        ),
        "drawings": fake_units.drawings(folder, len(LAYERS), units, DEAD),
        "photographs": fake_units.photographs(folder, len(PHOTOGRAPHS)),
        "stimuli": stimuli(folder),
        "architecture": {"parts": fake_course.parts()},
        "featuremaps": fake_course.featuremaps(folder, HOSTILE, len(LAYERS)),
        "quiz": fake_course.quiz(len(LAYERS)),
        "control": Control(3, 2, Controls(random, shuffled)),
        **vars(remade(folder, HOSTILE)),
        "live": live(folder, msgspec.to_builtins(layers), HOSTILE),
        "preferred": preferred(folder),
        "forming": forming(folder, layers, HOSTILE),
        "likeness": LIKENESS,
        "ablation": ablation(len(LAYERS), units, HOSTILE),
    }
    build = {
        "stages": [
            {"name": "scan", "seconds": 12.34, "peak_mb": 900, "from_store": False},
            {"name": "figures", "seconds": 0.0, "peak_mb": None, "from_store": True},
        ],
        "machine": "Linux on x86_64, 2 processor cores",
    }
    # Through the schema, so that the stand-in can't say what no store would.
    for name, values, kind in (
        ("build.json", build, BuildRecord),
        ("manifest.json", manifest, StoredManifest),
    ):
        (folder / name).write_text(to_json(from_values(values, kind)))
    return folder


def layer(folder: Path, index: int, units: int) -> LayerEntry:
    name, side, field, tile, (rows, columns) = LAYERS[index - 1]
    named = NAMED.get(index, {})
    free = [channel for channel in range(units) if channel != DEAD]
    cells = []
    for number, channel in enumerate(free[: rows * columns]):
        row, column = number // columns + 1, number % columns + 1
        wanted, found = named.get((row, column), (None, None))
        backed = evidence(folder, f"evidence-1/{index}-{row}-{column}", found)
        cells.append(Cell(row, column, channel, wanted, found, backed))
    claims = {cell.channel: cell.claim for cell in cells}
    return LayerEntry(
        name=name,
        index=index,
        channels=units,
        height=side,
        width=side,
        field=field,
        tile=tile,
        figure=LayerFigure(rows, columns, tuple(cells)),
        units=tuple(
            unit(folder, name, tile, channel, claims.get(channel)) for channel in range(units)
        ),
    )


def evidence(folder: Path, place: str, found: Claim | None) -> Evidence | None:
    """What backs the claim of a cell: a strip of drawings, or a curve."""
    if found is None:
        return None
    if found.kind != "concept":
        return Evidence(
            kind=found.kind,
            score=found.score,
            low=None,
            high=None,
            of="angles",
            count=found.detail.drawings,
            positives=None,
            random=Interval(found.bar, None, None),
            strip=None,
            curve=plot(folder, place, 340, 130),
        )
    many = (Stimulus(found.label, 2 * number + 1) for number in range(5))
    return Evidence(
        kind=found.kind,
        score=found.score,
        low=found.detail.low,
        high=found.detail.high,
        of="drawings",
        count=3400,
        positives=200,
        random=Interval(0.6249, 0.551, 0.694),
        strongest=(*many, Stimulus("cross", 7)),
        weakest=tuple(Stimulus("pebbles", 2 * number + 1) for number in range(6)),
        strip=plain(folder, f"{place}.avif", 394, 138),
        curve=None,
    )


def hierarchy(folder: Path) -> Depths:
    """Circles are found from layer 2 on and fade, wheels from layer 3, lettering never."""
    scores = {
        "circle": (0.61, 0.8, 0.93, 0.91, 0.84),
        "wheel": (0.6, 0.66, 0.871, 0.94, 0.97),
        "lettering": (0.55, 0.58, 0.6, 0.6, 0.59),
    }
    chance = (Best(2, 0.57, 0.57 - 0.03, 0.57 + 0.03),) * len(scores)
    return Depths(
        concepts=tuple(scores),
        trained=tuple(
            tuple(Best(2, one[at], one[at] - 0.03, one[at] + 0.03) for one in scores.values())
            for at in range(len(LAYERS))
        ),
        random=(chance,) * len(LAYERS),
        bars=((0.66,) * len(scores),) * len(LAYERS),
        drawings={"trained": 200, "random": 50, "distractors": 40},
        giveaways=(
            Giveaway("contrast", "wheel", 0.531),
            Giveaway("edge energy", "circle", 0.574),
            Giveaway("grain of the corners", "lettering", 0.549),
        ),
        layers=tuple(range(1, len(LAYERS) + 1)),
        figures=DepthPlots(
            *(plot(folder, f"evidence-1/{name}", 340, 130) for name in ("map", "curves"))
        ),
    )


def stimuli(folder: Path) -> Stimuli:
    size = (12 * 66 - 2, 4 * 66 - 2)
    return Stimuli(
        **vars(plain(folder, "evidence-1/stimuli.avif", *size, (120, 120, 90))),
        concepts=("circle", "wheel", "lettering", "pebbles"),
        per_concept=12,
        tile=64,
        gap=2,
    )


def unit(folder: Path, name: str, tile: Tile, channel: int, claim: Claim | None) -> UnitEntry:
    asked = None if name == "conv1" else wish(folder, name, channel, HOSTILE)
    figures: dict[str, Picture] = {}
    told = Answered(asked.activation, asked.multiple, asked.called) if asked else None
    alive = channel != DEAD
    if alive:
        for kind, ending in (("projections", "webp"), ("patches", "avif")):
            file = f"figures-1/{name}/{channel}-{kind}.{ending}"
            figures[kind] = picture(folder, file, sheet(tile, channel, kind))
    if asked:
        figures["preferred"] = asked.picture
    return UnitEntry(
        channel=channel,
        dead=not alive,
        top=tuple(top(channel, number) for number in range(9 * alive)),
        claims=claims(channel, claim) if alive else (),
        preferred=told,
        figures=figures or None,
        **fake_units.numbers(channel, alive),
    )


def claims(channel: int, claim: Claim | None) -> tuple[Claim, ...]:
    """What is claimed of a unit: the claim of its cell, and for some of them a class."""
    own = (claim,) if claim else ()
    if channel % 4 != 1:
        return own
    few = (("Yorkshire terrier", 3.21), (HOSTILE, 2.04), ("teapot", 0.96))
    detail = Detail(images=10000, classes=tuple(ClassScore(*score) for score in few))
    return (*own, Claim("class", *few[0], 1.6, True, detail))


def top(channel: int, number: int) -> Top:
    """One of the strongest activations of a unit."""
    photograph = (number + channel) % len(PHOTOGRAPHS)
    return Top(
        value=round(6.2 - number / 4, 3),
        image=100 * channel + number,
        name=f"{PHOTOGRAPHS[photograph]} (200 px at 0, 100)",
        label="n02094433" if number % 2 else None,
        row=number % 4,
        column=(number + 1) % 4,
        box=(-3, 1, 4, 8),
        photograph=PHOTOGRAPHS[photograph],
        source=photograph,
    )


def sheet(tile: Tile, channel: int, kind: str) -> Image.Image:
    """Nine tiles with a line that turns with the channel; mid grey for projections."""
    size, gap = tile.size, tile.gap
    whole = Image.new("RGBA", (3 * size + 2 * gap,) * 2, (0, 0, 0, 0))
    for number in range(9):
        ground = (128, 128, 128)
        if kind == "patches":
            ground = ((channel * 47 + number * 20) % 256, (number * 31) % 256, channel * 11 % 256)
        one = Image.new("RGBA", (size, size), (*ground, 255))
        pen = ImageDraw.Draw(one)
        pen.line(
            (channel * size / 18, 0, size - channel * size / 18, size), (230, 225, 215), size // 6
        )
        whole.paste(one, ((size + gap) * (number % 3), (size + gap) * (number // 3)))
    return whole
