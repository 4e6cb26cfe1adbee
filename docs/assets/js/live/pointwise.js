// Operations after which every place of a map sees what it saw before.

/** @typedef {import("./program.js").Operation} Operation */

/**
 * Nothing below zero is let through, and nothing above the cap of a rectifier that has one.
 * @param {Float32Array} input
 * @param {Float32Array} output
 * @param {number} [cap]
 */
export function rectify(input, output, cap) {
  for (let n = 0; n < output.length; n += 1) output[n] = input[n] > 0 ? input[n] : 0;
  if (cap === undefined) return;
  for (let n = 0; n < output.length; n += 1) if (output[n] > cap) output[n] = cap;
}

/**
 * The reconstruction is rectified, whatever the sign of the map was, and never capped.
 * @param {Float32Array} above
 * @param {Float32Array} below
 */
export function rectifyBack(above, below) {
  for (let n = 0; n < above.length; n += 1) if (above[n] > 0) below[n] += above[n];
}

/** @param {Float32Array} above @param {Float32Array} below */
export function passBack(above, below) {
  for (let n = 0; n < above.length; n += 1) below[n] += above[n];
}

/** @param {Float32Array[]} inputs @param {Float32Array} output */
export function add([one, other], output) {
  for (let n = 0; n < output.length; n += 1) output[n] = one[n] + other[n];
}

/** @param {Float32Array[]} inputs @param {Float32Array} output */
export function join(inputs, output) {
  let at = 0;
  for (const input of inputs) {
    output.set(input, at);
    at += input.length;
  }
}

/**
 * Each part goes back to where it came from.
 * @param {Float32Array} above
 * @param {Float32Array[]} belows
 */
export function joinBack(above, belows) {
  let at = 0;
  for (const below of belows) {
    passBack(above.subarray(at, at + below.length), below);
    at += below.length;
  }
}

/**
 * Each channel times its gain, plus its shift; on the way back the gain alone.
 * @param {Operation} step
 */
export function scale(step) {
  const gains = /** @type {Float32Array} */ (step.weights);
  const shifts = /** @type {Float32Array} */ (step.biases);
  /** @param {Float32Array} input @param {Float32Array} output */
  const forward = (input, output) => {
    const area = output.length / gains.length;
    for (let n = 0; n < output.length; n += 1) {
      const channel = Math.floor(n / area);
      output[n] = input[n] * gains[channel] + shifts[channel];
    }
  };
  /** @param {Float32Array} above @param {Float32Array} below */
  const back = (above, below) => {
    const area = above.length / gains.length;
    for (let n = 0; n < above.length; n += 1) below[n] += above[n] * gains[Math.floor(n / area)];
  };
  return { forward, back };
}

/**
 * Each number divided by what its neighbours in other channels amount to: x / (k + alpha times the
 * mean of their squares) ** beta, the mean over the whole window also where it juts out.
 * @param {Operation} step
 * @param {number[]} source
 * @returns {(input: Float32Array, output: Float32Array) => void}
 */
export function contrast(step, [channels, ...sides]) {
  const [size, alpha, beta, k] = step.contrast ?? [1, 0, 0, 1];
  const area = sides.reduce((product, one) => product * one, 1);
  const before = Math.floor(size / 2);
  return (input, output) => {
    for (let c = 0; c < channels; c += 1) {
      const from = Math.max(0, c - before);
      const to = Math.min(channels, c - before + size);
      for (let p = 0; p < area; p += 1) {
        let energy = 0;
        for (let other = from; other < to; other += 1) energy += input[other * area + p] ** 2;
        output[c * area + p] = input[c * area + p] / (k + (alpha * energy) / size) ** beta;
      }
    }
  };
}

/**
 * All joined to all.
 * @param {Operation} step
 * @returns {(input: Float32Array, output: Float32Array) => void}
 */
export function linear(step) {
  const weights = /** @type {Float32Array} */ (step.weights);
  const { biases } = step;
  return (input, output) => {
    const { length } = input;
    for (let out = 0; out < output.length; out += 1) {
      const at = out * length;
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
      let n = 0;
      for (; n + 4 <= length; n += 4) {
        s0 += weights[at + n] * input[n];
        s1 += weights[at + n + 1] * input[n + 1];
        s2 += weights[at + n + 2] * input[n + 2];
        s3 += weights[at + n + 3] * input[n + 3];
      }
      for (; n < length; n += 1) s0 += weights[at + n] * input[n];
      output[out] = s0 + s1 + s2 + s3 + (biases ? biases[out] : 0);
    }
  };
}
