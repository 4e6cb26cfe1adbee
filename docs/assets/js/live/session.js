// A picture and a network: what the page asks about, and the answers as plain arrays.

import { Engine } from "./engine.js";
import { Network } from "./network.js";
import { normalise } from "./preprocess.js";
import { AS_IT_IS, shaped } from "./shape.js";

/** @typedef {import("./program.js").Program} Program */
/** @typedef {import("./resample.js").Picture} Picture */
/** @typedef {import("./shape.js").Shape} Shape */

/** A unit: `layer` counts from 0, as the program lists its layers. @typedef {{layer: number, channel: number}} Unit */

/**
 * What is asked: the picture in some shape, a square of it hidden (`cover`: left, top and side in
 * pixels of the input), some units switched off, and which maps and which way back to show.
 * @typedef {object} Question
 * @property {Picture} [picture] a new one; left out: the one before
 * @property {Shape} [shape]
 * @property {{left: number, top: number, side: number} | null} [cover]
 * @property {Unit[]} [off]
 * @property {Unit[]} [maps]
 * @property {Unit | null} [unit]
 */

/**
 * A unit looked at: its map, the place of its strongest answer, and the projection from there.
 * @typedef {object} Look
 * @property {Unit} unit
 * @property {Float32Array} map
 * @property {number} row
 * @property {number} column
 * @property {number} value
 * @property {Float32Array} projection
 */

/**
 * What is answered. `pixels` are the network's own, red, green and blue; `values` hold for each
 * layer what each unit answers at most.
 * @typedef {object} Answer
 * @property {Uint8Array} pixels
 * @property {Float32Array} classes
 * @property {Float32Array[]} values
 * @property {{unit: Unit, map: Float32Array}[]} maps
 * @property {Look | null} look
 * @property {string} engine what worked it out, in words
 * @property {number} forward milliseconds of the way up
 * @property {number} back milliseconds of the way down, if there was one
 */

/**
 * The classes with all units, without some, and without as many picked at random in the same
 * layers: the mean of `draws`.
 * @typedef {{whole: Float32Array, without: Float32Array, random: Float32Array, draws: number}} Comparison
 */

const DRAWS = 8; // as many random choices as a reader may wait for

export class Session {
  /** @param {Program} program */
  constructor(program) {
    this.program = program;
    this.network = new Network(program);
    this.engine = new Engine(this.network);
    const { size } = program.preprocess;
    /** @type {Picture} */
    this.picture = { width: size, height: size, pixels: new Uint8Array(3 * size * size) };
    /** @type {Unit[]} */
    this.off = [];
  }

  /** @param {Question} question @returns {Promise<Answer>} */
  async show({ picture, shape = AS_IT_IS, cover = null, off = [], maps = [], unit = null }) {
    if (picture) this.picture = picture;
    const { preprocess } = this.program;
    const seen = shaped(preprocess, this.picture, shape);
    const pixels = Uint8Array.from(seen.pixels);
    const input = normalise(preprocess, seen);
    if (cover) hide(input, pixels, preprocess, cover);
    this.off = off;
    const started = performance.now();
    await this.engine.run(input, this.#maps(off));
    const forward = performance.now() - started;
    const look = unit && this.#look(unit);
    return {
      pixels,
      classes: this.network.classes(),
      values: this.program.maps.map((map) => this.#strongest(map)),
      maps: maps.map((unit) => ({ unit, map: this.#map(unit) })),
      look,
      engine: this.engine.name,
      forward,
      back: performance.now() - started - forward,
    };
  }

  /** What the units that are off do to the latest picture. @returns {Promise<Comparison>} */
  async compare(random = Math.random) {
    const { engine, network, off } = this;
    const first = Math.min(...off.map(({ layer }) => network.maker(this.program.maps[layer])));
    /** @param {Unit[]} units */
    const without = async (units) => {
      await engine.run(null, this.#maps(units), first);
      return network.classes();
    };
    const whole = await without([]);
    const mean = new Float32Array(whole.length);
    for (let draw = 0; draw < DRAWS; draw += 1) {
      const classes = await without(this.#others(random));
      for (let n = 0; n < mean.length; n += 1) mean[n] += classes[n] / DRAWS;
    }
    return { whole, without: await without(off), random: mean, draws: DRAWS };
  }

  /** As many units of the same layers as are off, others than these. @param {() => number} random */
  #others(random) {
    /** @type {Unit[]} */
    const picked = [];
    for (const { layer } of this.off) {
      const taken = new Set(
        [...this.off, ...picked].filter((one) => one.layer === layer).map((one) => one.channel),
      );
      const free = Array.from({ length: this.#channels(layer) }, (_, n) => n).filter(
        (channel) => !taken.has(channel),
      );
      if (free.length) picked.push({ layer, channel: free[Math.floor(random() * free.length)] });
    }
    return picked;
  }

  /** @param {number} layer */
  #channels(layer) {
    return this.network.shapes[this.program.maps[layer]][0];
  }

  /** Units by the number of their map. @param {Unit[]} units */
  #maps(units) {
    /** @type {Map<number, number[]>} */
    const off = new Map();
    for (const { layer, channel } of units) {
      const map = this.program.maps[layer];
      off.set(map, [...(off.get(map) ?? []), channel]);
    }
    return off;
  }

  /** @param {number} map */
  #strongest(map) {
    const [channels, rows, columns] = this.network.shapes[map];
    const area = rows * columns;
    return Float32Array.from({ length: channels }, (_, channel) => {
      let most = 0;
      const end = (channel + 1) * area;
      for (let n = channel * area; n < end; n += 1) {
        if (this.network.maps[map][n] > most) most = this.network.maps[map][n];
      }
      return most;
    });
  }

  /** @param {Unit} unit */
  #map({ layer, channel }) {
    const map = this.program.maps[layer];
    const [, rows, columns] = this.network.shapes[map];
    const area = rows * columns;
    return this.network.maps[map].slice(channel * area, (channel + 1) * area);
  }

  /** @param {Unit} unit @returns {Look} */
  #look(unit) {
    const map = this.#map(unit);
    const columns = this.network.shapes[this.program.maps[unit.layer]][2];
    let most = 0;
    for (let n = 1; n < map.length; n += 1) if (map[n] > map[most]) most = n;
    const row = Math.floor(most / columns);
    const column = most % columns;
    const number = this.program.maps[unit.layer];
    const projection = this.network.project(number, unit.channel, row, column);
    return { unit, map, row, column, value: Math.max(0, map[most]), projection };
  }
}

/**
 * Puts the network's zero, a grey, over a square of the input.
 * @param {Float32Array} input
 * @param {Uint8Array} pixels
 * @param {import("./program.js").Preprocess} how
 * @param {{left: number, top: number, side: number}} square
 */
function hide(input, pixels, { size, mean }, { left, top, side }) {
  const bottom = Math.min(size, top + side);
  const right = Math.min(size, left + side);
  for (let y = Math.max(0, top); y < bottom; y += 1) {
    for (let x = Math.max(0, left); x < right; x += 1) {
      for (let colour = 0; colour < 3; colour += 1) {
        input[(colour * size + y) * size + x] = 0;
        pixels[(y * size + x) * 3 + colour] = Math.round(255 * mean[colour]);
      }
    }
  }
}
