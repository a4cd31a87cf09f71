// One run kept as A, beside which later runs are B.

import { byId, el, setText } from "./dom.js";
import { nextFrame } from "./frame.js";
import { t } from "./i18n.js";
import { fixed, signed, percent, points, whole } from "./format.js";
import { session, on, tell } from "./session.js";
import { copyOf } from "./state.js";
import { roundsOf, runSilently, valueOf } from "./run.js";
import { nameOf } from "./lines.js";

/** Rows of the table: a measure, how it is shown, how a difference of it is. */
const ROWS = [
  ["sycophancy_index", (x) => fixed(x, 3), (x) => signed(x, 3)],
  ["thumbs_up_share", (x) => percent(x, 1), (x) => points(x, 1)],
  ["user_benefit", (x) => fixed(x, 3), (x) => signed(x, 3)],
  ["effective_deference", (x) => fixed(x, 3), (x) => signed(x, 3)],
  ["mean_flattery", (x) => fixed(x, 3), (x) => signed(x, 3)],
  ["mean_substance", (x) => fixed(x, 3), (x) => signed(x, 3)],
  ["mean_abs_stance_error", (x) => fixed(x, 3), (x) => signed(x, 3)],
  ["complaints_per_million", whole, (x) => (x > 0 ? "+" : "") + whole(x)],
];

export function initPin() {
  byId("pin").addEventListener("click", pinShown);
  byId("unpin").addEventListener("click", unpin);
  byId("difference").addEventListener("change", (event) => {
    session.difference = event.target.checked;
    tell("pin");
  });
  on("run round pin look", () => nextFrame(write));
}

/** Keeps the run on show as A: its numbers, not its users and conversations. */
export function pinRun(run) {
  session.pin = { run: { ...run, dots: { previous: null, current: null }, talk: { first: null, previous: null, current: null } } };
  // The lists go on growing with the run on show; A is what was on show when it was pinned.
  session.pin.run.rounds = run.rounds.slice();
  session.pin.run.series = Object.fromEntries(Object.entries(run.series).map(([name, values]) => [name, values.slice()]));
  tell("pin");
}

function pinShown() {
  if (roundsOf(session.run) > 0) pinRun(session.run);
}

export function unpin() {
  session.pin = null;
  session.difference = false;
  byId("difference").checked = false;
  tell("pin");
}

/** A from a link: it is run again, as it gives the same numbers. */
export async function restorePin({ state, round }) {
  setText(byId("pin-name"), t("pin.restoring", { round: 0, rounds: round }));
  byId("pin-name").hidden = false;
  const run = await runSilently(copyOf(state), {
    until: round,
    heard: (run) => setText(byId("pin-name"), t("pin.restoring", { round: roundsOf(run), rounds: round })),
  });
  pinRun(run);
}

function write() {
  const { pin, run } = session;
  byId("unpin").hidden = byId("difference-row").hidden = byId("pin-name").hidden = !pin;
  byId("pin-panel").hidden = true;
  setText(byId("pin"), t(pin ? "pin.again" : "pin.button"));
  byId("pin").disabled = roundsOf(run) === 0;
  if (!pin) return;
  const { preset, seed, changes } = pin.run.state;
  const name = t("pin.name", { preset, seed, changes: changes.length > 0 ? t("pin.changes", { count: changes.length }) : "" });
  const same = pin.run.started?.id === run?.started?.id;
  const round = same ? roundsOf(pin.run) : Math.min(roundsOf(run), roundsOf(pin.run));
  setText(byId("pin-name"), same ? `${name}. ${t("pin.waiting")}` : name);
  setText(byId("pin-title"), t("pin.title", { round }));
  byId("pin-rows").replaceChildren(...(round > 0 && !same ? ROWS.map((row) => rowOf(row, pin.run, run, round)) : []));
  byId("pin-panel").hidden = same || round === 0;
}

function rowOf([column, show, change], a, b, round) {
  const [before, after] = [valueOf(a, column, round), valueOf(b, column, round)];
  const difference = before === null || after === null ? null : after - before;
  const cells = [show(before), show(after), difference === null ? "–" : change(difference)];
  return el("tr", {}, el("th", { scope: "row" }, nameOf(column)), ...cells.map((cell) => el("td", {}, cell)));
}
