// What cannot be done is said, and the page stays of use.

import assert from "node:assert/strict";
import { scene, smallState } from "./support/stage.js";
import { startServer } from "./support/server.js";
import { keepPicture } from "./support/screenshots.js";

const REFUSED = /status of 400/;

/** The page runs what it is asked for next. */
async function stillOfUse(it) {
  await it.id("preset").selectOption("no-feedback");
  await it.reached(1);
  await it.id("banner").waitFor({ state: "hidden" });
}

for (const [what, state, message] of [
  ["an unknown scenario", smallState({ preset: "nonsense" }), "nonsense"],
  ["a value out of range", smallState({ changes: [{ round: 3, set: { "policy.kl_strength": -4 } }] }), "`policy.kl_strength` is outside its range"],
]) {
  scene(`a share link with ${what} says so, and the page stays of use`, async ({ open }) => {
    const it = await open({ state, expects: REFUSED });
    await it.says("banner-message", message);
    assert.equal(await it.id("banner").getAttribute("role"), "alert");
    await stillOfUse(it);
  });
}

scene("a share link that was cut off says so, and the first run comes", async ({ open }) => {
  const it = await open({ hash: `#state=${encodeURIComponent('{"preset":"all-thr')}&lang=en` });
  await it.says("banner-message", "The link cannot be read");
  await keepPicture(it.page, "bad-link");
  await it.reached(1);
  await it.press("banner-close");
  await stillOfUse(it);
});

scene("a value that the program refuses is said, and the slider goes back", async ({ open }) => {
  const it = await open({ state: smallState(), round: 2, expects: REFUSED });
  await it.says("summary", "Round 2");
  const before = await it.id("slider-signals-raters-weight").inputValue();
  const first = it.page.waitForResponse(/\/change$/);
  await it.id("slider-signals-thumbs-weight").fill("0");
  assert.equal((await first).status(), 200);
  await it.id("slider-signals-raters-weight").fill("0");
  await it.says("banner-message", "no signal has a positive weight");
  await it.page.waitForFunction((before) => document.getElementById("slider-signals-raters-weight").value === before, before);
  await it.order("step");
  await it.reached(3);
});

scene("a number that is no number, or too large, is put right where it stands", async ({ open }) => {
  const it = await open({ state: smallState(), round: 1 });
  await it.says("summary", "Round 1");
  await it.id("users").fill("");
  await it.id("users").press("Enter");
  assert.equal(await it.id("users").inputValue(), "500");
  await it.id("rounds").fill("1000");
  await it.id("rounds").press("Enter");
  assert.equal(await it.id("rounds").inputValue(), "200");
  await it.says("round-now", "of 200");
});

scene("a program that ends while a run plays is missed, and the run goes on once it is back", async ({ open }) => {
  // A program of its own, on an address that can be taken again.
  let program = await startServer();
  const port = new URL(program.url).port;
  const it = await open({ at: program.url, state: smallState({ rounds: 100 }), expects: [/ERR_|Failed to fetch/] });
  let rounds = 0;
  try {
    for (const again of ["banner-again", "play"]) {
      await it.reached(rounds + 2);
      await program.stop();
      await it.says("banner-message", "The connection to the program was lost.");
      rounds = await it.round();
      await it.press("step");
      await keepPicture(it.page, "lost");
      const received = await it.table("index");
      assert.equal(received.length - 1, rounds, "what was received stays");
      program = await startServer(["--port", port]);
      await it.press(again);
      await it.reached(rounds + 1);
      assert.deepEqual((await it.table("index")).slice(0, rounds + 1), received, "and is what comes again");
    }
    assert.equal(await it.id("banner").isVisible(), false);
    await it.page.close();
  } finally {
    await program.stop();
  }
});
