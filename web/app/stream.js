// Event streams over fetch, so that a refusal can be read, and aborting ends the work on the server.

import { refuse } from "./api.js";

/** The stream broke off before the server said that it was done. */
export class ConnectionLost extends Error {}

/**
 * Reads events until the stream ends.
 * @param {string} address
 * @param {AbortSignal} signal
 * @param {(event: string, data: any) => void} heard
 */
export async function readEvents(address, signal, heard) {
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
