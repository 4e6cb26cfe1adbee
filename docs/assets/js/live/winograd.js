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
 * The three matrices of Toom and Cook for filters of `size` along one direction, row by row:
 * `answers` (TILE, n), `filter` (n, size) and `input` (n, n) with n = TILE + size - 1, so that
 * answers ((filter g) * (input d)) is the convolution of d with g.
 * @param {number} size
 */
export function transforms(size) {
  const n = TILE + size - 1;
  const points = POINTS.slice(0, n - 1);
  const answers = new Float64Array(TILE * n);
  const filter = new Float64Array(n * size);
  const input = new Float64Array(n * n);
  points.forEach((point, j) => {
    const others = points.filter((_, k) => k !== j);
    const apart = others.reduce((product, other) => product * (point - other), 1);
    for (let i = 0; i < TILE; i += 1) answers[i * n + j] = point ** i;
    for (let i = 0; i < size; i += 1) filter[j * size + i] = point ** i / apart;
    input.set(polynomial(others), j * n);
  });
  answers[(TILE - 1) * n + n - 1] = 1;
  filter[(n - 1) * size + size - 1] = 1;
  input.set(polynomial(points), (n - 1) * n);
  return { n, answers, filter, input };
}

/**
 * The coefficients of (x - r)(x - s)..., the lowest power first.
 * @param {number[]} roots
 */
function polynomial(roots) {
  return roots.reduce(
    (known, root) => {
      const next = new Array(known.length + 1).fill(0);
      known.forEach((one, power) => {
        next[power] -= root * one;
        next[power + 1] += one;
      });
      return next;
    },
    [1],
  );
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
 * `left` (m, n) times `middle` (n, n or k) times the transpose of `left`, both row by row.
 * @param {Float64Array} left
 * @param {number} m
 * @param {number} n
 * @param {Float64Array} middle
 * @param {Float64Array} half room for m times n
 * @param {Float64Array} out
 */
function around(left, m, n, middle, half, out) {
  for (let i = 0; i < m; i += 1) {
    for (let k = 0; k < n; k += 1) {
      let sum = 0;
      for (let j = 0; j < n; j += 1) sum += left[i * n + j] * middle[j * n + k];
      half[i * n + k] = sum;
    }
  }
  for (let i = 0; i < m; i += 1) {
    for (let l = 0; l < m; l += 1) {
      let sum = 0;
      for (let k = 0; k < n; k += 1) sum += half[i * n + k] * left[l * n + k];
      out[i * m + l] = sum;
    }
  }
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
  const { n, answers, filter, input: seen } = transforms(kernel[0]);
  const points = n * n;
  const weights = /** @type {Float32Array} */ (step.weights);
  const filters = transformed(weights, outs, channels, kernel[0], filter, n);
  const across = Math.ceil(columns / TILE);
  const tiles = across * Math.ceil(rows / TILE);
  const maps = new Float32Array(points * lanes(tiles) * channels);
  const sums = new Float32Array(points * LANES * LANES);
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
        around(seen, n, n, tile, half, told);
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
            for (let p = 0; p < points; p += 1) tile[p] = sums[LANES * (LANES * p + o) + t];
            around(answers, TILE, n, tile, half, told);
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
 * @param {Float64Array} matrix
 * @param {number} n
 */
function transformed(weights, outs, channels, size, matrix, n) {
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
