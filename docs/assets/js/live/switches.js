// Units that are switched off, and what that does to the classes.

import { el } from "../element.js";
import { called, largest, percent } from "./facts.js";
import { say } from "../say.js";

/** @typedef {import("./facts.js").Facts} Facts */
/** @typedef {import("./facts.js").Unit} Unit */

export class Switches {
  /** @param {Facts} facts @param {(units: Unit[]) => void} changed */
  constructor(facts, changed) {
    this.facts = facts;
    this.changed = changed;
    /** @type {Unit[]} */
    this.off = [];
    this.list = el("ul", { class: "live-off" });
    this.said = el("p", { role: "status", "aria-live": "polite" });
    this.offered = el("div", { hidden: true });
    this.element = el(
      "section",
      { class: "live-switches", hidden: true },
      el("h2", {}, say("Switched off")),
      this.offered,
      this.list,
      this.said,
      el(
        "button",
        { type: "button", class: "md-button", onclick: () => this.#set([]) },
        say("All on again"),
      ),
    );
  }

  /** @param {Unit} unit */
  has({ layer, channel }) {
    return this.off.some((one) => one.layer === layer && one.channel === channel);
  }

  /** @param {Unit} unit */
  toggle(unit) {
    const rest = this.off.filter(
      (one) => one.layer !== unit.layer || one.channel !== unit.channel,
    );
    this.#set(rest.length < this.off.length ? rest : [...this.off, unit]);
  }

  /** Units that speak for a class, to be switched off together. @param {string} name @param {Unit[]} units */
  offer(name, units) {
    const numbers = units.map(({ channel }) => channel).join(", ");
    const off = () => this.#set(units);
    const button = el("button", { type: "button", class: "md-button", onclick: off }, say("Switch them off"));
    this.offered.replaceChildren(say("The units that speak for {name}: {numbers}. ", { name, numbers }), button);
    this.element.hidden = this.offered.hidden = false;
    button.focus();
  }

  /** @param {Unit[]} units */
  #set(units) {
    this.off = units;
    this.offered.hidden = true;
    this.element.hidden = units.length === 0;
    this.said.textContent = "";
    this.list.replaceChildren(
      ...units.map((unit) =>
        el(
          "li",
          {},
          called(this.facts, unit),
          " ",
          el("button", { type: "button", onclick: () => this.toggle(unit) }, say("on again")),
        ),
      ),
    );
    this.changed(units);
  }

  /** What it does to the class that is the most probable with all units. @param {import("./session.js").Comparison} found */
  tell({ whole, without, random, draws }) {
    if (!this.off.length) return;
    const [first] = largest(whole, 1);
    const [now] = largest(without, 1);
    const name = this.facts.classes[first];
    const units = this.off.length === 1 ? called(this.facts, this.off[0]) : say("{count} units", { count: this.off.length });
    const others = this.off.length === 1 ? say("another unit of that layer") : say("as many other units");
    this.said.textContent =
      say("Without {units}: {name} {before} → {after}", { units, name, before: percent(whole[first]), after: percent(without[first]) }) +
      (now === first ? "" : say(", and the first guess is now {guess}", { guess: this.facts.classes[now] })) +
      ". " +
      say("Without {others}, picked at random: {share} (mean of {draws} picks).", { others, share: percent(random[first]), draws });
  }
}
