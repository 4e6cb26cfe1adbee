// The panel of a unit: a dialog that shows one of a list of units and moves on along the list.

import { el } from "./element.js";
import { siteFile } from "./site-file.js";
import { unitView } from "./unit-view.js";
import { say } from "./say.js";

const SWIPE = 50; // pixels across that are meant

let open = null; // what the panel shows: { units, at, covered, moved, closed }
let dialog = null;
let parts = {};

function build() {
  const title = el("h2", { id: "unit-panel-title", tabindex: "-1", "aria-live": "polite" });
  const button = (text, label, onclick) =>
    el("button", { type: "button", "aria-label": label, title: label, onclick }, text);
  const before = button("←", say("Previous unit"), () => move(-1));
  const next = button("→", say("Next unit"), () => move(1));
  const close = button("✕", say("Close"), () => dialog.close());
  const place = el("span", { class: "quiet place" });
  const body = el("div", { class: "unit-body" });
  parts = { title, before, next, place, body };
  dialog = el(
    "dialog",
    { class: "unit-panel md-typeset", "aria-labelledby": "unit-panel-title" },
    el("header", {}, title, place, before, next, close),
    body,
  );
  dialog.addEventListener("keydown", keys);
  dialog.addEventListener("close", () => {
    if (dialog.open) return; // opened again before the word of its closing came
    const { closed } = open ?? {};
    open = null;
    body.replaceChildren();
    closed?.();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // its backdrop
  });
  swipes();
  document.body.append(dialog);
}

function keys(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
  if (!(event.key in steps)) return;
  event.preventDefault();
  move(steps[event.key]);
}

/** Whether the reader has enlarged the page with two fingers: then one finger moves it about. */
const zoomed = () => window.visualViewport?.scale > 1;

function swipes() {
  let from = null;
  window.visualViewport?.addEventListener("resize", () => {
    dialog.classList.toggle("zoomed", zoomed());
  });
  dialog.addEventListener(
    "touchstart",
    (event) => {
      from = event.touches.length === 1 && !zoomed() ? event.touches[0] : null;
    },
    { passive: true },
  );
  dialog.addEventListener(
    "touchend",
    (event) => {
      if (!from || zoomed()) return;
      const [to] = event.changedTouches;
      const across = to.clientX - from.clientX;
      const down = to.clientY - from.clientY;
      if (Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(down))
        move(across < 0 ? 1 : -1);
    },
    { passive: true },
  );
}

function move(steps) {
  const at = Math.min(open.units.length - 1, Math.max(0, open.at + steps));
  if (at === open.at) return;
  open.at = at;
  show();
  open.moved?.(at);
}

/** A unit's file, with the addresses in it made whole. */
async function read(address) {
  const response = await siteFile(address);
  if (!response.ok) throw new Error(`${response.status}`);
  const unit = await response.json();
  const whole = (part) => {
    if (part?.src) part.src = new URL(part.src, address).href;
  };
  unit.address = address;
  unit.page = new URL(unit.page, address).href;
  if (unit.watch) unit.watch = new URL(unit.watch, address).href;
  unit.pictures.forEach(whole);
  unit.top.forEach((top) => whole(top.whole));
  whole(unit.spread);
  whole(unit.weakest);
  for (const one of unit.losers) one.page = new URL(one.page, address).href;
  for (const { units } of unit.feeds) {
    units.forEach(whole);
    for (const one of units) one.page = new URL(one.page, address).href;
  }
  return unit;
}

async function show() {
  const { units, at, covered } = open;
  const { title, before, next, place, body } = parts;
  const { data, label } = units[at];
  title.textContent = label;
  place.textContent = units.length > 1 ? say("{at} of {all}", { at: at + 1, all: units.length }) : "";
  before.disabled = at === 0;
  next.disabled = at === units.length - 1;
  if (document.activeElement?.disabled || !dialog.contains(document.activeElement)) title.focus();
  body.setAttribute("aria-busy", "true");
  let made;
  try {
    const unit = await read(data);
    made = unitView(unit, covered, () => {
      if (open?.units[open.at].data === data) title.textContent = unit.title;
    });
  } catch {
    made = [
      el("p", {}, say("The numbers of this unit could not be loaded.")),
      el("p", {}, el("a", { href: data }, say("Try its file")), "."),
    ];
  }
  if (open?.units[open.at].data !== data) return; // the reader has moved on
  body.replaceChildren(...made.filter(Boolean));
  body.removeAttribute("aria-busy");
  dialog.scrollTop = 0;
}

/**
 * Shows `units[at]`, each `{ data, label }` with the address of its JSON file. `covered` names a
 * picture that is hidden until the reader asks; `moved(at)` and `closed()` are told what happens.
 */
export function openPanel(units, at, { covered, moved, closed } = {}) {
  if (!dialog?.isConnected) build();
  open = { units, at, covered, moved, closed };
  show();
  if (!dialog.open) dialog.showModal();
  parts.title.focus();
}

/** Closes the panel without telling anyone, as when the reader leaves the page. */
export function closePanel() {
  if (!dialog?.open) return;
  open = null;
  dialog.close();
}

/** The unit that the panel shows, as it was given to `openPanel`; null when it is closed. */
export function shownUnit() {
  return open && open.units[open.at];
}
