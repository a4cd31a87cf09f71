// What is drawn around the lines of a chart, on screen and in exported pictures alike.

import { curveOf, dense, drawAlarmLine, drawAlarmName, pointsBehind, widthOf } from "./alarm.js";
import { drawMarks } from "./mark_signs.js";

/**
 * @typedef {object} Place   where a chart lies, in CSS pixels
 * @property {number} left @property {number} top @property {number} right @property {number} bottom
 * @property {(round: number) => number} x
 * @property {(value: number, scale: string) => number} y
 */

/** Behind the lines: other histories as a band with their median, and the level of the alarm. */
export function drawBehind(pen, place, { bands, alarm, inks }) {
  for (const band of bands) {
    const at = (values) => values.map((value, i) => [place.x(i + 1), place.y(value, band.scale)]);
    pen.area([...at(band.low), ...at(band.high).reverse()], { ink: inks[band.ink], alpha: 0.14 });
    pen.line(at(band.median), { ink: inks[band.ink], width: 1, dash: [1, 3] });
  }
  if (alarm !== null) drawAlarmLine(pen, place, alarm, inks);
}

/** In front: the alarm's name, days, changes of sliders, marks on the time axis, labels at the line ends. */
export function drawBefore(pen, place, { lines, days, marks, alarm, inks, sizes, labelsInside, zero }) {
  if (zero) pen.line([[place.left, place.y(0, "y")], [place.right, place.y(0, "y")]], { ink: inks.quiet, width: 1 });
  if (days.length > 1) {
    pen.line(days.map(([x, value]) => [place.x(x), place.y(value, "y")]), { ink: inks.day, width: 1.2 });
  }
  if (alarm !== null) drawAlarmName(pen, place, alarm, { lines, days, inks, sizes });
  drawMarks(pen, place, marks, inks, sizes);
  drawLabels(pen, place, { lines, days, inks, sizes, labelsInside });
}

/** Names behind the lines' ends; those of lines that end early, and all where a second axis stands there, on the plot. */
function drawLabels(pen, place, { lines, days, inks, sizes, labelsInside }) {
  const labels = lines.map((line) => labelOf(line, place, days)).filter(Boolean);
  const end = Math.max(...labels.map(({ x }) => x)) - 2 * sizes.type;
  const [within, behind] = [true, false].map((wanted) => labels.filter(({ x }) => (labelsInside || x < end) === wanted));
  placeInside(within, lines, place, sizes);
  spread(behind, sizes.type * 1.15, place.top, place.bottom);
  for (const label of labels) {
    const weight = label.line.role === "pinned" ? 400 : 600;
    pen.text(label.x + (label.align ? 0 : 6), label.y, label.line.name, { ink: inks[label.line.ink], size: sizes.type, weight, align: label.align ?? "left", halo: inks.paper });
  }
}

/** Behind the last value, and behind the days of its round where they are drawn. */
function labelOf(line, place, days) {
  let last = line.values.length - 1;
  while (last >= 0 && (line.values[last] === null || line.values[last] === undefined)) last--;
  if (last < 0) return null;
  const end = line.role === "run" ? Math.max(last + 1, days.at(-1)?.[0] ?? 0) : last + 1;
  return { line, x: place.x(end), y: place.y(line.values[last], line.scale) };
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

/**
 * Labels on the plot lie at the ends of their lines: above the upper ones and below the lower ones, or wherever near there the
 * fewest points of lines and no other label are behind them.
 */
export function placeInside(labels, lines, place, { type }) {
  const points = lines.flatMap((line) => dense(curveOf(line, place)));
  const height = type * 1.2;
  labels.sort((a, b) => a.y - b.y);
  labels.forEach((label, i) => {
    label.align = label.x < (place.left + place.right) / 2 ? "left" : "right";
    const width = widthOf(label.line.name, type);
    const x = label.align === "left" ? label.x : label.x - width;
    const away = i < labels.length / 2 ? -1 : 1;
    const spots = [1, -1, 2, -2, 3, -3, 4, -4].map((step) => ({ x, y: label.y + away * step * height }));
    const inside = spots.filter(({ y }) => y > place.top + height / 2 && y < place.bottom - height / 2);
    const covers = ({ y }) => labels.slice(0, i).filter((other) => Math.abs(other.y - y) < height && other.from < x + width && x < other.to).length;
    const hits = (spot) => pointsBehind(points, spot, { width, height }) + 1000 * covers(spot);
    const free = (inside.length > 0 ? inside : spots).reduce((best, spot) => (hits(spot) < hits(best) ? spot : best));
    Object.assign(label, { y: free.y, from: x, to: x + width });
  });
}
