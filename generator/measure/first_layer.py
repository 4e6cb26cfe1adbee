"""Lines and colour blobs: what the units of the first layer can claim."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from generator.measure.colour import hue_name
from generator.measure.offers import Offer
from generator.measure.orientation import ANGLES, angle_between
from generator.records import Claim, ColourTuning, OrientationTuning

NEAR = 10.0  # degrees within which a line is the line that was looked for
LAYERS_FOOLED = 0.01  # the share of random layers that may hold a claim, as far as we can tell


def first_layer(
    lines: OrientationTuning,
    colours: ColourTuning,
    random_lines: OrientationTuning,
    random_colours: ColourTuning,
    claims: list[list[Claim]],
) -> dict[str, Offer]:
    """The offers for the named cells; every unit's own claims are added to ``claims``.

    A unit claims a line when its selectivity is more than chance, a colour only when it is
    not, and its share of colour is. ``random_lines`` and ``random_colours`` are of the same
    layer with random weights.
    """
    line_bar, line_chance = chance_bar(random_lines.selectivity)
    colour_bar, colour_chance = chance_bar(random_colours.share)
    angles, hues = lines.curves.shape[1], colours.curves.shape[1]
    units = range(len(lines.angle))

    def line(channel: int, label: str, near: bool) -> Claim:
        selectivity = float(lines.selectivity[channel])
        detail = {
            "angle": round(float(lines.angle[channel]), 1),
            "drawings": angles,
            "random": line_chance,
        }
        held = near and selectivity > line_bar
        return Claim("orientation", label, selectivity, line_bar, held, detail)

    def spot(channel: int, label: str, fits: bool) -> Claim:
        share = float(colours.share[channel])
        detail = {
            "hue": round(float(colours.hue[channel]), 1),
            "orientation": round(float(lines.selectivity[channel]), 3),
            "drawings": hues,
            "random": colour_chance,
        }
        held = fits and share > colour_bar
        return Claim("colour", label, share, colour_bar, held, detail)

    plain = lines.selectivity <= line_bar
    for channel, found in enumerate(claims):
        nearest = int(ANGLES[np.argmin(angle_between(ANGLES, float(lines.angle[channel])))])
        found.append(line(channel, f"line {signed(nearest)}", near=True))
        if plain[channel]:
            found.append(spot(channel, f"{hue_name(colours.hue[channel])} blob", fits=True))
    offers: dict[str, Offer] = {}
    for angle in (-45, 45):
        apart = angle_between(lines.angle, angle)
        near = apart <= NEAR
        choosing = lines.selectivity * np.where(near, 1.0, 0.5 * np.cos(np.deg2rad(apart)) ** 2)
        label = f"line {signed(angle)}"
        offers[label] = Offer(choosing, [line(c, label, bool(near[c])) for c in units])
    green = np.array([hue_name(hue) == "green" for hue in colours.hue])
    fits = green & plain
    choosing = colours.share * np.where(fits, 1.0, 0.3) * (1 - lines.selectivity)
    offers["green blob"] = Offer(choosing, [spot(c, "green blob", bool(fits[c])) for c in units])
    return offers


def chance_bar(scores: npt.NDArray[np.float64]) -> tuple[float, float]:
    """What a score has to be above, and the best of ``scores`` (C,), those of random units.

    The best random unit of another seed is better than that of this one every other time. So
    the bar is, where that is higher, what one layer of C random units in a hundred would reach
    if their scores were normally distributed.
    """
    best = float(scores.max())
    reach = float(norm.isf(LAYERS_FOOLED / len(scores)))
    return max(best, float(scores.mean() + reach * scores.std())), round(best, 4)


def signed(angle: int) -> str:
    """An orientation as it is written: level and upright lines neither rise nor fall."""
    return f"{angle:+d}" if angle % 90 else f"{abs(angle)}"
