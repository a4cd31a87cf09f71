// The incident of April 2025 once more, with the checks that were ticked, beside what happened.

import { Refusal } from "./api.js";
import { byId, el } from "./dom.js";
import { t, tOr, say, hush, currentLanguage } from "./i18n.js";
import { fixed, signed, percent, points, large, whole } from "./format.js";
import { readEvents } from "./stream.js";
import { session, on, tell } from "./session.js";
import { startRun } from "./run.js";
import { checkName } from "./review.js";

const ticked = new Set();
/** The last replay: what was ticked and what came out. */
let told = null;
let abort = null;

export function initAutopsy() {
  on("lesson look", writeMitigations);
  on("look", writeOutcome);
  on("started", takeChecks);
  byId("replay").addEventListener("click", () => replay().catch((error) => tell("trouble", { error, retry: () => byId("replay").click() })));
  byId("replay-stop").addEventListener("click", stop);
  byId("run-with-checks").addEventListener("click", () => {
    session.state.checks = [...ticked];
    startRun();
  });
}

export const mitigationName = (name) => tOr(["mitigations", name, "name"], name);
export const tickedChecks = () => [...ticked];

function writeMitigations() {
  const items = (session.lesson?.mitigations ?? []).map((mitigation) => {
    const id = `tick-${mitigation.name}`;
    const box = el("input", { type: "checkbox", id, "aria-describedby": `${id}-meaning`, onchange: (event) => tick(mitigation.name, event.target.checked) });
    box.checked = ticked.has(mitigation.name);
    return el("div", { class: "mitigation" }, box, el("label", { for: id }, mitigationName(mitigation.name)),
      el("p", { class: "quiet", id: `${id}-meaning` }, tOr(["mitigations", mitigation.name, "meaning"], mitigation.meaning)));
  });
  byId("mitigations").replaceChildren(...items);
}

function tick(name, yes) {
  if (yes) ticked.add(name);
  else ticked.delete(name);
}

/** A link may say which checks the run on show has. */
function takeChecks(run) {
  if (run.state.checks.length === 0) return;
  for (const name of run.state.checks) ticked.add(name);
  writeMitigations();
}

function stop() {
  abort?.abort();
  abort = null;
  byId("replay-work").hidden = true;
  byId("replay").disabled = false;
}

/**
 * Replays with what is ticked and shows the outcome.
 * @returns {Promise<object|null>} as the server says it; null where it was stopped or nothing is ticked
 */
export async function replay() {
  stop();
  if (ticked.size === 0) {
    say(byId("replay-said"), "autopsy.nothingTicked");
    byId("mitigations").querySelector("input")?.focus();
    return null;
  }
  const own = new AbortController();
  const checks = [...ticked];
  abort = own;
  told = null;
  byId("replay").disabled = true;
  byId("replay-work").hidden = false;
  byId("replay-bar").value = 0;
  say(byId("replay-said"), "autopsy.running");
  byId("replay-table").replaceChildren();
  let outcome = null;
  try {
    await readEvents(`/api/replay?checks=${checks.map(encodeURIComponent).join(",")}`, own.signal, (event, data) => {
      if (event === "progress") byId("replay-bar").value = data.done / data.total;
      else if (event === "failed") throw new Refusal(500, data.error.message, data.error.help);
      else if (event === "done") outcome = data;
    });
  } catch (error) {
    hush(byId("replay-said"));
    if (own.signal.aborted) return null;
    stop();
    throw error;
  }
  stop();
  told = outcome && { checks, outcome };
  writeOutcome();
  return outcome;
}

function writeOutcome() {
  if (!told) return;
  const { outcome, checks } = told;
  hush(byId("replay-said"));
  byId("replay-said").append(...sentencesOf(outcome).map((sentence) => el("p", {}, sentence)));
  byId("replay-table").replaceChildren(el("table", {},
    el("caption", { class: "unseen" }, t("autopsy.caption", { list: checks.map(mitigationName).join(t("page.comma")) })),
    el("thead", {}, el("tr", {}, el("td", {}), el("th", { scope: "col" }, t("autopsy.asItWas")), el("th", { scope: "col" }, t("autopsy.withChecks")))),
    el("tbody", {}, ...rowsOf(outcome).map(([name, ...cells]) => el("tr", {}, el("th", { scope: "row" }, name), ...cells.map((cell) => el("td", {}, cell)))))));
}

/** What would have been shipped and what it would have cost, in sentences. */
export function sentencesOf({ as_it_was: before, with_checks: after, replicates }) {
  const { caught, tame, caught_by: by } = after;
  const list = by.map((one) => `${checkName(one.check)} (${one.count})`).join(t("page.comma"));
  const shipped = caught.count === caught.of ? t("autopsy.held", { of: caught.of, list })
    : caught.count > 0 ? t("autopsy.heldSome", { count: caught.count, of: caught.of, list })
    : tame.count > before.tame.count ? t("autopsy.tame", { count: tame.count, of: tame.of })
    : t("autopsy.shipped", { of: caught.of });
  return [
    shipped,
    t("autopsy.exposure", { share: percent(after.exposure_avoided_share), before: days(before.exposed_user_days.mean), after: days(after.exposed_user_days.mean) }),
    t("autopsy.cost", { days: signed(after.delay_days, 0), people: signed(after.extra_people, 0), before: shareOf(before.false_alarms), after: shareOf(after.false_alarms) }),
    t("autopsy.few", { replicates }),
  ];
}

const shareOf = ({ count, of }) => t("autopsy.countOf", { count, of });

/** User-days run into the billions; Chinese counts them in hundred millions. */
const days = (value) => large(value, currentLanguage() === "zh"
  ? { big: 1e8, middle: 1e4, say: (x, size) => t(`autopsy.${size}`, { x: fixed(x, 1) }) }
  : { big: 1e9, middle: 1e6, say: (x, size) => t(`autopsy.${size}`, { x: fixed(x, 1) }) });

function rowsOf({ as_it_was: before, with_checks: after }) {
  const row = (name, show) => [t(`autopsy.${name}`), show(before), show(after)];
  const by = (list) => (list.length > 0 ? list.map((one) => `${checkName(one.check)} (${one.count})`).join(t("page.comma")) : "–");
  const noticed = ({ noticed, noticed_day: day }) => shareOf(noticed) + (day.median === null ? "" : ` · ${t("autopsy.day", { day: fixed(day.median, 0), first: fixed(day.first, 0), last: fixed(day.last, 0) })}`);
  return [
    row("rowHeld", (it) => shareOf(it.caught)),
    row("rowBy", (it) => by(it.caught_by)),
    row("rowTame", (it) => shareOf(it.tame)),
    row("rowNoticed", noticed),
    row("rowExposed", (it) => days(it.exposed_user_days.mean)),
    row("rowAlarms", (it) => shareOf(it.false_alarms)),
    row("rowAlerts", (it) => shareOf(it.false_alerts)),
    row("rowRise", (it) => signed(it.candidate_rise.mean, 3)),
    row("rowDays", (it) => whole(it.review_days)),
    row("rowPeople", (it) => whole(it.people)),
    row("rowThumbs", (it) => points(it.thumbs_up_change.mean, 1)),
    row("rowBenefit", (it) => signed(it.user_benefit_change.mean, 3)),
  ];
}
