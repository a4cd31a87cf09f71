// Event streams over fetch, so that a refusal can be read, and aborting ends the work on the server.

import { refuse } from "./api.js";

/** The stream broke off before the server said that it was done. */
export class ConnectionLost extends Error {}

/** The tabs of this browser have as many streams as it keeps connections for. */
export class NoConnectionLeft extends Error {}

/** Streams that tabs may have at once: a browser keeps six connections to a host, and one must stay free for all the rest. */
const STREAMS = 5;

/** How often, and after how many milliseconds, a place is asked for again: a stream that this page just left takes a moment. */
const ATTEMPTS = 5;
const PAUSE = 200;

/**
 * Reads events until the stream ends.
 * @param {string} address
 * @param {AbortSignal} signal
 * @param {(event: string, data: any) => void} heard
 */
export async function readEvents(address, signal, heard) {
  const leave = await takeConnection(signal);
  try {
    await readAll(address, signal, heard);
  } finally {
    leave();
  }
}

/** Takes one of the connections that tabs share; returns how to give it back. Without locks they are not counted. */
async function takeConnection(signal) {
  if (!navigator.locks) return () => {};
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    for (let place = 1; place <= STREAMS; place++) {
      const leave = await takeIfFree(`stream ${place}`);
      if (leave) return leave;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    signal.throwIfAborted();
  }
  throw new NoConnectionLeft();
}

/** @returns {Promise<(() => void)|null>} what lets go of the lock, if any is given; null where another tab has it */
const takeIfFree = (name) => new Promise((resolve) => {
  navigator.locks.request(name, { ifAvailable: true }, (lock) => {
    if (lock) return new Promise((leave) => resolve(leave)); // held until it is called
    resolve(null);
  }).catch(() => resolve(() => {})); // A page that is given no locks at all does without.
});

async function readAll(address, signal, heard) {
  const response = await fetch(address, { signal, headers: { accept: "text/event-stream" } }).catch((error) => {
    throw signal.aborted ? error : new ConnectionLost();
  });
  await refuse(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const take = eventParser(heard);
  for (;;) {
    const { done, value } = await reader.read().catch((error) => {
      throw signal.aborted ? error : new ConnectionLost();
    });
    if (done) return;
    take(value);
    if (signal.aborted) return;
  }
}

/** Collects text and calls `heard` for each event in it: lines of `event:` and `data:`, ended by an empty line. */
export function eventParser(heard) {
  let rest = "";
  let name = "message";
  let data = [];
  const line = (text) => {
    if (text === "") {
      if (data.length > 0) heard(name, JSON.parse(data.join("\n")));
      name = "message";
      data = [];
    } else if (text.startsWith("event:")) name = text.slice(6).trim();
    else if (text.startsWith("data:")) data.push(text.slice(5).trimStart());
  };
  return (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    for (const text of lines) line(text.endsWith("\r") ? text.slice(0, -1) : text);
  };
}
