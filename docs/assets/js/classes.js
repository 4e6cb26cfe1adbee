// The page of the classes: a box to find one by, and the class that the address names is open.

import { el } from "./element.js";
import { onPage } from "./page.js";
import { say } from "./say.js";

let shown = null; // the list of classes that is set up

/** Opens the class that the address names, if it is one. */
function follow() {
  const heading = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const one = heading?.closest(".every-class > details.class");
  if (!one) return;
  one.hidden = false;
  one.open = true;
  one.scrollIntoView();
}

function setUp(root) {
  const classes = [...root.querySelectorAll(":scope > details.class")];
  const said = el("output", {});
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const one of classes) {
      one.hidden = !words.every((word) => one.dataset.find.includes(word));
      if (!one.hidden) count += 1;
    }
    said.textContent = say("{count} of {all} classes", { count, all: classes.length });
  };
  const input = el("input", { type: "search", placeholder: say("terrier, dogs, bus"), oninput: show });
  root
    .querySelector(".filter-place")
    .replaceChildren(
      el(
        "form",
        { class: "filter", role: "search", onsubmit: (event) => event.preventDefault() },
        el("label", {}, el("span", {}, say("Find a class by its name or group")), input),
        said,
      ),
    );
  show();
  for (const one of classes) {
    one.addEventListener("toggle", () => {
      const { id } = one.querySelector("h3");
      if (one.open && location.hash !== `#${id}`) history.replaceState(history.state, "", `#${id}`);
    });
  }
  follow();
}

addEventListener("hashchange", () => shown?.isConnected && follow());

onPage(() => {
  const root = document.querySelector(".every-class");
  if (!root || root === shown) return;
  shown = root;
  setUp(root);
});
