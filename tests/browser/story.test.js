// The guided story from its first step to its last, by keyboard alone.

import assert from "node:assert/strict";
import { scene, smallState } from "./support/stage.js";
import { keysOf } from "./support/keys.js";
import { keepPicture } from "./support/screenshots.js";
import { leftInEnglish } from "./support/chinese.js";
import { accessible } from "./support/axe.js";

const STEPS = ["Meet the loop", "Add thumbs", "Memory alone", "Fresh data alone", "All three at once", "What review saw", "Autopsy"];
const VOTES = [["1", "2", "2"], ["3"], ["2", "1"], ["1"], ["3"], ["2", "3"], ["1"]];

/** Presets with fewer users and rounds, so that five runs of each do not take minutes. */
async function withFewerUsers(context) {
  await context.route("**/api/lesson", async (route) => {
    const response = await route.fetch();
    const lesson = await response.json();
    for (const { state } of lesson.presets) Object.assign(state, { users: 1000, rounds: Math.min(state.rounds, 8) });
    await route.fulfill({ response, json: lesson });
  });
}

scene("the story is told from first to last step by keyboard alone, with a prediction before each outcome", async ({ open }) => {
  const it = await open({ state: smallState(), round: 1, prepare: withFewerUsers });
  await it.says("summary", "Round 1");
  const keys = keysOf(it.page);
  await keys.tabTo("speed");
  await keys.press("End"); // as fast as it goes
  await keys.tabTo("story-open", "Shift+Tab");
  await keys.press("Enter");

  for (const [i, name] of STEPS.entries()) {
    await it.says("story-title", `${i + 1}. ${name}`);
    assert.equal((await keys.focused()).id, "story-title", "the focus follows");
    assert.equal(await it.id("play").isVisible(), false, "nothing is given away");
    assert.equal(await it.id("story-reveal").isDisabled(), true, "no outcome before a prediction");
    if (i === 5) await it.says("review-which", "round 6");
    if (i === 5) assert.equal(await it.id("review-verdict").textContent(), "Launch or hold? Decide first.");
    if (i % 2 === 0) for (const key of VOTES[i]) await keys.press(key);
    else {
      const [option] = await it.id("story-options").locator(".option > span:first-child").allTextContents();
      await keys.tabTo(`one vote more: ${option}`);
      for (let hands = 0; hands < 3; hands++) await keys.press(hands % 2 ? "Enter" : "Space");
      assert.equal(await it.id("votes-0").textContent(), "3");
      await keys.tabTo(`one vote less: ${option}`, "Shift+Tab");
      await keys.press("Enter");
      assert.equal(await it.id("votes-0").textContent(), "2");
      for (const key of VOTES[i]) await keys.press(key);
    }
    if (i === 6) {
      await keys.tabTo("tick-sycophancy-eval");
      await keys.press("Space");
      await keys.tabTo("tick-canary-monitoring");
      await keys.press("Space");
    }
    await it.page.waitForFunction(() => !document.getElementById("story-reveal").disabled);
    await keepPicture(it.page, `story-${i + 1}-asked`);
    await keys.tabTo("story-reveal", i === 6 ? "Shift+Tab" : "Tab");
    await keys.press(i % 2 ? "Space" : "Enter");
    await it.page.locator("#story-outcome .heard").waitFor({ timeout: 240_000 });
    await keepPicture(it.page, `story-${i + 1}-told`, { whole: i === 6 });
    const told = await it.id("story-outcome").locator("p").allTextContents();
    assert.match(told[0], i === 5 ? /^The rule of the time said: / : /^What happened: /);
    assert.ok(told.length > 1 && told.every((sentence) => !/[{}]|NaN|undefined|null/.test(sentence)), told.join("\n"));
    assert.equal(await it.page.locator("#story-options .right").count(), 1);
    if (i < 6) {
      await keys.tabTo("story-next");
      await keys.press("Enter");
    }
  }

  // The autopsy: two of the checks, in four histories.
  assert.deepEqual(await it.page.locator("#mitigations input:checked").evaluateAll((boxes) => boxes.map((box) => box.id)).then((ids) => ids.sort()), ["tick-canary-monitoring", "tick-sycophancy-eval"]);
  const rows = await it.page.locator("#replay-table tbody tr").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
  assert.equal(rows.length, 12);
  assert.deepEqual(rows[0], ["held before launch", "0 of 4", "4 of 4"]);
  assert.match(await it.id("replay-said").textContent(), /Held before launch in all 4 histories, by: Sycophancy evaluation \(4\)/);
  assert.deepEqual(await it.id("story-dots").locator("button").allTextContents(), Array(7).fill("✓"));
  await accessible(it.page, "autopsy after its reveal");
  await keys.tabTo("中文", "Shift+Tab");
  await keys.press("Enter");
  await it.says("replay-said", "4 段历史中全部在上线前被扣下");
  assert.deepEqual(await leftInEnglish(it.page), []);
  await keepPicture(it.page, "autopsy-zh", { whole: true });
  await keys.press("Shift+Tab");
  await keys.press("Space");
  await keys.tabTo("story-next");
  await keys.press("Enter");
  await it.id("story").waitFor({ state: "hidden" });
  assert.equal((await keys.focused()).id, "story-open");
});

scene("the story can be left at any moment, and gone back to", async ({ open }) => {
  const it = await open({ state: smallState(), round: 1, prepare: withFewerUsers });
  await it.says("summary", "Round 1");
  const keys = keysOf(it.page);
  await keys.tabTo("story-open");
  await keys.press("Enter");
  await it.says("story-title", "1.");
  await keys.press("Escape");
  await it.id("story").waitFor({ state: "hidden" });
  await it.order("play");
  await keys.tabTo("story-open");
  await keys.press("Enter");
  await it.says("story-title", "1.");
  await keys.press("2");
  await keys.tabTo("story-reveal");
  await keys.press("Enter");
  await it.says("story-outcome", "Running");
  await keys.press("Escape");
  await it.id("story").waitFor({ state: "hidden" });
  assert.equal(await it.id("play").isVisible(), true);
  await keys.press("Enter");
  await it.says("story-title", "1.");
  assert.equal(await it.id("votes-1").textContent(), "1", "votes are kept");
  await keys.tabTo("story-next");
  await keys.press("Enter");
  await it.says("story-title", "2.");
  await keys.tabTo("story-back");
  await keys.press("Enter");
  await it.says("story-title", "1.");
});
