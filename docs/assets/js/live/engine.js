// Which of two works out a picture: plain JavaScript, or WebGPU where the browser has it.

/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./network.js").Off} Off */
/** @typedef {import("./webgpu.js").WebGPU} WebGPU */

const TRIALS = 4; // passes of each: the first ones warm up, and the quickest is what counts
const SLOW = 4; // times plain JavaScript: whoever is so slow once warm needn't go on
const NEAR = 1e-4; // of a map's largest number: the most by which both may differ

/**
 * Plain JavaScript works everywhere, so it begins. WebGPU is tried on the same picture, a few
 * times in turn with it, and is kept if all its maps are the same and its quickest pass was the
 * quicker one: drivers are known that reckon wrongly, and a graphics processor that is only
 * imitated is slow. The first time that anything fails, it is given up for good, and plain
 * JavaScript gives the answer.
 */
export class Engine {
  /** @type {WebGPU | null} */
  #webgpu = null;
  /** @type {Off} */
  #off = new Map();

  /** @param {Network} network */
  constructor(network) {
    this.network = network;
  }

  /** What is at work, in words for the reader. */
  get name() {
    return this.#webgpu ? "WebGPU" : "plain JavaScript";
  }

  /**
   * As `Network.run`, whose maps it fills.
   * @param {Float32Array | null} input
   * @param {Off} [off]
   * @param {number} [first]
   */
  async run(input, off = new Map(), first = 0) {
    const { network } = this;
    this.#off = off;
    if (input) network.maps[0].set(input);
    if (!this.#webgpu) {
      network.run(null, off, first);
      return;
    }
    try {
      await this.#webgpu.run(network.maps, off, first);
    } catch {
      this.#webgpu.end();
      this.#webgpu = null;
      network.run(null, off); // from the start: WebGPU gave only the maps that are shown
    }
  }

  /** Tries WebGPU on the latest picture, and keeps it or not. @param {WebGPU} webgpu */
  async choose(webgpu) {
    const better = await this.#better(webgpu).catch(() => false);
    if (better) this.use(webgpu);
    else webgpu.end();
  }

  /** WebGPU works from now on. @param {WebGPU} webgpu */
  use(webgpu) {
    this.#webgpu = webgpu;
  }

  /** @param {WebGPU} webgpu */
  async #better(webgpu) {
    const own = this.network.maps;
    const theirs = own.map((map, number) => (number === 0 ? map : new Float32Array(map.length)));
    let [plain, other] = [Infinity, Infinity];
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const start = performance.now();
      this.network.run(null, this.#off);
      const between = performance.now();
      await webgpu.run(theirs, this.#off, 0);
      other = Math.min(other, performance.now() - between);
      plain = Math.min(plain, between - start);
      const same = webgpu.parts.every(({ map }) => agree(own[map], theirs[map]));
      if (!same || (trial > 0 && other > SLOW * plain)) return false;
    }
    return other < plain;
  }
}

/** @param {Float32Array} own @param {Float32Array} theirs */
function agree(own, theirs) {
  const most = own.reduce((all, one) => Math.max(all, Math.abs(one)), 0);
  return own.every((one, n) => Math.abs(one - theirs[n]) <= NEAR * most);
}
