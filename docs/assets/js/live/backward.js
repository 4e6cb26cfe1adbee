// A convolution backwards: each answer lays its filter, weighted, over the places it looked at.
//
// Most of what comes down from one unit is zero, so only what is not is gone through.

/** @typedef {import("./program.js").Operation} Operation */

/**
 * A function that adds to `below` what `above` brings back through the transposed filters; both
 * (channels, rows, columns).
 * @param {Operation} step
 * @param {number[]} source the shape of what is below
 * @returns {(above: Float32Array, below: Float32Array) => void}
 */
export function transposedConvolution(step, source) {
  const [channels, height, width] = source;
  const [outs, rows, columns] = step.shape;
  const { stride = [1, 1], padding = [0, 0], dilation = [1, 1], groups = 1 } = step;
  const [high, wide] = step.kernel ?? [1, 1];
  const each = channels / groups;
  const filters = outs / groups;
  const weights = channelsLast(/** @type {Float32Array} */ (step.weights), outs, each, high * wide);
  const places = rows * columns;
  const laid = new Float32Array(height * width * channels); // (rows, columns, channels)
  const firing = new Int32Array(filters);
  const values = new Float32Array(filters);
  const together = groups === 1 && dilation[1] === 1; // a filter's row is one run of numbers

  return (above, below) => {
    laid.fill(0);
    for (let p = 0; p < places; p += 1) {
      const row = Math.floor(p / columns);
      const top = row * stride[0] - padding[0];
      const left = (p - row * columns) * stride[1] - padding[1];
      for (let group = 0; group < groups; group += 1) {
        let some = 0;
        for (let f = 0; f < filters; f += 1) {
          const value = above[(group * filters + f) * places + p];
          if (value !== 0) {
            firing[some] = (group * filters + f) * high * wide * each;
            values[some] = value;
            some += 1;
          }
        }
        if (some === 0) continue;
        for (let ky = 0; ky < high; ky += 1) {
          const y = top + ky * dilation[0];
          if (y < 0 || y >= height) continue;
          if (together) {
            const from = Math.max(0, -left);
            const to = Math.min(wide, width - left);
            if (to <= from) continue;
            const at = (y * width + left + from) * channels;
            const length = (to - from) * channels;
            lay(laid, at, length, weights, (ky * wide + from) * each, firing, values, some);
            continue;
          }
          for (let kx = 0; kx < wide; kx += 1) {
            const x = left + kx * dilation[1];
            if (x < 0 || x >= width) continue;
            const at = (y * width + x) * channels + group * each;
            lay(laid, at, each, weights, (ky * wide + kx) * each, firing, values, some);
          }
        }
      }
    }
    const area = height * width;
    for (let place = 0; place < area; place += 1) {
      for (let c = 0; c < channels; c += 1) below[c * area + place] += laid[place * channels + c];
    }
  };
}

/**
 * Adds a run of `length` weights of each of `some` filters, times their values.
 * @param {Float32Array} laid
 * @param {number} at
 * @param {number} length
 * @param {Float32Array} weights
 * @param {number} from where the run begins in each filter
 * @param {Int32Array} firing where each filter begins
 * @param {Float32Array} values
 * @param {number} some
 */
function lay(laid, at, length, weights, from, firing, values, some) {
  let f = 0;
  for (; f + 4 <= some; f += 4) {
    const w0 = firing[f] + from;
    const w1 = firing[f + 1] + from;
    const w2 = firing[f + 2] + from;
    const w3 = firing[f + 3] + from;
    const v0 = values[f];
    const v1 = values[f + 1];
    const v2 = values[f + 2];
    const v3 = values[f + 3];
    for (let n = 0; n < length; n += 1) {
      laid[at + n] +=
        v0 * weights[w0 + n] + v1 * weights[w1 + n] + v2 * weights[w2 + n] + v3 * weights[w3 + n];
    }
  }
  for (; f < some; f += 1) {
    const w = firing[f] + from;
    const v = values[f];
    for (let n = 0; n < length; n += 1) laid[at + n] += v * weights[w + n];
  }
}

/**
 * Filters (out, channels, places) as (out, places, channels).
 * @param {Float32Array} weights
 * @param {number} outs
 * @param {number} channels
 * @param {number} places
 */
function channelsLast(weights, outs, channels, places) {
  const turned = new Float32Array(weights.length);
  for (let o = 0; o < outs; o += 1) {
    for (let c = 0; c < channels; c += 1) {
      for (let p = 0; p < places; p += 1) {
        turned[(o * places + p) * channels + c] = weights[(o * channels + c) * places + p];
      }
    }
  }
  return turned;
}
