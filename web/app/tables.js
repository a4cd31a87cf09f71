// The table behind a chart. It is written while it is open only, and only where a number changed.

import { el, setText } from "./dom.js";
import { t } from "./i18n.js";

/**
 * @param {HTMLDetailsElement} details
 * @param {import("./lines.js").Line[]} lines
 */
export function fillTable(details, lines) {
  if (!details.open) return;
  const body = tableFor(details, [t("charts.roundHead"), ...lines.map((line) => line.name)]).tBodies[0];
  const rounds = Math.max(0, ...lines.map((line) => line.values.length));
  while (body.rows.length > rounds) body.lastChild.remove();
  while (body.rows.length < rounds) body.append(emptyRow(body.rows.length + 1, lines.length));
  for (let i = 0; i < rounds; i++) {
    const { cells } = body.rows[i];
    lines.forEach((line, j) => setText(cells[j + 1], shownAt(line, i)));
  }
}

const shownAt = (line, i) => (line.values[i] === undefined || line.values[i] === null ? "–" : line.show(line.values[i]));

const emptyRow = (round, columns) =>
  el("tr", {}, el("th", { scope: "row" }, String(round)), ...Array.from({ length: columns }, () => el("td", {})));

/** The table of these columns; another one is made where the columns have changed. */
function tableFor(details, heads) {
  const old = details.querySelector("table");
  if (old?.dataset.heads === heads.join("|")) return old;
  const row = el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)));
  const table = el("table", { "data-heads": heads.join("|") }, el("thead", {}, row), el("tbody", {}));
  if (old) old.replaceWith(table);
  else details.append(scrolling(details, table));
  return table;
}

/** Tables may be wider or longer than their place: they scroll in it, by keyboard too. */
const scrolling = (details, table) =>
  el("div", { class: "scrolling", tabindex: "0", role: "group", "aria-label": details.querySelector("summary").textContent }, table);
