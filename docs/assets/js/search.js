// The theme's search takes "-" before a word for "without". Before a number a minus is meant, as
// in "-45": so it becomes the one that the pages write, before the theme reads the field.

document.addEventListener("input", ({ target }) => {
  if (!target.matches(".md-search__input")) return;
  const meant = target.value.replace(/(^|\s)-(?=\d)/g, "$1−");
  if (meant === target.value) return;
  const { selectionStart, selectionEnd } = target;
  target.value = meant;
  target.setSelectionRange(selectionStart, selectionEnd);
});
