// A chart as an SVG picture of its own: title, axes with units, lines, marks, and what was run in the footer.

import { svg } from "./dom.js";
import { t } from "./i18n.js";
import { fixed, percent, signed, points, whole } from "./format.js";
import { session } from "./session.js";
import { lengthOf, roundsOf } from "./run.js";
import { linesOf, bandsOf, rangesOf, dayLineOf, alarmOf } from "./lines.js";
import { marksOf, changeText } from "./marks.js";
import { paperPalette } from "./palette.js";
import { svgPen } from "./pens.js";
import { drawBehind, drawBefore } from "./annotate.js";

const WIDTH = 860;
const HEIGHT = 480;
const SIZES = { line: 2.2, type: 13, mark: 5 };

/** @returns {SVGElement} */
export function figureOf(chart) {
  const root = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}` });
  const inks = paperPalette();
  const pen = svgPen(root);
  const lines = linesOf(chart);
  const ranges = rangesOf(chart, lines);
  const days = dayLineOf(chart);
  const place = placeOf(chart, lines, ranges, days);
  const differs = lines[0]?.role === "difference";
  const around = {
    lines, days, inks, bands: bandsOf(chart), alarm: alarmOf(chart), marks: marksOf(session.run),
    sizes: SIZES, labelsInside: Boolean(chart.twoAxes), zero: differs,
  };
  root.append(svg("rect", { width: WIDTH, height: HEIGHT, fill: inks.paper }));
  pen.text(20, 28, t(`charts.${chart.id}.title`), { ink: inks.ink, size: 19, weight: 650 });
  pen.text(20, 52, t(`charts.${chart.id}.about`), { ink: inks.quiet, size: 13 });
  drawAxes(pen, place, ranges, chart, differs, inks);
  drawBehind(pen, place, around);
  for (const line of lines) drawLine(pen, place, line, inks);
  drawBefore(pen, place, around);
  footer().forEach((text, i) => pen.text(20, HEIGHT - 34 + i * 17, text, { ink: inks.quiet, size: 11 }));
  return root;
}

function placeOf(chart, lines, ranges, days) {
  const edge = days.length > 0 || lengthOf(session.run) <= 12 ? 0.5 : 0;
  const rounds = Math.max(2, lengthOf(session.run), ...lines.map((line) => line.values.length));
  const place = { left: 70, right: WIDTH - (chart.twoAxes ? 80 : 150), top: 86, bottom: HEIGHT - 100 };
  const [low, high] = [1 - edge, rounds + edge];
  place.x = (round) => place.left + ((round - low) / (high - low)) * (place.right - place.left);
  place.y = (value, scale) => {
    const [bottom, top] = ranges[scale];
    return place.bottom - ((value - bottom) / (top - bottom)) * (place.bottom - place.top);
  };
  place.rounds = rounds;
  return place;
}

function drawLine(pen, place, line, inks) {
  let stretch = [];
  const draw = () => {
    if (stretch.length > 1) pen.line(stretch, { ink: inks[line.ink], width: line.role === "pinned" ? 1.6 : SIZES.line, dash: line.dash });
    stretch = [];
  };
  line.values.forEach((value, i) => (value === null ? draw() : stretch.push([place.x(i + 1), place.y(value, line.scale)])));
  draw();
}

function drawAxes(pen, place, ranges, chart, differs, inks) {
  const left = chart.twoAxes ? (x) => (differs ? points(x, 1) : percent(x)) : (x) => (differs ? signed(x, 2) : fixed(x, 2));
  for (const tick of ticks(ranges.y)) {
    const y = place.y(tick, "y");
    pen.line([[place.left, y], [place.right, y]], { ink: inks.grid });
    pen.text(place.left - 8, y, left(tick), { ink: chart.twoAxes && !differs ? inks.thumbs : inks.quiet, align: "right" });
  }
  if (chart.twoAxes) {
    for (const tick of ticks(ranges.right)) {
      pen.text(place.right + 8, place.y(tick, "right"), differs ? signed(tick, 2) : fixed(tick, 2), { ink: differs ? inks.quiet : inks.benefit });
    }
  }
  for (const tick of ticks([1, place.rounds], 10)) {
    if (Number.isInteger(tick) && tick >= 1) pen.text(place.x(tick), place.bottom + 28, String(tick), { ink: inks.quiet, align: "center" });
  }
  const axes = chart.measures.filter((measure, i) => i === 0 || chart.twoAxes);
  axes.forEach(({ column }, i) => pen.text(i === 0 ? place.left - 50 : place.right + 70, place.top - 6, t(["units", column]), { ink: inks.quiet, size: 11, align: i === 0 ? "left" : "right" }));
  pen.text((place.left + place.right) / 2, place.bottom + 46, t("export.rounds"), { ink: inks.quiet, align: "center" });
  pen.line([[place.left, place.bottom], [place.right, place.bottom]], { ink: inks.quiet });
}

/** Round numbers within a range, about `count` of them. */
export function ticks([low, high], count = 6) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** What was run, so that the picture can be made again. */
function footer() {
  const { run, pin, lesson } = session;
  const about = (run) => {
    const { preset, seed, users, changes } = run.state;
    const made = changes.map((change) => ` · ${t("charts.round", { round: change.round })}: ${changeText(change.set)}`).join("");
    return t("export.footer", { version: lesson?.version ?? "", preset, seed, users: whole(users), round: roundsOf(run), rounds: lengthOf(run), changes: made });
  };
  return [...(pin ? [`A: ${about(pin.run)}`] : []), (pin ? "B: " : "") + about(run)];
}
