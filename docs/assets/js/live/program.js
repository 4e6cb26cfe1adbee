// The list of operations that the build wrote, with its numbers (generator/live/program.py).

import { floats, halves, wholes } from "./numbers.js";

/**
 * One step: maps `sources` go in, map `result` of `shape` (channels, rows, columns) comes out.
 * Pairs are down and across.
 * @typedef {object} Operation
 * @property {string} kind
 * @property {number[]} sources
 * @property {number} result
 * @property {number[]} shape
 * @property {number[]} [kernel]
 * @property {number[]} [stride]
 * @property {number[]} [padding]
 * @property {number[]} [dilation]
 * @property {number} [groups]
 * @property {number} [cap] the most that a capped rectifier lets through
 * @property {boolean} [counts_padding]
 * @property {number[]} [contrast]
 * @property {Float32Array} [weights]
 * @property {Float32Array} [biases]
 */

/**
 * How a picture becomes the network's input (generator/networks/preprocessing.py).
 * @typedef {object} Preprocess
 * @property {number} size
 * @property {number} resize
 * @property {number[]} mean
 * @property {number[]} std
 * @property {"bilinear" | "bicubic"} interpolation
 * @property {boolean} columns_first tall pictures begin with their columns
 */

/**
 * A network: map 0 is its input, `maps` are those of its layers, `output` is its last.
 * @typedef {object} Program
 * @property {number[]} input
 * @property {Preprocess} preprocess
 * @property {Operation[]} operations
 * @property {number[]} maps
 * @property {number} output
 */

/**
 * An operation as it is written: where its numbers begin, in bytes.
 * @typedef {Omit<Operation, "weights" | "biases"> & {weights?: number, steps?: number, biases?: number}} Listed
 */

const FORMAT = 1;

/** @param {number[]} shape */
export const count = (shape) => shape.reduce((product, one) => product * one, 1);

/**
 * The program of both files; Error where they do not belong together.
 * @param {Omit<Program, "operations"> & {format: number, bytes: number, operations: Listed[]}} listed
 * @param {ArrayBuffer} numbers
 * @returns {Program}
 */
export function readProgram(listed, numbers) {
  if (listed.format !== FORMAT) throw new Error(`the network is of format ${listed.format}`);
  if (listed.bytes !== numbers.byteLength) {
    throw new Error(`the network has ${numbers.byteLength} bytes in place of ${listed.bytes}`);
  }
  const shapes = [listed.input];
  const operations = listed.operations.map((said) => {
    const { weights, steps, biases, ...step } = said;
    shapes[step.result] = step.shape;
    /** @type {Operation} */
    const made = step;
    const outs = step.shape[0];
    if (weights !== undefined) {
      const each = perOutput(step, shapes[step.sources[0]]);
      made.weights =
        steps === undefined
          ? halves(numbers, weights, outs * each)
          : wholes(numbers, weights, floats(numbers, steps, outs), each);
    }
    if (biases !== undefined) made.biases = floats(numbers, biases, outs);
    return made;
  });
  return { ...listed, operations };
}

/**
 * How many weights each output of a step has.
 * @param {Operation} step
 * @param {number[]} source
 */
function perOutput({ kind, kernel = [], groups = 1 }, source) {
  if (kind === "linear") return count(source);
  if (kind === "convolution") return (source[0] / groups) * count(kernel);
  return 1;
}
