// The page of the reader's own picture: the network is loaded once it is asked for, then lives here.

import { el } from "../element.js";
import { loadIndex } from "../finding.js";
import { Classes } from "./classes.js";
import { Client } from "./client.js";
import { Inputs } from "./inputs.js";
import { Layers } from "./layers.js";
import { fetchAll } from "./loading.js";
import { pixelsOf } from "./opening.js";
import { Stage } from "./stage.js";
import { save, still } from "./still.js";
import { Switches } from "./switches.js";
import { Through } from "./through.js";
import { Tiles } from "./tiles.js";
import { Watched } from "./watched.js";
import { named, say } from "../say.js";

/** @typedef {import("./session.js").Answer} Answer */
/** @typedef {import("./session.js").Unit} Unit */
/** @typedef {import("./facts.js").Facts} Facts */
/** @typedef {{src: string, size: number}} File */
/** @typedef {File & {name: string}} Photograph */

/** What the page says: addresses from the page. @typedef {{program: File[], weights: File[], index: string, sheets: File[], photographs: Photograph[], speakers?: {layer: number, units: Record<number, number[]>} | null}} Data */

const CALM = 400; // milliseconds without a change before units are compared with others

export class Lab {
  /** @type {Client | null} */
  client = null;
  /** @type {Inputs | null} */
  inputs = null;
  /** @type {Answer | null} */
  latest = null;
  /** @type {Unit | null} */
  unit = null;
  name = "";
  frames = 0;
  #timer = 0;

