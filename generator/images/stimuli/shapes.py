"""Plain shapes and area patterns, drawn in their own coordinates from -1 to 1."""

from __future__ import annotations

import math
from random import Random

from generator.images.stimuli.pen import BODY, DARK, GROUND, LIGHT, Pen, Point, arc, smooth


def line(pen: Pen, rng: Random) -> None:
    """Draw one straight line, level before it is turned."""
    half = rng.uniform(0.95, 1.6)
    pen.bar((-half, 0), (half, 0), pen.width * rng.uniform(1.2, 2.4), BODY)


def blob(pen: Pen, rng: Random) -> None:
    """Draw a soft-edged, lopsided spot."""
    phases = [rng.uniform(0, 360) for _ in range(2)]
    squash = rng.uniform(0.6, 0.95)
    bulge = rng.uniform(0.04, 0.14)
    points = []
    for degrees in range(0, 360, 10):
        radius = 0.85 * (
            1
            + bulge * math.cos(math.radians(2 * degrees + phases[0]))
            + bulge * math.cos(math.radians(3 * degrees + phases[1]))
        )
        turn = math.radians(degrees)
        points.append((radius * math.cos(turn), squash * radius * math.sin(turn)))
    pen.polygon(points, BODY)
    pen.softness = rng.uniform(0.10, 0.22)


def stripes(pen: Pen, rng: Random) -> None:
    """Draw parallel bars, level before they are turned."""
    period = rng.uniform(0.42, 0.7)
    width = period * rng.uniform(0.4, 0.6)
    shift = rng.uniform(0, period)
    reach = pen.place.reach + 0.6
    for step in range(-math.ceil(reach / period) - 1, math.ceil(reach / period) + 1):
        y = shift + step * period
        pen.bar((-reach, y), (reach, y), width, BODY)
    pen.windowed = True


def circle(pen: Pen, rng: Random) -> None:
    """Draw a disc, a ring, or a disc with a rim."""
    kind = rng.choice(("disc", "ring", "ring", "rim"))
    if kind == "ring":
        pen.ring(0, 0, 0.9, pen.width * rng.uniform(1.0, 2.5), BODY)
        return
    pen.disc(0, 0, 0.9, BODY)
    if kind == "rim":
        pen.ring(0, 0, 0.9, pen.width, rng.choice((DARK, LIGHT)))


def rectangle(pen: Pen, rng: Random) -> None:
    """Draw a filled rectangle, an outline, or both."""
    w, h = rng.uniform(0.8, 1.0), rng.uniform(0.42, 0.72)
    corners = [(-w, -h), (w, -h), (w, h), (-w, h)]
    kind = rng.choice(("filled", "outline", "outline", "rim"))
    if kind == "outline":
        edge = pen.width * rng.uniform(1.0, 1.8)
        pen.polygon(corners, BODY)
        w, h = w - edge, h - edge
        pen.polygon([(-w, -h), (w, -h), (w, h), (-w, h)], GROUND)
        return
    pen.polygon(corners, rng.choice((DARK, LIGHT)) if kind == "rim" else BODY)
    if kind == "rim":
        w, h = w - pen.width, h - pen.width
        pen.polygon([(-w, -h), (w, -h), (w, h), (-w, h)], BODY)


def cross(pen: Pen, rng: Random) -> None:
    """Draw two bars of one length that meet at right angles in their middles."""
    width = rng.uniform(0.22, 0.55)
    pen.bar((-1, 0), (1, 0), width, BODY)
    pen.bar((0, -1), (0, 1), width, BODY)


def grid(pen: Pen, rng: Random) -> None:
    """Draw two families of lines at right angles, with square or nearly square cells."""
    across = rng.uniform(0.5, 0.72)
    down = across * rng.uniform(0.85, 1.15)
    width = min(pen.width * 1.3, 0.3 * across)
    reach = pen.place.reach + 0.6
    x0, y0 = rng.uniform(0, across), rng.uniform(0, down)
    for step in range(-math.ceil(reach / down) - 1, math.ceil(reach / down) + 1):
        pen.bar((-reach, y0 + step * down), (reach, y0 + step * down), width, BODY)
    for step in range(-math.ceil(reach / across) - 1, math.ceil(reach / across) + 1):
        pen.bar((x0 + step * across, -reach), (x0 + step * across, reach), width, BODY)
    pen.windowed = True


