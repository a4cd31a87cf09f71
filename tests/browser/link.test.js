// A share link shows the same to whoever opens it.

import assert from "node:assert/strict";
import { scene, smallState } from "./support/stage.js";
import { stateIn } from "./support/page.js";

/** Everything on show that a link carries. */
async function onShow(it) {
  const { page } = it;
  return {
    round: await it.round(),
    tables: await it.tables(),
    summary: await it.id("summary").textContent(),
    language: await page.locator("html").getAttribute("lang"),
    projector: await it.id("projector").getAttribute("aria-pressed"),
    preset: await it.id("preset").inputValue(),
    numbers: await Promise.all(["seed", "users", "rounds"].map((id) => it.id(id).inputValue())),
    sliders: await page.locator(".slider input").evaluateAll((inputs) => inputs.map((input) => [input.id, input.type === "checkbox" ? input.checked : input.value])),
    ticked: await page.locator("#mitigations input:checked").evaluateAll((boxes) => boxes.map((box) => box.id)),
    pinned: await it.id("pin-rows").innerText(),
    answer: await it.id("talk-now").textContent(),
    review: await it.id("review-checks").innerText(),
    users: await it.id("dots-words").textContent(),
  };
}

scene("a link opened elsewhere restores everything, to the last digit", async ({ open }) => {
  const it = await open({ state: smallState({ seed: 7, rounds: 10 }), round: 4 });
  await it.says("summary", "Round 4");
  await it.press("pin");
  for (const name of ["alpha", "sycophancy-eval"]) await it.id(`tick-${name}`).check();
  await it.id("speed").selectOption("1");
  await it.press("run-with-checks");
  await it.reached(2);
  const changed = it.page.waitForResponse(/\/change$/);
  await it.id("slider-policy-fresh_data").fill("80");
  const { round } = await (await changed).json();
  await it.id("speed").selectOption("0");
  await it.says("summary", "The run is over");
  await it.page.locator("[data-language=zh]").click();
  await it.press("projector");
  const link = await it.link();
  assert.deepEqual(stateIn(link).checks, ["alpha", "sycophancy-eval"]);
  assert.deepEqual(stateIn(link).changes.map((change) => change.round), [round]);
  await it.press("projector"); // Tables and sizes are not in the projector's view.
  const here = await onShow(it);

  const other = await open({ hash: new URL(link).hash });
  await other.says("summary", "运行结束");
  assert.equal(await other.id("projector").getAttribute("aria-pressed"), "true");
  await other.press("projector");
  const there = await onShow(other);
  assert.equal(here.round, 10);
  assert.equal(here.language, "zh-Hans");
  assert.ok(here.ticked.length === 2 && here.pinned.includes("谄媚指数"), JSON.stringify(here));
  assert.deepEqual(there, here);
});

scene("a link to the middle of a run pauses there, and the rest comes as in the whole", async ({ open }) => {
  const whole = await open({ state: smallState() });
  await whole.says("summary", "The run is over");
  const it = await open({ hash: new URL((await whole.link()).replace("round=12", "round=5")).hash });
  await it.says("summary", "Round 5");
  await it.says("play", "Play");
  assert.equal(await it.round(), 5);
  assert.deepEqual(await it.table("index"), (await whole.table("index")).slice(0, 6));
  await it.order("play");
  await it.says("summary", "The run is over");
  assert.deepEqual(await it.tables(), await whole.tables());
});
