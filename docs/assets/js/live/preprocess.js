// From a picture to the network's input, as generator/networks/preprocessing.py has it.

import { resample } from "./resample.js";

/** @typedef {import("./program.js").Preprocess} Preprocess */
/** @typedef {import("./resample.js").Picture} Picture */

/**
 * Left, top, right, bottom of the central square that is kept, in pixels of a picture.
 * @param {Preprocess} how
 * @param {number} width
 * @param {number} height
 */
export function kept({ size, resize }, width, height) {
  const side = (Math.min(width, height) * size) / resize;
  const left = (width - side) / 2;
  const top = (height - side) / 2;
  return [left, top, left + side, top + side];
}

/**
 * What is left of a picture: `size` by `size` pixels, not yet normalised.
 * @param {Preprocess} how
 * @param {Picture} picture
 * @returns {Picture}
 */
export function cut(how, picture) {
  const { size, resize, interpolation, columns_first: columnsFirst } = how;
  const { width, height } = picture;
  if (width === size && height === size && size === resize) return picture;
  return resample(picture, kept(how, width, height), size, interpolation, columnsFirst);
}

/**
 * Pixels as the network's input: (3, size, size).
 * @param {Preprocess} how
 * @param {Picture} picture
 */
export function normalise({ mean, std }, { pixels }) {
  const area = pixels.length / 3;
  const input = new Float32Array(pixels.length);
  for (let colour = 0; colour < 3; colour += 1) {
    for (let n = 0; n < area; n += 1) {
      const share = Math.fround(pixels[3 * n + colour] / 255);
      input[colour * area + n] = (share - mean[colour]) / std[colour];
    }
  }
  return input;
}
