// The page's side of the worker.

/** @typedef {import("./session.js").Question} Question */
/** @typedef {import("./session.js").Answer} Answer */
/** @typedef {import("./session.js").Comparison} Comparison */

export class Client {
  #worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  /** @type {Map<number, {resolve: (result: any) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();
  #next = 0;
  /** @type {Question | null} */
  #pending = null;
  #busy = false;
  #over = false;

  /** @param {(answer: Answer) => void} answered @param {(error: Error) => void} failed */
  constructor(answered, failed) {
    this.answered = answered;
    this.failed = failed;
    this.#worker.addEventListener("message", ({ data: { id, result, error } }) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error));
    });
    this.#worker.addEventListener("error", (event) => {
      const error = new Error(event.message || "the worker could not be started");
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
  }

  /**
   * @param {string} task
   * @param {unknown} [data]
   * @param {Transferable[]} [given] what the worker takes over
   * @returns {Promise<any>}
   */
  ask(task, data, given = []) {
    const id = (this.#next += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, task, data }, given);
    });
  }

  /** Whether an answer is on its way. */
  get busy() {
    return this.#busy;
  }

  /**
   * Asks, and tells `answered`. While the worker is busy only the latest question waits; a
   * picture that came with an earlier one goes along.
   * @param {Question} question
   */
  async show(question) {
    this.#pending = { picture: this.#pending?.picture, ...question };
    if (this.#busy) return;
    this.#busy = true;
    while (this.#pending && !this.#over) {
      const asked = this.#pending;
      this.#pending = null;
      try {
        const given = asked.picture ? [asked.picture.pixels.buffer] : [];
        const answer = await this.ask("show", asked, given);
        if (!this.#over) this.answered(answer);
      } catch (error) {
        if (!this.#over) this.failed(/** @type {Error} */ (error));
      }
    }
    this.#busy = false;
  }

  /** @returns {Promise<Comparison>} */
  compare() {
    return this.ask("compare");
  }

  end() {
    this.#over = true;
    this.#worker.terminate();
  }
}
