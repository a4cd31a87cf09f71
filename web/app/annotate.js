// What is drawn around the lines of a chart, on screen and in exported pictures alike.

import { t } from "./i18n.js";
import { fixed } from "./format.js";

/**
 * @typedef {object} Place   where a chart lies, in CSS pixels
 * @property {number} left @property {number} top @property {number} right @property {number} bottom
 * @property {(round: number) => number} x
 * @property {(value: number, scale: string) => number} y
 */

/** Behind the lines: other histories as a band with their median, and the level of the alarm. */
export function drawBehind(pen, place, { bands, alarm, inks, sizes }) {
  for (const band of bands) {
    const at = (values) => values.map((value, i) => [place.x(i + 1), place.y(value, band.scale)]);
    pen.area([...at(band.low), ...at(band.high).reverse()], { ink: inks[band.ink], alpha: 0.14 });
    pen.line(at(band.median), { ink: inks[band.ink], width: 1, dash: [1, 3] });
  }
  if (alarm !== null) {
    const y = place.y(alarm, "y");
    pen.line([[place.left, y], [place.right, y]], { ink: inks.alarm, width: 1, dash: [6, 4] });
    pen.text(place.left + 4, y - sizes.type * 0.7, `${t("charts.alarm")} ${fixed(alarm, 3)}`, { ink: inks.alarm, size: sizes.type - 1 });
  }
}

/** In front: days, changes of sliders, marks on the time axis, labels at the line ends. */
export function drawBefore(pen, place, { lines, days, marks, inks, sizes, labelsInside, zero }) {
  if (zero) pen.line([[place.left, place.y(0, "y")], [place.right, place.y(0, "y")]], { ink: inks.quiet, width: 1 });
  if (days.length > 1) {
    pen.line(days.map(([x, value]) => [place.x(x), place.y(value, "y")]), { ink: inks.day, width: 1.2 });
  }
  drawMarks(pen, place, marks, inks, sizes);
  drawLabels(pen, place, lines, inks, sizes, labelsInside);
}

function drawMarks(pen, place, marks, inks, sizes) {
  const y = place.bottom + sizes.mark + 4;
  const small = Math.min(sizes.mark, (place.x(2) - place.x(1)) * 0.55);
  for (const mark of marks) {
    const x = place.x(mark.at);
    if (x < place.left - 1 || x > place.right + 1) continue;
    if (mark.kind === "changed") pen.line([[x, place.top], [x, place.bottom + 4]], { ink: inks.mark, width: 1, dash: [2, 3] });
    else SHAPES[mark.kind](pen, x, y, mark.kind === "launched" ? small : sizes.mark, inks);
  }
}

/** ▲ launched, ✕ held, ◆ noticed, ↩ rolled back; told apart by shape, not by colour. */
const SHAPES = {
  launched(pen, x, y, size, inks) {
    pen.area([[x - size * 0.8, y + size * 0.6], [x, y - size * 0.8], [x + size * 0.8, y + size * 0.6]], { ink: inks.mark, alpha: 0.55 });
  },
  held(pen, x, y, size, inks) {
    const s = size * 0.8;
    pen.line([[x - s, y - s], [x + s, y + s]], { ink: inks.alarm, width: 2 });
    pen.line([[x - s, y + s], [x + s, y - s]], { ink: inks.alarm, width: 2 });
  },
  noticed(pen, x, y, size, inks) {
    pen.area([[x - size, y], [x, y - size], [x + size, y], [x, y + size]], { ink: inks.alarm });
  },
  rollback(pen, x, y, size, inks) {
    pen.text(x, y, "↩", { ink: inks.alarm, size: size * 3, align: "center", weight: 700 });
  },
};

function drawLabels(pen, place, lines, inks, sizes, inside) {
  const height = sizes.type * 1.15;
  const labels = lines.map((line) => labelOf(line, place)).filter(Boolean);
  if (inside) {
    placeInside(labels, place, sizes);
    for (const label of labels) {
      pen.text(label.x, label.y, label.line.name, { ink: inks[label.line.ink], size: sizes.type, weight: 600, align: label.align, halo: inks.paper });
    }
    return;
  }
  spread(labels, height, place.top, place.bottom);
  for (const label of labels) {
    const own = label.line.role !== "pinned";
    pen.text(label.x + 6, label.y, label.line.name, { ink: inks[label.line.ink], size: sizes.type, weight: own ? 600 : 400, halo: inks.paper });
  }
}

function labelOf(line, place) {
  let last = line.values.length - 1;
  while (last >= 0 && (line.values[last] === null || line.values[last] === undefined)) last--;
  if (last < 0) return null;
  return { line, x: place.x(last + 1), y: place.y(line.values[last], line.scale) };
}

/** Labels keep their order and at least a line's height between them, as near to their lines as that allows. */
export function spread(labels, height, top, bottom) {
  labels.sort((a, b) => a.y - b.y);
  for (let i = 1; i < labels.length; i++) labels[i].y = Math.max(labels[i].y, labels[i - 1].y + height);
  const over = (labels.at(-1)?.y ?? 0) - (bottom - height / 2);
  if (over > 0) labels.at(-1).y -= over;
  for (let i = labels.length - 2; i >= 0; i--) labels[i].y = Math.min(labels[i].y, labels[i + 1].y - height);
  if (labels[0]?.y < top) labels[0].y = top;
}

/** Where a second axis stands on the right, labels lie on the plot: the upper above its line, the lower below. */
function placeInside(labels, place, sizes) {
  labels.sort((a, b) => a.y - b.y);
  labels.forEach((label, i) => {
    label.y += (i < labels.length / 2 ? -1 : 1) * sizes.type * 1.2;
    label.align = label.x < (place.left + place.right) / 2 ? "left" : "right";
  });
  spread(labels, sizes.type * 1.3, place.top + sizes.type, place.bottom);
}
