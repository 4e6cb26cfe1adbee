// Moves the photograph, and says how far each map went with it.

import { dataOf } from "./formulas.js";
import { onPage } from "./page.js";
import { figure, say, sayCount } from "./say.js";

function setUp(panel) {
  const { shifts, layers } = dataOf(panel);
  const slider = panel.querySelector("input[type=range]");
  const output = panel.querySelector("output");
  panel.querySelector(".lab-controls").hidden = false;
  panel.querySelector(".moving-still").hidden = true;

  function show() {
    const at = Number(slider.value);
    panel.style.setProperty("--frame", String(at));
    const told = layers.map(({ layer, places, whole, follows }) => {
      const steps = sayCount("{count} place", "{count} places", places[at], { count: places[at] });
      const kind = whole[at] ? "" : say(" (not a whole step of this layer)");
      return say("layer {layer}: {steps}, match {match}{kind}", { layer, steps, match: figure(follows[at].toFixed(2)), kind });
    });
    const text = say("Moved by {pixels} pixels. Maps: {told}.", { pixels: shifts[at], told: told.join("; ") });
    slider.setAttribute("aria-valuetext", say("{pixels} pixels", { pixels: shifts[at] }));
    output.textContent = text;
  }

  slider.addEventListener("input", show);
  show();
}

onPage(() => document.querySelectorAll(".moving").forEach(setUp));
