"""Lines and colour blobs: what the units of the first layer can claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import gamma, norm

from generator.measure.offers import Offer
from generator.measure.orientation import ANGLES, angle_between, one_sided, swing
from generator.networks.network import Network
from generator.records import Claim, ColourTuning, Detail, OrientationTuning
from generator.records.hues import hue_name

NEAR = 10.0  # degrees within which a line is the line that was looked for
SEARCHES_FOOLED = 0.05  # the share of searches for one line, in random layers, that may find it
DRIVEN = 0.5  # of what photographs bring a unit to, its best line brings it to so much or more
LAYERS_FOOLED = 0.01  # the same for colours, of whole layers, as far as we can tell


@dataclass(frozen=True)
class Probed:
    """What was measured of the first layer of a network.

    ``swing`` (C,) is of its lines, 0 for units that prefer no single orientation. ``driven`` (C,)
    in 0 to 1 is how far its best line drives each unit, as a share of what photographs do.
    """

    lines: OrientationTuning
    colours: ColourTuning
    swing: npt.NDArray[np.float64]
    driven: npt.NDArray[np.float64]

    @classmethod
    def of(
        cls,
        network: Network,
        lines: OrientationTuning,
        colours: ColourTuning,
        strongest: npt.NDArray[np.floating] | None = None,
    ) -> Probed:
        """With the swing measured too.

        ``strongest`` (C,) are the strongest activations by photographs, where these are known. A
        unit that photographs drive far more than any line does is there for something else: the
        little that lines do to it may well depend on their angle, and has no swing here.
        """
        turned = np.where(one_sided(lines), swing(network, network.layers[0], lines), 0.0)
        if strongest is None:
            return cls(lines, colours, turned, np.ones(len(turned)))
        best = lines.curves.max(axis=1)
        driven = np.divide(best, strongest, out=np.ones_like(best), where=strongest > 0)
        return cls(lines, colours, np.where(driven < DRIVEN, 0.0, turned), driven.clip(max=1))


def first_layer_offers(
    probed: Probed, random: Sequence[Probed], claims: list[list[Claim]]
) -> dict[str, Offer]:
    """The offers for the named cells; every unit's own claims are added to ``claims``.

    A unit claims a line when its swing is more than chance, a colour only when it is not, and
    its share of colour is. ``random`` are the same layer with random weights, several times.
    """
    lines, colours, scores = probed.lines, probed.colours, probed.swing
    limit = line_bar(np.concatenate([untrained.swing for untrained in random]), len(scores))
    colour_bar, colour_chance = chance_bar([untrained.colours.share for untrained in random])
    angles, hues = lines.curves.shape[1], colours.curves.shape[1]
    units = range(len(scores))

    def line(channel: int, label: str, wanted: float) -> Claim:
        score, angle = float(scores[channel]), float(lines.angle[channel])
        chance = best_near(random[0], wanted)
        bar = max(limit, chance)
        detail = Detail(
            angle=round(angle, 1),
            selectivity=round(float(lines.selectivity[channel]), 3),
            drawings=angles,
            random=round(chance, 4),
        )
        near = angle_between(lines.angle[channel : channel + 1], wanted)[0] <= NEAR
        return Claim("orientation", label, score, bar, bool(near and score > bar), detail)

    def spot(channel: int, label: str, fits: bool) -> Claim:
        share = float(colours.share[channel])
        detail = Detail(
            hue=round(float(colours.hue[channel]), 1),
            orientation=round(float(lines.selectivity[channel]), 3),
            drawings=hues,
            random=colour_chance,
        )
        held = fits and share > colour_bar
        return Claim("colour", label, share, colour_bar, held, detail)

    plain = scores <= limit
    for channel, own in enumerate(claims):
        angle = float(lines.angle[channel])
        nearest = int(ANGLES[np.argmin(angle_between(ANGLES, angle))])
        own.append(line(channel, f"line {signed_angle(nearest)}", angle))
        if plain[channel]:
            own.append(spot(channel, f"{hue_name(colours.hue[channel])} blob", fits=True))
    offers: dict[str, Offer] = {}
    for wanted in (-45, 45):
        apart = angle_between(lines.angle, wanted)
        label = f"line {signed_angle(wanted)}"
        offered = [line(c, label, wanted) for c in units]
        # The most selective of those that hold and that lines drive well, or else one that comes
        # near.
        fit = np.cos(np.deg2rad(apart)) ** 2 * np.where([claim.held for claim in offered], 1.0, 0.5)
        offers[label] = Offer(lines.selectivity * probed.driven * fit, offered)
    green = np.array([hue_name(hue) == "green" for hue in colours.hue])
    fits = green & plain
    choosing = colours.share * np.where(fits, 1.0, 0.3) * (1 - lines.selectivity)
    offers["green blob"] = Offer(choosing, [spot(c, "green blob", bool(fits[c])) for c in units])
    return offers


def line_bar(scores: npt.NDArray[np.float64], units: int) -> float:
    """What the best of the units near one angle stays below in 95 of 100 random layers.

    ``scores`` (N,) are those of random units. A gamma distribution of their mean and variance
    fits those that prefer one orientation; the others are 0. A layer has ``units``, as many of
    them near one angle as near another.
    """
    tuned = scores[scores > 0]
    if not len(tuned) or tuned.min() == tuned.max():
        return float(scores.max(initial=0.0))
    mean, variance = float(tuned.mean()), float(tuned.var())
    near = max(1.0, units * len(tuned) / len(scores) * 2 * NEAR / 180)
    return float(gamma.isf(SEARCHES_FOOLED / near, mean**2 / variance, scale=variance / mean))


def best_near(random: Probed, angle: float) -> float:
    """The largest swing of a random layer's units near an angle; 0 where there are none."""
    near = angle_between(random.lines.angle, angle) <= NEAR
    return float(random.swing[near].max(initial=0.0))


def chance_bar(scores: Sequence[npt.NDArray[np.float64]]) -> tuple[float, float]:
    """What a score has to be above, and the best of the first (C,) of ``scores``.

    ``scores`` are those of several random layers. The best random unit of another seed is
    better than that of the first every other time. So the bar is, where that is higher, what
    one random layer in a hundred would reach if the scores were normally distributed.
    """
    best = float(scores[0].max())
    every = np.concatenate(scores)
    reach = float(norm.isf(LAYERS_FOOLED / len(scores[0])))
    return max(best, float(every.mean() + reach * every.std())), round(best, 4)


def signed_angle(angle: int) -> str:
    """An orientation as it is written: level and upright lines neither rise nor fall."""
    return f"{angle:+d}" if angle % 90 else f"{abs(angle)}"
