// A unit's numbers, as its JSON file tells them, into the inside of its panel.

import { el } from "./element.js";
import { losers } from "./unit-losers.js";
import { markTile, tileAt } from "./marks.js";
import { colourPlot, orientationPlot } from "./tuning.js";
import { say } from "./say.js";

const LARGE = 400; // CSS pixels across a unit's picture, where there is room

/**
 * Elements for everything that is known of a unit; addresses in `unit` are absolute by now. While
 * the picture named `covered` is to be guessed, nothing that would tell is there. `told()` is
 * called as soon as the unit's name may be.
 */
export function unitView(unit, covered, told) {
  if (unit.dead) {
    told();
    return [
      el("p", { class: "dead" }, say("Dead: no image of the collection made this unit fire.")),
      unit.pictures.length > 0 && pair(unit),
      numbers(unit),
      links(unit),
    ];
  }
  const rest = [weakest(unit), losers(unit), feeds(unit), numbers(unit), middle(unit), links(unit)];
  if (!unit.pictures.some(({ name }) => name === covered)) {
    told();
    return [pair(unit), ...rest];
  }
  const pictures = pair(unit, covered, () => {
    pictures.after(...rest.filter(Boolean));
    told();
  });
  return [pictures];
}

/**
 * All pictures side by side, and the nine photographs; what is pointed at is marked in all. The
 * nine wait until covered photographs are shown, and drawings, which would tell, until any covered
 * picture is; then `shown()` is called.
 */
function pair(unit, covered, shown) {
  const reveal = () => {
    nine.hidden = false;
    grids.forEach((figure) => (figure.hidden = false));
    shown();
  };
  const grids = unit.pictures.map((picture) =>
    grid(picture, picture.name === covered && reveal),
  );
  if (shown) {
    grids.forEach((figure, at) => (figure.hidden = unit.pictures[at].name === "drawings"));
  }
  const entries = unit.top.map((top, rank) => entry(top, rank));
  const pairs = grids.filter((_, at) => unit.pictures[at].nine);
  const boxes = pairs.map((figure) => figure.querySelector(".grid"));
  const mark = (tile) => {
    boxes.forEach((box) => markTile(box, tile < unit.top.length ? tile : null));
    entries.forEach((item, rank) => item.classList.toggle("marked", rank === tile));
  };
  for (const box of boxes) {
    box.addEventListener("pointermove", (event) => mark(tileAt(event, box)));
    box.addEventListener("pointerleave", () => mark(null));
  }
  entries.forEach((item, rank) => {
    item.addEventListener("pointerenter", () => mark(rank));
    item.addEventListener("pointerleave", () => mark(null));
  });
  const nine = el(
    "ol",
    { class: "top", "aria-label": say("The strongest patches"), hidden: covered === "patches" },
    entries,
  );
  return el(
    "div",
    { class: `unit-pictures${unit.pictures.length > 2 ? "" : " beside"}` },
    el("div", { class: "grids" }, grids),
    nine,
  );
}

/** One picture; if there is `reveal`, it is covered until the reader asks, and that is called. */
function grid(picture, reveal) {
  const factor = picture.crisp
    ? Math.max(1, Math.floor(LARGE / picture.width))
    : LARGE / picture.width;
  const width = Math.round(picture.width * factor);
  const image = el("img", {
    src: picture.src,
    alt: picture.alt,
    width,
    height: Math.round(picture.height * factor),
  });
  const box = el("div", { class: "grid" }, image);
  if (reveal) {
    box.classList.add("covered");
    box.tabIndex = -1;
    const show = () => {
      box.classList.remove("covered");
      button.remove();
      box.focus(); // where the button was
      reveal();
    };
    const button = el("button", { type: "button", onclick: show }, say("Show what it was"));
    box.append(button);
  }
  return el(
    "figure",
    { class: picture.crisp ? "crisp" : "", style: `--large: ${width}px` },
    el("figcaption", {}, picture.title),
    box,
  );
}

/** One of the nine: how strong, of which photograph, and where in it the unit looked. */
function entry(top, rank) {
  const [left, upper, right, lower] = top.box;
  const [width, height] = top.whole.of;
  const share = (part, whole) => `${(100 * part) / whole}%`;
  const box = el("span", { class: "field" });
  box.style.left = share(left, width);
  box.style.top = share(upper, height);
  box.style.width = share(right - left, width);
  box.style.height = share(lower - upper, height);
  const { src, alt } = top.whole;
  const scale = 80 / Math.max(top.whole.width, top.whole.height);
  const size = {
    width: Math.round(top.whole.width * scale),
    height: Math.round(top.whole.height * scale),
  };
  return el(
    "li",
    {},
    el("span", { class: "whole" }, el("img", { src, alt, ...size }), box),
    el(
      "span",
      { class: "told" },
      el("strong", {}, say("{rank}. activation {value}", { rank: rank + 1, value: top.said })),
      el("span", {}, photograph(top)),
      top.class && el("span", {}, top.class),
    ),
  );
}

/** What a photograph is called and whose it is, with a link to where it was found. */
function photograph({ photograph: name, credit }) {
  if (!credit) return name;
  const title = credit.address ? el("a", { href: credit.address }, name) : name;
  return [title, `, ${credit.said}`];
}

/** The units of the layer before that raise this one's answer most, and those that lower it. */
function feeds(unit) {
  const parts = unit.feeds.filter(({ units }) => units.length);
  if (!parts.length) return null;
  const size = { width: 72, height: 72 };
  const link = ({ page, label, named, src }) =>
    el(
      "a",
      { class: "fed", href: page },
      src && el("img", { src, alt: say("The strongest patches of {label}", { label }), loading: "lazy", ...size }),
      el("span", {}, named || label),
    );
  return el(
    "section",
    { class: "unit-feeds" },
    parts.map(({ title, units }) =>
      el("div", {}, el("h3", {}, title), el("div", { class: "feds" }, units.map(link))),
    ),
  );
}

