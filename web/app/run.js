// The run on show: its stream, the rounds received so far, and what can be asked of it while it goes on.

import { stateQuery, controlRun, changeRun, Refusal } from "./api.js";
import { readEvents, ConnectionLost } from "./stream.js";
import { addChange, copyOf } from "./state.js";
import { session, tell } from "./session.js";

/**
 * @typedef {object} Run
 * @property {import("./session.js").State} state    as asked for, with the changes made since
 * @property {object|null} started                   the server's first word: complete state, sliders, factors, checks
 * @property {object[]} rounds                       date, review, checks, days and controls of each round
 * @property {object[]} columns                      name, unit and meaning of each measure, said with the first round
 * @property {Object<string, (number|null)[]>} series  a column of numbers per measure, grown in place
 * @property {[object, string|undefined][]} wishes   asked for before the program has answered
 * @property {"waiting"|"playing"|"paused"|"done"|"failed"|"lost"} status
 * @property {{previous: Uint8Array|null, current: Uint8Array|null}} dots  two frames, no more
 * @property {{first: object[]|null, previous: object[]|null, current: object[]|null}} talk  sample conversations
 */

/** @returns {Run} */
function newRun(state) {
  return {
    state: copyOf(state),
    started: null,
    rounds: [],
    columns: [],
    series: {},
    wishes: [],
    status: "waiting",
    dots: { previous: null, current: null },
    talk: { first: null, previous: null, current: null },
  };
}

/** The level of the index that counts as an alarm; known with the first round. */
export const alarmLevelOf = (run) => run?.rounds[0]?.alarm_level ?? null;

/** The number of rounds received. */
export const roundsOf = (run) => run?.rounds.length ?? 0;

/** How many rounds the run has in all. */
export const lengthOf = (run) => run?.started?.rounds ?? run?.state.rounds ?? 40;

/** The last value of a measure, or that of a round. */
export function valueOf(run, column, round = roundsOf(run)) {
  return run?.series[column]?.[round - 1] ?? null;
}

let abort = null;

function show(run) {
  session.run = run;
  tell("run", run);
}

/**
 * Ends the run on show and starts one of `session.state`.
 * @param {{play?: boolean, until?: number}} how  `until`: at full speed up to this round
 */
export async function startRun({ play = true, until = 0 } = {}) {
  abort?.abort();
  abort = new AbortController();
  const { signal } = abort;
  const before = session.run;
  const run = newRun(session.state);
  show(run);
  setStatus(run, "waiting");
  const address = `/api/run?${stateQuery(run.state)}&speed=${session.speed}&play=${play ? 1 : 0}&until=${until}`;
  try {
    await readEvents(address, signal, (event, data) => {
      if (!signal.aborted) hear(run, event, data, play);
    });
    if (!signal.aborted && !ended(run)) throw new ConnectionLost();
  } catch (error) {
    if (signal.aborted) return;
    if (!run.started && isLostPart(before, run)) show(before);
    breakOff(session.run, error);
  }
}

/** Whether this is what was received of a run before the connection was lost. */
const isLostPart = (before, run) =>
  before?.status === "lost" && roundsOf(before) > 0 && JSON.stringify(before.state) === JSON.stringify(run.state);

const ended = (run) => run.status === "done" || run.status === "failed";

function breakOff(run, error) {
  setStatus(run, error instanceof ConnectionLost ? "lost" : "failed");
  tell("trouble", { error, run });
}

function hear(run, event, data, play) {
  if (event === "started") {
    begin(run, data);
    tell("started", run);
    setStatus(run, play ? "playing" : "paused");
    for (const [wishes, status] of run.wishes.splice(0)) ask(wishes, status);
  } else if (event === "round") {
    addRound(run, data);
    tell("round", run);
  } else if (event === "paused") setStatus(run, "paused");
  else if (event === "done") finish(run);
  else if (event === "failed") breakOff(run, new Refusal(500, data.error.message, data.error.help));
}

/** The stream of a run that is over is closed, so that its place is free for another page. */
function finish(run) {
  setStatus(run, "done");
  if (run === session.run) abort.abort();
}

function begin(run, data) {
  run.started = data;
  run.state = { ...data.state, changes: data.state.changes ?? [], checks: data.state.checks ?? [] };
  if (run === session.run) session.state = copyOf(run.state);
}

