// A small canvas to draw on.

import { el } from "../element.js";
import { pixelsOf } from "./opening.js";
import { say } from "../say.js";

const SIDE = 256;
const COLOURS = {
  black: "#111",
  white: "#fff",
  red: "#d22",
  green: "#2a2",
  blue: "#24d",
  yellow: "#fc2",
  brown: "#852",
};

/**
 * The canvas with its colours; `changed` hears each picture that comes of a stroke.
 * @param {(picture: import("./resample.js").Picture) => void} changed
 */
export function drawing(changed) {
  const canvas = el("canvas", {
    width: SIDE,
    height: SIDE,
    class: "live-drawing",
    role: "img",
    "aria-label": say("A place to draw with a mouse, a finger or a pen"),
  });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const colour = el(
    "select",
    {},
    Object.entries(COLOURS).map(([name, value]) => el("option", { value }, name)),
  );
  const width = el("input", { type: "range", min: "2", max: "48", value: "14" });
  const tell = () => changed(pixelsOf(canvas, SIDE, SIDE, say("The drawing")));
  const clear = () => {
    pen.fillStyle = COLOURS.white;
    pen.fillRect(0, 0, SIDE, SIDE);
    tell();
  };
  /** @type {{x: number, y: number} | null} */
  let last = null;

  /** @param {PointerEvent} event */
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * SIDE,
      y: ((event.clientY - box.top) / box.height) * SIDE,
    };
  };
  /** @param {{x: number, y: number}} to */
  const line = (to) => {
    const from = last ?? to;
    pen.strokeStyle = colour.value;
    pen.lineWidth = Number(width.value);
    pen.lineCap = "round";
    pen.beginPath();
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x + 0.01, to.y); // a dot is a very short line
    pen.stroke();
    last = to;
    tell();
  };
  canvas.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
    canvas.setPointerCapture(event.pointerId);
    line(at(event));
  });
  canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    if (last) line(at(event));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => (last = null));
  }
  pen.fillStyle = COLOURS.white;
  pen.fillRect(0, 0, SIDE, SIDE);
  return el(
    "div",
    { class: "live-draw", hidden: true },
    canvas,
    el(
      "p",
      {},
      el("label", {}, say("Colour "), colour),
      el("label", {}, say("Width "), width),
      el("button", { type: "button", class: "md-button", onclick: clear }, say("Clear")),
    ),
  );
}
