// Sliders and switches that change the run, live or from the start.

import { byId, el, setText } from "./dom.js";
import { t, said } from "./i18n.js";
import { session, on, tell } from "./session.js";
import { change, startRun } from "./run.js";
import { removeChange, touches } from "./state.js";
import { GROUPS, parameterName, parameterMeaning, unitName, shownValue } from "./parameters.js";

const WAIT = 150; // milliseconds without a movement before a slider's value is sent

/** @type {Map<string, {control: object, input: HTMLInputElement, output: HTMLElement, reset: HTMLElement}>} */
const sliders = new Map();
/** Values of presets that no change has touched, by preset and key: where "reset" goes back to. */
const shipped = new Map();
let pending = {};
let timer = 0;

export function initSliders() {
  // On a narrow screen the charts would be far below: the groups are opened by who wants them.
  if (matchMedia("(max-width: 760px)").matches) {
    for (const group of GROUPS) byId(`sliders-${group.id}`).closest("details").open = false;
  }
  on("lesson look", build);
  on("started", (run) => take(run.started.controls));
  on("round", (run) => take(run.rounds.at(-1).controls));
  on("changed", ({ refused, run, controls }) => (refused ? take(run.rounds.at(-1)?.controls ?? run.started.controls) : showValues(controls)));
  byId("from-start").addEventListener("change", (event) => {
    session.fromStart = event.target.checked;
    tell("mode");
  });
}

function build() {
  if (!session.lesson) return;
  const values = Object.fromEntries([...sliders].map(([key, { input }]) => [key, valueOf(input)]));
  const known = new Map(session.lesson.controls.map((control) => [control.key, control]));
  const listed = new Set(GROUPS.flatMap((group) => group.keys));
  const others = [...known.keys()].filter((key) => !listed.has(key));
  sliders.clear();
  for (const group of GROUPS) {
    const keys = group.id === "brakes" ? [...group.keys, ...others] : group.keys;
    byId(`sliders-${group.id}`).replaceChildren(...keys.filter((key) => known.has(key)).map((key) => newSlider(known.get(key))));
  }
  showValues(session.run?.rounds.at(-1)?.controls ?? session.run?.started?.controls ?? values);
}

function newSlider(control) {
  const id = `slider-${control.key.replaceAll(".", "-")}`;
  const name = parameterName(control.key);
  const unit = unitName(control.unit);
  const output = el("output", { for: id });
  const isSwitch = control.kind === "switch";
  const input = isSwitch
    ? el("input", { type: "checkbox", role: "switch", id, onchange: () => moved(control) })
    : el("input", { type: "range", id, min: 0, max: stepsOf(control), step: 1, oninput: () => moved(control) });
  input.dataset.key = control.key;
  const meaning = el("p", { class: "meaning", id: `${id}-meaning`, hidden: true },
    parameterMeaning(control), " ", el("code", {}, control.key), control.unit ? ` (${said(control.unit)})` : "");
  input.setAttribute("aria-describedby", meaning.id);
  const info = el("button", { type: "button", class: "info", "aria-expanded": "false", "aria-controls": meaning.id, "aria-label": t("controls.about", { name }),
    onclick: () => {
      meaning.hidden = !meaning.hidden;
      info.setAttribute("aria-expanded", String(!meaning.hidden));
    } }, "ⓘ");
  const reset = el("button", { type: "button", class: "undo", hidden: true, "aria-label": t("controls.resetOne", { name }), title: t("controls.resetOne", { name }), onclick: () => resetOne(control.key) }, "↺");
  sliders.set(control.key, { control, input, output, reset });
  return el("div", { class: isSwitch ? "slider switch" : "slider" },
    el("label", { for: id }, name), info, el("span", { class: "value" }, output, unit && !isSwitch ? el("span", { class: "unit" }, ` ${unit}`) : null), reset, input, meaning);
}

/** Ranges of a factor of twenty and more go by ratio, so that small values can be told apart. */
const byRatio = (control) => control.low > 0 && control.high / control.low >= 20;
const stepsOf = (control) => (control.kind === "integer" ? Math.round(control.high - control.low) : 100);

/** A slider's position 0..steps as a value. */
export function valueAt(control, position) {
  const part = position / stepsOf(control);
  const value = byRatio(control) ? control.low * (control.high / control.low) ** part : control.low + (control.high - control.low) * part;
  return control.kind === "integer" ? Math.round(value) : Number(value.toPrecision(3));
}

/** The position of a value. */
export function positionOf(control, value) {
  const part = byRatio(control) ? Math.log(value / control.low) / Math.log(control.high / control.low) : (value - control.low) / (control.high - control.low);
  return Math.round(part * stepsOf(control));
}

function valueOf(input) {
  const { control } = sliders.get(input.dataset.key);
  return input.type === "checkbox" ? input.checked : valueAt(control, Number(input.value));
}

function moved(control) {
  const { input, output } = sliders.get(control.key);
  const value = valueOf(input);
  pending[control.key] = value;
  say(input, output, value);
  clearTimeout(timer);
  timer = setTimeout(send, WAIT);
}

function send() {
  const set = pending;
  pending = {};
  change(set);
}

function say(input, output, value) {
  setText(output, shownValue(value));
  if (input.type === "range") input.setAttribute("aria-valuetext", output.parentElement.textContent);
}

/** Values in force, from the run; what the run's own changes have not touched is the preset's. */
function take(controls) {
  const { state, run } = session;
  const preset = shipped.get(state.preset) ?? {};
  shipped.set(state.preset, preset);
  for (const [key, value] of Object.entries(controls)) {
    if (!touches(state, key, Math.max(1, run.rounds.length))) preset[key] = value;
  }
  showValues(controls);
}

function showValues(controls) {
  for (const [key, { control, input, output, reset }] of sliders) {
    if (key in pending || controls[key] === undefined) continue;
    const value = controls[key];
    if (input.type === "checkbox") input.checked = value;
    else if (document.activeElement !== input || valueAt(control, Number(input.value)) !== value) input.value = positionOf(control, value);
    say(input, output, value);
    reset.hidden = !touches(session.state, key);
  }
}

/** Live: the preset's value from the next round on. From the start, or where that value was never seen: without any change. */
function resetOne(key) {
  const { run } = session;
  const value = shipped.get(session.state.preset)?.[key];
  if (!session.fromStart && value !== undefined && (run?.status === "playing" || run?.status === "paused")) return void change({ [key]: value });
  removeChange(session.state, key);
  startRun();
}
