// Features forming: a slider that shows one epoch of training at a time. Without this script all
// epochs stand side by side.

import { onPage } from "./page.js";

onPage(() => {
  for (const figure of document.querySelectorAll("figure.forming:not(.live)")) {
    live(figure);
  }
});

/** Gives one figure its slider, set to the end of training. */
function live(figure) {
  const slider = figure.querySelector(".slider");
  const input = slider.querySelector("input");
  const output = slider.querySelector("output");
  const rows = [...figure.querySelectorAll(".moments")].map((row) => [...row.children]);

  const show = () => {
    const at = Number(input.value);
    for (const moments of rows) {
      moments.forEach((moment, number) => (moment.hidden = number !== at));
    }
    output.value = rows[0][at].dataset.when;
    input.setAttribute("aria-valuetext", rows[0][at].dataset.when);
  };

  // Pictures of hidden epochs are fetched once the slider is taken, so that none is missing then.
  const fetchAll = () => {
    for (const image of figure.querySelectorAll("img")) {
      image.loading = "eager";
    }
  };

  input.addEventListener("input", show);
  for (const event of ["pointerenter", "focus"]) {
    input.addEventListener(event, fetchAll, { once: true });
  }
  figure.classList.add("live");
  slider.hidden = false;
  show();
}
