// The guided story: each step asks what will happen, counts the class's hands, and only then runs it.

import { byId, el, setText } from "./dom.js";
import { t } from "./i18n.js";
import { session, on, tell } from "./session.js";
import { startRun, play, runUntil, runSilently } from "./run.js";
import { pinRun, unpin } from "./pin.js";
import { replay, tickedChecks } from "./autopsy.js";
import { STEPS, resultOf, verdictOn } from "./story_steps.js";

let open = false;
let at = 0;
/** Votes and outcome of each step, and what is being done while the class waits; kept while the page is open, so that one can go back. */
const kept = STEPS.map(() => ({ votes: [0, 0, 0], outcome: null, doing: null }));
/** Last rounds by preset: what later steps are compared with. */
const results = {};
/** The run without any change, drawn as A behind those with one. */
let baselineRun = null;
/** Counts up with every step entered, so that what belongs to an older one is dropped. */
let visit = 0;
/** Those who wait for the run on show to end or to pause. */
let waiting = [];

export function initStory() {
  byId("story-open").addEventListener("click", () => (open ? leave() : enter(0)));
  byId("story-leave").addEventListener("click", leave);
  byId("story-back").addEventListener("click", () => enter(at - 1));
  byId("story-next").addEventListener("click", () => (at < STEPS.length - 1 ? enter(at + 1) : leave()));
  byId("story-reveal").addEventListener("click", reveal);
  byId("story-skip").addEventListener("click", reveal);
  document.addEventListener("keydown", onKey);
  on("look", () => open && write());
  on("status", onStatus);
  on("run", (run) => settle((one) => one.run !== run, "gone"));
}

