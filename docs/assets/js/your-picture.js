// The page of the reader's own picture. All that it needs is loaded only there, and when asked.

import { onPage } from "./page.js";
import { say } from "./say.js";

let lab = null;

function setUp(root) {
  const start = root.querySelector(".live-start");
  if (!start) return;
  start.hidden = false;
  const button = start.querySelector("button");
  const progress = start.querySelector(".live-progress");
  const failed = start.querySelector(".live-failed");
  button.addEventListener("click", async () => {
    button.disabled = true;
    progress.hidden = false;
    failed.textContent = "";
    try {
      const data = JSON.parse(root.dataset.live);
      const { keep } = await import("./live/keeping.js");
      await keep(data.build); // before the rest is loaded, so that it sees all of that
      const { Lab } = await import("./live/lab.js");
      if (!root.isConnected) return;
      lab = new Lab(root, data);
      await lab.load((share) => {
        progress.querySelector("progress").value = share;
        progress.querySelector("span").textContent = `${Math.round(100 * share)} %`;
      });
      root.querySelector("button, input")?.focus();
    } catch (error) {
      lab?.end();
      lab = null;
      failed.textContent = say("The network could not be loaded ({message}). Try again.", { message: error.message });
      button.disabled = false;
      progress.hidden = true;
    }
  });
}

function leave() {
  lab?.end();
  lab = null;
}

onPage(() => {
  const root = document.querySelector(".live[data-live]");
  if (root && root === lab?.root) return;
  leave();
  if (root) setUp(root);
});
addEventListener("pagehide", () => lab?.inputs?.rest()); // the camera off, whatever comes next
