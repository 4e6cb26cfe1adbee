// From a file, a frame or a drawing to plain pixels: the browser decodes, nothing is resampled.

import { say } from "../say.js";

/** @typedef {import("./resample.js").Picture} Picture */

const MOST_BYTES = 50_000_000; // a large camera's photograph
const MOST_PIXELS = 64_000_000; // as in the build (generator/exhibit.py)
const BAND = 4_000_000; // pixels: phones have no canvas for a whole large photograph

/** What is wrong with a picture, in a line for the reader. */
export class Refused extends Error {}

/**
 * The picture in a file, upright, laid over white, its colours as they are stored.
 * @param {Blob & {name?: string}} file
 * @returns {Promise<Picture>}
 */
export async function openFile(file) {
  const name = file.name || say("What was given");
  if (file.size > MOST_BYTES) {
    const megabytes = Math.round(file.size / 1e6);
    throw new Refused(say("{name} has {megabytes} MB. Choose a picture of at most 50 MB.", { name, megabytes }));
  }
  let image;
  try {
    image = await createImageBitmap(file, {
      imageOrientation: "from-image",
      colorSpaceConversion: "none",
    });
  } catch {
    throw new Refused(say("{name} is not a picture that this browser can open. Try a JPEG or a PNG.", { name }));
  }
  try {
    return pixelsOf(image, image.width, image.height, name);
  } finally {
    image.close();
  }
}

/**
 * The pixels of anything that a canvas can draw.
 * @param {CanvasImageSource} image
 * @param {number} width
 * @param {number} height
 * @param {string} name
 * @returns {Picture}
 */
export function pixelsOf(image, width, height, name) {
  if (width * height > MOST_PIXELS) {
    throw new Refused(say("{name} has {width} by {height} pixels. At most 64 million can be shown.", { name, width, height }));
  }
  if (!(width * height)) throw new Refused(say("{name} holds nothing.", { name }));
  const rows = Math.max(1, Math.min(height, Math.floor(BAND / width)));
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = rows;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) throw new Refused(say("{name} is too large for this browser.", { name }));
  const pixels = new Uint8Array(width * height * 3);
  let at = 0;
  for (let top = 0; top < height; top += rows) {
    const high = Math.min(rows, height - top);
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, width, rows);
    pen.drawImage(image, 0, -top);
    const { data } = pen.getImageData(0, 0, width, high);
    for (let n = 0; n < data.length; n += 4) {
      pixels[at] = data[n];
      pixels[at + 1] = data[n + 1];
      pixels[at + 2] = data[n + 2];
      at += 3;
    }
  }
  return { width, height, pixels };
}
