// Cards of terms open without this, by pointing or by the Tab key. Here: Escape closes a card, and
// on a touch screen the first tap opens it and the second follows the link.

import { onPage } from "./page.js";

function setUp(term) {
  const link = term.querySelector("a");
  let touched = false;
  const close = () => {
    term.classList.add("closed");
    term.classList.remove("open");
  };
  const free = () => term.classList.remove("closed");
  link.addEventListener("pointerdown", (event) => {
    touched = event.pointerType === "touch";
  });
  link.addEventListener("click", (event) => {
    if (!touched || term.classList.contains("open")) return;
    event.preventDefault();
    free();
    term.classList.add("open");
  });
  link.addEventListener("focus", free);
  link.addEventListener("blur", () => term.classList.remove("open"));
  term.addEventListener("pointerenter", free);
  term.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && term.matches(":hover")) close();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!term.contains(event.target)) term.classList.remove("open");
  });
}

onPage(() => document.querySelectorAll(".term").forEach(setUp));
