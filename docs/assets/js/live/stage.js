// The picture as the network gets it, to be moved, turned, scaled, and hidden in part.

import { el } from "../element.js";
import { frame, overlay, paint } from "./painting.js";
import { AS_IT_IS } from "./shape.js";
import { say } from "../say.js";

/** @typedef {import("./shape.js").Shape} Shape */
/** @typedef {{left: number, top: number, side: number}} Square */

const SCALE = 6; // pixels of the overlay for one of the input
const STEP = 1; // pixel of the input that an arrow key moves by

export class Stage {
  /** @type {Shape} */
  shape = { ...AS_IT_IS };
  /** @type {Square | null} */
  cover = null;

  /** @param {number} size of the input @param {() => void} changed */
  constructor(size, changed) {
    this.size = size;
    this.changed = changed;
    this.canvas = el("canvas", {
      width: size,
      height: size,
      role: "img",
      "aria-label": say("The picture"),
    });
    this.glow = el("canvas", { class: "live-glow", "aria-hidden": "true" });
    this.field = el("span", { class: "live-field", "aria-hidden": "true", hidden: true });
    this.box = el(
      "div",
      {
        class: "live-picture",
        tabindex: "0",
        role: "application",
        "aria-label": say("The picture: arrow keys move it, or the square that hides a part"),
      },
      this.canvas,
      this.glow,
      this.field,
    );
    this.turn = this.#range(say("Turn"), -180, 180, 1, 0, "°");
    this.scale = this.#range(say("Size"), 50, 300, 1, 100, " %");
    this.side = this.#range(say("Square"), 4, size, 1, Math.round(size / 4), " px");
    this.hide = el("input", { type: "checkbox", onchange: () => this.#toggle() });
    this.element = el(
      "div",
      { class: "live-stage" },
      this.box,
      el(
        "div",
        { class: "live-handles" },
        this.turn.label,
        this.scale.label,
        el("label", { class: "live-hide" }, this.hide, say(" Hide a part")),
        this.side.label,
        el(
          "button",
          { type: "button", class: "md-button", onclick: () => this.reset() },
          say("As it was"),
        ),
      ),
    );
    this.side.label.hidden = true;
    this.#pointer();
    this.box.addEventListener("keydown", (event) => this.#key(event));
  }

  /**
   * @param {string} name
   * @param {number} min
   * @param {number} max
   * @param {number} step
   * @param {number} value
   * @param {string} measure
   */
  #range(name, min, max, step, value, measure) {
    const told = el("output", {}, `${value}${measure}`);
    const input = el("input", { type: "range", min, max, step, value });
    input.addEventListener("input", () => {
      this.#read();
      this.changed();
    });
    return { input, told, measure, label: el("label", {}, el("span", {}, name), input, told) };
  }

  #read() {
    for (const { input, told, measure } of [this.turn, this.scale, this.side]) {
      told.textContent = `${input.value}${measure}`;
      input.setAttribute("aria-valuetext", `${input.value}${measure}`);
    }
    this.shape.turn = Number(this.turn.input.value);
    this.shape.scale = Number(this.scale.input.value) / 100;
    if (this.cover) this.#cover(this.cover.left, this.cover.top);
  }

  #toggle() {
    this.cover = null;
    this.side.label.hidden = !this.hide.checked;
    if (this.hide.checked) {
      const start = Math.round((this.size - Number(this.side.input.value)) / 2);
      this.#cover(start, start);
    }
    this.changed();
  }

  /** @param {number} left @param {number} top */
  #cover(left, top) {
    const side = Number(this.side.input.value);
    const inside = (/** @type {number} */ at) =>
      Math.round(Math.min(this.size - side, Math.max(0, at)));
    this.cover = { left: inside(left), top: inside(top), side };
  }

  /** By so many pixels of the input. @param {number} x @param {number} y */
  #move(x, y) {
    if (this.cover) this.#cover(this.cover.left + x, this.cover.top + y);
    else {
      this.shape.x += x / this.size;
      this.shape.y += y / this.size;
    }
    this.changed();
  }

  #pointer() {
    /** @type {{x: number, y: number} | null} */
    let last = null;
    this.box.addEventListener("pointerdown", (event) => {
      this.box.setPointerCapture(event.pointerId);
      last = { x: event.clientX, y: event.clientY };
      if (!this.cover) return;
      const box = this.box.getBoundingClientRect();
      const side = this.cover.side / 2;
      const at = (/** @type {number} */ from) => (from / box.width) * this.size - side;
      this.#cover(at(event.clientX - box.left), at(event.clientY - box.top));
      this.changed();
    });
    this.box.addEventListener("pointermove", (event) => {
      if (!last) return;
      const scale = this.size / this.box.getBoundingClientRect().width;
      const step = this.cover ? Math.round : (/** @type {number} */ by) => by;
      const [x, y] = [
        step((event.clientX - last.x) * scale),
        step((event.clientY - last.y) * scale),
      ];
      if (!x && !y) return;
      last = { x: last.x + x / scale, y: last.y + y / scale };
      this.#move(x, y);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.box.addEventListener(end, () => (last = null));
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    /** @type {Record<string, number[]>} */
    const steps = {
      ArrowLeft: [-STEP, 0],
      ArrowRight: [STEP, 0],
      ArrowUp: [0, -STEP],
      ArrowDown: [0, STEP],
    };
    if (!(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.#move(steps[event.key][0], steps[event.key][1]);
  }

  /** The picture as it came, nothing hidden. */
  reset() {
    this.shape = { ...AS_IT_IS };
    this.cover = null;
    this.hide.checked = false;
    this.side.label.hidden = true;
    this.turn.input.value = "0";
    this.scale.input.value = "100";
    this.#read();
    this.changed();
  }

  /**
   * The network's pixels, and what is looked at in them.
   * @param {ArrayLike<number>} pixels
   * @param {import("./session.js").Look | null} look
   * @param {{field: import("./painting.js").Field, width: number} | null} layer
   */
  show(pixels, look, layer) {
    paint(this.canvas, pixels, this.size, this.size);
    this.field.hidden = !look || look.value === 0;
    this.glow.hidden = !look;
    if (!look || !layer) return;
    const most = look.map.reduce((a, b) => Math.max(a, b), 0);
    overlay(this.glow, look.map, layer.width, layer.field, this.size, SCALE, most);
    const { left, top, side } = frame(layer.field, look.row, look.column, this.size);
    const share = (/** @type {number} */ part) => `${(100 * part) / this.size}%`;
    Object.assign(this.field.style, {
      left: share(left),
      top: share(top),
      width: share(side),
      height: share(side),
    });
  }
}
