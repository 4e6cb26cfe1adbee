// "Find a unit": a filter over the units of all layers, with links to their pages.

import { el } from "./element.js";
import { asked, fillForm, form, keep, loadIndex, matches, ordered, pictured, tell } from "./finding.js";
import { onPage } from "./page.js";
import { say } from "./say.js";

const AT_ONCE = 48; // tiles; more are a press away
const FIRST = "photographs"; // the view that the page comes with

let finder = null;

class Finder {
  constructor(root, layers) {
    this.root = root;
    this.layers = new Map(layers.map((layer) => [layer.layer, layer]));
    this.units = layers.flatMap((layer) => layer.units);
    this.form = form(
      (wanted) => {
        keep(wanted, FIRST);
        this.show(wanted);
      },
      [FIRST, ...new Set(layers.flatMap((layer) => Object.keys(layer.walls)))],
      [...this.layers.keys()],
    );
    this.list = el("ul", { class: "tiles" });
    this.more = el(
      "button",
      { type: "button", class: "md-button", onclick: () => this.extend() },
      say("Show more"),
    );
    root
      .querySelector(".filter-place")
      .replaceChildren(this.form, el("div", { class: "atlas" }, this.list), this.more);
    this.follow();
  }

  follow() {
    const wanted = asked();
    if (!this.layers.has(Number(wanted.layer))) wanted.layer = "";
    wanted.show ||= FIRST;
    fillForm(this.form, wanted);
    this.show(wanted);
  }

  show(wanted) {
    this.view = wanted.show ?? FIRST;
    this.found = ordered(
      this.units.filter((unit) => matches(unit, wanted)),
      wanted,
    );
    this.list.replaceChildren();
    this.extend();
    tell(this.form, this.found.length, this.units.length);
  }

  extend() {
    const start = this.list.childElementCount;
    this.list.append(...this.found.slice(start, start + AT_ONCE).map((unit) => this.tile(unit)));
    this.more.hidden = this.list.childElementCount >= this.found.length;
    if (start) this.list.children[start].querySelector("a").focus();
  }

  tile(unit) {
    const layer = this.layers.get(unit.layer);
    return el(
      "li",
      { class: `tile${unit.dead ? " is-dead" : ""}` },
      unit.dead
        ? el("span", { class: "glimpse dead" }, say("Dead: no image made it fire"))
        : el("span", { class: `glimpse${layer.crisp && this.view !== "drawings" ? " crisp" : ""}` }, glimpse(layer, unit, this.view)),
      el(
        "p",
        { class: "tile-title" },
        el(
          "a",
          { href: `${layer.page}#unit-${unit.channel}` },
          say("Layer {layer}, unit {channel}", { layer: unit.layer, channel: unit.channel }),
        ),
      ),
      el("span", { class: "tile-name" }, unit.found.map((one) => one.name).join(", ")),
    );
  }
}

/** A unit's place on its sprite sheet, which lies behind a window. */
function glimpse(layer, unit, asked) {
  const number = Math.floor(unit.channel / layer.sheet);
  const sheet = layer.sheets[number];
  const view = layer.walls[asked] ? asked : FIRST; // a first layer has no preferred inputs
  const image = el("img", {
    src: layer.walls[view]?.[number] ?? sheet.src,
    width: sheet.width,
    height: layer.height,
    loading: "lazy",
    alt: pictured(view, unit.layer, unit.channel),
  });
  image.style.width = `${(100 * sheet.width) / layer.unit}%`;
  image.style.left = `${(-100 * (unit.channel % layer.sheet) * layer.step) / layer.unit}%`;
  return image;
}

addEventListener("popstate", () => finder?.root.isConnected && finder.follow());

onPage(async () => {
  const root = document.querySelector(".finder");
  if (!root || root === finder?.root) return;
  const layers = await loadIndex(new URL(root.dataset.index, location.href).href);
  if (root.isConnected) finder = new Finder(root, layers);
});
