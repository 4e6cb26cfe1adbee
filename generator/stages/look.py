"""A first look: the patches and projections of a few units of each layer, for a draft."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from generator.draw import unit_pictures
from generator.records import TopActivations
from generator.stages.build import Build
from generator.stages.read import DRAWN
from generator.store.stage_files import write

UNITS = 48  # of all layers together: seconds for a network of the size of ResNet-18
LEAST = 4  # of a layer, however many are shown


def make(folder: Path, build: Build) -> None:
    """``figures.json`` and two pictures of each unit that is drawn, in a folder a layer."""
    each = max(LEAST, UNITS // len(build.top))
    first = [first_units(record, each) for record in build.top]
    write(
        folder / DRAWN,
        unit_pictures.draw_layers(build.network, build.inputs, first, folder),
    )


def first_units(top: TopActivations, count: int) -> TopActivations:
    """The record of the first ``count`` units that fire, by channel; all others as if dead."""
    taken = np.flatnonzero((top.images >= 0).any(axis=1))[:count]
    images = np.full_like(top.images, -1)
    images[taken] = top.images[taken]
    return replace(top, images=images)
