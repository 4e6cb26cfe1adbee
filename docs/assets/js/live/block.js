// The innermost loop of all: a block of 4 by 4 sums of products.

/**
 * `out[at + 4 i + j] = sum over n of a[4 n + i] * b[4 n + j]`, for i and j from 0 to 3.
 *
 * Sixteen sums are kept at once, so that each number that is fetched serves four of them.
 * JavaScript adds up with 64 bits, whatever the arrays hold.
 * @param {Float32Array} a
 * @param {number} aAt
 * @param {Float32Array} b
 * @param {number} bAt
 * @param {number} length
 * @param {Float64Array} out
 * @param {number} at
 */
export function block(a, aAt, b, bAt, length, out, at) {
  let s00 = 0, s01 = 0, s02 = 0, s03 = 0;
  let s10 = 0, s11 = 0, s12 = 0, s13 = 0;
  let s20 = 0, s21 = 0, s22 = 0, s23 = 0;
  let s30 = 0, s31 = 0, s32 = 0, s33 = 0;
  for (let n = 0; n < length; n += 1) {
    const b0 = b[bAt];
    const b1 = b[bAt + 1];
    const b2 = b[bAt + 2];
    const b3 = b[bAt + 3];
    const a0 = a[aAt];
    s00 += a0 * b0;
    s01 += a0 * b1;
    s02 += a0 * b2;
    s03 += a0 * b3;
    const a1 = a[aAt + 1];
    s10 += a1 * b0;
    s11 += a1 * b1;
    s12 += a1 * b2;
    s13 += a1 * b3;
    const a2 = a[aAt + 2];
    s20 += a2 * b0;
    s21 += a2 * b1;
    s22 += a2 * b2;
    s23 += a2 * b3;
    const a3 = a[aAt + 3];
    s30 += a3 * b0;
    s31 += a3 * b1;
    s32 += a3 * b2;
    s33 += a3 * b3;
    aAt = (aAt + 4) | 0;
    bAt = (bAt + 4) | 0;
  }
  out[at] = s00;
  out[at + 1] = s01;
  out[at + 2] = s02;
  out[at + 3] = s03;
  out[at + 4] = s10;
  out[at + 5] = s11;
  out[at + 6] = s12;
  out[at + 7] = s13;
  out[at + 8] = s20;
  out[at + 9] = s21;
  out[at + 10] = s22;
  out[at + 11] = s23;
  out[at + 12] = s30;
  out[at + 13] = s31;
  out[at + 14] = s32;
  out[at + 15] = s33;
}

/** Numbers side by side that `block` takes at once. */
export const LANES = 4;

/** @param {number} number */
export const lanes = (number) => Math.ceil(number / LANES) * LANES;

/**
 * Rows of `length` numbers, four of them side by side: what `block` reads one after the other.
 * `row(n)` tells where row n begins in `from`; the last ones may be missing and are zeros.
 * @param {Float32Array} from
 * @param {number} rows
 * @param {number} length
 * @param {(n: number) => number} row
 */
export function sideBySide(from, rows, length, row) {
  const packed = new Float32Array(lanes(rows) * length);
  for (let n = 0; n < rows; n += 1) {
    const at = (n - (n % LANES)) * length + (n % LANES);
    const start = row(n);
    for (let k = 0; k < length; k += 1) packed[at + LANES * k] = from[start + k];
  }
  return packed;
}
