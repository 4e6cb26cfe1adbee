// What the build says of the network: layers with the records of their units, names of classes.

import { figure, say } from "../say.js";

/**
 * A layer: `records` are the strongest activations in the collection, null where one is nothing to
 * compare with.
 * @typedef {object} Layer
 * @property {number} index
 * @property {string} name
 * @property {number} channels
 * @property {number} height
 * @property {number} width
 * @property {import("./painting.js").Field} field
 * @property {(number | null)[]} records
 */

/** @typedef {{layers: Layer[], classes: string[]}} Facts */
/** @typedef {import("./session.js").Unit} Unit */
/** @typedef {import("./session.js").Answer} Answer */

/** @param {number} share */
export const percent = (share) => `${share < 0.0995 ? figure((100 * share).toFixed(1)) : Math.round(100 * share)} %`;

/** @param {number} value */
export const short = (value) => figure(Number(value.toPrecision(3)).toString());

/** @param {Facts} facts @param {Unit} unit */
export const called = (facts, { layer, channel }) =>
  say("layer {index}, unit {channel}", { index: facts.layers[layer].index, channel });

/** @param {Unit} a @param {Unit} b */
export const same = (a, b) => a.layer === b.layer && a.channel === b.channel;

/**
 * The numbers of the largest, the largest first.
 * @param {ArrayLike<number>} numbers
 * @param {number} some
 */
export function largest(numbers, some) {
  return Array.from(numbers, (_, at) => at)
    .sort((a, b) => numbers[b] - numbers[a] || a - b)
    .slice(0, some);
}

/**
 * What each unit of a layer answers as a share of its record; 0 where that can't be said.
 * @param {Layer} layer
 * @param {Float32Array} values
 */
export function shares({ records }, values) {
  return Array.from(values, (value, channel) => {
    const record = records[channel];
    return record ? value / record : 0;
  });
}
