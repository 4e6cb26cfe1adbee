// The rules for sizes and parameters, live, with the numbers of this network to start from.

import { dataOf, joined, places, shared, thousands, unshared } from "./formulas.js";
import { onPage } from "./page.js";
import { figure, say } from "./say.js";

const SVG = "http://www.w3.org/2000/svg";
const LONGEST = 120; // places of a row that can still be told apart
const MOST = 60; // bars that a reader would scroll past
const ROOM = 800; // CSS pixels for a row, at most; a small screen has less

function whole(lab, name) {
  const field = lab.querySelector(`[name=${name}]`);
  const value = Number.parseInt(field.value, 10);
  const fits = Number.isInteger(value) && value >= Number(field.min) && value <= Number(field.max);
  field.setAttribute("aria-invalid", String(!fits));
  return fits ? value : null;
}

/** Offers the parts that fit: `valuesOf` one fills the fields, and `show` tells what they give. */
function offer(lab, parts, valuesOf, show) {
  const use = (part) => {
    for (const [name, value] of Object.entries(valuesOf(part))) {
      lab.querySelector(`[name=${name}]`).value = String(value);
    }
  };
  const select = lab.querySelector("[name=part]");
  select.append(new Option(say("numbers of my own"), ""));
  parts.forEach((part, at) => select.append(new Option(`${part.name} (${part.kind})`, String(at))));
  lab.addEventListener("input", (event) => {
    if (event.target !== select) select.value = "";
    else if (select.value !== "") use(parts[Number(select.value)]);
    show();
  });
  if (parts.length) {
    select.value = "0";
    use(parts[0]);
  }
  for (const part of lab.querySelectorAll("[hidden]")) part.hidden = false;
  lab.querySelector(".lab-still").hidden = true;
  show();
}

function box(x, y, width, height, kind) {
  const made = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ x, y, width, height, class: kind })) {
    made.setAttribute(name, String(value));
  }
  return made;
}

/** One row of the input with its padding; below it a bar for each place of the window. */
function drawRow(svg, { width, kernel, padding, stride, count }) {
  const total = width + 2 * padding;
  const reach = Math.max(total, (count - 1) * stride + kernel);
  if (total > LONGEST || count < 1 || count > MOST) {
    svg.replaceChildren();
    svg.style.display = "none";
    return;
  }
  const cell = Math.min(16, Math.min(ROOM, svg.parentElement.clientWidth) / reach);
  const shapes = [];
  for (let at = 0; at < total; at += 1) {
    const kind = at < padding || at >= total - padding ? "pad" : "pixel";
    shapes.push(box((at + 0.06) * cell, 1, cell * 0.88, cell * 0.88, kind));
  }
  for (let at = 0; at < count; at += 1) {
    const over = at * stride + kernel > total;
    shapes.push(
      box((at * stride + 0.1) * cell, cell + 6 + at * 7, (kernel - 0.2) * cell, 4, over ? "place over" : "place"),
    );
  }
  svg.setAttribute("viewBox", `0 0 ${reach * cell} ${cell + 8 + count * 7}`);
  svg.style.display = "";
  svg.style.width = `${reach * cell}px`;
  svg.replaceChildren(...shapes);
}

function sizeLab(lab) {
  const { parts } = dataOf(lab);
  const output = lab.querySelector("output");
  const rounding = lab.querySelector("[name=rounding]");

  function show() {
    const [width, kernel, padding, stride] = ["width", "kernel", "padding", "stride"].map((name) =>
      whole(lab, name),
    );
    if ([width, kernel, padding, stride].includes(null)) {
      output.textContent = say("Please give whole numbers in range.");
      return;
    }
    const ceil = rounding.value === "ceil";
    const count = places(width, kernel, stride, padding, ceil);
    drawRow(lab.querySelector("svg"), { width, kernel, padding, stride, count });
    if (count < 1) {
      output.textContent = say("The window of {kernel} does not fit into {places} places.", { kernel, places: width + 2 * padding });
      return;
    }
    const exact = (width + 2 * padding - kernel) / stride + 1;
    const rounded = Number.isInteger(exact)
      ? ""
      : ceil
        ? say(" = {exact}, rounded up to {count}", { exact: figure(exact.toFixed(2)), count })
        : say(" = {exact}, rounded down to {count}", { exact: figure(exact.toFixed(2)), count });
    output.textContent =
      `(${width} + 2 × ${padding} − ${kernel}) / ${stride} + 1` +
      (Number.isInteger(exact) ? ` = ${count}` : rounded) +
      say(". The map is {count} wide.", { count });
  }

  const valuesOf = ({ input, kernel, padding, stride, ceil }) => ({
    width: input[2],
    kernel,
    padding,
    stride,
    rounding: ceil ? "ceil" : "floor",
  });
  offer(lab, parts, valuesOf, show);
}

/** A bar for each count, its length by powers of ten: else the small ones could not be seen. */
function drawBars(holder, counts) {
  const longest = Math.ceil(Math.max(...counts.map(([, count]) => Math.log10(Math.max(10, count)))));
  holder.replaceChildren(
    ...counts.map(([name, count]) => {
      const line = document.createElement("div");
      const title = Object.assign(document.createElement("span"), { textContent: name });
      const bar = Object.assign(document.createElement("span"), { className: "bar" });
      bar.style.setProperty("--share", String(Math.log10(Math.max(1, count)) / longest));
      bar.style.setProperty("--tens", String(longest));
      const number = Object.assign(document.createElement("strong"), { textContent: thousands(count) });
      line.append(title, bar, number);
      return line;
    }),
  );
}

function parameterLab(lab) {
  const parts = dataOf(lab).parts.filter((part) => part.kind === "convolution" && part.groups === 1);
  const names = ["size", "depth", "kernel", "filters", "stride", "padding"];
  const output = lab.querySelector("output");

  function show() {
    const [size, depth, kernel, filters, stride, padding] = names.map((name) => whole(lab, name));
    if ([size, depth, kernel, filters, stride, padding].includes(null)) {
      output.textContent = say("Please give whole numbers in range.");
      return;
    }
    const count = places(size, kernel, stride, padding);
    if (count < 1) {
      output.textContent = say("The window of {kernel} does not fit into {places} places.", { kernel, places: size + 2 * padding });
      return;
    }
    const own = shared(kernel, depth, filters);
    drawBars(lab.querySelector(".bars"), [
      [say("shared: a convolution"), own],
      [say("patches, nothing shared"), unshared(kernel, depth, count, count, filters)],
      [say("all joined to all"), joined([size, size, depth], [count, count, filters])],
    ]);
    output.textContent = say(
      "{sum} = {own}. The map is {count} × {count}, so sharing saves a factor of {factor}.",
      {
        sum: `(${kernel} × ${kernel} × ${depth} + 1) × ${filters}`,
        own: thousands(own),
        count,
        factor: thousands(count * count),
      },
    );
  }

  const valuesOf = ({ input, output, kernel, stride, padding }) => ({
    size: input[2],
    depth: input[0],
    filters: output[0],
    kernel,
    stride,
    padding,
  });
  offer(lab, parts, valuesOf, show);
}

onPage(() => {
  document.querySelectorAll(".size-lab").forEach(sizeLab);
  document.querySelectorAll(".parameter-lab").forEach(parameterLab);
});
