// Each operation of a network as the graphics processor is to run it.

import { windowsOf } from "./pools.js";
import { count } from "./program.js";
import * as shaders from "./webgpu-shaders.js";

/** @typedef {import("./program.js").Operation} Operation */

/**
 * A program, the numbers of this operation, which are uploaded once, and how many workgroups run
 * it in each of three directions.
 * @typedef {object} Kernel
 * @property {string} code
 * @property {(Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>)[]} held
 * @property {[number, number, number]} groups
 */

const UNCAPPED = 3.4028234663852886e38; // the largest number of 32 bits

/**
 * The kernel of an operation; null for one that only copies its sources, one behind the other.
 * Error for an operation that isn't known here.
 * @param {Operation} step
 * @param {number[][]} shapes of all maps
 * @returns {Kernel | null}
 */
export function kernel(step, shapes) {
  const source = shapes[step.sources[0]];
  const [channels] = step.shape;
  const wide = Math.ceil(count(step.shape) / channels / shaders.GROUP);
  /** @param {string} code @param {Kernel["held"]} held @returns {Kernel} */
  const each = (code, ...held) => ({ code, held, groups: [wide, channels, 1] });
  switch (step.kind) {
    case "convolution":
      return convolution(step, source);
    case "linear":
      return { code: shaders.LINEAR, held: learned(step), groups: [channels, 1, 1] };
    case "relu":
      return each(shaders.RECTIFIER, Float32Array.of(step.cap ?? UNCAPPED));
    case "max-pool":
    case "adaptive-max-pool":
      return each(shaders.LARGEST_POOL, ...pooled(step, source));
    case "average-pool":
    case "adaptive-average-pool":
      return each(shaders.MEAN_POOL, ...pooled(step, source));
    case "add":
      return each(shaders.ADDITION);
    case "join":
      return null;
    case "scale":
      return each(shaders.SCALE, ...learned(step));
    case "contrast":
      return each(shaders.CONTRAST, Float32Array.from(step.contrast ?? [1, 0, 0, 1]));
    default:
      throw new Error(`${step.kind} is no operation that WebGPU is given`);
  }
}

/** @param {Operation} step @param {number[]} source @returns {Kernel} */
function convolution(step, [channels, height, width]) {
  const [outs, rows, columns] = step.shape;
  const { kernel = [1, 1], stride = [1, 1], padding = [0, 0], dilation = [1, 1], groups = 1 } = step;
  const each = channels / groups;
  const filters = outs / groups;
  const taps = [];
  for (let c = 0; c < each; c += 1) {
    for (let y = 0; y < kernel[0] * dilation[0]; y += dilation[0]) {
      for (let x = 0; x < kernel[1] * dilation[1]; x += dilation[1]) {
        taps.push(y, x, (c * height + y) * width + x, 0);
      }
    }
  }
  const places = rows * columns;
  const numbers = each * height * width;
  const sizes = [filters, taps.length / 4, places, columns, height, width, numbers];
  return {
    code: shaders.CONVOLUTION,
    held: [Int32Array.of(...sizes, ...stride, ...padding), Int32Array.from(taps), ...learned(step)],
    groups: [Math.ceil(places / shaders.TILE), Math.ceil(filters / shaders.TILE), groups],
  };
}

/** @param {Operation} step @param {number[]} source */
function pooled(step, source) {
  const { down, across } = windowsOf(step, source);
  const sizes = [source[1], source[2], down.length, across.length];
  const told = [...down, ...across].flatMap((one) => [one.start, one.end, one.step, one.counted]);
  return [Int32Array.from(sizes), Int32Array.from(told)];
}

/** Weights and biases; zeros where there are no biases. @param {Operation} step */
function learned({ weights, biases, shape }) {
  const own = /** @type {Float32Array<ArrayBuffer>} */ (weights);
  return [own, /** @type {typeof own} */ (biases ?? new Float32Array(shape[0]))];
}
