"""How we know: the numbers, the drawings and the plots behind the sentences of a page."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import mean, median

from markupsafe import Markup

from generator import caption
from generator.caption import findings
from generator.language import say
from generator.pages.manifest import LayerFigures, last_over_first
from generator.pages.page import Image, Page
from generator.pages.text import plain
from generator.records import Cell, Claim

SHEET_TILE = 48  # and on the contact sheet
KINDS = ("orientation", "colour", "concept", "class")


@dataclass(frozen=True)
class Proof:
    """What backs one named cell; a strip of drawings or a curve, or neither."""

    title: str
    channel: int
    link: str
    facts: list[tuple[str, str]]
    strip: Image | None
    curve: Markup | None


@dataclass(frozen=True)
class ClaimRow:
    """One named cell in the table of claims."""

    layer: int
    place: str
    sought: str
    channel: int
    link: str
    claim: Claim | None
    interval: str
    random: str
    found: str


class Knowing(Page):
    """The words of evidence."""

    def how(self, index: int, *words: str) -> Markup:
        """*How do we know?* for the named cells of a layer's figure, closed at first.

        ``words`` are more sentences for it, empty ones left out.
        """
        figures = self._figures(index)
        proofs = [
            self._proof(figures, cell) for cell in figures.cells if cell.wanted and cell.evidence
        ]
        if not proofs:
            return Markup()
        return self._html("how", proofs, self.link("how-we-know.md"), words)

    def hierarchy_figure(self, kind: str, text: str) -> Markup:
        """Concept by layer as a ``map`` or as ``curves``, with the numbers in a table below."""
        depths = self._manifest.hierarchy
        plot = self._svg(getattr(depths.figures, kind), caption.depth_picture(depths, kind))
        layers = range(1, len(depths.trained) + 1)
        table = caption.score_table(depths)
        return self._html("hierarchy_figure", plot, text, list(layers), table)

    def giveaway_words(self) -> str:
        """What something plain about the drawings gives away of their concept."""
        return caption.given_away(self._manifest.hierarchy)

    def hierarchy_words(self) -> Markup:
        """The numbers of the hierarchy in sentences, a paragraph each."""
        told = caption.depths(self._manifest.hierarchy)
        return Markup("\n\n").join(plain(paragraph) for paragraph in told)

    def passed_words(self) -> str:
        """How many units of this build hold a claim, or that almost none does."""
        return findings.passed({index: self._claims(index) for index in self._manifest.layers})

    def several(self, index: int, *kinds: str) -> bool:
        """Whether more units of a layer hold a claim of some kinds than luck accounts for."""
        return findings.several(self._claims(index), kinds)

    def earned(self, index: int) -> bool:
        """Whether a unit of a layer earned a place that its figure names."""
        return any(cell.earned for cell in self._figures(index).cells)

    def first_layer_words(self) -> str:
        """What was found in the first layer, counted."""
        return findings.first_layer(self._claims(1))

    def weakest_words(self) -> str:
        """How much weaker than the first the last patch is, of units that have all of them."""
        k, per_source = self._manifest.settings.k, self._manifest.settings.per_source
        units = (
            unit for figures in self._manifest.layers.values() for unit in figures.units.values()
        )
        return findings.weakest_shown(k, per_source, last_over_first(units, k))

    def drawn_words(self) -> str:
        """How much of the projections lies beyond their scale, and which layers show part of it.

        Empty for a store from before this was written down.
        """
        alive = {
            index: [unit for unit in one.units.values() if unit.frame]
            for index, one in self._manifest.layers.items()
        }
        shares = {
            index: mean(unit.clipped for unit in units) for index, units in alive.items() if units
        }
        size, layers = self._manifest.network.input_size, self._manifest.layers
        frames = {
            index: (units[0].frame, min(size, layers[index].layer.field.size))
            for index, units in alive.items()
            if units
        }
        return findings.drawn(shares, frames) if shares else ""

    def fires_words(self) -> str:
        """For how many images half of all units fire; dead ones do not count."""
        shares = [
            unit.numbers.fires
            for figures in self._manifest.layers.values()
            for unit in figures.units.values()
            if not unit.dead
        ]
        return findings.median_firing(median(shares)) if shares else caption.fires(0)

    def stimuli_figure(self, text: str) -> Markup:
        """The contact sheet of the drawings, each row with its name."""
        sheet = self._manifest.stimuli
        scale = SHEET_TILE / sheet.tile
        image = Image(
            src=self.link(sheet.file),
            width=round(sheet.width * scale),
            height=round(sheet.height * scale),
            alt=caption.stimuli_picture(sheet.concepts, sheet.per_concept),
        )
        return self._html("stimuli_figure", image, sheet.concepts, text)

    def claims_table(self) -> Markup:
        """All named cells of this build: what was looked for, the numbers, held or not."""
        rows = [
            self._row(figures, cell)
            for figures in self._manifest.layers.values()
            for cell in figures.cells
            if cell.wanted
        ]
        return self._html("claims_table", rows)

    def claims_count(self) -> Markup:
        """How many of each layer's units hold a claim of each kind, of how many tested.

        Each layer leads to the table of all its claims.
        """
        rows: list[tuple[int, str, int, list[str], int]] = []
        for index, figures in self._manifest.layers.items():
            told = []
            for kind in KINDS:
                units = [
                    [claim for claim in unit.claims if claim.kind == kind]
                    for unit in figures.units.values()
                ]
                tested = sum(bool(claims) for claims in units)
                held = sum(any(claim.held for claim in claims) for claims in units)
                told.append(say("{held} of {tested}", held=held, tested=tested) if tested else "")
            none = sum(
                not any(claim.held for claim in unit.claims) for unit in figures.units.values()
            )
            link = self.link(f"layers/{index}/numbers.md")
            rows.append((index, link, len(figures.units), told, none))
        return self._html("claims_count", rows)

    def _claims(self, index: int) -> list[tuple[Claim, ...]]:
        return [unit.claims for unit in self._figures(index).units.values()]

    def _proof(self, figures: LayerFigures, cell: Cell) -> Proof:
        claim, evidence, index = cell.claim, cell.evidence, figures.layer.index
        assert claim is not None
        assert evidence is not None
        curve = evidence.curve
        return Proof(
            title=caption.title(cell, figures.rows, figures.columns),
            channel=cell.channel,
            link=self.link(f"layers/{index}.md#unit-{cell.channel}"),
            facts=caption.facts(claim, evidence),
            strip=self._strip(index, cell),
            curve=self._svg(curve, caption.curve_picture(index, cell.channel, claim))
            if curve
            else None,
        )

    def _row(self, figures: LayerFigures, cell: Cell) -> ClaimRow:
        evidence = cell.evidence
        low, high = (evidence.low, evidence.high) if evidence else (None, None)
        index = figures.layer.index
        assert cell.wanted is not None
        return ClaimRow(
            layer=index,
            place=caption.position(cell.row, cell.column, figures.rows, figures.columns),
            sought=caption.wanted_name(cell.wanted),
            channel=cell.channel,
            link=self.link(f"layers/{index}.md#unit-{cell.channel}"),
            claim=cell.claim,
            interval="" if low is None or high is None else caption.percent_interval(low, high),
            random=caption.random_score(cell.claim, evidence.random)
            if cell.claim and evidence
            else "",
            found=caption.found(cell),
        )
