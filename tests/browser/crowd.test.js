// A class: many pages at once, one too many, and places that become free again.

import assert from "node:assert/strict";
import { scene, smallState } from "./support/stage.js";
import { onPage } from "./support/page.js";
import { keepPicture } from "./support/screenshots.js";

const PAGES = 20; // a class in pairs

scene("twenty pages at once all get rounds, one more is refused politely, and a closed one makes room", async ({ open }) => {
  const state = smallState({ users: 100, rounds: 200 });
  // Small windows without motion: what is asked about is the program, not how fast one machine draws for a class.
  const context = { viewport: { width: 400, height: 300 }, reducedMotion: "reduce" };
  const pages = await Promise.all(Array.from({ length: PAGES }, (_, i) => open({ state: { ...state, seed: i + 1 }, context })));
  for (const it of pages) await it.id("speed").selectOption("1");
  for (const it of pages) await it.order("play");
  await Promise.all(pages.map((it) => it.reached(2)));
  const indices = await Promise.all(pages.map(async (it) => (await it.table("index"))[1][1]));
  assert.ok(new Set(indices).size > 3, `every page has its own seed: ${indices}`);

  const late = await open({ state, round: 1, context, expects: /status of 503/ });
  await late.says("banner-message", "The program is busy with other pages just now.");
  assert.match(await late.id("banner-help").textContent(), /^pages open already: 20, .*; close one, or start the program with a larger --pages$/);
  await keepPicture(late.page, "refused");

  await pages[0].page.close();
  // The program learns of it when it next sends something.
  for (;;) {
    const [answer] = await Promise.all([late.page.waitForResponse(/\/api\/run/), late.press("banner-again")]);
    if (answer.status() === 200) break;
    await late.id("banner-again").waitFor();
  }
  await late.says("summary", "Round 1");
  await Promise.all([late, ...pages.slice(1)].map((it) => it.page.close()));
  const again = await open({ state, round: 1, context });
  await again.says("summary", "Round 1");
}, { serve: ["--pages", String(PAGES)] });

scene("a run that is over or paused and closed gives its place back", async ({ open }) => {
  const over = await open({ state: smallState({ rounds: 2 }) });
  await over.says("summary", "The run is over");
  const paused = await open({ state: smallState(), round: 1 });
  await paused.says("summary", "Round 1");
  const refused = await open({ state: smallState(), round: 1, expects: /status of 503/ });
  await refused.says("banner-help", "pages open already: 1");
  await paused.page.close();
  for (;;) {
    const [answer] = await Promise.all([refused.page.waitForResponse(/\/api\/run/), refused.press("banner-again")]);
    if (answer.status() === 200) break;
    await refused.id("banner-again").waitFor();
  }
  await refused.says("summary", "Round 1");
}, { serve: ["--pages", "1"] });

scene("a sixth tab of one browser says what is the matter instead of waiting, and runs once another is closed", async ({ open }) => {
  const tabs = [await open({ state: smallState(), round: 1 })];
  const another = async () => {
    const page = await tabs[0].page.context().newPage();
    await page.goto(tabs[0].page.url());
    return onPage(page);
  };
  while (tabs.length < 5) tabs.push(await another());
  for (const tab of tabs) await tab.says("summary", "Round 1");
  await tabs[4].press("reset"); // Its own place is free for its next run.
  await tabs[4].says("summary", "Round 0");
  await tabs[4].order("step");
  await tabs[4].reached(1);

  const sixth = await another();
  await sixth.says("banner-message", "This browser has five connections to the program already.");
  await tabs[0].order("step");
  await tabs[0].reached(2);
  await tabs[1].page.close();
  await sixth.press("banner-again");
  await sixth.says("summary", "Round 1");
});
