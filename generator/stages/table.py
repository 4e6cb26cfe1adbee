"""Which stages there are, what each builds on, and the code whose change makes it anew.

A stage is an entry of the store under a key of its own inputs, and nothing else makes it again.
``NAME.py`` beside this file makes the stage NAME and reads it; a new technique is one such
file, one row here and one passage in ``docs/``. No torch: a warm build only needs the keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.exhibit import Exhibit
from generator.networks.identity import (
    card_of,
    file_sha256,
    shipped_pictures,
    snapshots,
    weights_path,
)
from generator.store.keys import code_key, content_key


@dataclass(frozen=True)
class Stage:
    """A row of the table.

    ``after`` names what the stage builds on: earlier stages, or the inputs ``network``,
    ``images``, ``k``, ``shortcuts``, ``chosen``, ``occluder``, ``prebuilt`` and ``snapshots``.
    ``code`` are the files and folders that it runs, besides its own file and the code of what it
    builds on. A stage with a ``section`` has a part of the manifest under its own name.
    """

    name: str
    after: tuple[str, ...]
    code: tuple[str, ...] = ()
    section: bool = False


DRAWN = ("techniques/deconvnet", "draw/raster.py", "draw/unit_pictures.py", "scan/inputs.py")
PLOTS = ("draw/plots/__init__.py", "draw/plots/page.py")
# From a file to pixels.
DECODED = ("batches", "decode", "formats", "profiles")
# What the classes of a network are called.
OUTPUTS = ("measure/outputs.py", "measure/imagenet.py", "measure/imagenet.tsv")

STAGES = (
    Stage("subjects", ("network", "images", "chosen"), ("images/naming.py", *OUTPUTS)),
    Stage("architecture", ("network",), section=True),
    Stage(
        "scan",
        ("network", "images", "k", "shortcuts"),
        (
            "scan",
            *("images/jpeg.py", "images/on_device.py"),
        ),
    ),
    Stage("measure", ("scan",), ("measure", "measure/imagenet.tsv", "images/stimuli")),
    Stage(
        "figures",
        ("scan",),
        DRAWN,
    ),
    Stage(
        "evidence",
        ("measure",),
        ("draw/strips.py", "draw/plots/curves.py", "draw/raster.py", "images/stimuli", *PLOTS),
    ),
    Stage("control", ("figures", "measure"), section=True),
    Stage(
        "spread",
        ("scan",),
        ("draw/spread.py", *DRAWN),
        section=True,
    ),
    Stage("sheets", ("figures",), ("draw/sheets.py", "draw/raster.py"), section=True),
    Stage("likeness", ("scan", "measure"), ("techniques/likeness.py",), section=True),
    Stage("photographs", ("scan",), ("draw/raster.py",), section=True),
    Stage("layout", ("network",), ("draw/plots/architecture.py", *PLOTS), section=True),
    Stage(
        "occlusion",
        ("subjects", "occluder"),
        ("techniques/occlusion.py", "techniques/deconvnet", "draw/raster.py", "draw/heat.py"),
        section=True,
    ),
    Stage(
        "invariance",
        ("subjects",),
        ("techniques/invariance.py", "draw/plots/invariance.py", "draw/raster.py", *PLOTS),
        section=True,
    ),
    Stage("filters", ("scan",), ("techniques/filters.py", "draw/raster.py"), section=True),
    Stage(
        "steps",
        ("subjects",),
        ("techniques/deconvnet", "draw/plots/numbers.py", "draw/raster.py", *PLOTS),
        section=True,
    ),
    Stage(
        "featuremaps",
        ("scan", "measure"),
        ("techniques/featuremaps.py", "draw/raster.py"),
        section=True,
    ),
    Stage("quiz", ("scan", "measure"), section=True),
    Stage(
        "preferred",
        ("measure", "prebuilt"),
        ("stages/prebuilt.py", "techniques/preferred.py", "images/colours.py", *OUTPUTS),
        section=True,
    ),
    Stage(
        "forming",
        ("measure", "snapshots"),
        (
            *(
                "techniques/forming.py",
                "techniques/deconvnet",
                "scan",
                "draw/unit_pictures.py",
                "scan/inputs.py",
            ),
            *("draw/raster.py", "draw/plots/forming.py", *PLOTS),
        ),
        section=True,
    ),
)


def stage_keys(
    exhibit: Exhibit, weights: str, collection: str, photographs: Sequence[str] = ()
) -> dict[str, str]:
    """The content key of each stage by its name.

    ``weights`` and ``collection`` are the SHA-256 of both, ``photographs`` what tells those
    that the exhibit names.
    """
    path, pictures = weights_path(exhibit.model, exhibit.weights), shipped_pictures(exhibit.model)
    along = snapshots(exhibit.model, exhibit.weights)
    inputs = {
        "network": content_key(
            model=exhibit.model,
            weights=weights,
            card=card_of(path) if path else {},
            layers=exhibit.layers,
            code=code_key("networks", "records.py"),
        ),
        "images": content_key(
            images=collection,
            megapixels=exhibit.megapixels,
            code=code_key(*(f"images/{name}.py" for name in DECODED)),
        ),
        "k": content_key(k=exhibit.k),
        # Nothing in an exact scan, whatever device it ran on.
        "shortcuts": content_key(**exhibit.shortcuts.named(exhibit.device)),
        "chosen": content_key(photographs=list(photographs)),
        "occluder": content_key(square=exhibit.square, stride=exhibit.stride),
        "prebuilt": content_key(
            units=exhibit.preferred, pictures=file_sha256(pictures) if pictures else None
        ),
        "snapshots": content_key(files=[[epoch, file_sha256(at)] for epoch, at in along.items()]),
    }
    keys: dict[str, str] = {}
    for stage in STAGES:
        assert stage.name not in inputs, f"the stage {stage.name} has the name of an input"
        keys[stage.name] = content_key(
            after=[{**inputs, **keys}[name] for name in stage.after],
            code=code_key(f"stages/{stage.name}.py", "stages/build.py", *stage.code),
        )
    return keys
