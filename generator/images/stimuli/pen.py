"""A pen that draws in the coordinates of a shape, on a canvas finer than the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

Point = tuple[float, float]
Ink = tuple[int, int, int]

# Each ink is one plane of the canvas, so that after reduction a pixel holds the share of each.
GROUND: Ink = (0, 0, 0)  # takes ink away again
BODY: Ink = (255, 0, 0)  # the shape itself
DARK: Ink = (0, 255, 0)  # always darker than the body
LIGHT: Ink = (0, 0, 255)  # always lighter than the body


@dataclass(frozen=True)
class Placement:
    """Where a shape lies; lengths are shares of the picture's side, so they hold at every size.

    The shape fills about the square from -1 to 1 of its own coordinates (x to the right, y down),
    which `radius` scales and `angle` turns, in degrees, counter-clockwise as the reader sees it.
    """

    x: float
    y: float
    radius: float
    angle: float
    width: float  # of a line
    blur: float  # standard deviation of the blur
    reach: float  # radius of the soft window on an area pattern, in radii of the shape


class Pen:
    """Draws on a canvas `fine` times as fine as the picture; `inks` gives the picture's shares."""

    def __init__(self, size: int, place: Placement) -> None:
        # Beyond 128 px a line is wide enough that 2 by 2 samples a pixel show no steps.
        self.fine = 4 if size < 128 else 2
        self.size = size
        self.side = size * self.fine
        self.place = place
        self.width = place.width / place.radius  # in the coordinates of the shape
        self.windowed = False  # an area pattern asks for a soft window
        self.softness = 0.0  # extra blur, as a share of the shape's radius
        self._scale = place.radius * self.side
        turn = math.radians(place.angle)
        self._cos, self._sin = math.cos(turn) * self._scale, math.sin(turn) * self._scale
        self.canvas = Image.new("RGB", (self.side, self.side))
        self._draw = ImageDraw.Draw(self.canvas)

    def at(self, x: float, y: float) -> Point:
        """Give the canvas position of a point of the shape."""
        # Rows run down, so turning counter-clockwise is x cos + y sin, y cos - x sin.
        return (
            self.place.x * self.side + x * self._cos + y * self._sin,
            self.place.y * self.side - x * self._sin + y * self._cos,
        )

    def polygon(self, points: Sequence[Point], ink: Ink) -> None:
        """Fill a polygon."""
        self._draw.polygon([self.at(x, y) for x, y in points], fill=ink)

    def line(self, points: Sequence[Point], width: float, ink: Ink, closed: bool = False) -> None:
        """Draw a line through the points with round ends and corners."""
        corners = [self.at(x, y) for x, y in points]
        if closed:
            corners.append(corners[0])
        thick = max(1, round(width * self._scale))
        self._draw.line(corners, fill=ink, width=thick)
        half = thick / 2 - 0.5
        if half > 0.5:
            for x, y in corners:
                self._draw.ellipse((x - half, y - half, x + half, y + half), fill=ink)

    def bar(self, start: Point, end: Point, width: float, ink: Ink) -> None:
        """Draw a straight bar with square ends."""
        (ax, ay), (bx, by) = start, end
        length = math.hypot(bx - ax, by - ay) or 1.0
        nx, ny = (ay - by) / length * width / 2, (bx - ax) / length * width / 2
        quad = ((ax + nx, ay + ny), (bx + nx, by + ny), (bx - nx, by - ny), (ax - nx, ay - ny))
        self.polygon(quad, ink)

    def disc(self, x: float, y: float, radius: float, ink: Ink) -> None:
        """Fill a circle."""
        cx, cy = self.at(x, y)
        r = radius * self._scale
        self._draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=ink)

    def ring(self, x: float, y: float, radius: float, width: float, ink: Ink) -> None:
        """Draw a circle's outline, `radius` to its outer edge; the inside is left as it was."""
        cx, cy = self.at(x, y)
        r = radius * self._scale
        thick = max(1, round(width * self._scale))
        self._draw.ellipse((cx - r, cy - r, cx + r, cy + r), outline=ink, width=thick)

    def oval(self, centre: Point, rx: float, ry: float, ink: Ink, tilt: float = 0.0) -> None:
        """Fill an ellipse, its axes turned by `tilt` degrees."""
        self.polygon(arc(*centre, rx, ry, tilt=tilt), ink)

    def inks(self) -> Image.Image:
        """Give the shares of the three inks in each pixel: RGB, size by size, 255 for all of it."""
        picture = self.canvas.reduce(self.fine)
        blur = math.hypot(self.place.blur, self.softness * self.place.radius) * self.size
        return picture.filter(ImageFilter.GaussianBlur(blur)) if blur > 0.2 else picture


def arc(
    x: float,
    y: float,
    rx: float,
    ry: float,
    span: tuple[float, float] = (0.0, 360.0),
    *,
    tilt: float = 0.0,
    steps: int = 36,
) -> list[Point]:
    """List points along an ellipse, over a span of degrees, clockwise from the right."""
    cos, sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    start, end = span
    points = []
    for step in range(steps + 1):
        turn = math.radians(start + (end - start) * step / steps)
        px, py = rx * math.cos(turn), ry * math.sin(turn)
        points.append((x + px * cos + py * sin, y - px * sin + py * cos))
    return points


def smooth(points: Sequence[Point], steps: int = 6, closed: bool = True) -> list[Point]:
    """Round a shape given by a few points: the Catmull-Rom curve through them."""
    count = len(points)
    curve: list[Point] = []
    for i in range(count if closed else count - 1):
        if closed:
            a, b, c, d = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        else:
            a, b, c, d = (points[min(max(i + k, 0), count - 1)] for k in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            wa, wb = t * (-0.5 + t * (1 - 0.5 * t)), 1 + t * t * (1.5 * t - 2.5)
            wc, wd = t * (0.5 + t * (2 - 1.5 * t)), t * t * (0.5 * t - 0.5)
            curve.append(
                (
                    wa * a[0] + wb * b[0] + wc * c[0] + wd * d[0],
                    wa * a[1] + wb * b[1] + wc * c[1] + wd * d[1],
                )
            )
    if not closed:
        curve.append(points[-1])
    return curve
