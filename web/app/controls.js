// Which run is on show: preset, seed, users, rounds, and play, pause, step, reset, speed.

import { byId, el, setText } from "./dom.js";
import { t, tOr } from "./i18n.js";
import { whole } from "./format.js";
import { session, on } from "./session.js";
import { play, pause, step, reset, setSpeed, startRun, roundsOf, lengthOf } from "./run.js";

const NUMBERS = ["seed", "users", "rounds"];
/** Fields with a number that is not finished: a run that starts meanwhile leaves them alone. */
const typing = new Set();
const SPEEDS = [1, 2, 4, 8, 15, 30, 60, 0];

export function initControls() {
  on("lesson look", writePresets);
  on("lesson look started", writeNumbers);
  on("run status round", writeTransport);
  on("look", () => {
    writeSpeeds();
    writeTransport();
  });
  byId("preset").addEventListener("change", (event) => choosePreset(event.target.value));
  byId("play").addEventListener("click", playOrPause);
  byId("step").addEventListener("click", step);
  byId("reset").addEventListener("click", reset);
  byId("speed").addEventListener("change", (event) => setSpeed(Number(event.target.value)));
  byId("new-seed").addEventListener("click", newSeed);
  for (const name of NUMBERS) {
    byId(name).addEventListener("input", () => typing.add(name));
    byId(name).addEventListener("change", () => chooseNumber(name));
  }
  byId("back-to-preset").addEventListener("click", () => choosePreset(session.state.preset));
}

export function playOrPause() {
  if (session.run?.status === "playing") pause();
  else play();
}

/** A preset as it is shipped; the seed stays with it, as its numbers do. */
export function choosePreset(name) {
  const preset = session.lesson?.presets.find((preset) => preset.name === name);
  session.state = preset ? structuredClone(preset.state) : { preset: name, changes: [], checks: [] };
  session.state.changes ??= [];
  session.state.checks ??= [];
  begin();
}

function newSeed() {
  session.state.seed = 1 + Math.floor(Math.random() * 999_999);
  begin();
}

/** Boxes say at once what is run: a number that comes later would be put under the hands of who is typing already. */
function begin() {
  writeNumbers();
  startRun();
}

const lowest = { seed: 0, users: 100, rounds: 2 };

function chooseNumber(name) {
  const field = byId(name);
  typing.delete(name);
  const highest = { seed: 2 ** 53 - 1, users: session.lesson?.limits.users ?? 200_000, rounds: session.lesson?.limits.rounds ?? 200 }[name];
  const value = Math.round(Number(field.value));
  if (!Number.isFinite(value) || field.value === "") return writeNumbers();
  session.state[name] = Math.min(highest, Math.max(lowest[name], value));
  begin();
}

export const questionOf = (preset) => tOr(["presets", preset.name, "question"], preset.question);

function writePresets() {
  if (!session.lesson) return;
  byId("preset").replaceChildren(...session.lesson.presets.map((preset) => el("option", { value: preset.name }, questionOf(preset))));
  writeNumbers();
}

function writeNumbers() {
  const { state } = session;
  byId("preset").value = state.preset;
  for (const name of NUMBERS) if (state[name] !== undefined && !typing.has(name)) byId(name).value = state[name];
  const preset = session.lesson?.presets.find((preset) => preset.name === state.preset);
  const named = new Set(preset?.factors.map((factor) => factor.name));
  const active = (session.run?.started?.factors ?? []).filter((factor) => named.has(factor.name)).map((factor) =>
    t("controls.factor", { name: tOr(["factors", factor.name], factor.name), round: factor.from_round }));
  setText(byId("preset-name"), state.preset);
  setText(byId("preset-question"), preset ? questionOf(preset) : "");
  setText(byId("preset-factors"), active.length > 0 ? t("controls.factors", { list: active.join(t("page.comma")) }) : t("controls.noFactors"));
  setText(byId("preset-expected"), preset ? tOr(["presets", preset.name, "expected"], preset.expected) : "");
  byId("back-to-preset").hidden = state.changes.length + state.checks.length === 0;
}

function writeSpeeds() {
  const word = (speed) => (speed === 0 ? t("controls.fastest") : t("controls.perSecond", { speed }));
  byId("speed").replaceChildren(...SPEEDS.map((speed) => el("option", { value: speed }, word(speed))));
  byId("speed").value = String(session.speed);
}

function writeTransport() {
  const { run } = session;
  const playing = run?.status === "playing";
  const button = byId("play");
  const word = playing ? "pause" : run?.status === "done" ? "again" : "play";
  if (button.dataset.word !== word + document.documentElement.lang) {
    button.dataset.word = word + document.documentElement.lang;
    button.replaceChildren(el("span", { class: "glyph", "aria-hidden": "true" }, playing ? "❚❚" : "▶"), " ", el("span", {}, t(`controls.${word}`)));
  }
  setText(byId("round-now"), t("controls.roundOf", { round: whole(roundsOf(run)), rounds: whole(lengthOf(run)) }));
  const bar = byId("round-bar");
  bar.max = lengthOf(run);
  bar.value = roundsOf(run);
}
