"""Heads: of a person, a dog, a bird."""

from __future__ import annotations

from random import Random

from generator.images.stimuli.pen import BODY, DARK, GROUND, LIGHT, Ink, Pen, Point, arc, smooth


def _mirror(points: list[Point]) -> list[Point]:
    return [(-x, y) for x, y in points]


def _eye(pen: Pen, x: float, y: float, *, radius: float, flat: float, white: bool) -> None:
    """Draw one eye: a white with a pupil, or a dark eye with a spark."""
    if white:
        pen.oval((x, y), radius, radius * flat, LIGHT)
        pen.disc(x, y, radius * min(0.62, flat), DARK)
    else:
        pen.disc(x, y, radius, DARK)
        pen.disc(x + 0.3 * radius, y - 0.3 * radius, 0.3 * radius, LIGHT)


def face(pen: Pen, rng: Random) -> None:
    """Draw a human face from the front: oval, hair, eyes, brows, nose and mouth."""
    w, h = rng.uniform(0.62, 0.74), rng.uniform(0.84, 0.94)
    hair = rng.choice(("short", "short", "long", "long", "bald"))
    top = rng.uniform(-0.42, -0.3)  # of the forehead below the hair
    look = rng.uniform(-0.07, 0.07)  # turned a little to a side
    if hair == "long":
        fall = rng.uniform(0.5, 1.0)
        side = w + rng.uniform(0.14, 0.24)
        pen.polygon(
            [*arc(0, -0.2, side, 0.82, (180, 360)), (side, fall), (-side, fall)],
            DARK,
        )
    for side in (-1, 1):  # ears
        if hair != "long":
            pen.oval((side * w, 0.05), 0.1, 0.19, BODY)
    pen.polygon([(-0.26, 0.6), (0.26, 0.6), (0.3, 1.15), (-0.3, 1.15)], BODY)  # neck
    pen.line(
        [(-0.26, 0.72), *arc(0, 0.0, w * 0.72, h, (130, 50), steps=8), (0.26, 0.72)], 0.04, DARK
    )
    pen.polygon(
        smooth(
            [
                (-w, -0.1), (-0.86 * w, -0.62), (0, -h), (0.86 * w, -0.62), (w, -0.1),
                (0.9 * w, 0.4), (0.45 * w, h - 0.1), (0, h), (-0.45 * w, h - 0.1), (-0.9 * w, 0.4),
            ]
        ),
        BODY,
    )  # fmt: skip
    if hair != "bald":
        part = rng.uniform(-0.3, 0.3)
        pen.polygon(
            [
                *arc(0, -0.25, w + 0.07, 0.78, (175, 365)),
                (w - 0.06, -0.12), (w - 0.14, top), (part, top - 0.12), (-w + 0.14, top),
                (-w + 0.06, -0.12),
            ],
            DARK,
        )  # fmt: skip
    eye, gap, y = rng.uniform(0.13, 0.16), rng.uniform(0.29, 0.33), rng.uniform(-0.1, -0.02)
    lift = rng.uniform(0.17, 0.22)
    slant = rng.uniform(-0.05, 0.05)
    for side in (-1, 1):
        x = look + side * gap
        _eye(pen, x, y, radius=eye, flat=0.62, white=True)
        pen.line(
            [
                (x - side * 0.14, y - lift + slant),
                (x, y - lift - 0.05),
                (x + side * 0.15, y - lift + 0.02),
            ],
            0.07,
            DARK,
        )
    pen.line(
        [(look - 0.02, y + 0.1), (1.3 * look - 0.09, 0.34), (1.3 * look + 0.08, 0.36)], 0.05, DARK
    )
    _mouth(pen, rng, 1.2 * look)


def _mouth(pen: Pen, rng: Random, x: float) -> None:
    width, y = rng.uniform(0.24, 0.32), rng.uniform(0.56, 0.62)
    kind = rng.choice(("smile", "lips", "open"))
    if kind == "smile":
        pen.line(arc(x, y - 0.1, width, 0.17, (165, 15), steps=10), 0.075, DARK)
    elif kind == "lips":
        pen.oval((x, y), width * 0.85, 0.075, DARK)
    else:
        pen.polygon(arc(x, y - 0.04, width, 0.2, (0, 180)), DARK)
        pen.polygon(arc(x, y - 0.04, width * 0.8, 0.07, (0, 180)), LIGHT)


