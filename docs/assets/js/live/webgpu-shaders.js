// What the graphics processor runs, in WGSL: one program for each kind of operation.
//
// Bindings, in this order: the maps that go in, the numbers that an operation holds, the map that
// comes out. Maps are (channels, rows, columns), as everywhere.

/** Answers along each side of the square that one workgroup of a convolution works out. */
export const TILE = 32;

/** Invocations of a workgroup of every other operation. */
export const GROUP = 64;

/**
 * A convolution as a product of two matrices: the filters (outs, weights of each), and the windows
 * (weights of each, places), which are never laid out as a whole. A workgroup works out 32 filters
 * at 32 places: it fetches 16 weights of each filter and the 16 numbers of each window that they
 * meet, and then each of its 64 invocations adds up for 4 filters at 4 places. `taps` tell for each
 * weight where it looks from a window's first place: how many rows down, how many columns across,
 * how many numbers further. All invocations have to wait for each other, so `sizes` are uniform: some
 * compilers must see that all go round the loop equally often.
 */
export const CONVOLUTION = `
struct Sizes {
  filters: u32, // in a group
  length: u32, // weights of a filter
  places: u32, // of the output
  columns: u32,
  height: i32, // of the input
  width: i32,
  numbers: i32, // of the input, in a group
  down: i32, // stride
  across: i32,
  above: i32, // padding
  before: i32,
}
@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<uniform> sizes: Sizes;
@group(0) @binding(2) var<storage, read> taps: array<vec4i>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read> biases: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<f32>;

const TILE = ${TILE}u;
const DEPTH = 16u;
var<workgroup> filters: array<f32, TILE * DEPTH>; // (DEPTH, TILE)
var<workgroup> windows: array<f32, TILE * DEPTH>; // (DEPTH, TILE)

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_id) here: vec3u,
  @builtin(local_invocation_index) invocation: u32,
) {
  let length = sizes.length;
  let first = tile.z * sizes.filters;
  let lane = invocation % TILE;
  let place = tile.x * TILE + lane;
  let top = i32(place / sizes.columns) * sizes.down - sizes.above;
  let left = i32(place % sizes.columns) * sizes.across - sizes.before;
  let corner = i32(tile.z) * sizes.numbers + top * sizes.width + left;
  // Named one by one, so that they stay in registers.
  var sums0 = vec4f();
  var sums1 = vec4f();
  var sums2 = vec4f();
  var sums3 = vec4f();

  for (var begin = 0u; begin < length; begin += DEPTH) {
    for (var n = invocation; n < TILE * DEPTH; n += 64u) {
      let weight = begin + n % DEPTH;
      let out = tile.y * TILE + n / DEPTH;
      var value = 0f;
      if (out < sizes.filters && weight < length) {
        value = weights[(first + out) * length + weight];
      }
      filters[(n % DEPTH) * TILE + n / DEPTH] = value;
    }
    for (var depth = invocation / TILE; depth < DEPTH; depth += 64u / TILE) {
      var value = 0f;
      if (begin + depth < length && place < sizes.places) {
        let tap = taps[begin + depth];
        let y = top + tap.x;
        let x = left + tap.y;
        if (y >= 0 && y < sizes.height && x >= 0 && x < sizes.width) {
          value = source[corner + tap.z];
        }
      }
      windows[depth * TILE + lane] = value;
    }
    workgroupBarrier();
    for (var depth = 0u; depth < DEPTH; depth += 1u) {
      let f = depth * TILE + 4u * here.y;
      let w = depth * TILE + 4u * here.x;
      let window = vec4f(windows[w], windows[w + 1u], windows[w + 2u], windows[w + 3u]);
      sums0 += filters[f] * window;
      sums1 += filters[f + 1u] * window;
      sums2 += filters[f + 2u] * window;
      sums3 += filters[f + 3u] * window;
    }
    workgroupBarrier();
  }

  var answers = array(sums0, sums1, sums2, sums3);
  for (var i = 0u; i < 4u; i += 1u) {
    let out = tile.y * TILE + 4u * here.y + i;
    if (out >= sizes.filters) { break; }
    let bias = biases[first + out];
    for (var j = 0u; j < 4u; j += 1u) {
      let at = tile.x * TILE + 4u * here.x + j;
      if (at < sizes.places) { result[(first + out) * sizes.places + at] = answers[i][j] + bias; }
    }
  }
}`;

