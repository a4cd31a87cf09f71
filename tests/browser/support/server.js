// The real program, serving the page on a free port.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { resolve } from "node:path";

const HERE = import.meta.dirname ?? new URL(".", import.meta.url).pathname;

export const PROGRAM = resolve(process.env.THUMBSCALE ?? `${HERE}/../../../target/release/thumbscale`);

/**
 * @param {string[]} words  more words of the command line
 * @returns {Promise<{url: string, stop: () => Promise<void>}>}
 */
export async function startServer(words = []) {
  const child = spawn(PROGRAM, ["serve", "--no-open", "--quiet", ...words], { stdio: ["ignore", "pipe", "pipe"] });
  const complaints = [];
  child.stderr.on("data", (text) => complaints.push(String(text)));
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, "line"), ended.then(() => null)]);
  if (!first) throw new Error(`${PROGRAM} serve did not start: ${complaints.join("")}`);
  return {
    url: first[0],
    /** Asks it to end, as Ctrl-C does; it must end well and have said nothing on the way. */
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      const [code, signal] = await ended;
      if (code !== 0 || complaints.length > 0) throw new Error(`the server ended with ${code ?? signal}: ${complaints.join("")}`);
    },
  };
}
