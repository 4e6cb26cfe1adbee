"""The sections of the paper's other figures in a small store: no network anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image


def remade(folder: Path, hostile: str) -> dict[str, Any]:
    """``layout``, ``occlusion``, ``invariance``, ``filters`` and ``steps`` with their files."""
    return {
        "layout": layout(folder),
        "occlusion": occlusion(folder, hostile),
        "invariance": invariance(folder, hostile),
        "filters": filters(folder),
        "steps": steps(folder, hostile),
    }


def layout(folder: Path) -> dict[str, Any]:
    boxes = (
        ("input", "input", ["three colours", "3 × 64 × 64"], [3, 64, 64]),
        (
            "conv1",
            "convolution",
            ["7×7", "stride 2", "64 × 32 × 32", "9 k parameters"],
            [64, 32, 32],
        ),
        ("fc7", "linear", ["linear", "200 numbers", "103 k parameters"], [200]),
    )
    return {
        "boxes": [dict(zip(("name", "kind", "lines", "size"), box, strict=True)) for box in boxes],
        "parameters": 2140744,
        "grouped": False,
        "figures": {kind: plot(folder, f"layout-3/{kind}") for kind in ("wide", "tall")},
    }


def occlusion(folder: Path, hostile: str) -> dict[str, Any]:
    kinds = ("photograph", "covered", "activity", "probability", "classes", "projection")

    def one(number: int, name: str, label: str, best: list[list[str]]) -> dict[str, Any]:
        places = [label for row in best for label in row]
        legend = [label, *sorted({other for other in places if other != label})]
        return {
            "image": 5,
            "name": f"{name} (300 px at 0, 0)",
            "photograph": name,
            "class": label,
            "by_folder": False,
            "first_guess": label,
            "channel": 7,
            "row": 3,
            "column": 4,
            "plain": {"activity": 33.13, "probability": 0.3723},
            "worst": [1, 0],
            "legend": [
                {"class": other, "colour": colour, "places": places.count(other)}
                for other, colour in zip(legend, ("#4477aa", "#ee6677"), strict=False)
            ],
            "other_places": 0,
            "activity": [[33.2, 30.1], [18.26, 35.9]],
            "probability": [[0.41, 0.3], [0.0274, 0.38]],
            "best": best,
            "figures": {
                kind: picture(folder, f"occlusion-4/{number}-{kind}.webp", 64) for kind in kinds
            },
        }

    return {
        "square": 16,
        "stride": 3,
        "layer": 5,
        "classes_known": True,
        "scale": ["#440154", "#21918c", "#fde725"],
        "photographs": [
            one(1, "A motorcycle", "go-kart", [["go-kart"] * 2, ["Chihuahua", "go-kart"]]),
            one(2, hostile, "espresso", [["espresso"] * 2] * 2),
        ],
    }


def invariance(folder: Path, hostile: str) -> dict[str, Any]:
    values = {"translation": [-17, 0, 17], "scale": [1, 1.4, 1.8], "rotation": [0, 90, 180]}
    curves = {
        "first": [[0.0, 0.9, 1.1], [0.0, 0.8, 1.0]],
        "last": [[0.0, 0.2, 0.6], [0.0, 0.3, 0.5]],
        "probability": [[0.9, 0.7, 0.2], [0.4, 0.2, 0.001]],
    }
    return {
        "layer": 1,
        "top": "fc7",
        "photographs": [
            {
                "image": number,
                "name": name,
                "photograph": name,
                "class": label,
                "by_folder": False,
                "probability": 0.5,
            }
            for number, (name, label) in enumerate(((hostile, "espresso"), ("Falcon 9", "beacon")))
        ],
        "dashes": ["", "6 2", "2 2", "8 2 2 2", "1 2.5"],
        "changes": [
            {
                "kind": kind,
                "values": own,
                **curves,
                "figures": {
                    "samples": picture(folder, f"invariance-5/{kind}.avif", 328),
                    **{name: plot(folder, f"invariance-5/{kind}-{name}") for name in curves},
                },
            }
            for kind, own in values.items()
        ],
    }


def filters(folder: Path) -> dict[str, Any]:
    return {
        "module": "conv1",
        "count": 4,
        "kernel": [7, 7],
        "stride": 2,
        "paper_radius": 0.1,
        "over_paper_radius": 0,
        "radius": 0.024,
        "strengths": [0.0066, 0.02, 0.028, 0.0735],
        "faint": 1,
        "dead": [2],
        "folded": {"2": [0.01, 0.03, 0.05, 0.9], "4": [0.1, 0.2, 0.3, 0.95]},
        "figures": {
            kind: picture(folder, f"filters-6/{kind}.webp", 174) for kind in ("plain", "clipped")
        },
    }


def steps(folder: Path, hostile: str) -> dict[str, Any]:
    def one(number: int, kind: str, module: str, before: list[int], after: list[int]) -> Any:
        last = after[0] == 3
        values = None if last else [[0.2, 0.0], [-0.1, 0.3]]
        return {
            "kind": kind,
            "module": module,
            "before": before,
            "after": after,
            "channel": None if last else 29,
            "window": {"top": 5, "left": 7, "rows": 2, "columns": 2},
            "kept": {"before": 1600, "after": 1272},
            "values": values,
            "seen": values,
            "figure": None if last else plot(folder, f"steps-7/{number}"),
        }

    return {
        "module": "conv2",
        "channel": 58,
        "row": 7,
        "column": 9,
        "value": 2.54,
        "field": 27,
        "photograph": hostile,
        "steps": [
            one(1, "filter", "conv2", [128, 16, 16], [64, 16, 16]),
            one(2, "unpool", "", [64, 16, 16], [64, 32, 32]),
            one(3, "rectify", "", [64, 32, 32], [64, 32, 32]),
            one(4, "filter", "conv1", [64, 32, 32], [3, 64, 64]),
        ],
        "figures": {
            kind: picture(folder, f"steps-7/{kind}.webp", 27) for kind in ("patch", "projection")
        },
    }


def picture(folder: Path, name: str, side: int) -> dict[str, Any]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (side, side), (90, 120, 90)).save(path)
    return {"file": name, "width": side, "height": side}


def plot(folder: Path, name: str) -> dict[str, Any]:
    path = folder / f"{name}.svg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        '<svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 250 190" width="250"'
        ' height="190">\n<path d="M 0 0 L 250 190" style="fill: none; stroke: currentColor"/>\n'
        "</svg>\n"
    )
    return {"file": f"{name}.svg", "width": 250, "height": 190}
