// Arrays into canvases: pixels, a map laid over them, a projection, a part of either.

/** @typedef {{size: number, stride: number, offset: number}} Field */

const GREY = 128; // zero in a projection, and what lies beyond the border (generator/draw/raster.py)
const GLOW = [255, 120, 30]; // of a map that is laid over a picture

/** @param {HTMLCanvasElement} canvas */
function penOf(canvas) {
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("this browser has no canvas");
  return pen;
}

/**
 * Red, green and blue, row by row, on a canvas that takes their size.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} pixels
 * @param {number} width
 * @param {number} height
 */
export function paint(canvas, pixels, width, height) {
  const image = new ImageData(width, height);
  for (let n = 0, at = 0; n < image.data.length; n += 4, at += 3) {
    image.data[n] = pixels[at];
    image.data[n + 1] = pixels[at + 1];
    image.data[n + 2] = pixels[at + 2];
    image.data[n + 3] = 255;
  }
  canvas.width = width;
  canvas.height = height;
  penOf(canvas).putImageData(image, 0, 0);
}

/**
 * Left, top and side of what stands for a unit, in pixels of the input: its field, or all of an
 * input that is smaller (generator/records.py, ReceptiveField.shown).
 * @param {Field} field
 * @param {number} row
 * @param {number} column
 * @param {number} size
 */
export function frame(field, row, column, size) {
  if (field.size > size) return { left: 0, top: 0, side: size };
  const at = (/** @type {number} */ place) => field.offset + place * field.stride;
  return { left: at(column), top: at(row), side: field.size };
}

/**
 * A square part of pixels; grey beyond their border.
 * @param {ArrayLike<number>} pixels
 * @param {number} size
 * @param {{left: number, top: number, side: number}} part
 */
export function crop(pixels, size, { left, top, side }) {
  const made = new Uint8Array(side * side * 3).fill(GREY);
  for (let i = 0; i < side; i += 1) {
    for (let j = 0; j < side; j += 1) {
      const [y, x] = [top + i, left + j];
      if (y < 0 || x < 0 || y >= size || x >= size) continue;
      for (let colour = 0; colour < 3; colour += 1) {
        made[(i * side + j) * 3 + colour] = pixels[(y * size + x) * 3 + colour];
      }
    }
  }
  return made;
}

/**
 * A projection (3, size, size) as pixels: zero is mid grey.
 * @param {Float32Array} projection
 */
export function projectionPixels(projection) {
  let [most, least] = [0, 0];
  for (const one of projection) {
    if (one > most) most = one;
    if (one < least) least = one;
  }
  const reach = Math.max(2 * most, -2 * least);
  const area = projection.length / 3;
  const pixels = new Uint8Array(projection.length).fill(GREY);
  if (reach === 0) return pixels;
  for (let n = 0; n < area; n += 1) {
    for (let colour = 0; colour < 3; colour += 1) {
      pixels[3 * n + colour] = Math.round((projection[colour * area + n] / reach + 0.5) * 255);
    }
  }
  return pixels;
}

/**
 * A map laid over a picture of `size` pixels that is shown `scale` times as large: the more a
 * place answers, the less of the picture shines through. `most` is the strongest answer of all.
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} map
 * @param {number} columns
 * @param {Field} field
 * @param {number} size
 * @param {number} scale
 * @param {number} most
 */
export function overlay(canvas, map, columns, field, size, scale, most) {
  const rows = map.length / columns;
  const small = document.createElement("canvas");
  small.width = columns;
  small.height = rows;
  const image = new ImageData(columns, rows);
  for (let n = 0; n < map.length; n += 1) {
    image.data.set(GLOW, 4 * n);
    image.data[4 * n + 3] = most > 0 ? 200 * Math.min(1, Math.max(0, map[n] / most)) : 0;
  }
  penOf(small).putImageData(image, 0, 0);
  canvas.width = size * scale;
  canvas.height = size * scale;
  const start = (field.offset + (field.size - field.stride) / 2) * scale;
  const step = field.stride * scale;
  const pen = penOf(canvas);
  pen.imageSmoothingEnabled = true;
  pen.drawImage(small, start, start, columns * step, rows * step);
}

/**
 * A map alone, dark where nothing answers.
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} map
 * @param {number} columns
 * @param {number} most
 */
export function paintMap(canvas, map, columns, most) {
  const pixels = new Uint8Array(map.length * 3);
  map.forEach((one, n) => {
    const share = most > 0 ? Math.min(1, Math.max(0, one / most)) : 0;
    GLOW.forEach((level, colour) => {
      const dark = 24;
      const warm = dark + (level - dark) * Math.min(1, 2 * share);
      pixels[3 * n + colour] = warm + (250 - warm) * Math.max(0, 2 * share - 1);
    });
  });
  paint(canvas, pixels, columns, map.length / columns);
}
