// One convolution, place by place: the network's own filter on the pixels of a real patch.

import { dataOf, places } from "./formulas.js";
import { onPage } from "./page.js";
import { figure, say } from "./say.js";

/** The patch as the network gets it: [colour][row][column], padded with zeros. */
export function prepared(data, padding) {
  const side = data.pixels.length;
  return data.mean.map((mean, colour) =>
    Array.from({ length: side + 2 * padding }, (_, row) =>
      Array.from({ length: side + 2 * padding }, (_, column) => {
        const pixel = data.pixels[row - padding]?.[column - padding];
        return pixel ? (pixel[colour] / 255 - mean) / data.std[colour] : 0;
      }),
    ),
  );
}

/** The products under the filter at one place, its colours added up: rows of numbers. */
export function products(input, unit, top, left) {
  const kernel = unit.weights[0].length;
  return Array.from({ length: kernel }, (_, row) =>
    Array.from({ length: kernel }, (_, column) =>
      unit.weights.reduce(
        (sum, weights, colour) => sum + weights[row][column] * input[colour][top + row][left + column],
        0,
      ),
    ),
  );
}

/** What the filter answers at one place: all products and the bias. */
export function answer(input, unit, top, left) {
  return products(input, unit, top, left).flat().reduce((sum, one) => sum + one, unit.bias);
}

/** The whole map: rows of answers. */
export function convolve(data, unit, stride, padding) {
  const input = prepared(data, padding);
  const side = places(data.pixels.length, data.kernel, stride, padding);
  return Array.from({ length: side }, (_, row) =>
    Array.from({ length: side }, (_, column) => answer(input, unit, row * stride, column * stride)),
  );
}

const CELL = 18; // CSS pixels across one place
const GREY = [128, 128, 128];

/** Blue for below zero, orange for above, mid grey for zero. */
function colourOf(value, most) {
  const share = most > 0 ? Math.max(-1, Math.min(1, value / most)) : 0;
  const end = share < 0 ? [38, 84, 166] : [232, 112, 46];
  return GREY.map((grey, at) => Math.round(grey + (end[at] - grey) * Math.abs(share)));
}

function paint(canvas, rows, columns, colour, outline) {
  const scale = window.devicePixelRatio || 1;
  canvas.width = columns * CELL * scale;
  canvas.height = rows * CELL * scale;
  canvas.style.aspectRatio = `${columns} / ${rows}`;
  canvas.style.width = `${columns * CELL}px`;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const found = colour(row, column);
      if (!found) continue;
      pen.fillStyle = `rgb(${found.join(",")})`;
      pen.fillRect(column * CELL, row * CELL, CELL - 1, CELL - 1);
    }
  }
  if (outline) {
    const [top, left, height, width] = outline.map((one) => one * CELL);
    for (const [style, line] of [["#fff", 5], ["#111", 2]]) {
      pen.strokeStyle = style;
      pen.lineWidth = line;
      pen.strokeRect(left, top, width - 1, height - 1);
    }
  }
}

