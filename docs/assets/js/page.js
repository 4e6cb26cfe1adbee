// Runs a script's setup on every page that the reader opens, also where the theme swaps pages
// without loading them anew (its "instant navigation"); `document$` is the theme's own signal.

/** Calls `setup()` once the page is there, and again for each page that takes its place. */
export function onPage(setup) {
  if (window.document$) {
    window.document$.subscribe(() => setup());
  } else {
    setup(); // a module runs when the document has been read
  }
}
