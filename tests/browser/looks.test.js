// From a phone to the back row, light and dark, in both languages: nothing sticks out, is cut off or covered, the controls can
// be reached, and axe-core finds nothing against WCAG 2.1 AA.

import assert from "node:assert/strict";
import { scene, smallState } from "./support/stage.js";
import { keepPicture } from "./support/screenshots.js";
import { faultsIn } from "./support/layout.js";
import { accessible } from "./support/axe.js";

const CONTROLS = ["play", "step", "reset", "speed", "preset", "story-open", "projector", "share", "help-open"];
const FREE = ["seed", "users", "new-seed", "band", "slider-policy-kl_strength", "save-csv", "replay", "pin"];

/** Could be pressed where it stands: nothing lies on it. */
async function reachable(it, ids) {
  for (const id of ids) await it.id(id).click({ trial: true });
}

// axe-core's rules are about structure and colours: one look of each kind is enough for them.
const LOOKS = [
  { name: "phone", axe: true, context: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true } },
  { name: "laptop", context: { viewport: { width: 1280, height: 800 } } },
  { name: "zoomed", context: { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 } },
  { name: "projector", context: { viewport: { width: 1280, height: 720 } }, projector: true, axe: true },
  { name: "large-projector", context: { viewport: { width: 1920, height: 1080 } }, projector: true },
  { name: "dark", axe: true, context: { viewport: { width: 1440, height: 900 }, colorScheme: "dark" } },
];

for (const { name, context, projector, axe } of LOOKS) {
  scene(`${name}: everything has its place and can be reached${axe ? ", and axe-core finds nothing" : ""}, in every state`, async ({ open }) => {
    const state = smallState({ preset: "gpt4o-april-2025", seed: 15, users: 300, rounds: 7 });
    const it = await open({ state, round: 7, pin: { state: smallState({ users: 300, rounds: 7 }), round: 3 }, language: "en", projector, context });
    await it.says("summary", "The run is over");
    const check = async (what) => {
      assert.deepEqual(await faultsIn(it.page), [], `${name}, ${what}`);
      if (axe) await accessible(it.page, `${name}, ${what}`);
    };
    const keep = (what) => keepPicture(it.page, `${name}-${what}`, { whole: true });
    await reachable(it, CONTROLS);
    await check("en");
    await keep("en");
    await it.page.locator("[data-language=zh]").click();
    await check("zh");
    await it.press("share");
    await it.openAll();
    await it.page.evaluate(() => [...document.querySelectorAll(".info")].forEach((info) => info.click()));
    if (!projector) await reachable(it, [...CONTROLS, ...FREE]);
    await check("all-open-zh");
    await keep("all-open-zh");
    await it.page.locator("[data-language=en]").click();
    await check("all-open-en");
    await it.press("help-open");
    await check("help");
    await it.press("help-close");
    await it.press("story-open");
    await it.says("story-title", "1.");
    await it.page.keyboard.press("1");
    await reachable(it, ["story-next", "story-leave", "story-reveal"]);
    await check("story");
    await keep("story");
  });
}

scene("on a phone the buttons that run it stay in reach and leave room for the charts", async ({ open }) => {
  const it = await open({ state: smallState(), round: 3, context: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 } });
  await it.says("summary", "Round 3");
  await it.id("chart-behaviours").evaluate((chart) => chart.scrollIntoView());
  const panel = await it.page.locator(".transport").boundingBox();
  assert.ok(Math.abs(panel.y) < 1, `it stands at ${panel.y}`);
  assert.ok(panel.height < 740 * 0.15, `it takes ${panel.height} of 740`);
  for (const id of ["play", "step", "reset", "speed"]) {
    const box = await it.id(id).boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= panel.height && box.height >= 24, id);
  }
  await keepPicture(it.page, "phone-scrolled");
  await it.order("step");
  await it.reached(4);
});

scene("axe-core finds nothing before the first round, with a band, and in trouble", async ({ open }) => {
  const it = await open({ state: smallState({ users: 300, rounds: 3 }), expects: /status of 400/, context: { reducedMotion: "reduce" } });
  await it.says("summary", "Round 0");
  await accessible(it.page, "first view");
  await it.id("speed").selectOption("0");
  await it.order("play");
  await it.says("summary", "The run is over");
  await it.press("band");
  await it.says("band-said", /histories: ([3-9]|1\d) finished|the middle 80 %/);
  await accessible(it.page, "a band");
  await it.id("slider-signals-thumbs-weight").fill("0");
  await it.says("band-said", "taken away");
  await it.id("slider-signals-raters-weight").fill("0");
  await it.says("banner-message", "no signal");
  assert.deepEqual(await faultsIn(it.page), []);
  await accessible(it.page, "trouble");
  await keepPicture(it.page, "refused-value");
});