def honeycomb(pen: Pen, rng: Random) -> None:
    """Draw hexagonal cells with even walls between them."""
    cell = rng.uniform(0.34, 0.46)  # centre to corner
    wall = min(pen.width * 1.2, 0.32 * cell)
    inner = cell - wall / math.sqrt(3)
    corners = [
        (inner * math.sin(k * math.pi / 3), inner * math.cos(k * math.pi / 3)) for k in range(6)
    ]
    reach = pen.place.reach + 0.6
    x0, y0 = rng.uniform(0, cell), rng.uniform(0, cell)
    across, down = math.sqrt(3) * cell, 1.5 * cell
    filled = rng.random() < 0.4  # now and then a cell holds something, as in a comb
    rows, columns = math.ceil(reach / down) + 1, math.ceil(reach / across) + 1
    for row in range(-rows, rows + 1):
        for column in range(-columns, columns + 1):
            x, y = x0 + (column + 0.5 * (row % 2)) * across, y0 + row * down
            if math.hypot(x, y) < reach + cell:
                ink = LIGHT if filled and rng.random() < 0.15 else BODY
                pen.polygon([(x + dx, y + dy) for dx, dy in corners], ink)
    pen.windowed = True


def wheel(pen: Pen, rng: Random) -> None:
    """Draw a rim, a hub and straight spokes between them."""
    spokes = rng.randint(5, 10)
    rim = pen.width * rng.uniform(1.1, 1.7)
    hub = rng.uniform(0.13, 0.22)
    tyre = rng.random() < 0.4
    for k in range(spokes):
        turn = 2 * math.pi * k / spokes
        pen.bar((0, 0), (0.9 * math.cos(turn), 0.9 * math.sin(turn)), 0.75 * pen.width, BODY)
    pen.ring(0, 0, 0.97, rim, DARK if tyre else BODY)
    if tyre:
        pen.ring(0, 0, 0.97 - rim, 0.7 * pen.width, BODY)
    pen.disc(0, 0, hub, BODY)
    if rng.random() < 0.5:
        pen.disc(0, 0, 0.45 * hub, rng.choice((DARK, GROUND)))


def scribble(pen: Pen, rng: Random) -> None:
    """Draw a distractor: wandering curves that mean nothing."""
    for _ in range(rng.randint(2, 3)):
        heading = rng.uniform(0, 2 * math.pi)
        x, y = rng.uniform(-0.6, 0.6), rng.uniform(-0.6, 0.6)
        points: list[Point] = []
        for _ in range(rng.randint(9, 13)):
            points.append((x, y))
            heading += rng.uniform(-1.5, 1.5)
            if math.hypot(x, y) > 0.75:  # turn back before leaving the shape's square
                heading = math.atan2(-y, -x) + rng.uniform(-0.9, 0.9)
            x, y = x + 0.42 * math.cos(heading), y + 0.42 * math.sin(heading)
        pen.line(smooth(points, closed=False), pen.width * rng.uniform(0.8, 1.3), BODY)


def pebbles(pen: Pen, rng: Random) -> None:
    """Draw a distractor: loose, irregular polygons, filled or outlined."""
    placed: list[tuple[float, float, float]] = []
    outlined = rng.random() < 0.35
    for _ in range(60):
        radius = rng.uniform(0.14, 0.42)
        x, y = rng.uniform(-0.85, 0.85), rng.uniform(-0.85, 0.85)
        if any(math.hypot(x - px, y - py) < 0.95 * (radius + pr) for px, py, pr in placed):
            continue
        placed.append((x, y, radius))
        corners = rng.randint(4, 7)
        start = rng.uniform(0, 2 * math.pi)
        points = []
        for k in range(corners):
            turn = start + 2 * math.pi * (k + rng.uniform(-0.3, 0.3)) / corners
            reach = radius * rng.uniform(0.65, 1.15)
            points.append((x + reach * math.cos(turn), y + reach * math.sin(turn)))
        ink = rng.choice((BODY, BODY, BODY, DARK, LIGHT))
        if outlined:
            pen.line(points, 0.8 * pen.width, ink, closed=True)
        else:
            pen.polygon(points, ink)
        if len(placed) == 9:
            return


def hooks(pen: Pen, rng: Random) -> None:
    """Draw a distractor: short arcs and dashes strewn about, each turned at random."""
    for _ in range(rng.randint(7, 12)):
        x, y = rng.uniform(-0.9, 0.9), rng.uniform(-0.9, 0.9)
        radius, start = rng.uniform(0.14, 0.45), rng.uniform(0, 360)
        span = (start, start + rng.uniform(40, 150))
        points = arc(x, y, radius, radius, span, steps=8)
        pen.line(points, pen.width * rng.uniform(0.8, 1.4), BODY)
