// Pooling: the largest or the mean of each window, and the way back.

/** @typedef {import("./program.js").Operation} Operation */

/**
 * The part of each window of a pool that lies on the map, along one direction: `start`, `end` and
 * `step`, and `counted`, the places of the window that count in a mean.
 * @param {number} answers
 * @param {number} length
 * @param {number} kernel
 * @param {number} stride
 * @param {number} padding
 * @param {number} dilation
 * @param {boolean} countsPadding
 */
function windows(answers, length, kernel, stride, padding, dilation, countsPadding) {
  return Array.from({ length: answers }, (_, at) => {
    const first = at * stride - padding;
    const last = Math.min(first + (kernel - 1) * dilation + 1, length + padding);
    const start = first < 0 ? first + Math.ceil(-first / dilation) * dilation : first;
    const end = Math.min(last, length);
    return { start, end, step: dilation, counted: countsPadding ? last - first : end - start };
  });
}

/**
 * The windows of an adaptive pool: as even as they can be.
 * @param {number} answers
 * @param {number} length
 */
function evenly(answers, length) {
  return Array.from({ length: answers }, (_, at) => {
    const start = Math.floor((at * length) / answers);
    const end = Math.ceil(((at + 1) * length) / answers);
    return { start, end, step: 1, counted: end - start };
  });
}

/**
 * The windows of all rows and of all columns of a pool's answer.
 * @param {Operation} step
 * @param {number[]} source
 */
export function windowsOf(step, [, height, width]) {
  const [, rows = 1, columns = 1] = step.shape;
  const { kernel, stride = [], padding = [], dilation = [1, 1], counts_padding: counts } = step;
  /** @param {number} axis @param {number} answers @param {number} length */
  const along = (axis, answers, length) =>
    kernel
      ? windows(
          answers,
          length,
          kernel[axis],
          stride[axis],
          padding[axis],
          dilation[axis],
          counts ?? false,
        )
      : evenly(answers, length);
  return { down: along(0, rows, height), across: along(1, columns, width) };
}

/**
 * `forward` fills `output` from `input`, both (channels, rows, columns). `back` adds to `below`
 * what `above` brings back: the mean is spread over its window, the largest goes to the first
 * place where `input` was as large (the switch).
 * @param {Operation} step
 * @param {number[]} source
 */
export function pool(step, source) {
  const [channels, height, width] = source;
  const { down, across } = windowsOf(step, source);
  const area = height * width;
  const largest = step.kind.endsWith("max-pool");

  /**
   * Where the largest of a window lies, the first of equal ones.
   * @param {Float32Array} input
   * @param {number} base
   * @param {typeof down[0]} y
   * @param {typeof across[0]} x
   */
  const place = (input, base, y, x) => {
    let found = base + y.start * width + x.start;
    for (let i = y.start; i < y.end; i += y.step) {
      for (let j = x.start; j < x.end; j += x.step) {
        const at = base + i * width + j;
        if (input[at] > input[found]) found = at;
      }
    }
    return found;
  };

  /** @param {Float32Array} input @param {Float32Array} output */
  const forward = (input, output) => {
    let at = 0;
    for (let base = 0; base < channels * area; base += area) {
      for (const y of down) {
        for (const x of across) {
          if (largest) output[at] = input[place(input, base, y, x)];
          else {
            let sum = 0;
            for (let i = y.start; i < y.end; i += 1) {
              for (let j = x.start; j < x.end; j += 1) sum += input[base + i * width + j];
            }
            output[at] = sum / (y.counted * x.counted);
          }
          at += 1;
        }
      }
    }
  };

  /** @param {Float32Array} above @param {Float32Array} below @param {Float32Array} input */
  const back = (above, below, input) => {
    let at = 0;
    for (let base = 0; base < channels * area; base += area) {
      for (const y of down) {
        for (const x of across) {
          const value = above[at];
          at += 1;
          if (value === 0) continue;
          if (largest) below[place(input, base, y, x)] += value;
          else {
            const share = value / (y.counted * x.counted);
            for (let i = y.start; i < y.end; i += 1) {
              for (let j = x.start; j < x.end; j += 1) below[base + i * width + j] += share;
            }
          }
        }
      }
    }
  };
  return { forward, back };
}
