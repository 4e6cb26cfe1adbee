// Convolutions of stride 1 with fewer products: a tile of 4 by 4 answers at once.
//
// A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016 (arXiv
// 1509.09308), after S. Winograd. A tile of the input and a filter are both seen as polynomials
// and told by their values at a few points; there a convolution is one product a point. For
// filters of 3 by 3 that is a quarter of the products, for 5 by 5 a sixth. The sums go through
// numbers of 64 bits, so that little is lost on the way.

import { block, lanes, LANES, sideBySide } from "./block.js";

/** @typedef {import("./program.js").Operation} Operation */

const TILE = 4; // answers along each side
const POINTS = [0, 1, -1, 2, -2, 0.5, -0.5]; // and infinity; small numbers lose least
const WORTH = 1.5; // how many times fewer products there have to be: the way there costs, too

/**
 * A filter of `size` numbers at the points, after Toom and Cook: a matrix (points, size), row by
 * row. Each row is divided by what the row of the input is too large by.
 * @param {number} size
 */
function filterMatrix(size) {
  const n = TILE + size - 1;
  const points = POINTS.slice(0, n - 1);
  const matrix = new Float64Array(n * size);
  points.forEach((point, j) => {
    const apart = points.reduce((all, one) => (one === point ? all : all * (point - one)), 1);
    for (let i = 0; i < size; i += 1) matrix[j * size + i] = point ** i / apart;
  });
  matrix[n * size - 1] = 1; // at infinity only the highest power counts
  return matrix;
}

/**
 * A line of the input at the points: numbers of `from` that lie `step` apart. A pair of points
 * such as 2 and -2 shares its even and its odd powers.
 * @typedef {(from: Float64Array, at: number, step: number, to: Float64Array, start: number, stride: number) => void} Line
 */

/** For filters of 3: six points. @type {Line} */
function input6(from, at, step, to, start, stride) {
  const d1 = from[at + step];
  const d2 = from[at + 2 * step];
  const d3 = from[at + 3 * step];
  const d4 = from[at + 4 * step];
  to[start] = 4 * from[at] - 5 * d2 + d4;
  const even1 = d4 - 4 * d2;
  const odd1 = d3 - 4 * d1;
  to[start + stride] = even1 + odd1;
  to[start + 2 * stride] = even1 - odd1;
  const even2 = d4 - d2;
  const odd2 = 2 * (d3 - d1);
  to[start + 3 * stride] = even2 + odd2;
  to[start + 4 * stride] = even2 - odd2;
  to[start + 5 * stride] = 4 * d1 - 5 * d3 + from[at + 5 * step];
}

/** For filters of 5: eight points. @type {Line} */
function input8(from, at, step, to, start, stride) {
  const d1 = from[at + step];
  const d2 = from[at + 2 * step];
  const d3 = from[at + 3 * step];
  const d4 = from[at + 4 * step];
  const d5 = from[at + 5 * step];
  const d6 = from[at + 6 * step];
  to[start] = 5.25 * (d2 - d4) + d6 - from[at];
  const even1 = d6 - 4.25 * d4 + d2;
  const odd1 = d5 - 4.25 * d3 + d1;
  to[start + stride] = even1 + odd1;
  to[start + 2 * stride] = even1 - odd1;
  const even2 = d6 - 1.25 * d4 + 0.25 * d2;
  const odd2 = 2 * d5 - 2.5 * d3 + 0.5 * d1;
  to[start + 3 * stride] = even2 + odd2;
  to[start + 4 * stride] = even2 - odd2;
  const even3 = d6 - 5 * d4 + 4 * d2;
  const odd3 = 0.5 * d5 - 2.5 * d3 + 2 * d1;
  to[start + 5 * stride] = even3 + odd3;
  to[start + 6 * stride] = even3 - odd3;
  to[start + 7 * stride] = 5.25 * (d3 - d5) + from[at + 7 * step] - d1;
}

/** Four answers from six points. @type {Line} */
function output6(from, at, step, to, start, stride) {
  const m1 = from[at + step];
  const m2 = from[at + 2 * step];
  const m3 = from[at + 3 * step];
  const m4 = from[at + 4 * step];
  to[start] = from[at] + m1 + m2 + m3 + m4;
  to[start + stride] = m1 - m2 + 2 * (m3 - m4);
  to[start + 2 * stride] = m1 + m2 + 4 * (m3 + m4);
  to[start + 3 * stride] = m1 - m2 + 8 * (m3 - m4) + from[at + 5 * step];
}

/** Four answers from eight points. @type {Line} */
function output8(from, at, step, to, start, stride) {
  const m1 = from[at + step];
  const m2 = from[at + 2 * step];
  const m3 = from[at + 3 * step];
  const m4 = from[at + 4 * step];
  const m5 = from[at + 5 * step];
  const m6 = from[at + 6 * step];
  to[start] = from[at] + m1 + m2 + m3 + m4 + m5 + m6;
  to[start + stride] = m1 - m2 + 2 * (m3 - m4) + 0.5 * (m5 - m6);
  to[start + 2 * stride] = m1 + m2 + 4 * (m3 + m4) + 0.25 * (m5 + m6);
  to[start + 3 * stride] = m1 - m2 + 8 * (m3 - m4) + 0.125 * (m5 - m6) + from[at + 7 * step];
}