  /** @param {HTMLElement} root @param {Data} data */
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.said = el("p", { class: "live-said", role: "alert" });
    this.time = el("p", { class: "quiet live-time" });
  }

  /** Fetches all that the page will ever need. @param {(share: number) => void} told */
  async load(told) {
    const { program, weights, sheets, photographs } = this.data;
    const files = [...program, ...weights, ...photographs, ...sheets];
    const addresses = files.map(({ src }) => new URL(src, location.href).href);
    const [[listed, numbers, ...pictures], index] = await Promise.all([
      fetchAll(
        addresses,
        files.map(({ size }) => size),
        told,
      ),
      loadIndex(new URL(this.data.index, location.href).href),
    ]);
    const said = JSON.parse(new TextDecoder().decode(listed));
    const images = await Promise.all(
      pictures.map((one, at) => {
        const [ending] = addresses[2 + at].split(".").slice(-1); // not every browser looks inside
        return createImageBitmap(new Blob([one], { type: `image/${ending}` }));
      }),
    );
    const shown = images.slice(0, photographs.length);
    const bySource = new Map(
      images.slice(photographs.length).map((image, at) => [addresses[2 + photographs.length + at], image]),
    );
    this.client = new Client(
      (answer) => this.#show(answer),
      (error) => this.#say(say("The network failed: {message}.", { message: error.message })),
    );
    await this.client.ask("load", { listed: said, numbers }, [numbers]);
    this.#build(said, new Tiles(index, bySource), shown);
  }

  /** @param {Facts & {preprocess: import("./program.js").Preprocess}} facts @param {Tiles} tiles @param {ImageBitmap[]} images */
  #build(facts, tiles, images) {
    this.facts = facts;
    facts.classes = facts.classes.map(named);
    this.stage = new Stage(facts.preprocess.size, () => this.#ask());
    const { layer: shown, units = {} } = this.data.speakers ?? {};
    const speaking = facts.layers.findIndex(({ index }) => index === shown);
    this.classes = new Classes(
      facts.classes,
      (at) => speaking >= 0 && at in units,
      (at) => {
        const own = units[at].map((channel) => ({ layer: speaking, channel }));
        this.switches?.offer(facts.classes[at], own);
      },
    );
    this.layers = new Layers(facts, tiles, (unit) => this.#choose(unit));
    this.watched = new Watched(facts, tiles, {
      switched: (unit) => this.switches?.toggle(unit),
      left: () => this.#choose(null),
    });
    this.switches = new Switches(facts, () => this.#ask());
    this.through = new Through(facts, facts.preprocess.size, () => this.#ask());
    this.inputs = new Inputs(
      this.root,
      this.data.photographs.map(({ name }, at) => ({ name, image: images[at] })),
      (picture, name) => this.#picture(picture, name),
      (line) => this.#say(line),
      () => !this.client?.busy,
    );
    this.root.replaceChildren(
      this.inputs.element,
      this.said,
      el("div", { class: "live-main" }, this.stage.element, this.classes.element),
      el(
        "p",
        { class: "live-keep" },
        el(
          "button",
          { type: "button", class: "md-button", onclick: () => this.#save() },
          say("Save a still"),
        ),
        this.time,
      ),
      this.watched.element,
      this.switches.element,
      this.layers.element,
      this.through.element,
    );
    const [first] = images;
    const photograph = this.data.photographs[0];
    if (first) this.#picture(pixelsOf(first, first.width, first.height, photograph.name), photograph.name);
    this.#asAddressed();
  }

  /** A unit that the address names, as "#watch=3:14", is watched from the start. */
  #asAddressed() {
    const [, layer, channel] = /^#watch=(\d+):(\d+)$/.exec(location.hash) ?? [];
    const at = this.facts?.layers.findIndex(({ index }) => index === Number(layer)) ?? -1;
    const known = at >= 0 && Number(channel) < (this.facts?.layers[at].channels ?? 0);
    if (known) this.#choose({ layer: at, channel: Number(channel) });
  }

  /** @param {import("./resample.js").Picture} picture @param {string} name */
  #picture(picture, name) {
    this.name = name;
    this.#ask(picture);
  }

  /** @param {Unit | null} unit */
  #choose(unit) {
    const same = unit && this.unit?.layer === unit.layer && this.unit.channel === unit.channel;
    this.unit = same ? null : unit;
    this.#ask();
  }

  /** @param {import("./resample.js").Picture} [picture] */
  #ask(picture) {
    if (!this.client || !this.stage || !this.switches || !this.through) return;
    this.client.show({
      ...(picture && { picture }),
      shape: { ...this.stage.shape },
      cover: this.stage.cover,
      off: this.switches.off,
      unit: this.unit,
      maps: this.latest ? this.through.wanted(this.latest.values) : [],
    });
  }

  /** @param {Answer} answer */
  #show(answer) {
    this.latest = answer;
    this.frames += 1;
    const { look } = answer;
    const layer = look && this.facts ? this.facts.layers[look.unit.layer] : null;
    this.stage?.show(answer.pixels, look, layer);
    this.classes?.show(answer.classes);
    this.layers?.show(answer.values, this.unit);
    this.watched?.show(answer, Boolean(look && this.switches?.has(look.unit)));
    this.through?.show(answer);
    this.time.textContent = say("Worked out here, with {engine}, in {time} milliseconds.", { engine: say(answer.engine), time: Math.round(answer.forward) });
    this.root.dataset.frames = String(this.frames);
    window.clearTimeout(this.#timer);
    if (this.switches?.off.length) {
      this.#timer = window.setTimeout(() => this.#compare(), CALM);
    }
  }

  async #compare() {
    const found = await this.client?.compare();
    if (found) this.switches?.tell(found);
  }

  #save() {
    if (!this.latest || !this.facts || !this.stage || !this.watched) return;
    const notes = this.switches?.said.textContent;
    const canvas = still(
      this.facts,
      this.latest,
      [this.stage.canvas, this.stage.glow],
      [this.watched.patch, this.watched.projection, this.watched.records].map((one) => one.canvas),
      [say("The picture: {name}", { name: this.name }), ...(notes ? [notes] : [])],
    );
    save(canvas, "your-picture.png");
  }

  /** @param {string} line */
  #say(line) {
    this.said.textContent = line;
  }

  /** Camera off, worker gone, nothing listens any more. */
  end() {
    window.clearTimeout(this.#timer);
    this.inputs?.end();
    this.classes?.end();
    this.client?.end();
  }
}
