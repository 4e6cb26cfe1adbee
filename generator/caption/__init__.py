"""Numbers into sentences. Pure text: what comes out is neither Markdown nor HTML.

Three rules hold for every sentence here. It says no more than its numbers do; it gives the
numbers; and where a name was looked for and not found, it says so and says what is there.
"""

from __future__ import annotations

from generator.caption.build import (
    collection,
    made_by,
    network,
    normalisation_words,
    shortcuts,
)
from generator.caption.calling import unit_title
from generator.caption.claims import (
    brief,
    evidence,
    found,
    heading,
    missed,
    nominal_angle,
    title,
    verdict,
)
from generator.caption.depth import depth_picture, depths, given_away, score_table
from generator.caption.maps import following, map_sizes
from generator.caption.pictures import drawings, listed, picture
from generator.caption.proof import (
    bar,
    curve_picture,
    facts,
    random_score,
    result,
    stimuli_picture,
    strip_picture,
    wanted_name,
)
from generator.caption.unit import (
    class_score,
    class_unit,
    concept_score,
    described,
    fires,
    names,
    percentile,
    photograph_picture,
    preferred_tile,
    spread_picture,
    spread_pictures,
    spread_title,
    tile_picture,
    unit_facts,
    unit_row,
)
from generator.caption.words import capital, number_of, percent, percent_interval, plural, position

__all__ = [
    "bar",
    "brief",
    "capital",
    "class_score",
    "class_unit",
    "collection",
    "concept_score",
    "curve_picture",
    "depth_picture",
    "depths",
    "described",
    "drawings",
    "evidence",
    "facts",
    "fires",
    "following",
    "found",
    "given_away",
    "heading",
    "listed",
    "made_by",
    "map_sizes",
    "missed",
    "names",
    "network",
    "nominal_angle",
    "normalisation_words",
    "number_of",
    "percent",
    "percent_interval",
    "percentile",
    "photograph_picture",
    "picture",
    "plural",
    "position",
    "preferred_tile",
    "random_score",
    "result",
    "score_table",
    "shortcuts",
    "spread_picture",
    "spread_pictures",
    "spread_title",
    "stimuli_picture",
    "strip_picture",
    "tile_picture",
    "title",
    "unit_facts",
    "unit_row",
    "unit_title",
    "verdict",
    "wanted_name",
]
