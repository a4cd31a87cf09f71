// The level of the index that counts as an alarm, as a line across the chart with its name.

import { t } from "./i18n.js";
import { fixed } from "./format.js";

export function drawAlarmLine(pen, place, alarm, inks) {
  const y = place.y(alarm, "y");
  pen.line([[place.left, y], [place.right, y]], { ink: inks.alarm, width: 1, dash: [6, 4] });
}

/** Its name, where no line runs through it. */
export function drawAlarmName(pen, place, alarm, { lines, days, inks, sizes }) {
  const words = `${t("charts.alarm")} ${fixed(alarm, 3)}`;
  const size = sizes.type - 1;
  const { x, y } = freeSpot([...lines.map((line) => curveOf(line, place)), days.map(([x, value]) => [place.x(x), place.y(value, "y")])], place, place.y(alarm, "y"), { width: widthOf(words, size), height: size * 1.2 });
  pen.text(x, y, words, { ink: inks.alarm, size, halo: inks.paper });
}

/** Where a line runs. */
export const curveOf = ({ values, scale }, place) =>
  values.flatMap((value, i) => (value === null ? [] : [[place.x(i + 1), place.y(value, scale)]]));

/** About how wide words are; a Chinese character is as wide as it is high. */
export const widthOf = (words, size) => [...words].reduce((sum, letter) => sum + (letter > "\u2e7f" ? 1.05 : 0.6), 0) * size;

/**
 * Where a name along a level lies with the fewest points of curves behind it, above or below the level, as far left as can be.
 * @returns {{x: number, y: number}} the left end and the middle of its height
 */
export function freeSpot(curves, place, level, { width, height }) {
  const room = place.right - width - place.left - 8;
  const spots = Array.from({ length: 9 }, (_, i) => place.left + 4 + (room * i) / 8)
    .flatMap((x) => [{ x, y: level - height * 0.65 }, { x, y: level + height * 0.65 }]);
  const points = curves.flatMap(dense);
  const behind = (spot) => pointsBehind(points, spot, { width, height });
  const inside = spots.filter(({ y }) => y > place.top + height / 2 && y < place.bottom - height / 2);
  const rated = (inside.length > 0 ? inside : spots).map((spot) => ({ spot, hits: behind(spot) }));
  return rated.reduce((best, one) => (one.hits < best.hits ? one : best)).spot;
}

/** How many points lie behind words that begin at `x` and whose middle is at the height `y`. */
export const pointsBehind = (points, { x, y }, { width, height }) =>
  points.filter(([px, py]) => px > x - 3 && px < x + width + 3 && Math.abs(py - y) < height * 0.6).length;

/** A curve with points so near to each other that none slips past a word. */
export function dense(curve) {
  return curve.flatMap(([x, y], i) => {
    if (i === 0) return [[x, y]];
    const [fromX, fromY] = curve[i - 1];
    const steps = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / 4));
    return Array.from({ length: steps }, (_, k) => [fromX + ((x - fromX) * (k + 1)) / steps, fromY + ((y - fromY) * (k + 1)) / steps]);
  });
}
