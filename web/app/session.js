// What the page knows at the moment, and who wants to hear when it changes. Parts talk through this file only.

/**
 * @typedef {{preset: string, seed?: number, users?: number, rounds?: number,
 *   changes: {round: number, set: Object<string, number|boolean>}[], checks: string[]}} State
 */

export const session = {
  /** What the server offers: presets, sliders, mitigations, limits. */
  lesson: null,
  /** @type {State} The run as it is asked for; the server's copy of it is in `run.started.state`. */
  state: { preset: "all-three", changes: [], checks: [] },
  /** The run on show, see run.js. */
  run: null,
  /** The run kept as A, see pin.js. */
  pin: null,
  /** Other histories, see band.js. */
  band: null,
  /** Charts show B - A. */
  difference: false,
  /** Rounds per second; 0 is as fast as possible. */
  speed: 8,
  /** Sliders restart the run with their value in round 1, instead of holding from the next round. */
  fromStart: false,
  /** The verdict of the last round's review is not told yet (the story asks first). */
  verdictHidden: false,
  /** The round whose review is on show; null for the last one. */
  reviewRound: null,
  /** The run must not be played by hand: the story asks first. */
  locked: false,
};

const listeners = new Map();

/** Calls `listener` whenever one of `kinds` is told. */
export function on(kinds, listener) {
  for (const kind of kinds.split(" ")) {
    if (!listeners.has(kind)) listeners.set(kind, []);
    listeners.get(kind).push(listener);
  }
}

/** Kinds: lesson, run, started, round, status, changed, pin, band, look (language, colours, projector), trouble. */
export function tell(kind, detail) {
  for (const listener of listeners.get(kind) ?? []) listener(detail);
}
