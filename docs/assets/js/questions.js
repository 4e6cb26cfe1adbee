// The questions of the three quizzes. Each comes with its answer, an answer to each of the usual
// slips, hints and a worked solution. The same seed gives the same numbers again.
//
// A slip is a list of values like the answer; null stands for a value that it does not touch.

import { dice, joined, pick, places, shared, thousands, unshared } from "./formulas.js";
import { figure, inside, say, sayCount } from "./say.js";

const SHAPE = [say("Height"), say("Width"), say("Depth")];
const show = (shape) => shape.map(thousands).join(" × ");
const whole = (roll, from, to) => from + Math.floor(roll() * (to - from + 1));

/** The slips with the rule for sizes; `wrong(count)` does them along both directions. */
function sizeSlips({ height, width, kernel, stride, padding, ceil }) {
  const both = (rule) => [rule(height), rule(width), null];
  const round = ceil ? Math.ceil : Math.floor;
  const other = ceil ? say("This layer rounds up, and you rounded down.") : say("You rounded up. Round down here: a step that leaves the picture is not made.");
  const slips = [
    { values: both((w) => places(w, kernel, stride, padding, !ceil)), say: other },
    { values: both((w) => round((w + 2 * padding - kernel) / stride)), say: say("You left out the + 1: the place where the window begins counts, too.") },
    { values: both((w) => w + 2 * padding - kernel + 1), say: say("You left out the stride: the window moves by more than one place.") },
    { values: both((w) => places(w, stride, kernel, padding, ceil)), say: say("You swapped the window and the stride.") },
  ];
  if (padding) {
    slips.unshift(
      { values: both((w) => places(w, kernel, stride, 0, ceil)), say: say("You forgot the padding. It is added before the window slides.") },
      { values: both((w) => round((w + padding - kernel) / stride) + 1), say: say("You counted the padding once. It lies on both sides, so it comes in twice.") },
    );
  }
  return slips;
}

function sizeSteps(name, length, { kernel, stride, padding, ceil }) {
  const exact = (length + 2 * padding - kernel) / stride + 1;
  const found = places(length, kernel, stride, padding, ceil);
  const rounded = Number.isInteger(exact) ? "" : ceil ? say(", rounded up: {found}", { found }) : say(", rounded down: {found}", { found });
  return `${name}: (${length} + 2 × ${padding} − ${kernel}) / ${stride} + 1 = ${figure(String(Number(exact.toFixed(2))))}${rounded}`;
}

function shapeQuestion(part, text) {
  const { input, kernel, stride, padding, filters, ceil } = part;
  const [height, width, depth] = input;
  const rule = { height, width, kernel, stride, padding, ceil };
  const size = (length) => places(length, kernel, stride, padding, ceil);
  const answer = [size(height), size(width), filters ?? depth];
  const slips = sizeSlips(rule);
  slips.push(
    { values: [answer[1], answer[0], null], say: say("You swapped height and width. Height comes first here.") },
    { values: [answer[2], answer[0], answer[1]], say: say("You put the depth first. Here the order is height, width, depth.") },
    { values: [answer[0], answer[2], answer[1]], say: say("You swapped width and depth.") },
  );
  if (filters) {
    slips.push(
      { values: [null, null, depth], say: say("That is the depth of the input. Each filter uses it up; the output has one map for each filter.") },
      { values: [null, null, depth * filters], say: say("A filter does not make a map for each channel. It adds them up and makes one.") },
    );
  } else {
    slips.push(
      { values: [null, null, size(depth)], say: say("A pool works on each map by itself. The depth stays.") },
      { values: [null, null, 1], say: say("A pool does not add the maps up. The depth stays.") },
    );
  }
  return {
    text,
    fields: SHAPE,
    answer,
    slips,
    hints: [
      say("Use (W + 2P − F) / S + 1, once for the height and once for the width."),
      filters ? say("The depth of the output is the number of filters.") : say("A pool leaves the depth as it is."),
    ],
    solution: [
      sizeSteps(say("Height"), height, rule),
      sizeSteps(say("Width"), width, rule),
      filters ? say("Depth: one map for each of the {filters} filters.", { filters }) : say("Depth: still {depth}.", { depth }),
      say("So {answer}.", { answer: show(answer) }),
    ],
  };
}

