// The theme gives each block of code a navigation landmark of its own; those who hear the page
// must be able to tell them apart.

import { onPage } from "./page.js";
import { say } from "./say.js";

function label(article) {
  article.querySelectorAll(".md-code__nav").forEach((nav, at) => {
    nav.setAttribute("aria-label", say("Code {at}", { at: at + 1 }));
    nav.querySelector("button")?.setAttribute("aria-label", say("Copy code {at}", { at: at + 1 }));
  });
}

onPage(() => {
  const article = document.querySelector("article");
  if (!article) return;
  label(article);
  new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]);
    if (added.some((node) => node.classList?.contains("md-code__nav"))) label(article);
  }).observe(article, { childList: true, subtree: true });
});
