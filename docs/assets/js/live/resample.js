// A part of a picture scaled to a square, pixel for pixel as Pillow does it for the build.
//
// Each pixel of the result is a weighted mean of the pixels around its place, along rows and along
// columns, with a rounding to 8 bits after each. A canvas would resample differently in each
// browser (generator/networks/resampling.py tells the same for pictures on a GPU).

/**
 * A picture: `pixels` hold red, green and blue, row by row.
 * @typedef {{width: number, height: number, pixels: Uint8Array | Uint8ClampedArray}} Picture
 */

/** Left, top, right, bottom in pixels, with fractions. @typedef {number[]} Box */

/** @typedef {"bilinear" | "bicubic"} Interpolation */

const GAP = 3; // a picture is first shrunk by whole factors while it stays so many times too large
const RADIUS = { bilinear: 1, bicubic: 2 }; // pixels of the result
const BITS = 2 ** 22; // of a weight: Pillow adds up whole numbers
const COLOURS = 3;

/**
 * The part inside `box` as `size` by `size` pixels. `columnsFirst`: tall pictures begin with their
 * columns, as they do from Pillow 13 on.
 * @param {Picture} picture
 * @param {Box} box
 * @param {number} size
 * @param {Interpolation} interpolation
 * @param {boolean} columnsFirst
 * @returns {Picture}
 */
export function resample(picture, box, size, interpolation, columnsFirst) {
  const [small, [left, top, right, bottom]] = shrunk(picture, box, size, interpolation);
  const { width, height } = small;
  const rows = shares(width, left, right, size, interpolation);
  const columns = shares(height, top, bottom, size, interpolation);
  const whole = left === 0 && top === 0;
  const across = !(width === size && whole && right === size);
  const down = !(height === size && whole && bottom === size);
  const tall = columnsFirst && height > size && height - size > 2 * (width - size);
  const steps = [across && (() => alongRows(made, rows)), down && (() => alongColumns(made, columns))];
  let made = small;
  for (const step of tall ? steps.reverse() : steps) if (step) made = step();
  return made;
}

/**
 * A picture that is many times too large, as means of its blocks; the box in their pixels.
 * @param {Picture} picture
 * @param {Box} box
 * @param {number} size
 * @param {Interpolation} interpolation
 * @returns {[Picture, Box]}
 */
function shrunk(picture, box, size, interpolation) {
  const [left, top, right, bottom] = box;
  const scaleX = (right - left) / size;
  const scaleY = (bottom - top) / size;
  const across = Math.max(1, Math.floor(scaleX / GAP));
  const down = Math.max(1, Math.floor(scaleY / GAP));
  if (across === 1 && down === 1) return [picture, box];
  const reach = RADIUS[interpolation] - 0.5;
  const x0 = Math.max(0, Math.trunc(left - reach * scaleX));
  const y0 = Math.max(0, Math.trunc(top - reach * scaleY));
  const x1 = Math.min(picture.width, Math.ceil(right + reach * scaleX));
  const y1 = Math.min(picture.height, Math.ceil(bottom + reach * scaleY));
  const width = Math.ceil((x1 - x0) / across);
  const height = Math.ceil((y1 - y0) / down);
  const pixels = new Uint8Array(width * height * COLOURS);
  for (let y = 0; y < height; y += 1) {
    const above = y0 + y * down;
    const below = Math.min(y1, above + down);
    for (let x = 0; x < width; x += 1) {
      const from = x0 + x * across;
      const to = Math.min(x1, from + across);
      const count = (to - from) * (below - above);
      const part = Math.floor(Math.fround(2 ** 32 / (256 * count)));
      for (let colour = 0; colour < COLOURS; colour += 1) {
        let sum = count >> 1;
        for (let i = above; i < below; i += 1) {
          const line = i * picture.width;
          for (let j = from; j < to; j += 1) sum += picture.pixels[(line + j) * COLOURS + colour];
        }
        pixels[(y * width + x) * COLOURS + colour] = Math.floor((sum * part) / 2 ** 24);
      }
    }
  }
  const moved = [
    (left - x0) / across,
    (top - y0) / down,
    (right - x0) / across,
    (bottom - y0) / down,
  ];
  return [{ width, height, pixels }, moved];
}

/** @typedef {{first: number, weights: Int32Array}[]} Shares */

/**
 * For each pixel of the result the pixels that count in it, and how much, in parts of 2 ** 22.
 * @param {number} length
 * @param {number} start
 * @param {number} end
 * @param {number} size
 * @param {Interpolation} interpolation
 * @returns {Shares}
 */
function shares(length, start, end, size, interpolation) {
  const from = Math.fround(start); // a box has 32 bits a number there
  const scale = Math.fround(Math.fround(end) - from) / size;
  const widened = Math.max(scale, 1); // so that no pixel is left out where the picture shrinks
  const reach = RADIUS[interpolation] * widened;
  const shape = interpolation === "bilinear" ? bilinear : bicubic;
  return Array.from({ length: size }, (_, at) => {
    const centre = from + (at + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const last = Math.min(length, Math.trunc(centre + reach + 0.5));
    const raw = new Float64Array(last - first);
    let sum = 0;
    for (let n = 0; n < raw.length; n += 1) {
      raw[n] = shape(Math.abs((n + first - centre + 0.5) * (1 / widened)));
      sum += raw[n];
    }
    const weights = Int32Array.from(raw, (one) => {
      const part = (sum ? one / sum : one) * BITS;
      return Math.trunc(part + (part < 0 ? -0.5 : 0.5));
    });
    return { first, weights };
  });
}

/** @param {number} far */
const bilinear = (far) => (far < 1 ? 1 - far : 0);

/** R. G. Keys 1981, with a = -0.5. @param {number} far */
function bicubic(far) {
  const a = -0.5;
  if (far < 1) return ((a + 2) * far - (a + 3)) * far * far + 1;
  if (far < 2) return (((far - 5) * far + 8) * far - 4) * a;
  return 0;
}

/** @param {number} sum */
const level = (sum) => Math.min(255, Math.max(0, Math.floor(sum / BITS)));

/** @param {Picture} picture @param {Shares} all @returns {Picture} */
function alongRows({ width, height, pixels }, all) {
  const made = new Uint8Array(all.length * height * COLOURS);
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    for (const { first, weights } of all) {
      for (let colour = 0; colour < COLOURS; colour += 1) {
        let sum = BITS / 2;
        let from = (y * width + first) * COLOURS + colour;
        for (let n = 0; n < weights.length; n += 1, from += COLOURS) sum += pixels[from] * weights[n];
        made[at] = level(sum);
        at += 1;
      }
    }
  }
  return { width: all.length, height, pixels: made };
}

/** @param {Picture} picture @param {Shares} all @returns {Picture} */
function alongColumns({ width, pixels }, all) {
  const line = width * COLOURS;
  const made = new Uint8Array(all.length * line);
  all.forEach(({ first, weights }, y) => {
    for (let x = 0; x < line; x += 1) {
      let sum = BITS / 2;
      let from = first * line + x;
      for (let n = 0; n < weights.length; n += 1, from += line) sum += pixels[from] * weights[n];
      made[y * line + x] = level(sum);
    }
  });
  return { width, height: all.length, pixels: made };
}
