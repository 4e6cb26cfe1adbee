// For each layer the units that answer this picture most, compared with their own records.

import { el } from "../element.js";
import { called, largest, percent, shares } from "./facts.js";
import { say } from "../say.js";

/** @typedef {import("./facts.js").Facts} Facts */
/** @typedef {import("./facts.js").Unit} Unit */
/** @typedef {import("./tiles.js").Tiles} Tiles */

const SHOWN = 4; // units of a layer
const FOUND = 12; // units that a search shows

/** A unit that can be chosen: its record patches, its name and a bar. */
class Tile {
  /** @param {(unit: Unit) => void} chosen */
  constructor(chosen) {
    /** @type {Unit | null} */
    this.unit = null;
    this.canvas = el("canvas", { "aria-hidden": "true" });
    this.title = el("span", { class: "live-title" });
    this.name = el("span", { class: "quiet" });
    this.share = el("strong");
    this.button = el(
      "button",
      { type: "button", "aria-pressed": "false", onclick: () => this.unit && chosen(this.unit) },
      this.canvas,
      this.title,
      this.name,
      el("span", { class: "live-bar" }, this.share),
    );
    this.element = el("li", {}, this.button);
  }

  /**
   * @param {Facts} facts
   * @param {Tiles} tiles
   * @param {Unit} unit
   * @param {number} share
   * @param {boolean} pressed
   */
  show(facts, tiles, unit, share, pressed) {
    const same = this.unit?.layer === unit.layer && this.unit.channel === unit.channel;
    if (!same) {
      tiles.paint(this.canvas, unit.layer, unit.channel);
      this.canvas.classList.toggle("crisp", tiles.layers[unit.layer].crisp);
      this.title.textContent = say("unit {channel}", { channel: unit.channel });
      this.name.textContent = tiles.name(unit.layer, unit.channel);
      this.unit = { ...unit };
    }
    const known = facts.layers[unit.layer].records[unit.channel] !== null;
    this.share.textContent = known ? percent(share) : say("no record");
    this.button.setAttribute(
      "aria-label",
      `${called(facts, unit)}${this.name.textContent ? `, ${this.name.textContent}` : ""}: ` +
        (known ? say("{share} of its record", { share: percent(share) }) : say("no record to compare with")),
    );
    this.button.style.setProperty("--share", String(Math.min(1, share)));
    this.button.classList.toggle("beyond", share > 1);
    this.button.setAttribute("aria-pressed", String(pressed));
  }
}

export class Layers {
  /** @param {Facts} facts @param {Tiles} tiles @param {(unit: Unit) => void} chosen */
  constructor(facts, tiles, chosen) {
    this.facts = facts;
    this.tiles = tiles;
    /** @type {Float32Array[]} */
    this.values = facts.layers.map(({ channels }) => new Float32Array(channels));
    this.rows = facts.layers.map(({ channels }) =>
      Array.from({ length: Math.min(SHOWN, channels) }, () => new Tile(chosen)),
    );
    this.found = Array.from({ length: FOUND }, () => new Tile(chosen));
    this.field = el("input", {
      type: "search",
      placeholder: "wheel, 3:14",
      autocomplete: "off",
      oninput: () => this.#search(),
    });
    this.count = el("output", { "aria-live": "polite" });
    this.list = el(
      "ul",
      { class: "live-units", hidden: true },
      this.found.map((one) => one.element),
    );
    /** @type {Unit | null} */
    this.chosen = null;
    this.element = el(
      "div",
      { class: "live-layers" },
      el("h2", {}, say("Who answers")),
      el(
        "p",
        {},
        say("The units that come nearest to their own records: 100 % is the strongest answer that any image of the collection got."),
      ),
      facts.layers.map(({ index }, at) =>
        el(
          "section",
          {},
          el("h3", {}, say("Layer {index}", { index })),
          el(
            "ul",
            { class: "live-units", "aria-label": say("Units of layer {index} that answer most", { index }) },
            this.rows[at].map((one) => one.element),
          ),
        ),
      ),
      el(
        "section",
        { class: "live-search" },
        el("h3", {}, say("Watch a unit")),
        el("p", {}, el("label", {}, say("What it is named, or layer:unit "), this.field), " ", this.count),
        this.list,
      ),
    );
  }

  /** The units that the words in the search field mean. @returns {Unit[]} */
  #wanted() {
    const text = this.field.value.trim().toLowerCase();
    if (!text) return [];
    const [, layerText, channelText] = /^(\d+)\s*:\s*(\d+)$/.exec(text) ?? [];
    return this.facts.layers.flatMap(({ index, channels }, layer) =>
      Array.from({ length: channels }, (_, channel) => ({ layer, channel })).filter(
        ({ channel }) =>
          layerText
            ? index === Number(layerText) && channel === Number(channelText)
            : this.tiles.name(layer, channel).toLowerCase().includes(text),
      ),
    );
  }

  #search() {
    const wanted = this.#wanted();
    const searched = this.field.value.trim() !== "";
    this.count.textContent = searched ? say("{count} found", { count: wanted.length }) : "";
    this.list.hidden = wanted.length === 0;
    this.found.forEach((tile, at) => {
      tile.element.hidden = at >= wanted.length;
      if (at < wanted.length) this.#fill(tile, wanted[at]);
    });
  }

  /** @param {Tile} tile @param {Unit} unit */
  #fill(tile, unit) {
    const all = shares(this.facts.layers[unit.layer], this.values[unit.layer]);
    const pressed = this.chosen?.layer === unit.layer && this.chosen.channel === unit.channel;
    tile.show(this.facts, this.tiles, unit, all[unit.channel], pressed);
  }

  /** @param {Float32Array[]} values of each layer @param {Unit | null} chosen */
  show(values, chosen) {
    this.values = values;
    this.chosen = chosen;
    this.rows.forEach((row, layer) => {
      const all = shares(this.facts.layers[layer], values[layer]);
      const best = largest(all, row.length);
      row.forEach((tile, rank) => this.#fill(tile, { layer, channel: best[rank] }));
    });
    this.#search();
  }
}
