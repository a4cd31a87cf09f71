// A test with the program, a browser, and as many pages as it opens; it ends by asking what went wrong in any of them.

import { after, test } from "node:test";
import { chromium } from "playwright-core";
import { startServer } from "./server.js";
import { newWitness } from "./witness.js";
import { onPage } from "./page.js";

/** Milliseconds that a condition may take on a busy machine, and a whole test. */
const PATIENCE = 60_000;
const WHOLE_TEST = 300_000;

/** One browser for all tests of a file. */
let browser;
const theBrowser = () => (browser ??= chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell", args: ["--no-sandbox"] }));
after(async () => (await browser)?.close());

/**
 * @typedef {object} Stage
 * @property {{url: string, stop: () => Promise<void>}} server
 * @property {(options?: Opening) => Promise<ReturnType<typeof onPage>>} open  a page in a fresh browser context
 *
 * @typedef {object} Opening
 * @property {object} [state]    of the run, see `smallState`; none: as the bare address opens it
 * @property {number} [round]    paused there, once it is reached
 * @property {{state: object, round: number}} [pin]  a run that is kept as A
 * @property {"en"|"zh"} [language]
 * @property {boolean} [projector]
 * @property {string} [hash]     instead of all these
 * @property {string} [at]       the address of another program
 * @property {RegExp|RegExp[]} [expects]  a complaint of the browser's that belongs to the test
 * @property {(context: import("playwright-core").BrowserContext) => Promise<void>} [prepare]  before the page is asked for
 * @property {object} [context]  options of the browser context: viewport, colorScheme, reducedMotion
 */

/**
 * @param {string} name
 * @param {(stage: Stage) => Promise<void>} act
 * @param {{serve?: string[]}} [options]  words for the program
 */
export function scene(name, act, { serve = [] } = {}) {
  test(name, { timeout: WHOLE_TEST }, async () => {
    const server = await startServer(serve);
    const opened = [];
    const open = (options = {}) => openPage(server.url, options, opened);
    try {
      await act({ server, open });
      for (const { witness, expects } of opened) witness.verdict(expects);
    } finally {
      for (const { context } of opened) await context.close();
      await server.stop();
    }
  });
}

async function openPage(url, { at = url, hash, expects = [], prepare, context: options = {}, ...shown }, opened) {
  const context = await (await theBrowser()).newContext({ locale: "en-US", viewport: { width: 1440, height: 900 }, ...options });
  const witness = newWitness(context);
  opened.push({ context, witness, expects: [expects].flat() });
  context.setDefaultTimeout(PATIENCE);
  await prepare?.(context);
  const page = await context.newPage();
  await page.goto(at + (hash ?? hashOf(shown)));
  return onPage(page);
}

/** What a share link says. */
function hashOf({ state, round, pin, language, projector }) {
  if (!state && !language) return "";
  const parts = new URLSearchParams();
  if (state) parts.set("state", JSON.stringify(state));
  if (round) parts.set("round", String(round));
  if (pin) parts.set("pin", JSON.stringify(pin));
  if (language) parts.set("lang", language);
  if (projector) parts.set("projector", "1");
  return `#${parts}`;
}

/** A run that takes a second or two. */
export const smallState = (more = {}) => ({ preset: "all-three", seed: 1, users: 500, rounds: 12, changes: [], checks: [], ...more });
