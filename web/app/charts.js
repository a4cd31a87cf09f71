// The charts on screen: uPlot draws axes, lines and cursor; annotate.js what stands around them.

import uPlot from "../vendor/uPlot.esm.js";
import { byId, el, svg, setText } from "./dom.js";
import { nextFrame } from "./frame.js";
import { t } from "./i18n.js";
import { fixed, percent, signed, points } from "./format.js";
import { session, on } from "./session.js";
import { lengthOf, roundsOf } from "./run.js";
import { CHARTS, linesOf, bandsOf, rangesOf, dayLineOf, alarmOf } from "./lines.js";
import { marksOf } from "./marks.js";
import { palette, sizes } from "./palette.js";
import { canvasPen } from "./pens.js";
import { widthOf } from "./alarm.js";
import { drawBehind, drawBefore } from "./annotate.js";
import { fillTable } from "./tables.js";

/** @type {Map<string, object>} what is on screen, by chart */
const shown = new Map();
/** Ticks lie on whole hundredths, so that two digits, or whole percent, say them exactly. */
const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
/** The round under the cursor; 0 where there is none. */
let cursorRound = 0;

export function initCharts() {
  for (const chart of CHARTS) {
    const host = byId(`chart-${chart.id}`);
    const view = { chart, host, plot: null, signature: "", lines: [], ranges: {}, legend: null };
    shown.set(chart.id, view);
    new ResizeObserver(() => resize(view)).observe(host);
    byId(`table-${chart.id}`).addEventListener("toggle", () => redraw());
  }
  on("run started round changed pin band", redraw);
  on("look", () => {
    for (const view of shown.values()) view.signature = "";
    redraw();
  });
}

export const redraw = () => nextFrame(drawAll);

function drawAll() {
  for (const view of shown.values()) draw(view);
}

function draw(view) {
  view.lines = linesOf(view.chart);
  view.ranges = rangesOf(view.chart, view.lines);
  const rounds = axisLength();
  const signature = [rounds, hasDays(view), ...view.lines.map((line) => line.key + line.name)].join("|");
  if (signature !== view.signature) {
    view.signature = signature;
    build(view, rounds);
  } else view.plot.setData(dataOf(view, rounds));
  writeLegend(view);
  fillTable(byId(`table-${view.chart.id}`), view.lines);
}

/** The axis is as long as the longer of the two runs. */
const axisLength = () => Math.max(2, lengthOf(session.run), session.pin ? roundsOf(session.pin.run) : 0);
const hasDays = (view) => dayLineOf(view.chart).length > 0 || lengthOf(session.run) <= 12;

function dataOf(view, rounds) {
  if (view.x?.length !== rounds) view.x = Array.from({ length: rounds }, (_, i) => i + 1);
  return [view.x, ...view.lines.map((line) => line.values)];
}

function resize(view) {
  if (!view.plot) return;
  const width = view.host.clientWidth;
  const height = heightOf();
  if (width > 0 && (width !== view.plot.width || height !== view.plot.height)) view.plot.setSize({ width, height });
}

const heightOf = () => (sizes().type > 14 ? 330 : 212);

function build(view, rounds) {
  view.plot?.destroy();
  const inks = palette();
  const { type, line: width, mark } = sizes();
  const font = `${type}px system-ui, sans-serif`;
  const edge = hasDays(view) ? 0.5 : 0;
  const axis = { stroke: inks.quiet, font, grid: { stroke: inks.grid, width: 1 }, ticks: { stroke: inks.grid, size: 4 } };
  const percents = view.chart.twoAxes;
  const differs = view.lines[0]?.role === "difference";
  const options = {
    width: view.host.clientWidth || 300,
    height: heightOf(),
    padding: [type * 0.8, percents ? 4 : labelRoom(view.lines, type), 0, 0],
    legend: { show: false },
    cursor: { sync: { key: "rounds", setSeries: false }, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: false, range: () => [1 - edge, rounds + edge] },
      y: { range: () => view.ranges.y },
      right: { range: () => view.ranges.right ?? [0, 1] },
    },
    axes: [
      { ...axis, grid: { show: false }, space: 40, gap: mark * 2 + 6, size: mark * 2 + 12 + type * 1.4, incrs: [1, 2, 5, 10, 20, 50] },
      {
        ...axis, scale: "y", space: 32, incrs: STEPS, size: type * (differs ? 4.2 : percents ? 4.1 : 3.4), stroke: percents && !differs ? inks.thumbs : inks.quiet,
        values: (_, ticks) => ticks.map((x) => tickText(x, percents, differs)),
      },
      ...(percents
        ? [{ ...axis, scale: "right", side: 1, space: 32, incrs: STEPS, size: type * (differs ? 4.2 : 3.6), grid: { show: false }, stroke: differs ? inks.quiet : inks.benefit,
            values: (_, ticks) => ticks.map((x) => (differs ? signed(x, 2) : fixed(x, 2))) }]
        : []),
    ],
    series: [{}, ...view.lines.map((line) => ({
      scale: line.scale,
      stroke: inks[line.ink],
      width: line.role === "pinned" ? width * 0.75 : width,
      dash: line.dash,
      points: { show: (plot, i) => (view.lines[i - 1]?.values.length ?? 0) < 2 },
    }))],
    hooks: {
      drawAxes: [(plot) => drawBehind(canvasPen(plot.ctx, uPlot.pxRatio), placeOf(plot), surroundings(view))],
      draw: [(plot) => drawBefore(canvasPen(plot.ctx, uPlot.pxRatio), placeOf(plot), surroundings(view))],
      setCursor: [(plot) => moveCursor(plot)],
    },
  };
  view.host.replaceChildren();
  view.plot = new uPlot(options, dataOf(view, rounds), view.host);
  buildLegend(view, inks);
}

