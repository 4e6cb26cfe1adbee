// "Follow it through": the picture, a few maps of each layer, and the classes, in one strip.

import { el } from "../element.js";
import { called, largest, percent, shares } from "./facts.js";
import { paint, paintMap } from "./painting.js";
import { say } from "../say.js";

/** @typedef {import("./facts.js").Facts} Facts */
/** @typedef {import("./facts.js").Unit} Unit */

const MAPS = 3; // of each layer

export class Through {
  /** @param {Facts} facts @param {number} size of the input @param {() => void} opened */
  constructor(facts, size, opened) {
    this.facts = facts;
    this.size = size;
    /** @type {Unit[]} */
    this.units = [];
    this.picture = el("canvas", { role: "img", "aria-label": say("The picture") });
    this.maps = facts.layers.map(() => Array.from({ length: MAPS }, () => this.#map()));
    this.classes = el("p");
    this.large = el("canvas", { role: "img" });
    this.title = el("h2", { id: "live-map-title" });
    this.dialog = el(
      "dialog",
      { class: "live-large md-typeset", "aria-labelledby": "live-map-title" },
      this.title,
      this.large,
      el(
        "form",
        { method: "dialog" },
        el("button", { class: "md-button" }, say("Close")),
      ),
    );
    this.element = el(
      "details",
      { class: "info live-through", ontoggle: opened },
      el("summary", {}, say("Follow it through")),
      el(
        "div",
        { class: "live-strip", role: "region", tabindex: "0", "aria-label": say("The way through the network") },
        el("figure", {}, this.picture, el("figcaption", {}, say("the picture"))),
        facts.layers.map(({ index }, at) =>
          el(
            "figure",
            {},
            this.maps[at].map(({ button }) => button),
            el("figcaption", {}, say("layer {layer}", { layer: index })),
          ),
        ),
        el("figure", {}, this.classes, el("figcaption", {}, say("the classes"))),
      ),
      this.dialog,
    );
  }

  #map() {
    const canvas = el("canvas", { "aria-hidden": "true" });
    const button = el("button", { type: "button", onclick: () => this.#open(canvas, button) }, canvas);
    return { canvas, button };
  }

  /** @param {HTMLCanvasElement} canvas @param {HTMLButtonElement} button */
  #open(canvas, button) {
    this.large.width = canvas.width;
    this.large.height = canvas.height;
    this.large.getContext("2d")?.drawImage(canvas, 0, 0);
    const name = button.getAttribute("aria-label") ?? "";
    this.title.textContent = name;
    this.large.setAttribute("aria-label", name);
    this.dialog.showModal();
  }

  /** The units whose maps it wants with the next answer. @param {Float32Array[]} values @returns {Unit[]} */
  wanted(values) {
    if (!(/** @type {HTMLDetailsElement} */ (this.element).open)) return [];
    return this.facts.layers.flatMap((layer, at) =>
      largest(shares(layer, values[at]), MAPS).map((channel) => ({ layer: at, channel })),
    );
  }

  /** @param {import("./session.js").Answer} answer */
  show({ pixels, maps, classes }) {
    if (!maps.length) return;
    paint(this.picture, pixels, this.size, this.size);
    maps.forEach(({ unit, map }, at) => {
      const layer = this.facts.layers[unit.layer];
      const { canvas, button } = this.maps[unit.layer][at % MAPS];
      const most = layer.records[unit.channel] ?? map.reduce((a, b) => Math.max(a, b), 0);
      paintMap(canvas, map, layer.width, most);
      button.setAttribute("aria-label", say("The map of {unit}", { unit: called(this.facts, unit) }));
    });
    const best = largest(classes, 3);
    this.classes.replaceChildren(
      ...best.flatMap((one) => [`${this.facts.classes[one]} ${percent(classes[one])}`, el("br")]),
    );
  }
}