function onKey(event) {
  if (!open || byId("help").open || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return leave();
  const option = ["1", "2", "3"].indexOf(event.key);
  if (option >= 0 && !event.target.closest("input, select, textarea") && !kept[at].outcome && !kept[at].doing) vote(option, 1);
}

/** Goes to a step: its run is ready but not played, so that nothing is given away. */
function enter(step) {
  at = Math.max(0, step);
  open = true;
  visit++;
  byId("story").hidden = false;
  document.body.dataset.story = STEPS[at].id;
  const { outcome } = kept[at];
  kept[at].doing = null;
  lock(!outcome);
  prepare(STEPS[at], Boolean(outcome));
  write();
  byId("story-title").focus();
  byId("story").scrollIntoView({ block: "nearest" });
}

function leave() {
  open = false;
  visit++;
  lock(false);
  byId("story").hidden = true;
  delete document.body.dataset.story;
  tell("look");
  byId("story-open").focus();
}

/** While a step is not revealed its run cannot be played by hand. */
function lock(on) {
  session.locked = on;
  session.verdictHidden = on && Boolean(STEPS[at].decision);
  session.reviewRound = open && STEPS[at].decision ? STEPS[at].until : null;
  document.body.toggleAttribute("data-locked", on);
}

function prepare(step, revealed) {
  if (baselineRun && step.needs.length > 0) pinRun(baselineRun);
  else unpin();
  if (step.replays && session.state.preset === step.preset) return;
  const preset = session.lesson?.presets.find((preset) => preset.name === step.preset);
  session.state = { changes: [], checks: [], ...structuredClone(preset?.state ?? { preset: step.preset }) };
  if (step.users) session.state.users = step.users;
  const whole = session.state.rounds ?? 40;
  startRun({ play: false, until: revealed || step.replays ? whole : (step.until ?? 0) });
}

async function reveal() {
  const step = STEPS[at];
  const own = kept[at];
  const mine = visit;
  if (step.replays && tickedChecks().length === 0) return void replay();
  own.doing = ["story.running"];
  if (step.until) await reached(session.run, step.until);
  if (mine !== visit) return;
  lock(false);
  tell("look");
  byId("story-outcome").focus();
  try {
    const outcome = step.replays ? await replayed(step) : await played(step, mine);
    if (mine === visit) finish(own, outcome);
  } catch (error) {
    own.doing = null;
    if (mine !== visit) return;
    lock(true);
    write();
    tell("trouble", { error, retry: reveal });
  }
}

function finish(own, outcome) {
  own.doing = null;
  own.outcome = outcome;
  if (!outcome) lock(true);
  write();
}

async function replayed(step) {
  const outcome = await replay();
  return outcome && step.judgeReplay(outcome);
}

/** Plays the step's run to its end; what it is compared with is run out of sight where the class skipped it. */
async function played(step, mine) {
  const { run } = session;
  const end = ended(run);
  if (step.until) runUntil(run.started.rounds);
  else play();
  if ((await end) === "gone") return null;
  for (const preset of step.needs) {
    if (results[preset]) continue;
    kept[at].doing = ["story.comparing", { preset }];
    write();
    const other = await runSilently({ preset, changes: [], checks: [] });
    results[preset] = resultOf(other);
    if (preset === "baseline") baselineRun = other;
    if (mine !== visit) return null;
  }
  results[step.preset] = resultOf(run);
  if (step.preset === "baseline") baselineRun = run;
  else if (step.needs.length > 0) pinRun(baselineRun);
  return step.judge(run, results);
}

const ended = (run) => new Promise((resolve) => wait({ run, resolve, when: () => run.status === "done" }));
const reached = (run, round) => new Promise((resolve) => wait({ run, resolve, when: () => run.rounds.length >= round }));

function wait(one) {
  if (one.when()) one.resolve("there");
  else waiting.push(one);
}

function onStatus(run) {
  settle((one) => one.run === run && one.when(), "there");
  if (run.status === "failed" || run.status === "lost") settle((one) => one.run === run, "gone");
  if (open) writeButtons();
}

function settle(which, how) {
  const over = waiting.filter(which);
  waiting = waiting.filter((one) => !which(one));
  for (const one of over) one.resolve(how);
}

function vote(option, by) {
  const { votes } = kept[at];
  votes[option] = Math.max(0, votes[option] + by);
  writeVotes();
}

const optionsOf = (step) => [1, 2, 3].map((number) => t(`story.steps.${step.id}.option${number}`));

function write() {
  const step = STEPS[at];
  const { outcome, doing, votes } = kept[at];
  setText(byId("story-title"), `${at + 1}. ${t(`story.steps.${step.id}.title`)}`);
  setText(byId("story-text"), t(`story.steps.${step.id}.text`));
  setText(byId("story-question"), t(`story.steps.${step.id}.question`));
  byId("story-dots").replaceChildren(...STEPS.map((other, i) => el("li", {},
    el("button", { type: "button", "aria-current": i === at ? "step" : null, "aria-label": `${i + 1}. ${t(`story.steps.${other.id}.title`)}`, onclick: () => enter(i) }, kept[i].outcome ? "✓" : String(i + 1)))));
  byId("story-options").replaceChildren(...optionsOf(step).map((words, i) => optionRow(words, i)));
  writeVotes();
  const told = doing ? [t(...doing)] : outcome ? [el("p", { class: "heard" }, verdictOn(step, votes, outcome.right, optionsOf(step))), ...outcome.tell().map((sentence) => el("p", {}, sentence))] : [];
  byId("story-outcome").replaceChildren(...told);
  writeButtons();
}

function optionRow(words, i) {
  const closed = Boolean(kept[at].outcome);
  const right = kept[at].outcome?.right === i;
  const button = (sign, by, label) => el("button", { type: "button", disabled: closed, "aria-label": t(label, { option: words }), onclick: () => vote(i, by) }, sign);
  return el("div", { class: right ? "option right" : "option" },
    el("span", {}, right ? `✓ ${words}` : words),
    el("span", { class: "tally", role: "group", "aria-label": words }, button("−", -1, "story.less"), el("output", { id: `votes-${i}` }), button("+", 1, "story.more")),
    el("div", { class: "bar" }, el("i", { id: `vote-bar-${i}` })));
}

function writeVotes() {
  const { votes } = kept[at];
  const total = Math.max(1, votes[0] + votes[1] + votes[2]);
  votes.forEach((count, i) => {
    setText(byId(`votes-${i}`), String(count));
    byId(`vote-bar-${i}`).style.width = `${(100 * count) / total}%`;
  });
  writeButtons();
}

function writeButtons() {
  const { votes, outcome, doing } = kept[at];
  const voted = votes.some((count) => count > 0);
  const ready = !STEPS[at].until || session.run?.rounds.length >= STEPS[at].until;
  byId("story-reveal").hidden = byId("story-skip").hidden = Boolean(outcome ?? doing);
  byId("story-reveal").disabled = !voted || !ready;
  byId("story-skip").disabled = !ready;
  byId("story-back").disabled = at === 0;
  setText(byId("story-next"), t(at < STEPS.length - 1 ? "story.next" : "story.end"));
}