function tickText(value, percents, differs) {
  if (percents) return differs ? points(value, 1) : percent(value);
  return differs ? signed(value, 2) : fixed(value, 2);
}

/** Room for the longest label. */
const labelRoom = (lines, type) => Math.max(40, ...lines.map((line) => widthOf(line.name, type) + 10));

const surroundings = (view) => ({
  lines: view.lines,
  bands: bandsOf(view.chart),
  alarm: alarmOf(view.chart),
  days: dayLineOf(view.chart),
  marks: marksOf(session.run),
  labelsInside: Boolean(view.chart.twoAxes),
  zero: view.lines[0]?.role === "difference",
  inks: palette(),
  sizes: sizes(),
});

/** @returns {import("./annotate.js").Place} */
function placeOf(plot) {
  const ratio = uPlot.pxRatio;
  const { left, top, width, height } = plot.bbox;
  return {
    left: left / ratio,
    top: top / ratio,
    right: (left + width) / ratio,
    bottom: (top + height) / ratio,
    x: (round) => plot.valToPos(round, "x", true) / ratio,
    y: (value, scale) => plot.valToPos(value, scale, true) / ratio,
  };
}

function moveCursor(plot) {
  const round = plot.cursor.left >= 0 && plot.cursor.idx !== null ? plot.cursor.idx + 1 : 0;
  if (round === cursorRound) return;
  cursorRound = round;
  nextFrame(writeLegends);
}

function writeLegends() {
  for (const view of shown.values()) writeLegend(view);
}

function buildLegend(view, inks) {
  const host = byId(`legend-${view.chart.id}`);
  view.legend = { when: el("span", { class: "when" }), happened: el("span", { class: "happened" }), values: [] };
  const entries = view.lines.filter((line) => line.role !== "pinned").map((line) => {
    const value = el("b", {});
    const before = el("span", { class: "quiet" });
    view.legend.values.push({ line, value, before });
    return el("span", { class: "entry" }, sampleOf(line, inks), `${line.name} `, value, before);
  });
  host.replaceChildren(view.legend.when, " ", view.legend.happened, ...entries);
}

/** A short piece of the line as it is drawn. */
export function sampleOf(line, inks) {
  return svg("svg", { width: 26, height: 8, "aria-hidden": "true" },
    svg("line", { x1: 1, y1: 4, x2: 25, y2: 4, stroke: inks[line.ink], "stroke-width": 2.5, "stroke-dasharray": line.dash.join(" ") }));
}

function writeLegend(view) {
  const round = cursorRound || Math.max(roundsOf(session.run), 0);
  const shownAt = (line) => (line?.values[round - 1] === undefined || line.values[round - 1] === null ? "–" : line.show(line.values[round - 1]));
  for (const { line, value, before } of view.legend.values) {
    const now = view.lines.find((one) => one.key === line.key);
    const pinned = view.lines.find((one) => one.key === line.key.replace("run-", "pinned-") && one.role === "pinned");
    setText(value, shownAt(now));
    setText(before, pinned ? `(A ${shownAt(pinned)})` : "");
  }
  setText(view.legend.when, round === 0 ? t("charts.noRound") : whenText(round));
  setText(view.legend.happened, happenedIn(cursorRound));
}

function whenText(round) {
  const date = session.run?.rounds[round - 1]?.date;
  return t("charts.round", { round }) + (date ? ` · ${date}` : "");
}

const happenedIn = (round) => marksOf(session.run).filter((mark) => mark.round === round).map((mark) => `${GLYPHS[mark.kind]} ${mark.text}`).join(" · ");

const GLYPHS = { launched: "▲", held: "✕", noticed: "◆", rollback: "↩", changed: "┆" };
