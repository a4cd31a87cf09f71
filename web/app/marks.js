// What happened when: launches, holds, alarms, rollbacks and changes of sliders, for the time axis.

import { t } from "./i18n.js";
import { session } from "./session.js";
import { dayPosition } from "./lines.js";
import { parameterName, shownValue } from "./parameters.js";

/** @typedef {{at: number, round: number, kind: "launched"|"held"|"noticed"|"rollback"|"changed", text: string}} Mark */

let cache = { key: "", marks: [] };

/** Marks of the run on show, in the order of time. @returns {Mark[]} */
export function marksOf(run) {
  if (!run) return [];
  const changes = run.state.changes.map((change) => Object.keys(change.set).length).join();
  const key = [run.started?.id, run.rounds.length, changes, session.verdictHidden, document.documentElement.lang].join("/");
  if (cache.key !== key) cache = { key, marks: [...changeMarks(run), ...run.rounds.flatMap((round) => roundMarks(run, round))] };
  return cache.marks;
}

function changeMarks(run) {
  return run.state.changes.map((change) => ({
    at: change.round - 0.5,
    round: change.round,
    kind: "changed",
    text: changeText(change.set),
  }));
}

/** "Fresh data 0.4, Memory on" */
export function changeText(set) {
  return Object.entries(set).map(([key, value]) => `${parameterName(key)} ${shownValue(value)}`).join(", ");
}

const WATCHED = { noticed: "noticed", rollback_begins: "rollback" };

function roundMarks(run, round) {
  const watched = round.days.flatMap((day) =>
    day.events
      .filter((event) => WATCHED[event])
      .map((event) => ({ at: dayPosition(round, day), round: round.round, kind: WATCHED[event], text: `${t(`events.${event}`)} ${day.date}` })),
  );
  if (session.verdictHidden && round.round === run.rounds.length) return watched;
  const kind = round.review.launched ? "launched" : "held";
  return [{ at: round.round, round: round.round, kind, text: t(`events.${kind}`) }, ...watched];
}
