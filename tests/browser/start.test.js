// The first minute: a run comes by itself, and can be played, paused, stepped, reset and hurried.

import assert from "node:assert/strict";
import { scene, smallState } from "./support/stage.js";

/** Runs a whole run on another page: meanwhile a page that plays would have gone on. */
async function aRunLater(open) {
  const clock = await open({ state: smallState({ users: 500, rounds: 10 }) });
  await clock.says("summary", "The run is over");
}

scene("the bare address plays its first run", async ({ open }) => {
  const it = await open();
  await it.reached(1);
  assert.match(await it.id("summary").textContent(), /^Round \d+: the sycophancy index/);
  assert.equal(await it.id("preset").inputValue(), "all-three");
  const drawn = await it.page.locator("#chart-index canvas").evaluate((canvas) => new Set(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data).size);
  assert.ok(drawn > 10, "the first chart is drawn");
});

scene("pause holds it, step makes exactly one more round, play goes on to the end", async ({ open }) => {
  const it = await open({ state: smallState({ rounds: 40 }) });
  await it.reached(2);
  await it.order("play");
  await it.says("play", "Play");
  await aRunLater(open);
  const held = await it.round();
  assert.ok(held < 40, `paused in round ${held}`);
  await it.order("step");
  await it.reached(held + 1);
  await it.order("step");
  await it.reached(held + 2);
  await aRunLater(open);
  assert.equal(await it.round(), held + 2);
  await it.id("speed").selectOption("0");
  await it.order("play");
  await it.says("summary", "The run is over");
  assert.equal(await it.round(), 40);
});

scene("reset goes back to round 0, and the same run comes again", async ({ open }) => {
  const it = await open({ state: smallState(), round: 6 });
  await it.reached(6);
  const before = await it.table("index");
  await it.press("reset");
  await it.says("summary", "Round 0: nothing has happened yet");
  assert.equal(await it.round(), 0);
  await it.order("step");
  await it.reached(1);
  assert.deepEqual(await it.table("index"), before.slice(0, 2));
});

scene("the keys do what the buttons do", async ({ open }) => {
  const it = await open({ state: smallState({ rounds: 100 }), round: 3 });
  await it.says("summary", "Round 3");
  await it.page.keyboard.press("ArrowRight");
  await it.says("summary", "Round 4");
  await it.page.keyboard.press("r");
  await it.says("summary", "Round 0");
  await it.page.keyboard.press("Space");
  await it.says("play", "Pause");
  await it.reached(2);
  await it.page.keyboard.press("Space");
  await it.says("play", "Play");
});

scene("speed is kept", async ({ open }) => {
  const it = await open({ state: smallState({ rounds: 60 }), round: 1 });
  await it.says("summary", "Round 1");
  // Milliseconds between the arrivals of two rounds.
  const arrivals = (from, to) => it.page.evaluate(async ([from, to]) => {
    const bar = document.getElementById("round-bar");
    const at = {};
    while (!(to in at)) {
      at[bar.value] ??= performance.now();
      await new Promise(requestAnimationFrame);
    }
    return at[to] - at[from];
  }, [from, to]);
  await it.id("speed").selectOption("2");
  await it.order("play");
  const slow = await arrivals(2, 4);
  assert.ok(slow > 800, `two rounds at 2 a second came in ${slow} ms`);
  const response = it.page.waitForResponse((response) => response.request().method() === "POST");
  await it.id("speed").selectOption("0");
  await response;
  const from = await it.round();
  const began = performance.now();
  await it.says("summary", "The run is over");
  const each = (performance.now() - began) / (60 - from);
  assert.ok(each < 400, `as fast as possible, a round took ${each} ms`);
});

scene("play pressed before the program has answered is not forgotten", async ({ open }) => {
  const it = await open({ state: smallState(), context: { reducedMotion: "reduce" } });
  await it.says("summary", "Round 0");
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await it.page.route("**/api/run?**", async (route) => {
    await held;
    await route.continue();
  });
  await it.press("reset");
  await it.says("summary", "Starting");
  await it.press("play");
  release();
  await it.reached(2);
});

scene("a number being typed is not overwritten by a run that starts meanwhile", async ({ open }) => {
  const it = await open({ state: smallState(), round: 1 });
  await it.says("summary", "Round 1");
  await it.id("users").fill("700");
  const again = it.page.waitForResponse(/\/api\/run\?/);
  await it.page.evaluate(() => document.getElementById("reset").click()); // the keys stay in the field
  await again;
  await it.says("summary", "Round 0");
  assert.equal(await it.id("users").inputValue(), "700");
  await Promise.all([it.page.waitForResponse(/\/api\/run\?.*700/), it.id("users").press("Enter")]);
});
