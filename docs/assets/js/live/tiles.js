// The record patches of all units, from the sheets that the site has, kept in memory.

/**
 * A layer as the index of units has it (generator/pages/unit_data.py).
 * @typedef {object} IndexLayer
 * @property {number} layer
 * @property {string} page
 * @property {string} data
 * @property {boolean} crisp
 * @property {number} unit
 * @property {number} step
 * @property {number} height
 * @property {number} sheet
 * @property {{src: string, width: number}[]} sheets
 * @property {{channel: number, dead: boolean, found: {kind: string, name: string, group: string}[]}[]} units
 */

export class Tiles {
  /** @param {IndexLayer[]} layers @param {Map<string, ImageBitmap>} sheets by address */
  constructor(layers, sheets) {
    this.layers = layers;
    this.sheets = sheets;
  }

  /**
   * A canvas with the patches of a unit; `layer` counts from 0.
   * @param {HTMLCanvasElement} canvas
   * @param {number} layer
   * @param {number} channel
   */
  paint(canvas, layer, channel) {
    const { unit, step, height, sheet, sheets } = this.layers[layer];
    const image = this.sheets.get(sheets[Math.floor(channel / sheet)]?.src);
    canvas.width = unit;
    canvas.height = height;
    if (!image) return;
    const from = (channel % sheet) * step;
    canvas.getContext("2d")?.drawImage(image, from, 0, unit, height, 0, 0, unit, height);
  }

  /** What was found of a unit, in words; empty where nothing was. @param {number} layer @param {number} channel */
  name(layer, channel) {
    return this.layers[layer].units[channel].found.map(({ name }) => name).join(", ");
  }
}