/** A convolution whose window fits, with an output that differs in height, width and depth. */
function someConvolution(roll, largest = 48) {
  for (;;) {
    const part = {
      input: [whole(roll, 14, largest), whole(roll, 14, largest), pick(roll, [1, 3, 3, 16])],
      kernel: pick(roll, [3, 4, 5, 7, 8]),
      stride: pick(roll, [1, 2, 2, 3]),
      padding: pick(roll, [1, 2]),
      filters: pick(roll, [6, 10, 12, 20, 24, 32]),
      ceil: false,
    };
    const [height, width] = part.input.map((length) => places(length, part.kernel, part.stride, part.padding));
    const apart = new Set([height, width, part.filters, part.input[2]]).size === 4;
    // To forget the padding must make a difference, or nothing could be said about it.
    const felt = part.input
      .slice(0, 2)
      .every((length, at) => places(length, part.kernel, part.stride) !== [height, width][at]);
    if (apart && felt && part.padding < part.kernel / 2) return part;
  }
}

function somePool(roll) {
  for (;;) {
    const [kernel, stride] = pick(roll, [[2, 2], [3, 2], [3, 3]]);
    const part = {
      input: [whole(roll, 13, 60), whole(roll, 13, 60), pick(roll, [8, 16, 20, 64])],
      kernel,
      stride,
      padding: 0,
      ceil: roll() < 0.5,
    };
    const uneven = part.input.slice(0, 2).every((length) => (length - kernel) % stride !== 0);
    const sizes = part.input.map((length) => places(length, kernel, stride, 0, part.ceil));
    if (uneven && sizes[0] !== sizes[1]) return part;
  }
}

const describe = ({ kernel, stride, padding }) =>
  padding
    ? say("{kernel} by {kernel}, a stride of {stride} and a padding of {padding}", { kernel, stride, padding })
    : say("{kernel} by {kernel}, a stride of {stride} and no padding", { kernel, stride });
const rounding = (part) => (part.ceil ? say("It rounds up.") : say("It rounds down."));

/** A part of this network as a question takes it: shapes here are height, width, depth. */
function ofNetwork(parts, roll, kinds) {
  const fitting = parts.filter((part) => kinds.includes(part.kind) && part.groups === 1);
  if (!fitting.length) return null;
  const part = pick(roll, fitting);
  const turned = ([depth, height, width]) => [height, width, depth];
  const filters = part.kind === "convolution" ? part.output[0] : undefined;
  return { ...part, input: turned(part.input), output: turned(part.output), filters };
}

function shapeQuiz(roll, parts) {
  const conv = someConvolution(roll);
  const pool = somePool(roll);
  const odd = pick(roll, [3, 5, 7, 9, 11, 13]);
  const own = ofNetwork(parts, roll, ["convolution", "max-pool", "average-pool"]);
  const questions = [
    shapeQuestion(
      conv,
      say("The input is {input} (height, width, depth). A convolution has {filters} filters of {window}. What is the shape of its output?", { input: show(conv.input), filters: conv.filters, window: describe(conv) }),
    ),
    shapeQuestion(
      pool,
      say("A max-pool gets {depth} maps of {height} by {width}. Its window is {window}. {rounding} What is the shape of its output?", { depth: pool.input[2], height: pool.input[0], width: pool.input[1], window: describe(pool), rounding: rounding(pool) }),
    ),
    {
      text: say("A convolution has filters of {odd} by {odd} and a stride of 1. How much padding on each side leaves height and width as they are?", { odd }),
      fields: [say("Padding")],
      answer: [(odd - 1) / 2],
      slips: [
        { values: [odd - 1], say: say("That is the padding of both sides together. Half of it lies on each.") },
        { values: [(odd + 1) / 2], say: say("A little too much: the map would grow by 2.") },
        { values: [0], say: say("Without padding the map shrinks by {less}.", { less: odd - 1 }) },
        { values: [odd], say: say("That is the window. The padding is about half of it.") },
      ],
      hints: [say("The size should stay, so (W + 2P − F) / 1 + 1 = W."), say("That leaves 2P = F − 1.")],
      solution: [say("2P = {odd} − 1 = {even}, so P = {half}.", { odd, even: odd - 1, half: (odd - 1) / 2 })],
    },
  ];
  if (own) {
    const what = own.filters
      ? say("`{name}` has {filters} filters of {window}", { name: own.name, filters: own.filters, window: describe(own) })
      : say("`{name}` is a pool with a window of {window}", { name: own.name, window: describe(own) });
    questions.push(
      shapeQuestion(own, say("A layer of the network on this site: {what}. Its input is {input}. {rounding} What is the shape of its output?", { what, input: show(own.input), rounding: rounding(own) })),
    );
  }
  return questions;
}

