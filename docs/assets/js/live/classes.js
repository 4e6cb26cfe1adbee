// The most probable classes, as bars that move.

import { el } from "../element.js";
import { largest, percent } from "./facts.js";
import { say } from "../say.js";

const SHOWN = 5;
const QUIET = 2500; // milliseconds between two things that are said aloud

export class Classes {
  #said = "";
  #timer = 0;

  /**
   * @param {string[]} names
   * @param {(at: number) => boolean} spoken whether units are known to speak for a class
   * @param {(at: number) => void} chosen
   */
  constructor(names, spoken, chosen) {
    this.names = names;
    this.spoken = spoken;
    this.rows = Array.from({ length: SHOWN }, (_, rank) => {
      const onclick = () => chosen(this.rows[rank].at);
      const name = el("button", { type: "button", onclick });
      const share = el("strong");
      return { name, share, at: 0, row: el("li", {}, name, " ", share) };
    });
    this.aloud = el("p", { class: "live-aloud", role: "status", "aria-live": "polite" });
    this.element = el(
      "div",
      { class: "live-classes" },
      el("h2", {}, say("What it takes it for")),
      el(
        "ol",
        { class: "live-bars", "aria-label": say("The most probable classes") },
        this.rows.map(({ row }) => row),
      ),
      this.aloud,
    );
  }

  /** @param {Float32Array} shares */
  show(shares) {
    const best = largest(shares, SHOWN);
    this.rows.forEach((one, rank) => {
      const { name, share, row } = one;
      row.hidden = rank >= best.length;
      if (row.hidden) return;
      one.at = best[rank];
      name.disabled = !this.spoken(one.at);
      name.textContent = this.names[best[rank]];
      share.textContent = percent(shares[best[rank]]);
      row.style.setProperty("--share", String(shares[best[rank]]));
    });
    const [first] = best;
    this.#tell(`${this.names[first]}, ${percent(shares[first])}`, this.names[first]);
  }

  /** Says the first class aloud once it has stayed for a while, and never twice the same. @param {string} line @param {string} name */
  #tell(line, name) {
    window.clearTimeout(this.#timer);
    if (name === this.#said) return;
    this.#timer = window.setTimeout(() => {
      this.#said = name;
      this.aloud.textContent = say("Most probable: {line}", { line });
    }, QUIET);
  }

  end() {
    window.clearTimeout(this.#timer);
  }
}
