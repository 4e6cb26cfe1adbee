// A layer's grids in the lesson: a cell of one marks its match in the others, opens large, and
// one of the sides can be hidden, to guess what it shows.

import { el } from "./element.js";
import { markTile, tileAt } from "./marks.js";
import { onPage } from "./page.js";
import { openPanel } from "./unit-panel.js";
import { inside, say } from "./say.js";

/** The address of a unit's numbers, from that of its place on the page of its layer. */
export function dataOf(link) {
  return `${link.origin}${link.pathname.replace(/(\/|\.html)$/, "")}/${link.hash.slice(1)}.json`;
}

class LayerFigure {
  constructor(figure) {
    this.sides = [...figure.querySelectorAll(".side")];
    this.cells = this.sides.map((side) => [...side.querySelectorAll(".units > a")]);
    const [first, ...others] = this.cells;
    if (!others.length || others.some((cells) => cells.length !== first.length)) return;
    this.cells.forEach((cells, side) => {
      cells.forEach((cell, at) => {
        cell.addEventListener("pointermove", (event) => {
          if (single(cell)) this.pair(at, true);
          else this.mark(at, tileAt(event, cell));
        });
        cell.addEventListener("pointerleave", () => this.mark(at, null));
        cell.addEventListener("focus", () => this.pair(at, true));
        cell.addEventListener("blur", () => this.pair(at, false));
        cell.addEventListener("click", (event) => this.choose(event, side, at));
      });
    });
    figure.prepend(this.guess());
  }

  /** Marks a tile in all matching cells; a cell that shows one picture is marked as a whole. */
  mark(at, tile) {
    for (const cells of this.cells) {
      if (!single(cells[at])) markTile(cells[at], tile);
    }
    this.pair(at, tile != null);
  }

  pair(at, on) {
    for (const cells of this.cells) cells[at]?.classList.toggle("paired", on);
  }

  choose(event, side, at) {
    const cell = this.cells[side][at];
    if (this.sides[side].classList.contains("covered") && !cell.classList.contains("uncovered")) {
      if (held(event)) return;
      cell.classList.add("uncovered");
      return;
    }
    this.open(event, this.cells[side], at);
  }

  /** Opens the panel at one unit; when it is closed, the reader is back in the same grid. */
  open(event, cells, at) {
    if (held(event)) return;
    const units = this.cells[0].map((link) => ({
      data: dataOf(link),
      label: label(link),
    }));
    let shown = at;
    openPanel(units, at, {
      covered: this.covered,
      moved: (to) => (shown = to),
      closed: () => cells[shown].focus(),
    });
  }

  /** A choice for each side, and one for none; a side is called by its title. */
  guess() {
    const name = `guess-${Math.random().toString(36).slice(2)}`;
    const choice = (text, hidden) => {
      const input = el("input", { type: "radio", name, checked: hidden === undefined });
      input.addEventListener("change", () => this.hide(hidden));
      return el("label", {}, input, el("span", {}, text));
    };
    return el(
      "fieldset",
      { class: "guess" },
      el("legend", {}, say("Guess what it sees: hide")),
      choice(say("nothing"), undefined),
      this.sides.map((side, at) => choice(say("the {side}", { side: title(side) }), at)),
    );
  }

  hide(hidden) {
    this.covered = this.sides[hidden]?.dataset.picture;
    this.sides.forEach((side, at) => side.classList.toggle("covered", at === hidden));
    for (const cell of this.cells.flat()) cell.classList.remove("uncovered");
  }
}

/** Whether a cell shows one picture of its unit, not nine tiles. */
function single(cell) {
  return cell.closest(".of-preferred") || cell.querySelector(".window, .dead");
}

/** What a grid is called, inside a sentence. */
function title(side) {
  return inside(side.querySelector(".side-title").textContent.trim());
}

/** Whether a click is the browser's own business; if not, the theme won't follow the link. */
function held(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return true;
  event.preventDefault();
  event.stopPropagation();
  return false;
}

function label(link) {
  const [, layer] = /(\d+)(?:\/|\.html)?$/.exec(link.pathname);
  return say("Layer {layer}, unit {channel}", { layer, channel: link.hash.replace("#unit-", "") });
}

onPage(() => {
  for (const figure of document.querySelectorAll("figure.layer:not([data-scripted])")) {
    figure.dataset.scripted = "";
    new LayerFigure(figure);
  }
});