function count(text, answer, slips, hints, solution) {
  return { text, fields: [say("Parameters")], answer: [answer], slips, hints, solution };
}

function parametersQuiz(roll, parts) {
  const conv = someConvolution(roll, 32);
  const { kernel, stride, padding, filters } = conv;
  const [rows, columns, depth] = conv.input;
  const [height, width] = [rows, columns].map((length) => places(length, kernel, stride, padding));
  const outputs = height * width * filters;
  const weights = kernel * kernel * depth;
  const all = rows * columns * depth;
  const setting = say("The input is {input} (height, width, depth). A layer has {filters} filters of {window}. Its output is {output}.", { input: show(conv.input), filters, window: describe(conv), output: show([height, width, filters]) });
  const own = ofNetwork(parts, roll, ["convolution"]);
  const questions = [
    count(
      say("{setting} Suppose that it shared nothing: each number of the output has its own weights for its own patch, and its own bias. How many parameters is that?", { setting }),
      unshared(kernel, depth, height, width, filters),
      [
        { values: [weights * outputs], say: say("You forgot the bias: each number of the output has one.") },
        { values: [(kernel * kernel + 1) * outputs], say: say("You left out the depth: a patch has all the channels of the input.") },
        { values: [shared(kernel, depth, filters)], say: say("That is the number with sharing. Here each place has weights of its own.") },
        { values: [weights * outputs + 1], say: say("One bias for the whole layer is too few: each number of the output has its own.") },
        { values: [weights * outputs + filters], say: say("One bias for each filter is too few: here nothing is shared.") },
        { values: [unshared(kernel, depth, rows, columns, filters)], say: say("You counted the places of the input. Count the numbers of the output.") },
        { values: [(kernel * kernel * filters + 1) * height * width * depth], say: say("You swapped the depths of input and output.") },
        { values: [joined(conv.input, [height, width, filters])], say: say("Each number looks at its patch only, not at the whole input.") },
      ],
      [say("How many numbers lie in one patch? Add 1 for the bias."), say("Then count the numbers of the output: height × width × depth.")],
      [
        say("One patch: {kernel} × {kernel} × {depth} = {weights} weights, and 1 bias.", { kernel, depth, weights: thousands(weights) }),
        say("Numbers of the output: {shape} = {outputs}.", { shape: show([height, width, filters]), outputs: thousands(outputs) }),
        `${thousands(weights + 1)} × ${thousands(outputs)} = ${thousands((weights + 1) * outputs)}.`,
      ],
    ),
    count(
      say("The same input and the same output. Now each number of the output is joined to each number of the input, and has a bias. How many parameters is that?"),
      joined(conv.input, [height, width, filters]),
      [
        { values: [all * outputs], say: say("You forgot the bias: each number of the output has one.") },
        { values: [(rows * columns + 1) * outputs], say: say("You left out the depth of the input.") },
        { values: [(all + 1) * height * width], say: say("You left out the depth of the output.") },
        { values: [unshared(kernel, depth, height, width, filters)], say: say("That is the layer with patches. Here each number looks at the whole input.") },
        { values: [all * outputs + 1], say: say("One bias for the whole layer is too few.") },
      ],
      [say("How many numbers does the input hold? Add 1 for the bias."), say("Multiply by the count of numbers in the output.")],
      [
        say("Input: {input} = {all} numbers, and 1 bias.", { input: show(conv.input), all: thousands(all) }),
        `${thousands(all + 1)} × ${thousands(outputs)} = ${thousands((all + 1) * outputs)}.`,
      ],
    ),
  ];
  if (own) {
    const bias = own.biases ? 1 : 0;
    const [, , deep] = own.input;
    const inside = own.kernel * own.kernel * deep;
    const slips = [
      { values: [own.kernel * own.kernel + bias], say: say("You left out the depth of the input.") },
      { values: [own.kernel * own.kernel * own.filters + bias], say: say("You took the depth of the output. A filter is as deep as the input.") },
      { values: [(inside + bias) * own.filters], say: say("That is the whole layer. The question is about one filter.") },
    ];
    if (bias) slips.unshift({ values: [inside], say: say("You forgot the bias.") });
    questions.push(
      count(
        say("A layer of the network on this site: `{name}` gets {input} and has {filters} filters of {kernel} by {kernel}{bias}. How many parameters does one of its filters have?", { name: own.name, input: show(own.input), filters: own.filters, kernel: own.kernel, bias: bias ? say(", each with a bias") : say(", without a bias") }),
        inside + bias,
        slips,
        [say("A filter is as deep as its input."), bias ? say("Add 1 for the bias.") : say("There is no bias here.")],
        [`${own.kernel} × ${own.kernel} × ${deep}${bias ? " + 1" : ""} = ${thousands(inside + bias)}.`],
      ),
    );
  }
  return questions;
}

