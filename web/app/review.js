// What launch review saw of this round's candidate, and what it decided.

import { byId, el, svg, setText } from "./dom.js";
import { nextFrame } from "./frame.js";
import { t, tOr, said } from "./i18n.js";
import { fixed, percent, points, signed, whole } from "./format.js";
import { session, on } from "./session.js";
import { palette } from "./palette.js";

export function initReview() {
  on("run started round look", () => nextFrame(write));
}

export const checkName = (name) => tOr(["checks", name], name);

function write() {
  const { run } = session;
  const round = run?.rounds[session.reviewRound - 1] ?? run?.rounds.at(-1);
  const checked = run?.started?.checks.some((check) => check.role !== "off") ?? false;
  setText(byId("review-which"), whichText(round, checked));
  byId("review-checks").replaceChildren(...(round && checked ? round.checks.map(checkItem) : []));
  const verdict = byId("review-verdict");
  verdict.className = `verdict ${round && !session.verdictHidden ? (round.review.launched ? "launched" : "held") : ""}`;
  setText(verdict, round && checked ? verdictText(round) : "");
  writeDays(run);
}

function whichText(round, checked) {
  if (session.run?.started && !checked) return t("review.none");
  if (!round) return t("review.waiting");
  return t(round.date ? "review.which" : "review.whichNoDate", { round: round.round, date: round.date });
}

function verdictText({ review, checks }) {
  if (session.verdictHidden) return t("review.hidden");
  const list = (names) => names.map(checkName).join(t("page.comma"));
  const failed = (role) => checks.filter((check) => check.role === role && !check.passed).map((check) => check.name);
  const rise = review.index_rise === null ? "" : t("page.gap") + t("review.rise", { rise: signed(review.index_rise, 3) });
  if (!review.launched) return t("review.held", { list: list(review.stopped_by) }) + rise;
  if (review.stopped_by.length > 0) return t("review.overruled", { list: list(review.stopped_by) }) + rise;
  const advice = failed("advisory");
  return (advice.length > 0 ? t("review.launchedAgainst", { list: list(advice) }) : t("review.launched")) + rise;
}

function checkItem(check) {
  const open = byId("review-checks").querySelector(`[data-check="${check.name}"] details`)?.open ?? false;
  return el("li", { "data-check": check.name },
    el("div", { class: "check-head" },
      el("b", {}, checkName(check.name)),
      el("span", { class: `outcome ${check.passed ? "passed" : "failed"}` }, `${check.passed ? "✓" : "✕"} ${t(check.passed ? "review.passed" : "review.failed")}`)),
    el("p", { class: "quiet" }, `${t(`review.${check.role}`)} · ${valueText(check)}`),
    gauge(check),
    el("details", { open }, el("summary", {}, t("review.sees")),
      el("p", {}, t("review.looks", { text: said(check.sees) })),
      el("p", {}, t("review.blind", { text: said(check.blind_to) }))));
}

/** Shares as percentages, everything else as it is; a sign where it is a rise or a preference. */
function measured({ unit, metric }, value) {
  const change = /^(rise|preference)/.test(metric);
  if (unit.startsWith("share")) return change ? `${points(value, 1)} %` : percent(value, 1);
  return change ? signed(value, 3) : fixed(value, 3);
}

function valueText(check) {
  const limit = t(check.fails === "above" ? "review.atMost" : "review.atLeast", { threshold: measured(check, check.threshold) });
  return t("review.value", { metric: said(check.metric), value: measured(check, check.value), limit });
}

/** The value with its interval on a line, the threshold as a bar across it, the failing side shaded. */
function gauge(check) {
  const inks = palette();
  const known = [check.value, check.low, check.high, check.threshold, 0].filter((value) => value !== null && value !== undefined);
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  const at = (value) => 4 + ((value - low + span * 0.12) / (span * 1.24)) * 292;
  const limit = at(check.threshold);
  const failing = check.fails === "above" ? { x: limit, width: 300 - limit } : { x: 0, width: limit };
  const ink = check.passed ? inks.ink : inks.alarm;
  return svg("svg", { class: "gauge", viewBox: "0 0 300 20", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { ...failing, y: 4, height: 12, fill: inks.alarm, "fill-opacity": 0.13 }),
    svg("line", { x1: 0, x2: 300, y1: 10, y2: 10, stroke: inks.grid, "stroke-width": 1 }),
    svg("line", { x1: limit, x2: limit, y1: 1, y2: 19, stroke: inks.alarm, "stroke-width": 2 }),
    ...(check.low !== null && check.high !== null ? [svg("line", { x1: at(check.low), x2: at(check.high), y1: 10, y2: 10, stroke: ink, "stroke-width": 3 })] : []),
    svg("rect", { x: at(check.value) - 4, y: 5, width: 8, height: 10, rx: 2, fill: ink }));
}

/** The days on which something happened after the last launch, where launches are watched. */
function writeDays(run) {
  const days = (run?.rounds ?? []).slice(-2).flatMap((round) => round.days).filter((day) => day.events.some((event) => event !== "held" && event !== "launched"));
  const host = byId("review-days");
  host.hidden = days.length === 0;
  host.replaceChildren(...days.map((day) => el("li", {},
    el("time", { datetime: day.date }, day.date),
    day.events.map((event) => tOr(`events.${event}`, event)).join(t("page.comma")),
    el("span", { class: "quiet" }, ` ${t("review.index", { index: fixed(day.index, 3), complaints: whole(day.complaints_per_million) })}`))));
}
