// The rules of the lesson as functions, and numbers that can be drawn again from the same seed.

import { figure } from "./say.js";

/** Places of a window along one direction: (W + 2P - F) / S + 1, rounded down or up. */
export function places(width, kernel, stride = 1, padding = 0, ceil = false) {
  const steps = (width + 2 * padding - kernel) / stride;
  let count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
  // Rounding up never makes a window that begins behind the input: it would see padding only.
  if (ceil && (count - 1) * stride >= width + padding) count -= 1;
  return steps < 0 ? 0 : count;
}

/** Parameters of a convolution: one set of weights and one bias for each filter. */
export function shared(kernel, depth, filters) {
  return (kernel * kernel * depth + 1) * filters;
}

/** The same patches, but each number of the output with weights and a bias of its own. */
export function unshared(kernel, depth, height, width, filters) {
  return (kernel * kernel * depth + 1) * height * width * filters;
}

/** Each number of the output joined to each number of the input. */
export function joined(input, output) {
  return (input[0] * input[1] * input[2] + 1) * output[0] * output[1] * output[2];
}

/** Numbers in 0 to 1 that follow from a whole number: the mulberry32 generator. */
export function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** One of several, by `roll`, which gives numbers in 0 to 1. */
export function pick(roll, from) {
  return from[Math.floor(roll() * from.length)];
}

/** A seed that nobody can guess, for new numbers. */
export function newSeed() {
  return crypto.getRandomValues(new Uint32Array(1))[0] % 1000000;
}

/** 1234567 as "1,234,567". */
export function thousands(number) {
  return figure(number.toLocaleString("en-US"));
}

/** The numbers that the build left with an element, as JSON.
 *
 * In an attribute: a <script> of data would be run as a script by the theme's instant navigation.
 */
export function dataOf(element) {
  return JSON.parse(element.dataset.numbers);
}
