// Tuning curves as inline SVG, drawn from a unit's numbers in the colours of the page.

import { svg } from "./element.js";
import { say } from "./say.js";

const WIDTH = 320;
const HEIGHT = 120;
const LEFT = 6;
const RIGHT = 6;
const BOTTOM = 26; // room for the strip of hues and the numbers below it

// Hues that are called by one word alone, in degrees of CIELAB (Fairchild's unique hues).
const UNIQUE = [
  [24, say("red")],
  [90, say("yellow")],
  [162, say("green")],
  [246, say("blue")],
];

const across = (share) => LEFT + share * (WIDTH - LEFT - RIGHT);
const up = (share) => HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - 8);

function picture(label, ...parts) {
  const box = `0 0 ${WIDTH} ${HEIGHT}`;
  return svg("svg", { class: "tuning", viewBox: box, role: "img", "aria-label": label }, parts);
}

function line(points) {
  const path = points.map(([x, y], at) => `${at ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`);
  return svg("path", { class: "curve", d: path.join("") });
}

function axis(marks) {
  const rule = { class: "axis", x1: across(0), x2: across(1), y1: up(0), y2: up(0) };
  const anchor = (share) => (share < 0.02 ? "start" : share > 0.98 ? "end" : "middle");
  return [
    svg("line", rule),
    marks.map(([share, text]) =>
      svg("text", { x: across(share), y: HEIGHT - 3, "text-anchor": anchor(share) }, text),
    ),
  ];
}

function mean(share) {
  return svg("line", { class: "mean", x1: across(share), x2: across(share), y1: up(0), y2: 4 });
}

/** How strongly a unit answers to stripes and lines at each angle, with the mean dashed. */
export function orientationPlot(tuning) {
  const share = (angle) => (angle + 90) / 180;
  const curve = tuning.angles.map((angle, at) => [share(angle), tuning.curve[at]]);
  const [last] = curve.slice(-1);
  // -90 and +90 degrees are the same lines.
  const whole = curve[0][0] > 0 && last[0] === 1 ? [[0, last[1]], ...curve] : curve;
  const marks = [-90, -45, 0, 45, 90].map((angle) => [
    share(angle),
    `${angle < 0 ? "−" : angle > 0 ? "+" : ""}${Math.abs(angle)}°`,
  ]);
  const label = say("Tuning to lines: the answer at each angle as a share of the strongest, {peak}.", { peak: tuning.peak });
  return picture(
    label,
    axis(marks),
    tuning.peak > 0 && mean(share(tuning.angle)),
    line(whole.map(([x, y]) => [across(x), up(y)])),
  );
}

/** How strongly a unit answers to blobs of each hue, over a strip of these hues. */
export function colourPlot(tuning) {
  const step = 1 / tuning.hues.length;
  const strip = tuning.swatches.map((fill, at) =>
    svg("rect", {
      x: across(at * step),
      y: up(0) + 2,
      width: across(step) - across(0) + 0.5,
      height: 9,
      fill,
    }),
  );
  const share = (hue) => hue / 360;
  const points = tuning.curve.map((value, at) => [across((at + 0.5) * step), up(value)]);
  const label = say("Tuning to colour: the answer to each hue as a share of the strongest, {peak}.", { peak: tuning.peak });
  return picture(
    label,
    strip,
    axis(UNIQUE.map(([hue, word]) => [(share(hue) + step / 2) % 1, word])),
    tuning.peak > 0 && mean((share(tuning.hue) + step / 2) % 1),
    line(points),
  );
}
