// The chosen unit: what it looks at in this picture, beside what it answered most before.

import { el } from "../element.js";
import { called, percent, short } from "./facts.js";
import { crop, frame, paint, projectionPixels } from "./painting.js";
import { say } from "../say.js";

/** @typedef {import("./facts.js").Facts} Facts */
/** @typedef {import("./facts.js").Unit} Unit */

export class Watched {
  /**
   * @param {Facts} facts
   * @param {import("./tiles.js").Tiles} tiles
   * @param {{switched: (unit: Unit) => void, left: () => void}} told
   */
  constructor(facts, tiles, told) {
    this.facts = facts;
    this.tiles = tiles;
    /** @type {Unit | null} */
    this.unit = null;
    this.title = el("h2", { tabindex: "-1" });
    this.said = el("p");
    const figure = (/** @type {string} */ name) => {
      const canvas = el("canvas", { role: "img", "aria-label": name });
      return { canvas, element: el("figure", {}, canvas, el("figcaption", {}, name)) };
    };
    this.patch = figure(say("Where it looks"));
    this.projection = figure(say("Its projection"));
    this.records = figure(say("Its record patches"));
    this.link = el("a", {}, say("All that was measured of it"));
    this.off = el("button", {
      type: "button",
      class: "md-button",
      onclick: () => this.unit && told.switched(this.unit),
    });
    this.element = el(
      "section",
      { class: "live-watched", hidden: true },
      this.title,
      this.said,
      el(
        "div",
        { class: "live-three" },
        this.patch.element,
        this.projection.element,
        this.records.element,
      ),
      el(
        "p",
        {},
        this.off,
        " ",
        el("button", { type: "button", class: "md-button", onclick: told.left }, say("Leave it")),
        " ",
        this.link,
      ),
    );
  }

  /**
   * @param {import("./session.js").Answer} answer
   * @param {boolean} off
   */
  show({ look, pixels }, off) {
    this.element.hidden = !look;
    if (!look) {
      this.unit = null;
      return;
    }
    const { unit, row, column, value } = look;
    const layer = this.facts.layers[unit.layer];
    if (this.unit?.layer !== unit.layer || this.unit.channel !== unit.channel) {
      this.unit = unit;
      const name = called(this.facts, unit);
      this.title.textContent = name[0].toUpperCase() + name.slice(1);
      this.tiles.paint(this.records.canvas, unit.layer, unit.channel);
      this.link.href = `${this.tiles.layers[unit.layer].page}#unit-${unit.channel}`;
    }
    const named = this.tiles.name(unit.layer, unit.channel);
    const record = layer.records[unit.channel];
    const size = Math.sqrt(pixels.length / 3);
    this.said.textContent = [
      named && say("Named for: {named}.", { named }),
      off
        ? say("It is switched off.")
        : record === null
          ? say("It answers {value} at most.", { value: short(value) })
          : say("It answers {value} at most, {share} of its record.", { value: short(value), share: percent(value / record) }),
    ]
      .filter(Boolean)
      .join(" ");
    this.patch.element.hidden = this.projection.element.hidden = value === 0; // it looks nowhere
    this.off.textContent = off ? say("Switch it on again") : say("Switch it off");
    const part = frame(layer.field, row, column, size);
    paint(this.patch.canvas, crop(pixels, size, part), part.side, part.side);
    const back = crop(projectionPixels(look.projection), size, part);
    paint(this.projection.canvas, back, part.side, part.side);
  }
}
