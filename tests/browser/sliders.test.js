// Changing something: while it runs, and from the start.

import assert from "node:assert/strict";
import { scene, smallState } from "./support/stage.js";
import { stateIn } from "./support/page.js";
import { keepPicture } from "./support/screenshots.js";
import { columnsOf } from "./support/program.js";

const KL = "slider-policy-kl_strength";

/** Moves a slider and waits for the program's answer: from which round it holds, and what. */
async function move(it, slider, position) {
  const [response] = await Promise.all([it.page.waitForResponse(/\/change$/), it.id(slider).fill(String(position))]);
  return response.json();
}

const numbers = async (it) => columnsOf(String((await it.saved(it.id("save-csv"))).bytes));

scene("a slider moved while it runs marks the axis, holds from the next round, and goes into link and file", async ({ open }) => {
  const state = smallState({ rounds: 20 });
  const plain = await open({ state, round: 20 });
  await plain.says("summary", "The run is over");

  const it = await open({ state, round: 3 });
  await it.says("summary", "Round 3");
  await it.id("speed").selectOption("1");
  await it.order("play");
  await it.reached(5);
  const { round, set } = await move(it, KL, 95);
  assert.ok(round > 5 && round < 20, `holds from round ${round}`);
  const value = set["policy.kl_strength"];
  assert.ok(value > 0.45, `the slider says ${value}`);
  await it.id("speed").selectOption("0");
  await it.says("summary", "The run is over");

  // Marked: under the cursor, and in the picture.
  const plot = it.page.locator("#chart-index .u-over");
  await plot.hover({ position: { x: 1, y: 1 } });
  const box = await plot.boundingBox();
  await plot.hover({ position: { x: ((round - 1) / 19) * box.width, y: box.height / 2 } });
  await it.says("legend-index", `┆ Pull to the reference (KL) ${value}`);
  assert.deepEqual(await plot.boundingBox(), box, "what happened in a round moves nothing under the pointer");
  assert.match(await it.id("legend-index").textContent(), new RegExp(`^Round ${round} `));
  await keepPicture(it.page, "slider-moved");
  const picture = String((await it.saved(it.page.locator("[data-export=index] [data-kind=SVG]"))).bytes);
  assert.match(picture, /stroke-dasharray="2 3"/);
  assert.ok(picture.includes(`Round ${round}: Pull to the reference (KL) ${value}`));

  // Holds: the same numbers before, others from there on.
  const [before, after] = [await numbers(plain), await numbers(it)];
  const differs = before.sycophancy_index.findIndex((cell, i) => cell !== after.sycophancy_index[i]);
  assert.ok([round, round + 1].includes(differs + 1), `first other index in round ${differs + 1}, changed in round ${round}`);
  assert.ok(Number(after.sycophancy_index.at(-1)) < Number(before.sycophancy_index.at(-1)), "more pull, less drift");

  // Travels.
  assert.deepEqual(stateIn(await it.link()).changes, [{ round, set }]);
  const file = String((await it.saved(it.id("save-scenario"))).bytes);
  assert.match(file, new RegExp(`from_round = ${round}\\n\\n\\[factors.changed_in_round_${round}.set.policy\\]\\nkl_strength = ${value}`));
});

scene("from the start: the run begins again with the value in round 1", async ({ open }) => {
  const it = await open({ state: smallState(), round: 4 });
  await it.says("summary", "Round 4");
  const before = await it.table("index");
  await it.id("from-start").check();
  await it.id(KL).fill("95");
  await it.says("summary", "The run is over");
  const [change, ...others] = stateIn(await it.link()).changes;
  assert.deepEqual([change.round, others], [1, []]);
  assert.ok(change.set["policy.kl_strength"] > 0.45);
  const after = await it.table("index");
  assert.equal(after.length - 1, 12);
  assert.notDeepEqual(after.slice(1, 5), before.slice(1));

  // And back: one slider's own arrow, then the whole preset.
  await it.page.locator(".slider", { has: it.id(KL) }).locator(".undo").click();
  await it.page.waitForFunction(() => document.getElementById("round-bar").value < 12);
  await it.says("summary", "The run is over");
  assert.deepEqual((await it.table("index")).slice(1, 5), before.slice(1));
  assert.equal(await it.id("back-to-preset").isVisible(), false);
});

scene("a switch turned while paused holds from the next round", async ({ open }) => {
  const it = await open({ state: smallState({ preset: "thumbs-only" }), round: 2 });
  await it.says("summary", "Round 2");
  const [response] = await Promise.all([it.page.waitForResponse(/\/change$/), it.id("slider-memory-enabled").check()]);
  assert.equal((await response.json()).round, 3);
  await it.order("step");
  await it.reached(3);
  const known = (await numbers(it)).memory_known_share.map(Number);
  assert.ok(known[1] === 0 && known[2] > 0, `memory knows ${known}`);
});