/**
 * Whether a convolution is one of this kind, and wins by it.
 * @param {Operation} step
 */
export function suits({ kind, kernel = [], stride = [], dilation = [], groups, shape }) {
  const [size] = kernel;
  if (kind !== "convolution" || kernel[1] !== size || (size !== 3 && size !== 5)) return false;
  if (groups !== 1 || [...stride, ...dilation].some((one) => one !== 1)) return false;
  const tiles = Math.ceil(shape[1] / TILE) * Math.ceil(shape[2] / TILE);
  const products = (TILE + size - 1) ** 2 * lanes(tiles);
  return products * WORTH < shape[1] * shape[2] * size * size;
}

/**
 * As `directConvolution`, for steps that suit.
 * @param {Operation} step
 * @param {number[]} source
 * @returns {(input: Float32Array, output: Float32Array) => void}
 */
export function winogradConvolution(step, source) {
  const [channels, height, width] = source;
  const [outs, rows, columns] = step.shape;
  const { kernel = [], padding = [0, 0], biases } = step;
  const n = TILE + kernel[0] - 1;
  const [seen, answered] = n === 6 ? [input6, output6] : [input8, output8];
  const points = n * n;
  const weights = /** @type {Float32Array} */ (step.weights);
  const filters = transformed(weights, outs, channels, kernel[0], n);
  const across = Math.ceil(columns / TILE);
  const tiles = across * Math.ceil(rows / TILE);
  const maps = new Float32Array(points * lanes(tiles) * channels);
  const sums = new Float64Array(points * LANES * LANES);
  const tile = new Float64Array(points);
  const half = new Float64Array(points);
  const told = new Float64Array(points);

  /** @param {Float32Array} input */
  const layOut = (input) => {
    for (let c = 0; c < channels; c += 1) {
      for (let t = 0; t < tiles; t += 1) {
        const top = Math.floor(t / across) * TILE - padding[0];
        const left = (t % across) * TILE - padding[1];
        for (let i = 0; i < n; i += 1) {
          const y = top + i;
          const inside = y >= 0 && y < height;
          const line = (c * height + y) * width;
          for (let j = 0; j < n; j += 1) {
            const x = left + j;
            tile[i * n + j] = inside && x >= 0 && x < width ? input[line + x] : 0;
          }
        }
        for (let i = 0; i < n; i += 1) seen(tile, i, n, half, i, n);
        for (let i = 0; i < n; i += 1) seen(half, n * i, 1, told, n * i, 1);
        const at = ((t - (t % LANES)) * points * channels) + LANES * c + (t % LANES);
        for (let p = 0; p < points; p += 1) maps[at + p * LANES * channels] = told[p];
      }
    }
  };

  return (input, output) => {
    layOut(input);
    for (let out = 0; out < outs; out += LANES) {
      for (let first = 0; first < tiles; first += LANES) {
        for (let p = 0; p < points; p += 1) {
          const from = (out * points + LANES * p) * channels;
          const of = (first * points + LANES * p) * channels;
          block(filters, from, maps, of, channels, sums, LANES * LANES * p);
        }
        for (let o = 0; o < Math.min(LANES, outs - out); o += 1) {
          const bias = biases ? biases[out + o] : 0;
          for (let t = 0; t < Math.min(LANES, tiles - first); t += 1) {
            const lane = LANES * o + t;
            const step = LANES * LANES;
            for (let j = 0; j < n; j += 1) answered(sums, lane + step * j, step * n, half, j, n);
            for (let i = 0; i < TILE; i += 1) answered(half, n * i, 1, told, TILE * i, 1);
            const top = Math.floor((first + t) / across) * TILE;
            const left = ((first + t) % across) * TILE;
            const high = Math.min(TILE, rows - top);
            const wide = Math.min(TILE, columns - left);
            for (let i = 0; i < high; i += 1) {
              const at = ((out + o) * rows + top + i) * columns + left;
              for (let j = 0; j < wide; j += 1) output[at + j] = told[i * TILE + j] + bias;
            }
          }
        }
      }
    }
  };
}

/**
 * All filters at all points: four filters side by side, point by point, channel by channel.
 * @param {Float32Array} weights
 * @param {number} outs
 * @param {number} channels
 * @param {number} size
 * @param {number} n
 */
function transformed(weights, outs, channels, size, n) {
  const matrix = filterMatrix(size);
  const points = n * n;
  const made = new Float32Array(outs * points * channels);
  const half = new Float64Array(n * size);
  for (let o = 0; o < outs; o += 1) {
    for (let c = 0; c < channels; c += 1) {
      const at = (o * channels + c) * size * size;
      for (let i = 0; i < n; i += 1) {
        for (let x = 0; x < size; x += 1) {
          let sum = 0;
          for (let y = 0; y < size; y += 1) sum += matrix[i * size + y] * weights[at + y * size + x];
          half[i * size + x] = sum;
        }
      }
      for (let i = 0; i < n; i += 1) {
        for (let j = 0; j < n; j += 1) {
          let sum = 0;
          for (let x = 0; x < size; x += 1) sum += half[i * size + x] * matrix[j * size + x];
          made[(o * points + i * n + j) * channels + c] = sum;
        }
      }
    }
  }
  return sideBySide(made, outs, points * channels, (o) => o * points * channels);
}
