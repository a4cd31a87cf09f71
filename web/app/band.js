// The same run with other seeds: how much of what is seen is chance.

import { byId } from "./dom.js";
import { say, hush } from "./i18n.js";
import { Refusal, stateQuery } from "./api.js";
import { readEvents } from "./stream.js";
import { session, on, tell } from "./session.js";

const WANTED = 20;
let abort = null;

export function initBand() {
  byId("band").addEventListener("click", start);
  byId("band-stop").addEventListener("click", stop);
  on("run", forget);
  on("changed", ({ refused }) => refused || forget());
}

/** What makes two runs the same but for chance. */
const settingsOf = ({ seed, ...rest }) => JSON.stringify(rest);

/** A band belongs to its settings: with others, or changed on the way, it would mislead. */
function forget() {
  const settings = settingsOf(session.state);
  if (abort && abort.settings !== settings) stop();
  if (session.band && session.band.settings !== settings) {
    session.band = null;
    say(byId("band-said"), "band.stale");
    tell("band");
  }
}

async function start() {
  stop();
  const seeds = Math.min(WANTED, session.lesson?.limits.seeds ?? WANTED);
  const { state } = session.run;
  const own = Object.assign(new AbortController(), { settings: settingsOf(session.state) });
  abort = own;
  const histories = [];
  byId("band-work").hidden = false;
  byId("band-bar").value = 0;
  say(byId("band-said"), "band.running", { seeds, done: 0 });
  try {
    await readEvents(`/api/band?${stateQuery(state)}&seeds=${seeds}`, own.signal, (event, data) => {
      if (event === "progress") byId("band-bar").value = data.done / data.total;
      else if (event === "failed") throw new Refusal(500, data.error.message, data.error.help);
      else if (event === "history") {
        histories.push(data.values);
        say(byId("band-said"), "band.running", { seeds, done: histories.length });
        if (histories.length >= 3) show(histories, own.settings);
      }
    });
    if (histories.length > 0) say(byId("band-said"), "band.done", { seeds: histories.length });
  } catch (error) {
    if (!own.signal.aborted) tell("trouble", { error, retry: start });
  }
  if (abort === own) stop();
}

function stop() {
  abort?.abort();
  abort = null;
  byId("band-work").hidden = true;
  if (!session.band) hush(byId("band-said"));
}

function show(histories, settings) {
  const columns = Object.keys(histories[0]).map((column) => [column, rangeOf(histories.map((values) => values[column]))]);
  session.band = { settings, columns: Object.fromEntries(columns) };
  tell("band");
}

/** Median and middle 80 % of histories, round by round. */
export function rangeOf(histories) {
  const sorted = histories[0].map((_, round) => histories.map((values) => values[round]).sort((a, b) => a - b));
  const at = (share) => sorted.map((values) => quantile(values, share));
  return { low: at(0.1), median: at(0.5), high: at(0.9) };
}

/** Between the two nearest of sorted values, as far as the share says. */
export function quantile(sorted, share) {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}
