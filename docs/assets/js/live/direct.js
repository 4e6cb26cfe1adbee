// Any convolution as a product of two matrices: the filters, and the windows laid out as columns.

import { block, lanes, LANES, sideBySide } from "./block.js";

/** @typedef {import("./program.js").Operation} Operation */

const AT_ONCE = 256; // windows: as many as lie near the processor while all filters pass them

/**
 * A function that fills `output` from `input`, both (channels, rows, columns).
 * @param {Operation} step
 * @param {number[]} source the shape of the input
 * @returns {(input: Float32Array, output: Float32Array) => void}
 */
export function directConvolution(step, source) {
  const [outs, rows, columns] = step.shape;
  const { kernel = [1, 1], groups = 1, biases } = step;
  const each = source[0] / groups;
  const length = each * kernel[0] * kernel[1];
  const filters = outs / groups;
  const weights = /** @type {Float32Array} */ (step.weights);
  const packed = Array.from({ length: groups }, (_, group) =>
    sideBySide(weights, filters, length, (n) => (group * filters + n) * length),
  );
  const places = rows * columns;
  const windows = new Float32Array(Math.min(lanes(places), AT_ONCE) * length);
  const sums = new Float64Array(LANES * LANES);

  return (input, output) => {
    for (let group = 0; group < groups; group += 1) {
      for (let first = 0; first < places; first += AT_ONCE) {
        const some = Math.min(AT_ONCE, places - first);
        layOut(input, source, step, group * each, each, first, some, windows);
        for (let f = 0; f < filters; f += LANES) {
          for (let p = 0; p < some; p += LANES) {
            block(packed[group], f * length, windows, p * length, length, sums, 0);
            const fs = Math.min(LANES, filters - f);
            const ps = Math.min(LANES, some - p);
            for (let i = 0; i < fs; i += 1) {
              const out = group * filters + f + i;
              const bias = biases ? biases[out] : 0;
              const at = out * places + first + p;
              for (let j = 0; j < ps; j += 1) output[at + j] = sums[LANES * i + j] + bias;
            }
          }
        }
      }
    }
  };
}

/**
 * The windows of `some` places from `first` on, four of them side by side; zeros beyond borders.
 * @param {Float32Array} input
 * @param {number[]} source
 * @param {Operation} step
 * @param {number} channel the first
 * @param {number} channels
 * @param {number} first
 * @param {number} some
 * @param {Float32Array} windows
 */
function layOut(input, source, step, channel, channels, first, some, windows) {
  const [, height, width] = source;
  const columns = step.shape[2];
  const { kernel = [1, 1], stride = [1, 1], padding = [0, 0], dilation = [1, 1] } = step;
  const length = channels * kernel[0] * kernel[1];
  for (let p = 0; p < lanes(some); p += 1) {
    let at = (p - (p % LANES)) * length + (p % LANES);
    if (p >= some) {
      for (let k = 0; k < length; k += 1, at += LANES) windows[at] = 0;
      continue;
    }
    const row = Math.floor((first + p) / columns);
    const top = row * stride[0] - padding[0];
    const left = (first + p - row * columns) * stride[1] - padding[1];
    for (let c = channel; c < channel + channels; c += 1) {
      for (let ky = 0; ky < kernel[0]; ky += 1) {
        const y = top + ky * dilation[0];
        const line = (c * height + y) * width;
        const inside = y >= 0 && y < height;
        for (let kx = 0; kx < kernel[1]; kx += 1) {
          const x = left + kx * dilation[1];
          windows[at] = inside && x >= 0 && x < width ? input[line + x] : 0;
          at += LANES;
        }
      }
    }
  }
}