/** @param {string[]} names of what goes in, with their types */
const bindings = (names) =>
  [...names.map((name) => `read> ${name}`), "read_write> result: array<f32>"]
    .map((one, at) => `@group(0) @binding(${at}) var<storage, ${one};`)
    .join("\n");

/** All joined to all: a workgroup an answer, whose invocations share out the products. */
export const LINEAR = `
${bindings(["source: array<f32>", "weights: array<f32>", "biases: array<f32>"])}
var<workgroup> sums: array<f32, ${GROUP}>;

@compute @workgroup_size(${GROUP})
fn main(@builtin(workgroup_id) answer: vec3u, @builtin(local_invocation_index) invocation: u32) {
  let length = arrayLength(&source);
  var sum = 0f;
  for (var n = invocation; n < length; n += ${GROUP}u) {
    sum += weights[answer.x * length + n] * source[n];
  }
  sums[invocation] = sum;
  workgroupBarrier();
  for (var apart = ${GROUP / 2}u; apart > 0u; apart /= 2u) {
    if (invocation < apart) { sums[invocation] += sums[invocation + apart]; }
    workgroupBarrier();
  }
  if (invocation == 0u) { result[answer.x] = sums[0] + biases[answer.x]; }
}`;

/**
 * An operation that works out each number of its map by itself: number `n`, of `channel`, at
 * `place` among `area`.
 * @param {string[]} names
 * @param {string} body
 */
const each = (names, body) => `
${bindings(names)}
@compute @workgroup_size(${GROUP})
fn main(@builtin(global_invocation_id) at: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let channels = groups.y;
  let area = arrayLength(&result) / channels;
  let place = at.x;
  let channel = at.y;
  if (place >= area) { return; }
  let n = channel * area + place;
  ${body}
}`;

/** pointwise.js, rectify. */
export const RECTIFIER = each(
  ["source: array<f32>", "cap: f32"],
  "result[n] = min(max(source[n], 0f), cap);",
);

/** pointwise.js, add. */
export const ADDITION = each(
  ["source: array<f32>", "other: array<f32>"],
  "result[n] = source[n] + other[n];",
);

/** pointwise.js, scale. */
export const SCALE = each(
  ["source: array<f32>", "gains: array<f32>", "shifts: array<f32>"],
  "result[n] = source[n] * gains[channel] + shifts[channel];",
);

/** pointwise.js, contrast: size, alpha, beta and k. */
export const CONTRAST = each(
  ["source: array<f32>", "contrast: vec4f"],
  `let size = u32(contrast[0]);
  let before = size / 2u;
  let to = min(channels, channel + size - before);
  var energy = 0f;
  for (var one = channel - min(channel, before); one < to; one += 1u) {
    let value = source[one * area + place];
    energy += value * value;
  }
  result[n] = source[n] / pow(contrast[3] + contrast[1] * energy / contrast[0], contrast[2]);`,
);

/**
 * pools.js. `sizes` are rows and columns of the input, of the output; `windows` those of all rows,
 * then of all columns: start, end, step, counted.
 * @param {string} answer
 */
const pool = (answer) =>
  each(
    ["source: array<f32>", "sizes: vec4u", "windows: array<vec4u>"],
    `let y = windows[place / sizes[3]];
  let x = windows[sizes[2] + place % sizes[3]];
  let base = channel * sizes[0] * sizes[1];
  var most = source[base + y[0] * sizes[1] + x[0]];
  var sum = 0f;
  for (var i = y[0]; i < y[1]; i += y[2]) {
    for (var j = x[0]; j < x[1]; j += x[2]) {
      let value = source[base + i * sizes[1] + j];
      most = max(most, value);
      sum += value;
    }
  }
  result[n] = ${answer};`,
  );

export const LARGEST_POOL = pool("most");
export const MEAN_POOL = pool("sum / f32(y[3] * x[3])");
