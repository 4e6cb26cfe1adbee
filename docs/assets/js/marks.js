// A unit's pictures are grids of the same nine: pointing at one tile marks it in all of them.

import { el } from "./element.js";

const SIDE = 3;

/** Which of the nine tiles of `box` lies under the pointer. */
export function tileAt(event, box) {
  const part = (at, start, length) =>
    Math.min(SIDE - 1, Math.max(0, Math.floor((SIDE * (at - start)) / length)));
  const { left, top, width, height } = box.getBoundingClientRect();
  return SIDE * part(event.clientY, top, height) + part(event.clientX, left, width);
}

/** Marks one of the nine tiles of `box`; null takes the mark away. */
export function markTile(box, tile) {
  let mark = box.querySelector(":scope > .mark");
  if (tile == null) {
    mark?.remove();
    return;
  }
  if (!mark) {
    mark = el("span", { class: "mark", "aria-hidden": "true" });
    box.append(mark);
  }
  mark.style.setProperty("--row", Math.floor(tile / SIDE));
  mark.style.setProperty("--column", tile % SIDE);
}