function addRound(run, data) {
  const { values, dots, conversations, segments, columns, ...rest } = data;
  if (run.rounds.length === 0) {
    run.columns = columns ?? [];
    for (const column of Object.keys(values)) run.series[column] = [];
  }
  run.rounds.push(rest);
  for (const column of Object.keys(run.series)) run.series[column].push(values[column] ?? null);
  run.dots = { previous: run.dots.current, current: bytesOf(dots) };
  run.talk = { first: run.talk.first ?? conversations, previous: run.talk.current, current: conversations };
}

function bytesOf(base64) {
  const text = atob(base64 ?? "");
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function setStatus(run, status) {
  run.status = status;
  tell("status", run);
}

/** Asks something of the run on show; a refusal is told, not thrown. */
async function ask(wishes, status) {
  const { run } = session;
  if (!run || ended(run) || run.status === "lost") return;
  if (!run.started) return void run.wishes.push([wishes, status]);
  const before = run.status;
  setStatus(run, status ?? before);
  try {
    await controlRun(run.started.id, wishes);
  } catch (error) {
    if (run !== session.run || ended(run)) return;
    setStatus(run, before);
    tell("trouble", { error: error instanceof Refusal ? error : new ConnectionLost(), run });
  }
}

/** Plays on, or from the start once the run is over; where it broke off, it is run again up to there. */
export function play() {
  const { run } = session;
  if (session.locked) return;
  if (!run || ended(run)) return void startRun();
  if (run.status === "lost") return void startRun({ until: roundsOf(run) });
  ask({ play: true }, "playing");
}

export const pause = () => ask({ play: false }, "paused");

/** One round. */
export function step() {
  const { run } = session;
  if (session.locked) return;
  if (!run || ended(run)) return void startRun({ play: false, until: 1 });
  if (run.status === "lost") return void startRun({ play: false, until: roundsOf(run) + 1 });
  ask({ play: false, steps: 1 }, "paused");
}

/** At full speed up to a round, and then pause. */
export const runUntil = (round) => ask({ play: false, until: round });

export function setSpeed(speed) {
  session.speed = speed;
  ask({ speed });
}

/** Back to round 0, with the same state. */
export function reset() {
  if (!session.locked) startRun({ play: false });
}

/**
 * Lets values hold from the next round on. Once a run is over there is no next round: then, and where the page is
 * told to, the change holds in round 1 of a new run.
 * @param {Object<string, number|boolean>} set
 */
export async function change(set) {
  const { run } = session;
  if (session.fromStart || !run?.started || ended(run) || run.status === "lost") return changeFromStart(set);
  try {
    const answer = await changeRun(run.started.id, set);
    addChange(run.state, answer.round, set);
    if (run === session.run) session.state = copyOf(run.state);
    tell("changed", { run, ...answer });
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return changeFromStart(set);
    tell("trouble", { error: error instanceof Refusal ? error : new ConnectionLost(), run });
    tell("changed", { run, refused: true });
  }
}

function changeFromStart(set) {
  const paused = session.run?.status === "paused" && roundsOf(session.run) === 0;
  for (const change of session.state.changes) for (const key of Object.keys(set)) delete change.set[key];
  session.state.changes = session.state.changes.filter((change) => Object.keys(change.set).length > 0);
  addChange(session.state, 1, set);
  startRun({ play: !paused });
}

/**
 * Runs a state out of sight, as fast as possible, up to a round (by default all of them).
 * @returns {Promise<Run>}
 */
export async function runSilently(state, { until = Infinity, signal, heard = () => {} } = {}) {
  const run = newRun(state);
  const stop = new AbortController();
  const end = () => stop.abort();
  signal?.addEventListener("abort", end);
  const address = `/api/run?${stateQuery(run.state)}&speed=0&play=1&until=0`;
  try {
    await readEvents(address, stop.signal, (event, data) => {
      if (run.status === "done") return; // What came along with the last round that was wanted.
      if (event === "started") begin(run, data);
      else if (event === "failed") throw new Refusal(500, data.error.message, data.error.help);
      else if (event === "round") {
        addRound(run, data);
        heard(run);
      }
      if (event === "done" || roundsOf(run) === until) {
        run.status = "done";
        end();
      }
    });
  } catch (error) {
    if (run.status !== "done") throw error;
  } finally {
    signal?.removeEventListener("abort", end);
  }
  if (run.status !== "done") throw new ConnectionLost();
  run.dots = { previous: null, current: null };
  return run;
}
