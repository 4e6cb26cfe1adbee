// Which parts of the lesson the reader has done. Kept in this browser and sent nowhere.
//
// A part goes by its source file, and the key holds no address, so that the ticks are the same in
// every version of the site.

import { dataOf } from "./formulas.js";
import { onPage } from "./page.js";
import { say } from "./say.js";

const KEY = "cnn-lesson:progress";
const STAY = 1500; // milliseconds that the end of a page must stay in sight

/** The done parts as a set; empty where nothing was kept or nothing can be read. */
export function done() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return new Set(Array.isArray(kept.done) ? kept.done.filter((one) => typeof one === "string") : []);
  } catch {
    return new Set();
  }
}

function keep(parts) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ done: [...parts] }));
  } catch {
    // A browser that keeps nothing shows the ticks until the page is left.
  }
}

let current = done();

function lesson() {
  const holder = document.getElementById("lesson-parts");
  return holder ? dataOf(holder) : { parts: [], here: "" };
}

/** Sets or takes the tick of a part. */
export function mark(part, value = true) {
  if (current.has(part) === value) return;
  if (value) current.add(part);
  else current.delete(part);
  keep(current);
  show();
}

/** Called by a quiz that was passed: its page is done. */
export function passed() {
  const { parts, here } = lesson();
  if (parts.some((part) => part.id === here)) mark(here);
}

function show() {
  const { parts, here } = lesson();
  const root = new URL("../../", import.meta.url);
  const addresses = new Map(parts.map((part) => [new URL(part.url, root).href, part.id]));
  // On a small screen the theme shows the open page as a label, not as a link.
  const own = "label.md-nav__link--active[for=__toc]";
  for (const link of document.querySelectorAll(`.md-nav--primary :is(a.md-nav__link, ${own})`)) {
    const id = link.href ? addresses.get(link.href.split("#")[0]) : here;
    if (!parts.some((part) => part.id === id) || link.closest(".md-nav--secondary")) continue;
    let tick = link.querySelector(".tick");
    if (!tick) {
      tick = document.createElement("span");
      tick.className = "tick";
      link.querySelector(".md-ellipsis").after(tick);
    }
    const is = current.has(id);
    tick.classList.toggle("is-done", is);
    tick.textContent = is ? "✓" : "";
    tick.title = is ? say("Done") : "";
    tick.setAttribute("aria-hidden", String(!is));
    if (is) tick.setAttribute("role", "img");
    else tick.removeAttribute("role");
    if (is) tick.setAttribute("aria-label", "done");
    else tick.removeAttribute("aria-label");
  }
  const count = parts.filter((part) => current.has(part.id)).length;
  for (const bar of document.querySelectorAll(".lesson-bar")) {
    const number = parts.findIndex((part) => part.id === here) + 1;
    bar.hidden = false;
    bar.querySelector("progress").value = count;
    bar.querySelector(".lesson-count").textContent =
      say("Part {number} of {parts}, {count} done", { number, parts: parts.length, count });
  }
  const box = document.querySelector(".lesson-done input");
  if (box) box.checked = current.has(here);
}

/** Marks the page as read once its end has stayed in sight for a moment. */
function watchEnd(here) {
  const end = document.querySelector(".lesson-end");
  if (!end || !("IntersectionObserver" in window)) return;
  let timer = 0;
  const watcher = new IntersectionObserver(([seen]) => {
    clearTimeout(timer);
    if (!seen.isIntersecting) return;
    timer = setTimeout(() => {
      if (end.isConnected) mark(here);
      watcher.disconnect();
    }, STAY);
  });
  watcher.observe(end);
}

function setUp() {
  const { parts, here } = lesson();
  current = done();
  const panel = document.querySelector(".lesson-done");
  if (panel) {
    panel.hidden = false;
    panel.querySelector("input").addEventListener("change", (event) => mark(here, event.target.checked));
    const [ask, sure, no] = ["ask", "sure", "no"].map((name) => panel.querySelector(`[name=${name}]`));
    const asking = panel.querySelector(".lesson-sure");
    ask.addEventListener("click", () => {
      asking.hidden = false;
      ask.hidden = true;
      no.focus();
    });
    const close = () => {
      asking.hidden = true;
      ask.hidden = false;
      ask.focus();
    };
    no.addEventListener("click", close);
    sure.addEventListener("click", () => {
      current = new Set();
      keep(current);
      show();
      close();
    });
  }
  // A quiz is done when it is passed, every other part when it is read to the end.
  if (parts.some((part) => part.id === here) && !document.querySelector(".quiz:not(.worked)")) {
    watchEnd(here);
  }
  show();
}

window.addEventListener("storage", (event) => {
  if (event.key !== KEY && event.key !== null) return;
  current = done(); // another tab
  show();
});

onPage(setUp);
