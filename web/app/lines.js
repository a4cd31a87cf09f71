// Which lines a chart has: its measures, the pinned run beside them or the difference to it, other histories behind.

import { t } from "./i18n.js";
import { session } from "./session.js";
import { alarmLevelOf } from "./run.js";
import { fixed, signed, percent, points } from "./format.js";

const level = { show: (x) => fixed(x, 2), change: (x) => signed(x, 2) };
const index = { show: (x) => fixed(x, 3), change: (x) => signed(x, 3) };
const share = { show: (x) => percent(x, 1), change: (x) => points(x, 1) };

/** The charts, in the order in which they stand. Solid, dashed, dotted: colour is never alone. */
export const CHARTS = [
  { id: "index", measures: [{ column: "sycophancy_index", ink: "index", dash: [], format: index, scale: "y" }] },
  {
    id: "outcomes",
    twoAxes: true,
    measures: [
      { column: "thumbs_up_share", ink: "thumbs", dash: [], format: share, scale: "y" },
      { column: "user_benefit", ink: "benefit", dash: [7, 4], format: index, scale: "right" },
    ],
  },
  {
    id: "behaviours",
    measures: [
      { column: "mean_deference", ink: "deference", dash: [], format: level, scale: "y" },
      { column: "mean_flattery", ink: "flattery", dash: [8, 4], format: level, scale: "y" },
      { column: "mean_amplification", ink: "amplification", dash: [2, 3], format: level, scale: "y" },
      { column: "mean_substance", ink: "substance", dash: [9, 3, 2, 3], format: level, scale: "y" },
    ],
  },
];

/**
 * @typedef {object} Line
 * @property {string} key @property {string} name @property {"run"|"pinned"|"difference"} role
 * @property {string} ink @property {number[]} dash @property {string} scale @property {(number|null)[]} values
 * @property {(x: number) => string} show
 */

/** @returns {Line[]} */
export function linesOf(chart) {
  const { run, pin } = session;
  if (pin && session.difference) return chart.measures.map((measure) => differenceOf(measure, run, pin.run));
  const own = chart.measures.map((measure) => lineOf(measure, run, "run"));
  return pin ? [...chart.measures.map((measure) => lineOf(measure, pin.run, "pinned")), ...own] : own;
}

export const nameOf = (column) => t(["measures", column]);

function lineOf(measure, run, role) {
  const pinned = role === "pinned";
  return {
    key: `${role}-${measure.column}`,
    name: nameOf(measure.column) + (pinned ? ` · A` : ""),
    role,
    ink: pinned ? "pinned" : measure.ink,
    dash: pinned ? [3, 3] : measure.dash,
    scale: measure.scale,
    values: run?.series[measure.column] ?? [],
    show: measure.format.show,
  };
}

function differenceOf(measure, run, pinned) {
  const b = run?.series[measure.column] ?? [];
  const a = pinned.series[measure.column] ?? [];
  const values = b.slice(0, a.length).map((value, i) => (value === null || a[i] === null ? null : value - a[i]));
  const line = lineOf(measure, run, "run");
  return { ...line, key: `difference-${measure.column}`, role: "difference", name: `${line.name} · B−A`, values, show: measure.format.change };
}

/** The range of other histories behind a chart's lines, where there are some and the lines are not differences. */
export function bandsOf(chart) {
  const { band, pin } = session;
  if (!band || (pin && session.difference)) return [];
  return chart.measures
    .filter((measure) => band.columns[measure.column])
    .map((measure) => ({ ink: measure.ink, scale: measure.scale, ...band.columns[measure.column] }));
}

/** The index day by day, in rounds where launches are watched: [x, index] with x in rounds. */
export function dayLineOf(chart) {
  const { run, pin } = session;
  if (chart.id !== "index" || !run || (pin && session.difference)) return [];
  const watched = run.rounds.some((round) => round.days.length > 2);
  return watched ? run.rounds.flatMap((round) => round.days.map((day) => [dayPosition(round, day), day.index])) : [];
}

/** Where a day lies on an axis of rounds: a round r spans r - 0.5 to r + 0.5. */
export function dayPosition(round, day) {
  const last = round.days.at(-1);
  return round.round - 0.5 + (day.day + day.days / 2) / (last.day + last.days);
}

/** The level of the index that counts as an alarm. */
export function alarmOf(chart) {
  if (chart.id !== "index" || (session.pin && session.difference)) return null;
  return alarmLevelOf(session.run);
}

/** @returns {Object<string, [number, number]>} lowest and highest value of each axis */
export function rangesOf(chart, lines) {
  const bands = bandsOf(chart);
  const of = (scale) => [
    ...lines.filter((line) => line.scale === scale).map((line) => line.values),
    ...bands.filter((band) => band.scale === scale).flatMap((band) => [band.low, band.high]),
  ];
  if (lines[0]?.role === "difference") return differenceRanges(chart, of);
  if (chart.twoAxes) return levelRanges(lines, of);
  if (chart.id === "behaviours") return { y: [0, 1] };
  const days = dayLineOf(chart).map(([, value]) => value);
  const [low, high] = extent([...of("y"), days, [alarmOf(chart)]]) ?? [0, 0];
  return { y: [Math.min(0, low), Math.max(0.2, high * 1.12)] };
}

/** Both axes of a pair span the same distance and are level in round 1, so that neither line is stretched. */
function levelRanges(lines, of) {
  const first = (scale) => lines.findLast((line) => line.scale === scale)?.values[0] ?? null;
  const from = { y: first("y") ?? 0.72, right: first("right") ?? 0.35 };
  let down = 0.05;
  let up = 0.05;
  for (const scale of ["y", "right"]) {
    const [low, high] = extent(of(scale)) ?? [from[scale], from[scale]];
    down = Math.max(down, (from[scale] - low) * 1.15);
    up = Math.max(up, (high - from[scale]) * 1.15);
  }
  return { y: [from.y - down, from.y + up], right: [from.right - down, from.right + up] };
}

function differenceRanges(chart, of) {
  const reach = (values) => Math.max(...(extent(values) ?? [0, 0]).map(Math.abs));
  const widest = Math.max(0.02, reach(of("y")), reach(of("right"))) * 1.15;
  return { y: [-widest, widest], right: [-widest, widest] };
}

function extent(lists) {
  let low = Infinity;
  let high = -Infinity;
  for (const list of lists)
    for (const value of list) {
      if (value === null || value === undefined) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return low <= high ? [low, high] : null;
}
