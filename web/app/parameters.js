// Names and meanings of sliders, in the language of the page; the server's English where the page has none.

import { t, tOr } from "./i18n.js";
import { short } from "./format.js";

export const GROUPS = [
  { id: "feedback", keys: ["signals.thumbs.weight", "signals.raters.weight", "approval.sharpness", "approval.surprise"] },
  { id: "memory", keys: ["memory.enabled", "memory.personal", "policy.fresh_data", "world.stance_renewal"] },
  { id: "brakes", keys: ["policy.kl_strength", "policy.learning_rate", "guardrails.highest.flattery", "system_prompt.shift.flattery"] },
];

export const parameterName = (key) => tOr(["parameters", key, "name"], key);
export const parameterMeaning = (control) => tOr(["parameters", control.key, "meaning"], control.meaning);
export const unitName = (unit) => (unit ? tOr(["units", unit], unit) : "");

/** "0.4", "on" */
export const shownValue = (value) => (typeof value === "boolean" ? t(value ? "controls.on" : "controls.off") : short(value));
