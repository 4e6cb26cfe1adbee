// The numbers of a network's file (generator/live/packed.py) as numbers to reckon with.

/**
 * `count` numbers of 32 bits that begin `at` bytes into a file.
 * @param {ArrayBuffer} bytes
 * @param {number} at
 * @param {number} count
 */
export function floats(bytes, at, count) {
  const view = new DataView(bytes, at, 4 * count);
  return Float32Array.from({ length: count }, (_, n) => view.getFloat32(4 * n, true));
}

/** What each of the 65,536 patterns of 16 bits is as float16, which not every browser reads. */
function patterns() {
  const values = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits += 1) {
    const sign = bits & 0x8000 ? -1 : 1;
    const power = (bits >> 10) & 31;
    const part = (bits & 1023) / 1024;
    values[bits] = sign * (power ? (1 + part) * 2 ** (power - 15) : part * 2 ** -14);
  }
  return values;
}

/** @type {Float32Array | undefined} */
let known;

/**
 * `count` numbers of float16.
 * @param {ArrayBuffer} bytes
 * @param {number} at
 * @param {number} count
 */
export function halves(bytes, at, count) {
  known ??= patterns();
  const view = new DataView(bytes, at, 2 * count);
  const numbers = new Float32Array(count);
  for (let n = 0; n < count; n += 1) numbers[n] = known[view.getUint16(2 * n, true)];
  return numbers;
}

/**
 * Whole numbers of 16 bits: `each` for every one of `steps`, times that.
 * @param {ArrayBuffer} bytes
 * @param {number} at
 * @param {Float32Array} steps
 * @param {number} each
 */
export function wholes(bytes, at, steps, each) {
  const view = new DataView(bytes, at, 2 * each * steps.length);
  const numbers = new Float32Array(each * steps.length);
  for (let n = 0; n < numbers.length; n += 1) {
    numbers[n] = view.getInt16(2 * n, true) * steps[Math.floor(n / each)];
  }
  return numbers;
}
