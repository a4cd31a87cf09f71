// How often a second the teaching page shows something new while a run plays, and how soon it hears a key.
//
//   cd tests/browser && npm ci && cd ../..
//   node benches/page/run.mjs [users] [rounds a second, 0: as many as can be]
//
// Ten seconds of `all-three` in Debian's headless Chromium (CHROMIUM and THUMBSCALE name other programs); a slider is moved by a key every half second.

import { chromium } from "../../tests/browser/node_modules/playwright-core/index.mjs";
import { startServer } from "../../tests/browser/support/server.js";

const [users = 100_000, speed = 0] = process.argv.slice(2).map(Number);
const SECONDS = 10;
const KEY_EVERY = 500;

const roundOf = (page) => page.locator("#round-bar").evaluate((bar) => bar.value);
const roundsPass = (page, round) => page.waitForFunction((round) => document.getElementById("round-bar").value >= round, round);

const server = await startServer();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell", args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const state = { preset: "all-three", seed: 1, users, rounds: 200, changes: [], checks: [] };
  await page.goto(`${server.url}#${new URLSearchParams({ state: JSON.stringify(state) })}`);
  await page.locator("#speed").selectOption(String(speed));
  await roundsPass(page, 5);
  await page.evaluate(watch);
  const first = await roundOf(page);
  await page.locator("#slider-policy-kl_strength").focus();
  const keys = await pressKeys(page);
  const { frames, slowest } = await page.evaluate(() => window.watched);
  const rounds = (await roundOf(page)) - first;
  frames.sort((a, b) => a - b);
  const quantile = (share) => frames[Math.floor(share * (frames.length - 1))].toFixed(1);
  console.log(`${users} users: ${(rounds / SECONDS).toFixed(1)} rounds and ${(frames.length / SECONDS).toFixed(1)} frames a second`);
  console.log(`between frames, ms: median ${quantile(0.5)}, 95 % ${quantile(0.95)}, most ${quantile(1)}`);
  console.log(`${keys.pressed} keys pressed, ${keys.heard} heard; the slowest was on screen after ${slowest} ms`);
} finally {
  await browser.close();
  await server.stop();
}

/** Runs in the page: times between frames, and how long the slowest event took until it was on screen. */
function watch() {
  const watched = (window.watched = { frames: [], slowest: 0 });
  let last = null;
  const frame = (now) => {
    if (last !== null) watched.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    for (const event of list.getEntries()) watched.slowest = Math.max(watched.slowest, event.duration);
  }).observe({ type: "event", durationThreshold: 16 });
}

/** Moves the slider in focus to and fro; a key is heard if the slider has another value after it. */
async function pressKeys(page) {
  const slider = page.locator(":focus");
  const ends = Date.now() + SECONDS * 1000;
  const keys = { pressed: 0, heard: 0 };
  let value = await slider.inputValue();
  while (Date.now() < ends) {
    await page.keyboard.press(keys.pressed % 2 ? "ArrowLeft" : "ArrowRight");
    keys.pressed++;
    const now = await slider.inputValue();
    if (now !== value) keys.heard++;
    value = now;
    await page.waitForTimeout(Math.min(KEY_EVERY, Math.max(0, ends - Date.now())));
  }
  return keys;
}
