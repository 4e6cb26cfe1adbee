"""Which stages there are, and what each builds on.

A stage is an entry of the store under a key of its own inputs and of the code that it runs, and
nothing else makes it again. ``NAME.py`` beside this file makes the stage NAME and reads it; what
code it runs is worked out from its imports. A new technique is one such file, one row here and
one passage in ``docs/``. No torch: a warm build only needs the keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from generator.exhibit import Exhibit
from generator.networks.chosen import ChosenWeights
from generator.networks.identity import file_sha256
from generator.store.imports import code_behind
from generator.store.keys import content_key


@dataclass(frozen=True)
class Stage:
    """A row of the table.

    ``after`` names what the stage builds on: earlier stages, or the inputs ``network``,
    ``images``, ``k``, ``shortcuts``, ``chosen``, ``occluder``, ``shipping``, ``statistics``,
    ``effects``, ``prebuilt`` and ``snapshots``. Besides ``make``, its file has: with a
    ``section`` ``entry``, its part of the manifest under its own name; where it is ``shared`` by
    several processes ``work``; where ``checked`` ``check``, whether the exhibit allows what came
    out.
    """

    name: str
    after: tuple[str, ...]
    section: bool = False
    shared: bool = False
    checked: bool = False


SCAN = Stage("scan", ("network", "images", "k", "shortcuts"), shared=True, checked=True)
STAGES = (
    Stage("subjects", ("network", "images", "chosen")),
    Stage("architecture", ("network",), section=True),
    SCAN,
    Stage("measure", ("scan", "statistics")),
    Stage("figures", ("scan",), shared=True),
    Stage("evidence", ("measure",)),
    Stage("control", ("figures", "measure"), section=True),
    Stage("spread", ("scan",), section=True),
    Stage("sheets", ("figures",), section=True),
    Stage("likeness", ("scan", "measure"), section=True),
    Stage("feeding", ("scan",)),
    Stage("ablation", ("scan", "measure", "effects"), section=True),
    Stage("photographs", ("scan",), section=True),
    Stage("layout", ("network",), section=True),
    Stage("occlusion", ("subjects", "occluder"), section=True),
    Stage("invariance", ("subjects",), section=True),
    Stage("filters", ("scan",), section=True),
    Stage("steps", ("subjects",), section=True),
    Stage("live", ("scan", "subjects", "shipping"), section=True),
    Stage("featuremaps", ("scan", "measure"), section=True),
    Stage("quiz", ("scan", "measure"), section=True),
    Stage("preferred", ("measure", "prebuilt"), section=True),
    Stage("drawings", ("scan", "measure"), section=True),
    Stage("walls", ("figures", "preferred", "drawings"), section=True),
    Stage("forming", ("measure", "snapshots"), section=True),
)

# A first look, with the scan that a full run then takes from the store; nothing is measured.
DRAFT = (SCAN, Stage("look", ("scan",)))


def stages_of(exhibit: Exhibit) -> tuple[Stage, ...]:
    """The stages that an exhibit is made in."""
    return DRAFT if exhibit.draft else STAGES


def stage_keys(
    exhibit: Exhibit,
    weights: ChosenWeights,
    collection: str,
    photographs: Sequence[str] = (),
    stages: Sequence[Stage] = STAGES,
) -> dict[str, str]:
    """The content key of each stage by its name.

    ``collection`` is the SHA-256 of the images, ``photographs`` what tells those that the
    exhibit names.
    """
    along = [[epoch, file_sha256(path)] for epoch, path in weights.snapshots.items()]
    statistics, pictures, effects = (
        file_sha256(path) if path else None
        for path in (weights.statistics, weights.pictures, weights.effects)
    )
    # The settings of each input, with their content in place of names, and what else it is.
    parts = exhibit.parts()
    parts["network"] |= {"weights": weights.sha256, "card": asdict(weights.card)}
    parts["network"] |= {"part": weights.part, "own": weights.own}
    parts["network"] |= {"code": code_behind("networks/loading.py")}
    parts["images"] |= {"images": collection}
    parts["images"] |= {"code": code_behind("images/__init__.py", "images/batches.py")}
    # Nothing in an exact scan, whatever device it ran on.
    parts["shortcuts"] = dict(exhibit.shortcuts.named(exhibit.device))
    parts["chosen"] = {"photographs": list(photographs)}
    parts["statistics"] = {"file": statistics}
    parts["effects"] = {"file": effects}
    parts["prebuilt"] |= {"pictures": pictures}
    parts["snapshots"] = {"files": along}
    inputs = {name: content_key(**values) for name, values in parts.items()}
    keys: dict[str, str] = {}
    for stage in stages:
        assert stage.name not in inputs, f"the stage {stage.name} has the name of an input"
        keys[stage.name] = content_key(
            after=[{**inputs, **keys}[name] for name in stage.after],
            code=code_behind(f"stages/{stage.name}.py", "stages/build.py"),
        )
    return keys
