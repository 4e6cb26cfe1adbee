// What the scripts say, in the language of the site. In a site of another language the build adds
// a script that sets SAID (generator/pages/saying.py); in English there is none to look up.

/**
 * @typedef {{
 *   language: string,
 *   signs: Record<string, string>,
 *   sentences: Record<string, string | string[]>,
 *   words: Record<string, string>,
 * }} Said
 */

/** @returns {Said | undefined} */
const said = () => /** @type {any} */ (globalThis).SAID;

/**
 * @param {string} text
 * @param {Record<string, unknown>} values
 */
const filled = (text, values) =>
  text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));

/**
 * A sentence with its values filled in: `say("Layer {index}", { index: 3 })`.
 * @param {string} text
 * @param {Record<string, unknown>} [values]
 */
export function say(text, values = {}) {
  const told = said()?.sentences[text] ?? text;
  return filled(Array.isArray(told) ? told[0] : told, values);
}

/**
 * A sentence whose words depend on a number; languages with two forms only, so far.
 * @param {string} one
 * @param {string} many
 * @param {number} number
 * @param {Record<string, unknown>} [values]
 */
export function sayCount(one, many, number, values = {}) {
  const own = said()?.sentences[one];
  const forms = Array.isArray(own) ? own : [one, many];
  return filled(forms[number === 1 ? 0 : 1], values);
}

/**
 * A thing by its name, such as a class; one that the language has no word for keeps its own.
 * @param {string} word
 */
export const named = (word) => said()?.words[word.split(",")[0].trim()] ?? word;

/**
 * A text inside a sentence: with a small letter where the language writes nouns so.
 * @param {string} text
 */
export const inside = (text) => (said() ? text : text.toLowerCase());

/**
 * A number as it is written in the language; given as JavaScript writes it, as "1,234.5".
 * @param {string} number
 */
export const figure = (number) =>
  number.replace(/[.,]/g, (sign) => said()?.signs[sign] ?? sign);
