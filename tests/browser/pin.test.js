// A and B: one run kept, the next one beside it, and their difference.

import assert from "node:assert/strict";
import { scene, smallState } from "./support/stage.js";
import { keepPicture } from "./support/screenshots.js";

const number = (text) => Number(text.replace("−", "-").replace("+", "").replace(",", "").replace(" %", ""));

scene("a pinned run is compared with the next one, line by line and as a difference", async ({ open }) => {
  const it = await open({ state: smallState() });
  await it.says("summary", "The run is over");
  const a = await it.table("index");
  await it.press("pin");
  await it.says("pin-name", "A: all-three, seed 1");
  await it.id("preset").selectOption("thumbs-only");
  assert.equal(await it.id("users").inputValue(), "50000", "boxes say at once what is run");
  // The run of the preset may be over before the next box is filled in.
  await it.says("round-now", "of 40");
  await it.id("users").fill("500");
  await it.id("users").press("Enter");
  await it.id("rounds").fill("12");
  await it.id("rounds").press("Enter");
  await it.says("round-now", "Round 12 of 12");
  await it.says("summary", "The run is over");
  await it.says("pin-title", "A and B in round 12");
  assert.deepEqual(await Promise.all(["users", "rounds"].map((id) => it.id(id).inputValue())), ["500", "12"]);

  const both = await it.table("index");
  assert.deepEqual(both[0], ["Round", "index · A", "index"]);
  assert.deepEqual(both.map((row) => row[1]).slice(1), a.map((row) => row[1]).slice(1), "A is what it was");
  const rows = await it.id("pin-rows").locator("tr").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
  assert.deepEqual(rows.map((row) => row[0]).slice(0, 3), ["index", "thumbs up", "user benefit"]);
  for (const [name, ...cells] of rows) {
    const [before, after, change] = cells.map(number);
    const rounding = name === "complaints per million" ? 1.5 : name === "thumbs up" ? 0.11 : 0.0011;
    assert.ok(Math.abs(after - before - change) <= rounding, `${name}: ${cells}`);
  }
  assert.ok(number(rows[0][3]) < -0.05, "thumbs alone drift less than all three");
  await keepPicture(it.page, "pinned", { whole: true });

  await it.id("difference").check();
  const difference = await it.table("index");
  assert.deepEqual(difference[0], ["Round", "index · B−A"]);
  difference.slice(1).forEach(([, shown], i) => {
    const [, before, after] = both[i + 1].map(number);
    assert.ok(Math.abs(after - before - number(shown)) <= 0.0011, `round ${i + 1}: ${shown}`);
  });
  await keepPicture(it.page, "difference");
  await it.press("unpin");
  assert.deepEqual((await it.table("index"))[0], ["Round", "index"]);
});
