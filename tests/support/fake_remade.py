"""The sections of the paper's other figures in a small store: no network anywhere."""

from __future__ import annotations

from pathlib import Path

from fake_pictures import plain, plot

from generator.pages.manifest import PaperFigures
from generator.records.remade import (
    ChangeCurves,
    ChangePictures,
    Covered,
    CoveredPictures,
    Ends,
    Filters,
    FilterSheets,
    Invariance,
    Kept,
    Layout,
    LayoutBox,
    LayoutPlots,
    LegendEntry,
    MapWindow,
    MovedPhotograph,
    Occlusion,
    Plain,
    StepDown,
    WayDown,
)

CURVE = (250, 190)  # pixels


def remade(folder: Path, hostile: str) -> PaperFigures:
    """The sections with their files."""
    return PaperFigures(
        layout=layout(folder),
        occlusion=occlusion(folder, hostile),
        invariance=invariance(folder, hostile),
        filters=filters(folder),
        steps=steps(folder, hostile),
    )


def layout(folder: Path) -> Layout:
    first = ("7×7", "stride 2", "64 × 32 × 32", "9 k parameters")
    return Layout(
        boxes=(
            LayoutBox("input", "input", ("three colours", "3 × 64 × 64"), (3, 64, 64)),
            LayoutBox("conv1", "convolution", first, (64, 32, 32)),
            LayoutBox("fc7", "linear", ("linear", "200 numbers", "103 k parameters"), (200,)),
        ),
        parameters=2140744,
        grouped=False,
        figures=LayoutPlots(
            *(plot(folder, f"layout-3/{kind}", *CURVE) for kind in ("wide", "tall"))
        ),
    )


def occlusion(folder: Path, hostile: str) -> Occlusion:
    kinds = ("photograph", "covered", "activity", "probability", "classes", "projection")

    def covered(number: int, name: str, label: str, other: str | None = None) -> Covered:
        best = ((label, label), (other or label, label))
        legend = [LegendEntry(label=label, colour="#4477aa", places=3 if other else 4)]
        if other:
            legend.append(LegendEntry(label=other, colour="#ee6677", places=1))
        return Covered(
            image=5,
            name=f"{name} (300 px at 0, 0)",
            photograph=name,
            label=label,
            by_folder=False,
            first_guess=label,
            channel=7,
            row=3,
            column=4,
            plain=Plain(activity=33.13, probability=0.3723),
            worst=(1, 0),
            legend=tuple(legend),
            other_places=0,
            activity=((33.2, 30.1), (18.26, 35.9)),
            probability=((0.41, 0.3), (0.0274, 0.38)),
            best=best,
            figures=CoveredPictures(
                *(plain(folder, f"occlusion-4/{number}-{kind}.webp", 64) for kind in kinds)
            ),
        )

    return Occlusion(
        square=16,
        stride=3,
        layer=5,
        classes_known=True,
        scale=("#440154", "#21918c", "#fde725"),
        photographs=(
            covered(1, "A motorcycle", "go-kart", "Chihuahua"),
            covered(2, hostile, "espresso"),
        ),
    )


def invariance(folder: Path, hostile: str) -> Invariance:
    def change(kind: str, *values: float) -> ChangeCurves:
        place = f"invariance-5/{kind}"
        return ChangeCurves(
            kind=kind,
            values=values,
            first=((0.0, 0.9, 1.1), (0.0, 0.8, 1.0)),
            last=((0.0, 0.2, 0.6), (0.0, 0.3, 0.5)),
            probability=((0.9, 0.7, 0.2), (0.4, 0.2, 0.001)),
            figures=ChangePictures(
                plain(folder, f"{place}.avif", 328),
                *(plot(folder, f"{place}-{of}", *CURVE) for of in ("first", "last", "probability")),
            ),
        )

    def photograph(number: int, name: str, label: str) -> MovedPhotograph:
        return MovedPhotograph(
            image=number,
            name=name,
            photograph=name,
            label=label,
            by_folder=False,
            probability=0.5,
        )

    return Invariance(
        layer=1,
        top="fc7",
        photographs=(photograph(0, hostile, "espresso"), photograph(1, "Falcon 9", "beacon")),
        dashes=("", "6 2", "2 2", "8 2 2 2", "1 2.5"),
        changes=(
            change("translation", -17, 0, 17),
            change("scale", 1, 1.4, 1.8),
            change("rotation", 0, 90, 180),
        ),
    )


def filters(folder: Path) -> Filters:
    return Filters(
        module="conv1",
        count=4,
        kernel=(7, 7),
        stride=2,
        paper_radius=0.1,
        over_paper_radius=0,
        radius=0.024,
        strengths=(0.0066, 0.02, 0.028, 0.0735),
        faint=1,
        dead=(2,),
        folded={2: (0.01, 0.03, 0.05, 0.9), 4: (0.1, 0.2, 0.3, 0.95)},
        figures=FilterSheets(
            *(plain(folder, f"filters-6/{kind}.webp", 174) for kind in ("plain", "clipped"))
        ),
    )


def steps(folder: Path, hostile: str) -> WayDown:
    sides = ((128, 16, 16), (64, 16, 16), (64, 32, 32), (64, 32, 32), (3, 64, 64))

    def step(number: int, kind: str, module: str = "") -> StepDown:
        last = number + 1 == len(sides)
        values = None if last else ((0.2, 0.0), (-0.1, 0.3))
        return StepDown(
            kind=kind,
            module=module,
            before=sides[number - 1],
            after=sides[number],
            channel=None if last else 29,
            window=MapWindow(top=5, left=7, rows=2, columns=2),
            kept=Kept(before=1600, after=1272),
            values=values,
            seen=values,
            figure=None if last else plot(folder, f"steps-7/{number}", *CURVE),
        )

    return WayDown(
        module="conv2",
        channel=58,
        row=7,
        column=9,
        value=2.54,
        field=27,
        photograph=hostile,
        steps=(
            step(1, "filter", "conv2"),
            step(2, "unpool"),
            step(3, "rectify"),
            step(4, "filter", "conv1"),
        ),
        figures=Ends(
            *(plain(folder, f"steps-7/{kind}.webp", 27) for kind in ("patch", "projection"))
        ),
    )
