// The classes that lose most when a unit is switched off, as its JSON file tells them.

import { el } from "./element.js";
import { named, say } from "./say.js";

/** A row for each class: a pale bar with all units, dark without this one. */
export function losers(unit) {
  if (!unit.losers.length) return null;
  const row = ({ name, page, whole, without, said }) => {
    const bar = el("span", { class: "rest", "aria-hidden": "true" });
    bar.style.setProperty("--whole", whole);
    bar.style.setProperty("--left", without);
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, el("a", { href: page }, named(name))),
      el("td", {}, bar),
      said.map((number) => el("td", {}, number)),
    );
  };
  const head = (name) => el("th", { scope: "col" }, name);
  return el(
    "section",
    { class: "unit-losers" },
    el("h3", {}, say("Missed most by")),
    el(
      "table",
      { class: "losers" },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          head(say("class")),
          el("td", {}),
          [say("all units"), say("without it"), say("without another")].map(head),
        ),
      ),
      el("tbody", {}, unit.losers.map(row)),
    ),
    el(
      "p",
      { class: "quiet" },
      say("How probable the network finds the class, on average, for photographs of it. The stronger part of a bar is what is left when this unit is switched off. The last column is the mean over all other units, one at a time."),
    ),
  );
}
