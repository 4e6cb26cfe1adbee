// A quiz in the page: plain forms, one for each question, checked here and nowhere else.

import { dataOf, newSeed, thousands } from "./formulas.js";
import { onPage } from "./page.js";
import { passed } from "./progress.js";
import { judge, makeQuiz } from "./questions.js";
import { figure, say } from "./say.js";

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Text with `code` in it. */
function prose(text) {
  return text
    .split("`")
    .map((piece, at) => (at % 2 ? element("code", {}, piece) : document.createTextNode(piece)));
}

function button(text, primary = false) {
  const kind = primary ? "md-button md-button--primary" : "md-button";
  return element("button", { type: "button", class: kind }, text);
}

/** The seed in the address (`?numbers=7`), so that a class can share its numbers. */
function seedOfAddress() {
  const given = new URLSearchParams(location.search).get("numbers");
  return /^\d{1,6}$/.test(given ?? "") ? Number(given) : null;
}

/** Other numbers than those of the address: it must not bring the old ones back. */
function leaveAddress() {
  const url = new URL(location.href);
  url.searchParams.delete("numbers");
  history.replaceState(history.state, "", url);
}

const remembered = (kind) => `cnn-lesson:numbers:${kind}`;

function remember(kind, seed) {
  try {
    sessionStorage.setItem(remembered(kind), String(seed));
  } catch {
    // Without storage the solution page shows the fixed numbers only.
  }
}

function recall(kind) {
  try {
    const seed = sessionStorage.getItem(remembered(kind));
    return seed === null ? null : Number(seed);
  } catch {
    return null;
  }
}

function solutionOf(question) {
  return question.solution.map((line) => element("li", {}, ...prose(line)));
}

function ask(question, number, kind, told) {
  const form = element("form", { class: "question", novalidate: "" });
  const legend = element("legend", {}, say("Question {number}", { number: number + 1 }));
  const fields = question.fields.map((name, at) => {
    const id = `${kind}-${number}-${at}`;
    const input = element("input", {
      id,
      type: "text",
      inputmode: "numeric",
      autocomplete: "off",
      "aria-describedby": `${kind}-${number}-says`,
    });
    return { name, input, box: element("span", { class: "field" }, element("label", { for: id }, name), input) };
  });
  const says = element("div", { class: "feedback", role: "status", id: `${kind}-${number}-says` });
  const hints = element("ol", { class: "hints", "aria-live": "polite" });
  const steps = element("ol", { class: "steps", tabindex: "-1", hidden: "" }, ...solutionOf(question));
  const check = element("button", { type: "submit", class: "md-button md-button--primary" }, say("Check"));
  const hint = button(say("Hint"));
  const give = button(say("Show the solution"));
  give.hidden = true;
  let tries = 0;

  function showSolution(own) {
    steps.hidden = false;
    give.hidden = true;
    hint.hidden = true;
    if (own) steps.focus();
  }

  hint.addEventListener("click", () => {
    const next = question.hints[hints.children.length];
    if (next) hints.append(element("li", {}, ...prose(next)));
    if (hints.children.length === question.hints.length) {
      hint.setAttribute("aria-disabled", "true"); // and keeps the focus
      give.hidden = !steps.hidden;
    }
  });
  give.addEventListener("click", () => {
    showSolution(true);
    told(number, "shown");
    says.textContent = say("Here is the way. Take new numbers to pass the quiz.");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = fields.map(({ input }) => {
      const text = input.value.replace(/\s/g, "").replaceAll(figure(","), "");
      const value = /^\d+$/.test(text) ? Number(text) : null;
      input.setAttribute("aria-invalid", String(value === null));
      return value;
    });
    if (given.includes(null)) {
      says.replaceChildren(say("Please fill in every field with a whole number."));
      fields[given.indexOf(null)].input.focus();
      return;
    }
    const { right, says: sentences } = judge(question, given);
    fields.forEach(({ input }, at) => {
      input.setAttribute("aria-invalid", String(given[at] !== question.answer[at]));
    });
    form.classList.toggle("right", right);
    form.classList.toggle("wrong", !right);
    if (right) {
      showSolution(false);
      const all = told(number, "right");
      const end = all ? say(" With this one you have passed the quiz.") : "";
      says.textContent = say("Right: {answer}.{end}", { answer: question.answer.map(thousands).join(" × "), end });
      return;
    }
    tries += 1;
    says.replaceChildren(...sentences.map((sentence) => element("p", {}, sentence)));
    if (tries >= 3) give.hidden = !steps.hidden;
  });
  form.append(
    element(
      "fieldset",
      {},
      legend,
      element("p", {}, ...prose(question.text)),
      element("div", { class: "fields" }, ...fields.map(({ box }) => box)),
    ),
    element("div", { class: "lab-buttons" }, check, hint, give),
    says,
    hints,
    steps,
  );
  return form;
}

function setUp(quiz) {
  const { kind, parts } = dataOf(quiz);
  const body = element("div");
  const result = element("p", { class: "quiz-result" }); // what is new is said at the question
  const fresh = button(say("New numbers"));
  let states = [];

  /** Notes what became of a question; whether the quiz is passed with it. */
  function told(number, state) {
    if (states[number] !== "shown") states[number] = state;
    const right = states.filter((one) => one === "right").length;
    const all = right === states.length;
    result.textContent = all
      ? say("All right: you have passed this quiz.")
      : say("{right} of {all} right.", { right, all: states.length }) +
        (states.includes("shown") ? say(" A question whose solution you opened does not count; take new numbers.") : "");
    if (all) passed(quiz);
    return all;
  }

  function start(seed, focus) {
    const questions = makeQuiz(kind, seed, parts);
    states = questions.map(() => "open");
    remember(kind, seed);
    quiz.dataset.seed = String(seed);
    body.replaceChildren(...questions.map((question, at) => ask(question, at, kind, told)));
    result.textContent = say("{count} questions, with numbers drawn for you.", { count: questions.length });
    if (focus) body.querySelector("input").focus();
  }

  fresh.addEventListener("click", () => {
    leaveAddress();
    start(newSeed(), true);
  });
  quiz.append(body, element("div", { class: "lab-buttons" }, fresh), result);
  start(seedOfAddress() ?? newSeed(), false);
  quiz.hidden = false;
  for (const paper of document.querySelectorAll(".paper")) {
    const folded = element("details", { class: "info paper" }, element("summary", {}, paper.dataset.title));
    folded.append(...paper.childNodes);
    paper.replaceWith(folded);
  }
}

/** On the page of the solution: the numbers that the reader had, worked through. */
function workThrough(section) {
  const { kind, parts } = dataOf(section);
  const seed = seedOfAddress() ?? recall(kind);
  if (seed === null) return;
  section.append(element("h2", {}, say("Your numbers")));
  makeQuiz(kind, seed, parts).forEach((question, at) => {
    section.append(
      element("p", {}, element("strong", {}, say("Question {number}: {answer}.", { number: at + 1, answer: question.answer.map(thousands).join(" × ") })), " ", ...prose(question.text)),
      element("ol", { class: "steps" }, ...solutionOf(question)),
    );
  });
  section.hidden = false;
}

onPage(() => {
  document.querySelectorAll(".quiz:not(.worked)").forEach(setUp);
  document.querySelectorAll(".quiz.worked").forEach(workThrough);
});
