"""The page on which the reader's own picture goes through the network."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from generator import caption
from generator.caption.credit import credited
from generator.language import figure, say
from generator.pages.manifest import Manifest
from generator.pages.page import Image, Page
from generator.pages.unit_data import INDEX
from generator.records.live import Example, LiveNetwork

PHOTOGRAPHS = 24  # of the collection, to choose from
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Fetched:
    """A file that scripts fetch: its address, its size in bytes, what a photograph is called."""

    src: str
    size: int
    name: str


@dataclass(frozen=True)
class Answering:
    """A unit of an example: its link, what it is called, its patches and how much it answers."""

    layer: int
    channel: int
    link: str
    named: str
    percent: int
    patches: Image | None


@dataclass(frozen=True)
class ShownExample:
    """An example as the templates need it: probabilities in percent."""

    photograph: str
    credit: Markup
    image: Image
    guesses: tuple[tuple[str, int], ...]
    layers: tuple[tuple[int, tuple[Answering, ...]], ...]


class Live(Page):
    """The words of the page *Your picture*."""

    MACROS = "live.html"

    def live_laboratory(self, from_disk: bool = False) -> Markup:
        """The place where the reader's picture is worked out; until then, and without scripts,
        the photographs that the build worked out. Nothing needs keeping ``from_disk``.
        """  # noqa: D205
        live = self._manifest.live
        listed = {
            kind: [self._file(file, self._called(name)) for file, name in files.items()]
            for kind, files in script_files(self._manifest).items()
        }
        size = sum(file.size for file in itertools.chain(*listed.values()))
        data: dict[str, Any] = {kind: list(map(vars, found)) for kind, found in listed.items()}
        data |= {"index": self.link(INDEX), "build": "" if from_disk else self._manifest.key}
        data["speakers"] = self._speakers()
        shown = [self._shown(example) for example in live.examples]
        json = htmlsafe_json_dumps(data, separators=(",", ":"))
        megabytes = figure(f"{max(size / MEGABYTE, 0.1):.1f}")
        return self._html("laboratory", live, json, megabytes, shown)

    def _speakers(self) -> dict[str, Any] | None:
        """By output the units that speak for a class, where that stands out."""
        ablation = self._manifest.ablation
        if ablation is None:
            return None
        units = {
            str(one.outputs[0]): [speaker.channel for speaker in one.speakers]
            for one in ablation.classes
            if one.holds and len(one.outputs) == 1
        }
        return {"layer": ablation.layer, "units": units}

    def live_network(self) -> LiveNetwork:
        """What is known of the network in the browser."""
        return self._manifest.live

    def _file(self, file: str, name: str) -> Fetched:
        """A file of the store as scripts fetch it."""
        return Fetched(self.link(file), (self._manifest.root / file).stat().st_size, name)

    def _called(self, photograph: str) -> str:
        """A photograph with its author and licence, where they are known."""
        known = self._manifest.credits.get(photograph)
        return credited(known.title, known.author, known.licence) if known else photograph

    def _shown(self, example: Example) -> ShownExample:
        picture = example.picture
        image = Image(
            self.link(picture.file),
            picture.width,
            picture.height,
            say("{photograph}, as cut", photograph=example.photograph),
        )
        layers = zip(self._manifest.layers, example.units, strict=False)
        return ShownExample(
            photograph=example.photograph,
            credit=self.credit(example.photograph, titled=True),
            image=image,
            guesses=tuple(
                (guess.name, round(100 * guess.probability)) for guess in example.guesses
            ),
            layers=tuple(
                (index, tuple(self._answering(index, unit.channel, unit.share) for unit in units))
                for index, units in layers
            ),
        )

    def _answering(self, index: int, channel: int, share: float) -> Answering:
        figures = self._figures(index)
        unit = figures.units[channel]
        held = [claim for claim in unit.claims if claim.held]
        return Answering(
            layer=index,
            channel=channel,
            link=self.link(f"layers/{index}.md#unit-{channel}"),
            named=", ".join(caption.names(held)),
            percent=round(100 * share),
            patches=self._image("patches", figures, unit, unit.patches),
        )


def script_files(manifest: Manifest) -> dict[str, dict[str, str]]:
    """The files of the store that the script of the page reads, and what each photograph is called.

    The photographs are small pictures of those of the collection, evenly spread.
    """
    live = manifest.live
    layers = manifest.layers.values()
    names = {
        top.source: top.photograph
        for figures in layers
        for unit in figures.units.values()
        for top in unit.top
    }
    numbers = sorted(manifest.photographs)
    some = numbers[:: max(1, -(-len(numbers) // PHOTOGRAPHS))]
    return {
        "program": {live.program: ""} if live.program else {},
        "weights": {live.weights: ""} if live.weights else {},
        "sheets": {sheet.file: "" for figures in layers for sheet in figures.sheets.files},
        "photographs": {manifest.photographs[one].file: names[one] for one in some},
    }


def published(live: LiveNetwork) -> list[str]:
    """The files of the store that the page needs."""
    files = [example.picture.file for example in live.examples]
    return [*files, *(file for file in (live.program, live.weights) if file is not None)]
