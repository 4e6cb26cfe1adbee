// What is shown, with its numbers, as one picture to keep.

import { called, largest, percent, shares, short } from "./facts.js";
import { say } from "../say.js";

/** @typedef {import("./facts.js").Facts} Facts */

const [WIDTH, SIDE, GAP, LINE] = [960, 320, 24, 26];

/**
 * A canvas with the picture, its classes, the units that answer most, and the unit that is watched.
 * @param {Facts} facts
 * @param {import("./session.js").Answer} answer
 * @param {HTMLCanvasElement[]} pictures the picture, and what is laid over it
 * @param {HTMLCanvasElement[]} watched the pictures of the unit
 * @param {string[]} notes
 */
export function still(facts, answer, pictures, watched, notes) {
  const lines = facts.layers.map((layer, at) => {
    const all = shares(layer, answer.values[at]);
    const best = largest(all, 4).map((channel) => `${channel} (${percent(all[channel])})`);
    return say("Layer {index}: units {best}", { index: layer.index, best: best.join(", ") });
  });
  const rows = 2 + lines.length + notes.length;
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = SIDE + 3 * GAP + LINE * rows + (answer.look ? SIDE / 2 + 2 * LINE : 0);
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("this browser has no canvas");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pictures.forEach((one) => one.hidden || pen.drawImage(one, GAP, GAP, SIDE, SIDE));
  pen.fillStyle = "#111";
  pen.font = "18px sans-serif";
  const left = SIDE + 3 * GAP;
  largest(answer.classes, 5).forEach((one, rank) => {
    const y = GAP + 30 + rank * 52;
    pen.fillStyle = "#f0a888";
    pen.fillRect(left, y + 8, (WIDTH - left - GAP) * answer.classes[one], 14);
    pen.fillStyle = "#111";
    pen.fillText(`${facts.classes[one]}  ${percent(answer.classes[one])}`, left, y);
  });
  let y = SIDE + 2 * GAP + LINE / 2;
  for (const line of [say("Units that come nearest to their records:"), ...lines, ...notes]) {
    pen.fillText(line, GAP, y, WIDTH - 2 * GAP);
    y += LINE;
  }
  if (answer.look) {
    const name = called(facts, answer.look.unit);
    pen.fillText(say("{name}: answers {value}", { name, value: short(answer.look.value) }), GAP, y + LINE / 2);
    const shown = answer.look.value === 0 ? watched.slice(-1) : watched; // it looks nowhere
    shown.forEach((one, at) =>
      pen.drawImage(one, GAP + at * (SIDE / 2 + GAP), y + LINE, SIDE / 2, SIDE / 2),
    );
  }
  return canvas;
}

/** @param {HTMLCanvasElement} canvas @param {string} name */
export function save(canvas, name) {
  canvas.toBlob((blob) => {
    if (!blob) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }, "image/png");
}
