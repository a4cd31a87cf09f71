// One sentence on what happened so far, at most every three seconds, so that it can be read aloud.

import { byId, setText } from "./dom.js";
import { t } from "./i18n.js";
import { fixed, percent } from "./format.js";
import { session, on } from "./session.js";
import { roundsOf, valueOf, alarmLevelOf } from "./run.js";

const PAUSE = 3000; // milliseconds between two sentences while a run plays
let spoken = -Infinity;
let timer = 0;

export function initSummary() {
  on("round", later);
  on("run status look", () => {
    if (session.run?.status !== "playing") now();
    else later();
  });
}

function later() {
  const due = spoken + PAUSE - performance.now();
  if (due <= 0) now();
  else timer ||= setTimeout(now, due);
}

function now() {
  clearTimeout(timer);
  timer = 0;
  if (roundsOf(session.run) > 0) spoken = performance.now();
  setText(byId("summary"), summaryOf(session.run));
}

/** @param {import("./run.js").Run} run */
export function summaryOf(run) {
  const round = roundsOf(run);
  if (!run || round === 0) return t(run?.status === "waiting" ? "summary.waiting" : "summary.ready");
  const sentences = [round === 1 ? firstSentence(run) : mainSentence(run, round), ...notable(run)];
  if (run.status === "done") sentences.push(t("summary.over"));
  return sentences.join(t("page.gap"));
}

const firstSentence = (run) =>
  t("summary.first", { round: 1, index: fixed(valueOf(run, "sycophancy_index"), 3), thumbs: percent(valueOf(run, "thumbs_up_share"), 1), benefit: fixed(valueOf(run, "user_benefit"), 3) });

function mainSentence(run, round) {
  const from = valueOf(run, "sycophancy_index", 1);
  const to = valueOf(run, "sycophancy_index");
  const thumbs = (valueOf(run, "thumbs_up_share") - valueOf(run, "thumbs_up_share", 1)) * 100;
  const benefit = valueOf(run, "user_benefit") - valueOf(run, "user_benefit", 1);
  const word = (change, least, up, down, stay) => (Math.abs(change) < least ? stay : change > 0 ? up : down);
  return t("summary.now", {
    round,
    index: t(`summary.${word(to - from, 0.005, "rose", "fell", "stayed")}`, { from: fixed(from), to: fixed(to) }),
    thumbs: t(`summary.${word(thumbs, 0.5, "thumbsRose", "thumbsFell", "thumbsStayed")}`, { by: fixed(Math.abs(thumbs), 1) }),
    link: t(thumbs >= 0.5 && benefit <= -0.005 ? "summary.while" : "summary.and"),
    benefit: t(`summary.${word(benefit, 0.005, "benefitRose", "benefitFell", "benefitStayed")}`, { by: fixed(Math.abs(benefit)) }),
  });
}

/** The alarm, holds of review, a rollback: what a class would be told. */
function notable(run) {
  const told = [];
  const alarm = alarmLevelOf(run);
  const crossed = alarm === null ? -1 : run.series.sycophancy_index.findIndex((index) => index > alarm);
  if (crossed >= 0) told.push(t("summary.alarm", { level: fixed(alarm), round: crossed + 1 }));
  const held = run.rounds.filter((round) => !round.review.launched).length;
  if (held > 0 && !session.verdictHidden) told.push(held === 1 ? t("summary.heldOne") : t("summary.held", { count: held }));
  const days = run.rounds.flatMap((round) => round.days);
  const noticed = days.find((day) => day.events.includes("noticed"));
  const back = days.find((day) => day.events.includes("rollback_begins"));
  if (noticed && back) told.push(t("summary.rolledBack", { noticed: noticed.date, date: back.date }));
  return told;
}