def dog_face(pen: Pen, rng: Random) -> None:
    """Draw a dog's face from the front: ears that hang or stand, eyes, a snout and its nose."""
    floppy = rng.random() < 0.7
    ears: Ink = DARK if rng.random() < 0.75 else BODY
    w = rng.uniform(0.56, 0.66)
    long = rng.uniform(0.04, 0.16)  # of the snout
    if not floppy:
        out = rng.uniform(0.0, 0.14)
        for flip in (False, True):
            ear = [(-w * 0.98, -0.15), (-w - out, -1.0), (-0.12, -0.55)]
            inner = [(-w * 0.86, -0.32), (-w - out + 0.07, -0.84), (-0.27, -0.54)]
            pen.polygon(_mirror(ear) if flip else ear, ears)
            pen.polygon(_mirror(inner) if flip else inner, BODY if ears == DARK else DARK)
    skull = [
        (-0.3, -0.7), (0.3, -0.7), (w, -0.4), (w, 0.02), (0.42, 0.34), (0.38, 0.74 + long),
        (0.16, 0.93 + long), (-0.16, 0.93 + long), (-0.38, 0.74 + long), (-0.42, 0.34), (-w, 0.02),
        (-w, -0.4),
    ]  # fmt: skip
    pen.polygon(smooth(skull), BODY)
    if floppy:
        drop, out = rng.uniform(0.2, 0.6), rng.uniform(0.3, 0.46)
        ear = smooth(
            [
                (-0.3, -0.74), (-w - 0.12, -0.68), (-w - out, -0.2), (-w - out * 0.85, drop),
                (-w - 0.06, drop + 0.06), (-w + 0.04, -0.05),
            ]
        )  # fmt: skip
        pen.polygon(ear, ears)
        pen.polygon(_mirror(ear), ears)
        if ears == BODY:
            edge = [(-0.36, -0.66), (-w + 0.03, -0.3), (-w - 0.02, drop)]
            pen.line(edge, 0.06, DARK)
            pen.line(_mirror(edge), 0.06, DARK)
    if rng.random() < 0.5:  # a blaze between the eyes
        pen.polygon([(-0.07, -0.68), (0.07, -0.68), (0.16, 0.3), (-0.16, 0.3)], LIGHT)
    if rng.random() < 0.3:  # a patch round one eye
        pen.oval((0.3, -0.2), 0.24, 0.27, DARK if ears == BODY else LIGHT)
    snout = rng.random() < 0.8
    if snout:
        pen.oval((0, 0.52 + long / 2), 0.42, 0.36 + long / 2, LIGHT)
    eye, y, pale = rng.uniform(0.1, 0.13), rng.uniform(-0.22, -0.12), rng.random() < 0.3
    for side in (-1, 1):
        _eye(pen, side * 0.3, y, radius=eye * 1.2, flat=1.0, white=pale)
    nose = 0.34 + long / 2
    pen.polygon(
        smooth(
            [
                (-0.21, nose - 0.08),
                (0, nose - 0.13),
                (0.21, nose - 0.08),
                (0.1, nose + 0.11),
                (0, nose + 0.16),
                (-0.1, nose + 0.11),
            ]
        ),
        DARK,
    )
    pen.line([(0, nose + 0.1), (0, nose + 0.27)], 0.06, DARK)
    pen.line(arc(-0.15, nose + 0.24, 0.15, 0.12, (0, 160), steps=8), 0.06, DARK)
    pen.line(arc(0.15, nose + 0.24, 0.15, 0.12, (180, 20), steps=8), 0.06, DARK)
    if rng.random() < 0.3:  # the tongue
        pen.oval((0, nose + 0.5), 0.11, 0.2, DARK)


def bird_face(pen: Pen, rng: Random) -> None:
    """Draw a bird's head: one eye and a beak from the side, or an owl's from the front."""
    if rng.random() < 0.25:
        _owl(pen, rng)
    else:
        _profile(pen, rng)


