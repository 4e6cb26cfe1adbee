// The reader moves, turns and scales the picture before the network sees it.

import { cut, kept } from "./preprocess.js";

/** @typedef {import("./program.js").Preprocess} Preprocess */
/** @typedef {import("./resample.js").Picture} Picture */

/**
 * By how much: `x` and `y` as shares of the picture's kept side, to the right and down; `turn` in
 * degrees, clockwise; `scale` as a factor.
 * @typedef {{x: number, y: number, turn: number, scale: number}} Shape
 */

/** @type {Shape} */
export const AS_IT_IS = { x: 0, y: 0, turn: 0, scale: 1 };

const FINEST = 4; // pixels of the copy that is moved, for each of the input: more can't be seen

/** @param {Shape} shape */
const unchanged = ({ x, y, turn, scale }) => !x && !y && turn % 360 === 0 && scale === 1;

/**
 * The network's pixels for a picture of that shape. What comes in from beyond its border is the
 * network's zero, as in generator/techniques/invariance.py.
 * @param {Preprocess} how
 * @param {Picture} picture
 * @param {Shape} shape
 * @returns {Picture}
 */
export function shaped(how, picture, shape) {
  if (unchanged(shape)) return cut(how, picture);
  const side = how.size * FINEST;
  const [left, top, right] = kept(how, picture.width, picture.height);
  const moved = sampled(picture, (left + right) / 2, top + (right - left) / 2, right - left, side, {
    shape,
    zero: how.mean.map((one) => Math.round(255 * one)),
  });
  return cut({ ...how, resize: how.size }, moved);
}

/**
 * A square of the picture around a centre, turned and scaled: `side` by `side` pixels.
 * @param {Picture} picture
 * @param {number} centreX
 * @param {number} centreY
 * @param {number} across pixels of the picture
 * @param {number} side
 * @param {{shape: Shape, zero: number[]}} how
 * @returns {Picture}
 */
function sampled({ width, height, pixels }, centreX, centreY, across, side, { shape, zero }) {
  const made = new Uint8Array(side * side * 3);
  const angle = (-shape.turn * Math.PI) / 180;
  const step = across / side / shape.scale;
  const [cos, sin] = [Math.cos(angle) * step, Math.sin(angle) * step];
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const u = column + 0.5 - side / 2 - shape.x * side;
      const v = row + 0.5 - side / 2 - shape.y * side;
      const x = centreX + cos * u - sin * v - 0.5;
      const y = centreY + sin * u + cos * v - 0.5;
      const at = (row * side + column) * 3;
      if (x < -0.5 || y < -0.5 || x > width - 0.5 || y > height - 0.5) {
        made.set(zero, at);
        continue;
      }
      const x0 = Math.max(0, Math.floor(x));
      const y0 = Math.max(0, Math.floor(y));
      const x1 = Math.min(width - 1, x0 + 1);
      const y1 = Math.min(height - 1, y0 + 1);
      const [fx, fy] = [Math.max(0, x - x0), Math.max(0, y - y0)];
      for (let colour = 0; colour < 3; colour += 1) {
        /** @param {number} i @param {number} j */
        const pixel = (i, j) => pixels[(i * width + j) * 3 + colour];
        const upper = pixel(y0, x0) * (1 - fx) + pixel(y0, x1) * fx;
        const lower = pixel(y1, x0) * (1 - fx) + pixel(y1, x1) * fx;
        made[at + colour] = Math.round(upper * (1 - fy) + lower * fy);
      }
    }
  }
  return { width: side, height: side, pixels: made };
}
