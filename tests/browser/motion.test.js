// Who asks for less motion gets none: nothing plays by itself, and dots jump.

import assert from "node:assert/strict";
import { scene, smallState } from "./support/stage.js";

/** How many different pictures of the dots follow the arrival of the next round. */
const picturesAfterStep = async (it) => {
  const next = (await it.round()) + 1;
  await it.order("step");
  return it.page.evaluate(async (next) => {
    const canvas = document.getElementById("dots-canvas");
    const bar = document.getElementById("round-bar");
    const frame = () => new Promise(requestAnimationFrame);
    while (bar.value < next) await frame();
    await frame();
    await frame();
    const seen = new Set();
    for (let i = 0; i < 30; i++) {
      seen.add(canvas.toDataURL());
      await frame();
    }
    return seen.size;
  }, next);
};

scene("with reduced motion nothing plays by itself and dots jump", async ({ open }) => {
  const it = await open({ state: smallState(), context: { reducedMotion: "reduce" } });
  await it.says("summary", "Round 0: nothing has happened yet");
  await it.order("step");
  await it.says("summary", "Round 1");
  assert.equal(await picturesAfterStep(it), 1);
  await it.press("story-open");
  const moving = await it.page.evaluate(() => [...document.querySelectorAll("*")].filter((node) => {
    const { transitionDuration, animationName } = getComputedStyle(node);
    return animationName !== "none" || transitionDuration.split(",").some((time) => parseFloat(time) > 0);
  }).map((node) => node.id || node.className));
  assert.deepEqual(moving, []);
});

scene("without that wish dots move from round to round", async ({ open }) => {
  const it = await open({ state: smallState(), round: 1 });
  await it.says("summary", "Round 1");
  assert.ok((await picturesAfterStep(it)) > 3);
});
