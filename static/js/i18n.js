/**
 * Translate texts into the language of the page. The keys are English, which needs no catalogue and no request.
 *
 * The catalogues are made by `make messages`. What imports this module runs when the catalogue is there.
 */

/**
 * What each text is in the language, with all its plural forms where it has any, and which of them a number takes.
 *
 * @typedef {{messages: Record<string, string|string[]>, plural: (n: number) => number}} Catalogue
 */

/** @type {Record<string, () => Promise<Catalogue>>} */
const CATALOGUES = {
  ko: () => import("./locale/ko.js"),
};

const load = CATALOGUES[document.documentElement.lang];
/** @type {Catalogue} */
const catalogue = load ? await load() : { messages: {}, plural: (n) => (n === 1 ? 0 : 1) };

/** Translate a text. @param {string} text */
export function gettext(text) {
  const found = catalogue.messages[text];
  return typeof found === "string" ? found : text;
}

/** Translate a text in the form that a number takes. @param {string} one @param {string} many @param {number} n */
export function ngettext(one, many, n) {
  const found = catalogue.messages[one] ?? [one, many];
  return (Array.isArray(found) ? found[catalogue.plural(n)] : found) ?? many;
}

/** Put values in the places of `%(name)s`. @param {string} text @param {Record<string, string|number>} values */
export function interpolate(text, values) {
  return text.replace(/%\((\w+)\)s/g, (place, name) => String(values[name] ?? place));
}
