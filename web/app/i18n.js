// The words of the page, all from strings.json. Elements carry `data-t="path"` for their text and
// `data-t-label`, `data-t-title` for the attributes that are read aloud or shown on hover.

/** @typedef {"en"|"zh"} Language */

let words = {};
/** Sentences of the server's, by their English. */
let phrases = new Map();
/** @type {Language} */
let language = "en";

export async function loadWords() {
  const response = await fetch("/strings.json");
  words = await response.json();
  phrases = new Map(words.phrases.map((phrase) => [phrase.en, phrase]));
}

/** The language of the browser, where the page speaks it. */
export const preferredLanguage = () => ((navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en");

export const currentLanguage = () => language;

/** @param {Language} wanted */
export function useLanguage(wanted) {
  language = wanted === "zh" ? "zh" : "en";
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  translate(document);
}

/** Sets the texts of everything under `root` that names its words. */
export function translate(root) {
  document.title = t("page.title");
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t, JSON.parse(node.dataset.tValues ?? "{}"));
  for (const node of root.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  for (const node of root.querySelectorAll("[data-t-title]")) node.title = t(node.dataset.tTitle);
}

/** Says something in an element, in the language of the page even if that changes while it stands there. */
export function say(node, path, values = {}) {
  node.dataset.t = path;
  node.dataset.tValues = JSON.stringify(values);
  const text = t(path, values);
  if (node.textContent !== text) node.textContent = text;
}

/** Takes back what was said. */
export function hush(node) {
  delete node.dataset.t;
  delete node.dataset.tValues;
  node.replaceChildren();
}

/** The leaf at a path; the last name may contain dots, as keys of scenarios do. */
function leaf(path) {
  let node = words;
  const names = Array.isArray(path) ? path : path.split(".");
  for (const name of names) node = node?.[name];
  return node;
}

/** The words at `path`, with `{name}` replaced by `values.name`. */
export function t(path, values = {}) {
  const text = leaf(path)?.[language];
  return text === undefined ? String(path) : fill(text, values);
}

/** The words at `path`, or `otherwise` (in practice the server's English) where there are none. */
export function tOr(path, otherwise, values = {}) {
  const text = leaf(path)?.[language];
  return text === undefined ? otherwise : fill(text, values);
}

const NUMBER = /\d[\d,.]*\d|\d/g;

/** A sentence of the server's in the language of the page, where it was translated; `#` there stands for its numbers. */
export function said(text) {
  const phrase = phrases.get(text.replace(NUMBER, "#"));
  const numbers = text.match(NUMBER)?.values();
  return phrase ? phrase[language].replace(/#/g, () => numbers.next().value) : text;
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** What was written for the sample conversations. */
export const conversationWords = () => words.conversations ?? [];

/** A pair of texts in the language of the page. */
export const inLanguage = (pair) => pair?.[language] ?? pair?.en ?? "";