function setUp(lab) {
  const data = dataOf(lab);
  const live = lab.querySelector(".lab-live");
  const [unit, stride, padding] = ["unit", "stride", "padding"].map((name) =>
    lab.querySelector(`[name=${name}]`),
  );
  const relu = lab.querySelector("[name=relu]");
  const canvas = (name) => lab.querySelector(`canvas.${name}`);
  const output = lab.querySelector("output");
  let at = 0; // the place under the filter, counted row by row
  let filled = 1; // how many answers are in the map

  lab.querySelector(".lab-still").hidden = true;
  live.hidden = false;

  function settings() {
    const chosen = data.units[Number(unit.value)];
    const [step, border] = [Number(stride.value), Number(padding.value)];
    return { chosen, step, border, map: convolve(data, chosen, step, border) };
  }

  function show() {
    const { chosen, step, border, map } = settings();
    const side = map.length;
    const [row, column] = [Math.floor(at / side), at % side];
    const input = prepared(data, border);
    const size = input[0].length;
    paint(
      canvas("patch"),
      size,
      size,
      (y, x) => data.pixels[y - border]?.[x - border] ?? data.mean.map((one) => Math.round(one * 255)),
      [row * step, column * step, data.kernel, data.kernel],
    );
    const weights = chosen.weights.flat(2);
    const reach = Math.max(2 * Math.max(...weights), -2 * Math.min(...weights));
    paint(canvas("filter"), data.kernel, data.kernel, (y, x) =>
      chosen.weights.map((slice) => Math.round((slice[y][x] / reach + 0.5) * 255)),
    );
    const terms = products(input, chosen, row * step, column * step);
    const most = Math.max(...terms.flat().map(Math.abs));
    paint(canvas("products"), data.kernel, data.kernel, (y, x) => colourOf(terms[y][x], most));
    const strongest = Math.max(...map.flat().map(Math.abs));
    paint(
      canvas("map"),
      side,
      side,
      (y, x) => {
        if (y * side + x >= filled) return null;
        return colourOf(relu.checked ? Math.max(0, map[y][x]) : map[y][x], strongest);
      },
      [row, column, 1, 1],
    );
    const sum = terms.flat().reduce((total, one) => total + one, 0);
    const result = map[row][column];
    const rectified = relu.checked && result < 0 ? say(", which ReLU turns into 0") : "";
    const decimals = (number) => figure(number.toFixed(2));
    output.textContent = say(
      "Row {row}, column {column} of {side} × {side}: the products add up to {sum}, the bias adds {bias}, so the answer is {result}{rectified}.",
      {
        row: row + 1,
        column: column + 1,
        side,
        sum: decimals(sum),
        bias: decimals(chosen.bias),
        result: decimals(result),
        rectified,
      },
    );
    const table = lab.querySelector(".products-table table");
    table.replaceChildren(
      ...terms.map((one) => {
        const line = document.createElement("tr");
        line.append(
          ...one.map((value) => Object.assign(document.createElement("td"), { textContent: figure(value.toFixed(2)) })),
        );
        return line;
      }),
    );
    // Not `disabled`, which would take the focus from the button that was pressed last.
    const useless = { back: at === 0, step: at === side * side - 1, row: at === side * side - 1 };
    for (const [name, is] of Object.entries(useless)) {
      lab.querySelector(`button[name=${name}]`).setAttribute("aria-disabled", String(is));
    }
  }

  function go(to) {
    const side = settings().map.length;
    at = Math.max(0, Math.min(side * side - 1, to));
    filled = Math.max(filled, at + 1);
    show();
  }

  for (const control of [unit, stride, padding]) {
    control.addEventListener("change", () => {
      at = 0;
      filled = 1;
      show();
    });
  }
  relu.addEventListener("change", show);
  const side = () => settings().map.length;
  const jobs = {
    back: () => go(at - 1),
    step: () => go(at + 1),
    row: () => go((Math.floor(at / side()) + 1) * side()),
    all: () => go(side() ** 2 - 1),
    restart: () => {
      filled = 1;
      go(0);
    },
  };
  for (const [name, job] of Object.entries(jobs)) {
    lab.querySelector(`button[name=${name}]`).addEventListener("click", job);
  }
  canvas("map").addEventListener("click", (event) => {
    const box = event.target.getBoundingClientRect();
    const [row, column] = [
      (event.clientY - box.top) / box.height,
      (event.clientX - box.left) / box.width,
    ].map((share) => Math.min(side() - 1, Math.max(0, Math.floor(share * side()))));
    go(row * side() + column);
  });
  canvas("map").addEventListener("keydown", (event) => {
    const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: side(), ArrowUp: -side() };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    if (at + move >= 0 && at + move < side() ** 2) go(at + move);
  });
  show();
}

onPage(() => document.querySelectorAll(".convolution-lab").forEach(setUp));