function sharedSlips({ kernel, depth, filters, height, width, across }, bias = 1) {
  const inside = kernel * kernel * depth;
  const slips = [
    { values: [(kernel * kernel + bias) * filters], say: say("You left out the depth of the input.") },
    { values: [(inside + bias) * filters * height * width], say: say("You multiplied by the places. The weights are used there again and again, but they are the same.") },
    { values: [(kernel * kernel * filters + bias) * depth], say: say("You swapped the depths of input and output.") },
    { values: [(kernel * kernel * across + bias) * filters], say: say("You swapped width and depth: a filter is as deep as its input, however wide that is.") },
    { values: [inside + bias], say: say("That is one filter. The layer has more of them.") },
  ];
  if (bias) {
    slips.unshift(
      { values: [inside * filters], say: say("You forgot the bias: each filter has one.") },
      { values: [inside * filters + 1], say: say("One bias for the whole layer is too few: each filter has one.") },
      { values: [inside * filters + filters * height * width], say: say("The bias is shared too: one for each filter, not one for each place.") },
    );
  }
  return slips;
}

function sharingQuiz(roll, parts) {
  const conv = someConvolution(roll, 32);
  const { kernel, stride, padding, filters } = conv;
  const [rows, columns, depth] = conv.input;
  const [height, width] = [rows, columns].map((length) => places(length, kernel, stride, padding));
  const answer = shared(kernel, depth, filters);
  const own = ofNetwork(parts, roll, ["convolution"]);
  const inside = kernel * kernel * depth;
  const slips = sharedSlips({ kernel, depth, filters, height, width, across: columns });
  const questions = [
    count(
      say("The input is {input} (height, width, depth). A convolution has {filters} filters of {window}. Its output is {output}. How many parameters does it have?", { input: show(conv.input), filters, window: describe(conv), output: show([height, width, filters]) }),
      answer,
      slips,
      [say("How many weights has one filter? Add 1 for its bias."), say("Multiply by the number of filters, and by nothing else.")],
      [`(${kernel} × ${kernel} × ${depth} + 1) × ${filters} = ${thousands(inside + 1)} × ${filters} = ${thousands(answer)}.`],
    ),
    {
      text: say("How many times fewer is that than if it shared nothing?"),
      fields: [say("Times")],
      answer: [height * width],
      slips: [
        { values: [height * width * filters], say: say("That is how many numbers come out. Each filter has its own weights either way.") },
        { values: [filters], say: say("The number of filters is the same either way.") },
        { values: [kernel * kernel], say: say("The window is the same either way.") },
        { values: [rows * columns], say: say("Those are the places of the input. Count the places of the output.") },
        { values: [height + width], say: say("The places fill an area: multiply height and width.") },
      ],
      hints: [say("Without sharing, each place would have a set of weights of its own."), say("So how many places has the output?")],
      solution: [say("One set of weights for each of {height} × {width} = {places} places, or one for all.", { height, width, places: thousands(height * width) })],
    },
    count(
      say("The same layer now gets pictures twice as high and twice as wide. How many parameters does it have?"),
      answer,
      [
        { values: [answer * 4], say: say("The picture has four times the pixels, but the filters are the same.") },
        { values: [answer * 2], say: say("The filters are the same, whatever the size of the picture.") },
        ...slips,
      ],
      [say("Look for the size of the picture in the rule."), say("It is not there.")],
      [say("Still {answer}: the size of the picture is not in (F × F × D + 1) × K.", { answer: thousands(answer) })],
    ),
  ];
  if (own) {
    const bias = own.biases ? 1 : 0;
    const [, across, deep] = own.input;
    const [high, wide] = own.output;
    const total = own.weights + own.biases;
    questions.push(
      count(
        say("A layer of the network on this site: `{name}` gets {input} and has {filters} filters of {kernel} by {kernel}{bias}. How many parameters does it have?", { name: own.name, input: show(own.input), filters: own.filters, kernel: own.kernel, bias: bias ? "" : say(", without a bias") }),
        total,
        sharedSlips({ kernel: own.kernel, depth: deep, filters: own.filters, height: high, width: wide, across }, bias),
        [say("How deep is a filter?"), bias ? "(F × F × D + 1) × K" : say("F × F × D × K: there is no bias.")],
        [`(${own.kernel} × ${own.kernel} × ${deep}${bias ? " + 1" : ""}) × ${own.filters} = ${thousands(total)}.`],
      ),
    );
  }
  return questions;
}

