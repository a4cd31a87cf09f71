// The state of a run, and the link that carries it with all that is on show.

/** @typedef {import("./session.js").State} State */

/** A link that was cut off on its way. */
export class BrokenLink extends Error {}

/** A copy that later changes do not reach. @returns {State} */
export const copyOf = (state) => structuredClone(state);

/** Adds a change; later entries of the same round are merged, as the server does. */
export function addChange(state, round, set) {
  const entry = state.changes.find((change) => change.round === round);
  if (entry) Object.assign(entry.set, set);
  else state.changes.push({ round, set: { ...set } });
  state.changes.sort((a, b) => a.round - b.round);
}

/** Takes every change of one key out. */
export function removeChange(state, key) {
  for (const change of state.changes) delete change.set[key];
  state.changes = state.changes.filter((change) => Object.keys(change.set).length > 0);
}

/** Whether the state says something about this key, up to a round. */
export const touches = (state, key, round = Infinity) =>
  state.changes.some((change) => change.round <= round && key in change.set);

/**
 * Everything on show as the part of an address behind #.
 * @param {{state: State, round: number, pin: {state: State, round: number}|null, language: string, projector: boolean}} shown
 */
export function toHash({ state, round, pin, language, projector }) {
  const parts = new URLSearchParams();
  parts.set("state", JSON.stringify(state));
  if (round > 0) parts.set("round", String(round));
  if (pin) parts.set("pin", JSON.stringify(pin));
  parts.set("lang", language);
  if (projector) parts.set("projector", "1");
  return `#${parts}`;
}

/**
 * What a link says, or null where it says nothing of a run.
 * @throws {BrokenLink} where it was cut off on its way
 */
export function fromHash(hash) {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  if (!parts.has("state") && !parts.has("lang")) return null;
  const pin = valueIn(parts, "pin");
  return {
    state: withLists(valueIn(parts, "state")),
    round: Number(parts.get("round")) || 0,
    pin: pin && { ...pin, state: withLists(pin.state) },
    language: parts.get("lang"),
    projector: parts.get("projector") === "1",
  };
}

function valueIn(parts, name) {
  try {
    return JSON.parse(parts.get(name) ?? "null");
  } catch {
    throw new BrokenLink();
  }
}

const withLists = (state) => state && { ...state, changes: state.changes ?? [], checks: state.checks ?? [] };
