// Cards of terms open without this, by pointing or by the Tab key. Here: Escape closes a card, and
// on a touch screen the first tap opens it and the second follows the link.

function close(term) {
  term.classList.remove("open");
}

let touched = false;

// On the document, so that it holds for every page that the reader opens.
document.addEventListener("pointerdown", (event) => {
  touched = event.pointerType === "touch";
  for (const term of document.querySelectorAll(".term.open")) {
    if (!term.contains(event.target)) close(term);
  }
});

document.addEventListener("click", (event) => {
  const term = event.target.closest?.(".term");
  if (!term || !touched || term.classList.contains("open")) return;
  event.preventDefault();
  term.classList.remove("closed");
  term.classList.add("open");
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const term of document.querySelectorAll(".term:is(:hover, :focus-within, .open)")) {
    close(term);
    term.classList.add("closed");
  }
});

// A card that was closed opens again when the reader comes back to its word.
for (const kind of ["focusin", "pointerover"]) {
  document.addEventListener(kind, (event) => {
    const term = event.target.closest?.(".term.closed");
    if (term && !term.contains(event.relatedTarget)) term.classList.remove("closed");
  });
}
document.addEventListener("focusout", (event) => {
  const term = event.target.closest?.(".term.open");
  if (term) close(term);
});
