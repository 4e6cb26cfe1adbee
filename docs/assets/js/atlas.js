// The page of a layer: tiles that open the panel of their unit, and a filter over them.
// The open unit is in the fragment of the address, the filter in its query.

import { asked, fillForm, form, keep, loadIndex, matches, ordered, pictured, tell } from "./finding.js";
import { onPage } from "./page.js";
import { closePanel, openPanel, shownUnit } from "./unit-panel.js";
import { say } from "./say.js";

const UNIT = /^#unit-(\d+)$/;

let atlas = null; // the page's own, or null on other pages
let stepped = false; // whether the entry of the history before this one is the page without a unit

class Atlas {
  constructor(root) {
    this.root = root;
    this.list = root.querySelector(".tiles");
    this.tiles = new Map();
    for (const tile of this.list.children) {
      const [, channel] = UNIT.exec(tile.querySelector("h3 a").hash);
      this.tiles.set(Number(channel), tile);
    }
    this.all = [...this.tiles.keys()];
    this.index = new URL(root.dataset.index, location.href).href;
    this.data = new URL(root.dataset.units, location.href).href;
    this.walls = JSON.parse(root.dataset.walls);
    this.first = this.view = root.dataset.first; // what the page comes with
    root.classList.add("scripted");
    this.form = form((wanted) => {
      keep(wanted, this.first);
      this.show(wanted.show ?? this.first);
      this.filter(wanted);
    }, Object.keys(this.walls));
    root.querySelector(".filter-place").replaceChildren(this.form);
    this.list.addEventListener("keydown", (event) => this.arrows(event));
    this.follow();
  }

  /** Does what the address says. */
  async follow() {
    const wanted = asked();
    if (!this.walls[wanted.show]) wanted.show = this.first;
    fillForm(this.form, wanted);
    this.show(wanted.show);
    this.unit();
    await this.filter(wanted);
  }

  /** Shows all units in another view: the sheets match each other unit for unit. */
  show(view) {
    if (view === this.view) return;
    this.view = view;
    this.tiles.forEach((tile, channel) => {
      const image = tile.querySelector(".glimpse img");
      if (!image) return;
      image.src = this.walls[view][Math.floor(channel / this.root.dataset.sheet)];
      image.alt = pictured(view, this.root.dataset.layer, channel);
      image.style.imageRendering = view === "drawings" ? "auto" : "";
    });
  }

  /** Opens the unit of the address, or closes the panel where it names none. */
  unit() {
    const [, said] = UNIT.exec(location.hash) ?? [];
    const channel = Number(said);
    if (said === undefined || !this.tiles.has(channel)) {
      closePanel();
      return;
    }
    const data = `${this.data}unit-${channel}.json`;
    if (shownUnit()?.data === data) return;
    let shown = this.shown();
    if (!shown.includes(channel)) shown = this.all; // a link leads to it past any filter
    const units = shown.map((one) => ({
      channel: one,
      data: `${this.data}unit-${one}.json`,
      label: say("Layer {layer}, unit {channel}", { layer: this.root.dataset.layer, channel: one }),
    }));
    openPanel(units, shown.indexOf(channel), {
      moved: (at) => history.replaceState(history.state, "", `#unit-${units[at].channel}`),
      closed: () => this.leave(),
    });
  }

  /** The panel was closed by hand: the address names no unit any more. */
  leave() {
    const [, channel] = UNIT.exec(location.hash) ?? [];
    if (stepped) {
      stepped = false;
      history.back();
    } else {
      history.replaceState(history.state, "", location.pathname + location.search);
    }
    const tile = this.tiles.get(Number(channel));
    if (tile) (tile.hidden ? this.form.elements.find : tile.querySelector("h3 a")).focus();
  }

  /** Channels in the order in which they are on the page, without those that are filtered out. */
  shown() {
    return [...this.list.children]
      .filter((tile) => !tile.hidden)
      .map((tile) => Number(UNIT.exec(tile.querySelector("h3 a").hash)[1]));
  }

  async filter(wanted) {
    const plain = !Object.values({ ...wanted, show: "" }).some(Boolean);
    if (plain && !this.sorted) return this.arrange(this.all);
    this.sorted = true;
    const latest = (this.latest = {});
    const layers = await loadIndex(this.index);
    if (latest !== this.latest) return undefined; // the reader has typed on
    const { units } = layers.find((one) => String(one.layer) === this.root.dataset.layer);
    const found = ordered(
      units.filter((unit) => matches(unit, { ...wanted, layer: "" })),
      wanted,
    );
    return this.arrange(found.map((unit) => unit.channel));
  }

  arrange(channels) {
    const shown = new Set(channels);
    this.tiles.forEach((tile, channel) => (tile.hidden = !shown.has(channel)));
    // A tile that is moved loses the focus.
    if (this.shown().some((channel, at) => channel !== channels[at])) {
      this.list.append(...channels.map((channel) => this.tiles.get(channel)));
    }
    tell(this.form, channels.length, this.all.length);
  }

  /** Arrow keys lead from tile to tile, as the eye does. */
  arrows(event) {
    const tiles = [...this.list.children].filter((tile) => !tile.hidden);
    const at = tiles.findIndex((tile) => tile.contains(document.activeElement));
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const top = tiles[0].offsetTop;
    const below = tiles.findIndex((tile) => tile.offsetTop > top);
    const row = below < 0 ? tiles.length : below;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row }[event.key];
    const next = step && tiles[at + step];
    if (!next) return;
    event.preventDefault();
    next.querySelector("h3 a").focus();
  }
}

addEventListener("popstate", () => {
  stepped = false;
  atlas?.follow();
});

// Before the theme's own: a link to a unit of this page leads to no other place of it.
document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest?.('a[href^="#unit-"]');
    if (!atlas || !link || !atlas.root.isConnected) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    event.stopPropagation();
    if (location.hash !== link.hash) {
      stepped = !UNIT.test(location.hash);
      history.pushState(null, "", link.hash);
    }
    atlas.unit();
  },
  true,
);

onPage(() => {
  const root = document.querySelector(".atlas");
  if (root === atlas?.root) return;
  closePanel();
  stepped = false;
  atlas = root && new Atlas(root);
});
