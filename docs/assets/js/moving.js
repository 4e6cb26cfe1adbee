// Moves the photograph, and says how far each map went with it.

import { dataOf } from "./formulas.js";
import { onPage } from "./page.js";

function setUp(figure) {
  const { shifts, layers } = dataOf(figure);
  const slider = figure.querySelector("input[type=range]");
  const output = figure.querySelector("output");
  figure.querySelector(".lab-controls").hidden = false;
  figure.querySelector(".moving-still").hidden = true;

  function show() {
    const at = Number(slider.value);
    figure.style.setProperty("--frame", String(at));
    const told = layers.map(({ layer, places, whole, follows }) => {
      const steps = `${places[at]} ${places[at] === 1 ? "place" : "places"}`;
      const kind = whole[at] ? "" : " (not a whole step of this layer)";
      return `layer ${layer}: ${steps}, match ${follows[at].toFixed(2)}${kind}`;
    });
    const text = `Moved by ${shifts[at]} pixels. Maps: ${told.join("; ")}.`;
    slider.setAttribute("aria-valuetext", `${shifts[at]} pixels`);
    output.textContent = text;
  }

  slider.addEventListener("input", show);
  show();
}

onPage(() => document.querySelectorAll(".moving").forEach(setUp));
