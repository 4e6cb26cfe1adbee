"""Made things: a bicycle, lettering."""

from __future__ import annotations

import math
from functools import lru_cache
from random import Random

from PIL import Image, ImageDraw, ImageFont

from generator.images.stimuli.pen import BODY, DARK, Pen, Point, smooth

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SMALL = "abcdefghijklmnopqrstuvwxyz"
_TYPE = 64  # px; letters are set once at this size and scaled from there


def bicycle(pen: Pen, rng: Random) -> None:
    """Draw a bicycle from the side: two wheels, the frame, saddle, pedals and bars."""
    flip = -1 if rng.random() < 0.5 else 1
    wheel = rng.uniform(0.40, 0.44)
    y = 0.30
    tube = min(max(0.8 * pen.width, 0.07), 0.10)
    tyre = DARK if rng.random() < 0.5 else BODY
    rear, front = (-0.57, y), (0.57, y)
    pedals: Point = (-0.1, y + 0.06)
    seat: Point = (-0.26, -0.3)
    head: Point = (0.36, -0.32)

    def stroke(points: list[Point], width: float) -> None:
        pen.line([(flip * px, py) for px, py in points], width, BODY)

    spokes = rng.random() < 0.4
    for cx, cy in (rear, front):
        if spokes:
            for k in range(4):
                dx, dy = wheel * math.cos(k * math.pi / 4), wheel * math.sin(k * math.pi / 4)
                pen.line([(flip * (cx - dx), cy - dy), (flip * (cx + dx), cy + dy)], 0.025, BODY)
        pen.ring(flip * cx, cy, wheel, tube, tyre)
        pen.disc(flip * cx, cy, 0.06, tyre)
    stroke([rear, pedals, (seat[0] + 0.02, seat[1] + 0.1), rear], 0.8 * tube)
    stroke([pedals, (head[0] + 0.02, head[1] + 0.1)], tube)
    if rng.random() < 0.75:
        stroke([(seat[0] + 0.02, seat[1] + 0.1), head], tube)
    stroke([front, head], tube)
    stroke([seat, pedals], 0.8 * tube)
    stroke([(seat[0] - 0.14, seat[1] - 0.04), (seat[0] + 0.12, seat[1] - 0.02)], 1.6 * tube)
    grip: Point = (head[0] - 0.06, head[1] - 0.2)
    stroke([head, grip], tube)
    if rng.random() < 0.5:  # drop bars
        bar: list[Point] = [
            grip, (grip[0] + 0.2, grip[1] + 0.0), (grip[0] + 0.27, grip[1] + 0.12),
            (grip[0] + 0.14, grip[1] + 0.2),
        ]  # fmt: skip
        stroke(smooth(bar, closed=False), 0.9 * tube)
    else:
        stroke(
            [(grip[0] + 0.1, grip[1] - 0.04), grip, (grip[0] - 0.18, grip[1] + 0.02)], 1.1 * tube
        )
    pen.disc(flip * pedals[0], pedals[1], 0.11, BODY)
    stroke(
        [pedals, (pedals[0] + 0.1, pedals[1] + 0.16), (pedals[0] + 0.18, pedals[1] + 0.16)], 0.06
    )


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Load Pillow's own font, so that a drawing does not hang on what a machine has installed."""
    return ImageFont.load_default(_TYPE)


@lru_cache(maxsize=256)
def _glyph(letter: str, stroke: int) -> Image.Image:
    """Set a letter as large as its box; L, 255 inside."""
    font = _font()
    left, _, right, _ = font.getbbox(letter, anchor="ls", stroke_width=stroke)
    height = _TYPE + 2 * stroke
    image = Image.new("L", (int(right - left) + 4, height + 16), 0)
    ImageDraw.Draw(image).text(
        (2 - left, _TYPE - 8 + stroke),
        letter,
        fill=255,
        font=font,
        anchor="ls",
        stroke_width=stroke,
    )
    return image


def lettering(pen: Pen, rng: Random) -> None:
    """Draw one to three rows of letters that make no word."""
    rows = rng.choice((1, 2, 2, 3))
    count = {1: rng.randint(3, 4), 2: rng.randint(3, 4), 3: rng.randint(4, 6)}[rows]
    stroke = rng.randint(0, 3)
    capitals = rng.random() < 0.6
    lines = []
    for _ in range(rows):
        word = [rng.choice(_LETTERS)]
        word += [rng.choice(_LETTERS if capitals else _SMALL) for _ in range(count - 1)]
        lines.append(word)
    glyphs = [[_glyph(letter, stroke) for letter in word] for word in lines]
    wide = max(sum(g.width for g in row) for row in glyphs)
    step = _TYPE + 2 * stroke + 2
    block = Image.new("L", (wide, step * rows + 16), 0)
    for k, row in enumerate(glyphs):
        x = 0
        for g in row:
            block.paste(g, (x, k * step))
            x += g.width
    # The block is fitted to the shape's square, then turned and scaled onto the canvas in one go.
    scale = 1.85 / max(block.width, 1.15 * block.height)
    zero, right, down = pen.at(0, 0), pen.at(scale, 0), pen.at(0, scale)
    ax, ay = right[0] - zero[0], right[1] - zero[1]
    bx, by = down[0] - zero[0], down[1] - zero[1]
    det = ax * by - ay * bx
    # Image.transform wants the way back: from the canvas to the block.
    a, b, d, e = by / det, -bx / det, -ay / det, ax / det
    c = block.width / 2 - a * zero[0] - b * zero[1]
    f = block.height / 2 - d * zero[0] - e * zero[1]
    mask = block.transform(
        pen.canvas.size, Image.Transform.AFFINE, (a, b, c, d, e, f), Image.Resampling.BILINEAR
    )
    pen.canvas.paste(BODY, (0, 0), mask)
