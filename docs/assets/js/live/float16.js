// Numbers of 16 bits (IEEE 754 half precision) into numbers of 32. Not every browser reads them.

/** What each of the 65,536 patterns of 16 bits stands for. */
function table() {
  const values = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits += 1) {
    const sign = bits & 0x8000 ? -1 : 1;
    const power = (bits >> 10) & 31;
    const part = bits & 1023;
    if (power === 31) values[bits] = part ? NaN : sign * Infinity;
    else if (power) values[bits] = sign * (1 + part / 1024) * 2 ** (power - 15);
    else values[bits] = sign * (part / 1024) * 2 ** -14;
  }
  return values;
}

/** @type {Float32Array | undefined} */
let known;

/**
 * `count` numbers that begin `at` bytes into a file, each times `scale`.
 * @param {ArrayBuffer} bytes
 * @param {number} at
 * @param {number} count
 * @param {number} scale
 * @returns {Float32Array}
 */
export function fromHalf(bytes, at, count, scale = 1) {
  known ??= table();
  const view = new DataView(bytes, at, 2 * count);
  const numbers = new Float32Array(count);
  for (let n = 0; n < count; n += 1) numbers[n] = known[view.getUint16(2 * n, true)] * scale;
  return numbers;
}

/**
 * The same for numbers of 32 bits.
 * @param {ArrayBuffer} bytes
 * @param {number} at
 * @param {number} count
 * @returns {Float32Array}
 */
export function fromFloat(bytes, at, count) {
  const view = new DataView(bytes, at, 4 * count);
  return Float32Array.from({ length: count }, (_, n) => view.getFloat32(4 * n, true));
}
