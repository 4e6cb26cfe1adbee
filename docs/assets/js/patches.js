// Quizzes with pictures to choose from: one question at a time, the answer as the build measured it.
// What they say is in the page: data-choose, data-won, data-lost and data-told, with {value}.

import { newSeed } from "./formulas.js";
import { onPage } from "./page.js";
import { passed } from "./progress.js";
import { say } from "./say.js";

const ENOUGH = 3; // right answers at the first try that make the quiz passed

function setUp(quiz) {
  const questions = [...quiz.querySelectorAll(".question")];
  const told = (what, value) => quiz.dataset[what].replace("{value}", value);
  let right = 0;
  let asked = newSeed() % questions.length;

  function show(number, focus) {
    questions.forEach((question, at) => {
      question.hidden = at !== number;
    });
    const question = questions[number];
    question.reset();
    question.querySelector(".feedback").textContent = "";
    question.querySelector(".answer").hidden = true;
    question.querySelector(".lab-buttons").hidden = false;
    question.querySelectorAll(".measured").forEach((one) => one.replaceChildren());
    question.classList.remove("told", "missed");
    const options = [...question.querySelectorAll(".patch-option")];
    const start = newSeed() % options.length;
    [...options.slice(start), ...options.slice(0, start)].forEach((option, at) => {
      option.querySelector("input").nextElementSibling.nextElementSibling.firstChild.textContent =
        `${"ABCDEFGH"[at]} `;
      option.parentElement.append(option);
    });
    if (focus) question.querySelector("input").focus();
  }

  for (const [number, question] of questions.entries()) {
    question.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = question.querySelector("input:checked")?.closest(".patch-option");
      const feedback = question.querySelector(".feedback");
      if (!chosen) {
        feedback.textContent = told("choose");
        return;
      }
      const won = "right" in chosen.dataset;
      if (!won) question.classList.add("missed");
      else if (!question.matches(".told, .missed")) right += 1;
      const value = chosen.dataset.value;
      feedback.textContent = won
        ? `${told("won", value)} ${say("{right} right at the first try so far.", { right })}`
        : told("lost", value);
      if (!won) return;
      question.classList.add("told");
      for (const option of question.querySelectorAll(".patch-option")) {
        option.querySelector(".measured").textContent = told("told", option.dataset.value);
      }
      if (right >= ENOUGH) passed(quiz);
    });
    question.querySelector("[name=next]").addEventListener("click", () => {
      asked = (number + 1) % questions.length;
      show(asked, true);
    });
  }
  show(asked, false);
  quiz.classList.add("scripted");
}

onPage(() => document.querySelectorAll(".patch-quiz").forEach(setUp));
