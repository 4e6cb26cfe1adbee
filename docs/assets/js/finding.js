// @ts-nocheck  (types are checked in live/, and in what it takes from here)
// Finding units: the index of all of them, what a reader asks for, and which units answer it.

import { el } from "./element.js";
import { siteFile } from "./site-file.js";
import { say } from "./say.js";

const KINDS = {
  "": say("anything"),
  found: say("something found"),
  orientation: say("lines"),
  colour: say("colours"),
  concept: say("drawn concepts"),
  class: say("classes of photographs"),
  nothing: say("nothing found"),
  dead: say("dead units"),
};
const MEASURED = ["orientation", "colour", "concept", "class"]; // kinds of findings
const ORDERS = {
  "": say("channel"),
  selectivity: say("selectivity for lines"),
  colour: say("share of colour"),
  score: say("best score for a drawing"),
  fires: say("how often it fires"),
};

/** Views of all units; which of them a page comes with, its address does not say. */
export const VIEWS = {
  photographs: say("photographs"),
  projections: say("projections"),
  preferred: say("preferred inputs"),
  drawings: say("drawings"),
};

/** What a unit's picture on a sheet shows, in words. */
export function pictured(view, layer, channel) {
  const what = {
    photographs: say("strongest patches"),
    projections: say("projections"),
    preferred: say("preferred input"),
    drawings: say("strongest drawings"),
  };
  return say("Layer {layer}, unit {channel}: {what}", { layer, channel, what: what[view] });
}

const indices = new Map(); // one a site; a reader of many pages loads it once

/** The index at `address`: layers with their sheets, and units as objects. */
export function loadIndex(address) {
  if (!indices.has(address)) {
    const index = siteFile(address).then((answer) => {
      if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
      return answer.json();
    });
    index.catch(() => indices.delete(address)); // the next one may ask again
    indices.set(
      address,
      index.then((said) => unpack(said, address)),
    );
  }
  return indices.get(address);
}

function unpack({ labels, layers }, address) {
  return layers.map((layer) => ({
    ...layer,
    page: new URL(layer.page, address).href,
    sheets: layer.sheets.map(([src, width]) => ({ src: new URL(src, address).href, width })),
    walls: Object.fromEntries(
      Object.entries(layer.walls).map(([view, files]) => [
        view,
        files.map((file) => new URL(file, address).href),
      ]),
    ),
    units: layer.units.map(([channel, dead, selectivity, colour, score, fires, found]) => ({
      layer: layer.layer,
      channel,
      dead: Boolean(dead),
      selectivity,
      colour,
      score,
      fires,
      found: found.map((number) => (label(labels[number]))),
    })),
  }));
}

const label = ([kind, name, group]) => ({ kind, name, group });

const NEAR = 10; // degrees: as near as a line has to be for the lesson to name it

/** Whether a finding is of lines near the angle that a word like "-45" asks for. */
function near({ kind, name }, word) {
  if (kind !== "orientation" || !/^[+-]\d+$/.test(word)) return false;
  const apart = Math.abs(Number(plain(name).match(/[+-]?\d+/)) - Number(word)) % 180;
  return Math.min(apart, 180 - apart) <= NEAR;
}

const plain = (text) => text.toLowerCase().replaceAll("−", "-");

/** Whether a unit is what the reader asks for: every word in what was found, or its number. */
export function matches(unit, { find, kind, layer }) {
  if (layer && unit.layer !== Number(layer)) return false;
  if (kind === "dead" && !unit.dead) return false;
  if (kind === "found" && !unit.found.length) return false;
  if (kind === "nothing" && (unit.found.length || unit.dead)) return false;
  const measured = MEASURED.includes(kind);
  const found = measured ? unit.found.filter((one) => one.kind === kind) : unit.found;
  if (measured && !found.length) return false;
  const names = plain(found.map((one) => `${one.name} ${one.group}`).join("\n"));
  return plain(find)
    .split(/\s+/)
    .filter(Boolean)
    .every(
      (word) =>
        names.includes(word) ||
        word === String(unit.channel) ||
        found.some((one) => near(one, word)),
    );
}

/** Units in the order that the reader asks for; ties by layer and channel. */
export function ordered(units, { sort }) {
  const numbers = (a, b) => a.layer - b.layer || a.channel - b.channel;
  return [...units].sort((a, b) => (sort ? b[sort] - a[sort] : 0) || numbers(a, b));
}

/** What the address asks for; unknown choices count as none. */
export function asked() {
  const query = new URLSearchParams(location.search);
  const choice = (name, known) =>
    Object.hasOwn(known, query.get(name) ?? "") ? (query.get(name) ?? "") : "";
  return {
    find: query.get("find") ?? "",
    kind: choice("kind", KINDS),
    sort: choice("sort", ORDERS),
    layer: /^\d+$/.test(query.get("layer") ?? "") ? query.get("layer") : "",
    show: choice("show", VIEWS),
  };
}

/**
 * Keeps what is asked for in the address, beside the unit that may be open. The view that the page
 * comes with, `first`, needs no word there.
 */
export function keep(wanted, first) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(wanted)) {
    if (value && !(name === "show" && value === first)) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  history.replaceState(history.state, "", url);
}

/**
 * A form to ask with; `changed(wanted)` is called at every change. `views` are those that there
 * are, and `layers` offers a choice.
 */
export function form(changed, views, layers) {
  const field = (label, input) => el("label", {}, el("span", {}, label), input);
  const choice = (name, known) =>
    el(
      "select",
      { name },
      Object.entries(known).map(([value, text]) => el("option", { value }, text)),
    );
  const layer =
    layers &&
    choice("layer", {
      "": say("all"),
      ...Object.fromEntries(layers.map((number) => [number, say("layer {number}", { number })])),
    });
  const made = el(
    "form",
    { class: "filter", role: "search", "aria-label": say("Find units") },
    views.length > 1 &&
      field(
        say("Show"),
        choice("show", Object.fromEntries(Object.entries(VIEWS).filter(([view]) => views.includes(view)))),
      ),
    field(
      say("Words"),
      el("input", {
        type: "search",
        name: "find",
        placeholder: say("wheel, −45, 142"),
        autocomplete: "off",
      }),
    ),
    layer && field(say("In"), layer),
    field(say("With"), choice("kind", KINDS)),
    field(say("Sorted by"), choice("sort", ORDERS)),
    el("output", { "aria-live": "polite" }),
  );
  const read = () => Object.fromEntries(new FormData(made));
  made.addEventListener("input", () => changed(read()));
  made.addEventListener("submit", (event) => event.preventDefault());
  return made;
}

/** Shows in a form what is asked for. */
export function fillForm(made, wanted) {
  for (const [name, value] of Object.entries(wanted)) {
    if (made.elements[name]) made.elements[name].value = value;
  }
}

/** "12 of 192 units", for the form. */
export function tell(made, count, all) {
  made.querySelector("output").textContent = say("{count} of {all} units", { count, all });
}