def _profile(pen: Pen, rng: Random) -> None:
    flip = rng.random() < 0.5

    def turned(points: list[Point]) -> list[Point]:
        return _mirror(points) if flip else points

    beak: Ink = rng.choice((DARK, LIGHT))
    kind = rng.choice(("short", "long", "hooked"))
    crest = rng.random() < 0.3
    if crest:
        for lift in (0.0, 0.22, 0.44):
            pen.polygon(
                turned(
                    [
                        (-0.05 - lift, -0.62),
                        (-0.62 - lift * 0.4, -1.05 + lift),
                        (-0.4 - lift / 2, -0.4),
                    ]
                ),
                BODY,
            )
    pen.polygon(
        turned(
            smooth(
                [
                    (-0.3, -0.72), (0.12, -0.66), (0.36, -0.3), (0.3, 0.08), (0.22, 0.4),
                    (0.5, 1.1), (-0.95, 1.1), (-0.72, 0.5), (-0.7, 0.0), (-0.66, -0.42),
                ]
            )
        ),
        BODY,
    )  # fmt: skip
    tip = {"short": 0.78, "long": 1.12, "hooked": 0.78}[kind]
    y = {"short": -0.16, "long": -0.1, "hooked": 0.1}[kind]
    if kind == "hooked":
        upper = smooth(
            [(0.2, -0.42), (0.6, -0.36), (0.82, -0.05), (0.76, 0.28), (0.62, 0.02), (0.3, 0.0)]
        )
        lower = [(0.26, 0.0), (0.6, 0.05), (0.5, 0.18), (0.28, 0.16)]
    else:
        upper = [(0.24, -0.42), (0.42, -0.36), (tip, y), (0.26, -0.12)]
        lower = [(0.26, -0.14), (tip - 0.1, y + 0.02), (0.42, 0.1), (0.26, 0.1)]
    pen.polygon(turned(lower), beak)
    pen.polygon(turned(upper), beak)
    pen.line(
        turned([(0.22, -0.12 if kind != "hooked" else 0.0), (tip - 0.14, y + 0.01)]), 0.04, BODY
    )
    eye = rng.uniform(0.12, 0.16)
    if rng.random() < 0.35:  # a mask through the eye
        pen.polygon(turned(smooth([(-0.5, -0.3), (0, -0.48), (0.3, -0.3), (0, -0.12)])), DARK)
    pen.disc(0, -0.3, eye * 1.3, LIGHT)
    pen.disc(0, -0.3, eye * 0.85, DARK)
    pen.disc(0.03, -0.34, eye * 0.25, LIGHT)
    if rng.random() < 0.4:  # a bib on the throat and breast
        pen.polygon(turned(smooth([(0.2, 0.25), (0.46, 1.12), (-0.3, 1.12), (-0.1, 0.6)])), LIGHT)


def _owl(pen: Pen, rng: Random) -> None:
    if rng.random() < 0.6:  # ear tufts
        for side in (-1, 1):
            pen.polygon([(side * 0.2, -0.62), (side * 0.72, -1.0), (side * 0.74, -0.3)], BODY)
    pen.polygon([(-0.6, 0.3), (0.6, 0.3), (0.85, 1.1), (-0.85, 1.1)], BODY)
    pen.oval((0, -0.05), 0.82, 0.76, BODY)
    eye = rng.uniform(0.3, 0.36)
    for side in (-1, 1):
        pen.disc(side * 0.37, -0.14, eye, LIGHT)
        pen.ring(side * 0.37, -0.14, eye + 0.04, 0.05, DARK)
        pen.disc(side * 0.37, -0.14, eye * 0.55, DARK)
        pen.disc(side * 0.37 + 0.06, -0.2, 0.05, LIGHT)
    pen.polygon([(-0.13, 0.02), (0.13, 0.02), (0, 0.42)], rng.choice((DARK, GROUND)))
    if rng.random() < 0.5:  # brows that meet above the beak
        for side in (-1, 1):
            pen.line([(0, -0.16), (side * 0.35, -0.5), (side * 0.7, -0.62)], 0.08, DARK)
    for row in range(2):
        for k in range(-2, 3):
            pen.line(
                arc(k * 0.22 + 0.11 * row, 0.66 + 0.18 * row, 0.08, 0.08, (0, 180), steps=4),
                0.04,
                DARK,
            )