function numbers(unit) {
  return el(
    "div",
    { class: "unit-numbers-of" },
    el(
      "section",
      {},
      el("h3", {}, say("What was found")),
      unit.claims.some((claim) => claim.held)
        ? el(
            "ul",
            {},
            unit.claims.filter((one) => one.held).map((one) => el("li", {}, one.said)),
          )
        : el("p", {}, say("Nothing that passed its test.")),
      unit.missed && el("p", { class: "quiet" }, unit.missed),
      el(
        "dl",
        {},
        unit.facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
      ),
      unit.classes && classes(unit.classes),
    ),
    plots(unit),
    el("section", {}, el("h3", {}, say("Drawn concepts")), concepts(unit)),
  );
}

/** Tuning curves; what the unit does not answer to has none. */
function plots(unit) {
  const parts = [
    unit.orientation.peak > 0 && [el("h3", {}, say("Lines")), orientationPlot(unit.orientation)],
    unit.colour.peak > 0 && [el("h3", {}, say("Colours")), colourPlot(unit.colour)],
  ].filter(Boolean);
  if (!parts.length) return null;
  const said = say("How strongly it answers, as a share of its strongest answer. The dotted line is the mean.");
  return el("section", {}, parts, el("p", { class: "quiet" }, said));
}

/** The drawings that a unit answers to least; their picture is asked for when it is wanted. */
function weakest(unit) {
  if (!unit.weakest) return null;
  const { src, width, height, alt } = unit.weakest;
  const fill = (event) => {
    const fold = event.currentTarget;
    if (!fold.querySelector("img")) fold.append(el("img", { src, width, height, alt }));
  };
  return el(
    "details",
    { class: "info weakest", ontoggle: fill },
    el("summary", {}, say("The drawings that it answers to least")),
  );
}

/** Right answers in 100 pairs for each drawn concept, with the bar of random weights as a mark. */
function concepts(unit) {
  const row = (one) => {
    const bar = el("span", { class: "bar", "aria-hidden": "true" });
    bar.style.setProperty("--score", one.score);
    bar.style.setProperty("--bar", one.bar);
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, one.name),
      el("td", {}, bar),
      el("td", {}, one.said),
    );
  };
  return [
    el(
      "table",
      { class: "concepts" },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          el("th", { scope: "col" }, say("concept")),
          el("td", {}),
          el("th", { scope: "col" }, say("of 100 pairs")),
        ),
      ),
      el("tbody", {}, unit.concepts.map(row)),
    ),
    el(
      "p",
      { class: "quiet" },
      say("On drawings that the unit was not chosen by. The mark is what random weights can do; for a name a unit must be clearly better."),
    ),
  ];
}

/** The few classes that the unit tells best, with their scores. */
function classes(found) {
  const row = (one) =>
    el("tr", {}, el("th", { scope: "row" }, one.name), el("td", {}, one.said));
  const heads = [say("class"), found.of].map((name) => el("th", { scope: "col" }, name));
  return [
    el("h3", {}, say("Classes")),
    el(
      "table",
      { class: "unit-classes" },
      el("thead", {}, el("tr", {}, heads)),
      el("tbody", {}, found.scores.map(row)),
    ),
    el(
      "p",
      { class: "quiet" },
      say("One half of the labelled photographs chose these classes and their order; the numbers come from the other half."),
    ),
  ];
}

/** Patches from the middle of the unit's answers; their picture is asked for when it is wanted. */
function middle(unit) {
  const { spread } = unit;
  if (!spread) return null;
  const body = el("div", { class: "parts" });
  const side = 3 * spread.tile + 2 * spread.gap;
  const step = 3 * (spread.tile + spread.gap);
  const fill = () => {
    if (body.childElementCount) return;
    spread.parts.forEach((part, at) => {
      const image = el("img", {
        src: spread.src,
        alt: part.alt,
        width: spread.width,
        height: spread.height,
      });
      image.style.left = `-${at * step}px`;
      const frame = el("span", { class: "window" }, image);
      frame.style.width = frame.style.height = `${side}px`;
      body.append(
        el(
          "figure",
          { class: spread.crisp ? "crisp" : "" },
          frame,
          el("figcaption", { style: `max-width: ${Math.max(side, 150)}px` }, part.said),
        ),
      );
    });
  };
  return el(
    "details",
    { class: "info middle", ontoggle: fill },
    el("summary", {}, say("Beyond the nine strongest: what it answers to less")),
    el(
      "p",
      {},
      say("Take all images that it fires for, in the order of its answers. At each of these places nine patches were drawn at random."),
    ),
    body,
  );
}

function links(unit) {
  const name = `layer-${unit.layer}-unit-${unit.channel}`;
  const ending = (address) => address.split(".").pop();
  return el(
    "p",
    { class: "take" },
    say("To keep: "),
    unit.pictures.map((one) => [
      el(
        "a",
        { href: one.src, download: `${name}-${one.name}.${ending(one.src)}` },
        one.title.toLowerCase(),
      ),
      ", ",
    ]),
    el("a", { href: unit.address, download: `${name}.json` }, say("numbers as JSON")),
    say(". To share: "),
    el("a", { href: unit.page, class: "share" }, say("the address of this unit")),
    ". ",
    unit.watch && el("a", { href: unit.watch, class: "watch" }, say("Watch it answer a picture of yours")),
    unit.watch && ".",
  );
}