const QUIZZES = { shape: shapeQuiz, parameters: parametersQuiz, sharing: sharingQuiz };

/** The questions of a quiz: `kind` is shape, parameters or sharing. */
export function makeQuiz(kind, seed, parts) {
  return QUIZZES[kind](dice(seed), parts);
}

/** What to say to an answer: whether it is right, and a sentence for each slip it shows. */
export function judge(question, given) {
  const { answer, slips, fields } = question;
  if (given.every((value, at) => value === answer[at])) return { right: true, says: [] };
  const fits = slips.filter(
    ({ values }) =>
      // The slip gives these numbers, and does not happen to give what is right.
      values.every((value, at) => value === null || value === given[at]) &&
      values.some((value, at) => value !== null && value !== answer[at]),
  );
  const wrong = fields.filter((_, at) => given[at] !== answer[at]);
  const right = fields.filter((_, at) => given[at] === answer[at]);
  const found = [...new Set(fits.map(({ say }) => say))].slice(0, 2);
  const says = found.length > 1 ? found.map((slip) => say("Perhaps: {slip}", { slip })) : found;
  if (right.length) {
    const [good, bad] = [right, wrong].map((names) => names.join(say(" and ")));
    says.push(
      sayCount("{good} is right; look at {bad} again.", "{good} are right; look at {bad} again.", right.length, {
        good,
        bad: inside(bad),
      }),
    );
  } else if (!says.length) {
    says.push(say("Not yet. Go through the rule step by step, or take a hint."));
  }
  return { right: false, says };
}
