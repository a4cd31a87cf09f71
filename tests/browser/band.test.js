// How much is chance: the same run with twenty other seeds.

import assert from "node:assert/strict";
import { scene, smallState } from "./support/stage.js";
import { keepPicture } from "./support/screenshots.js";
import { runOnCommandLine, columnsOf } from "./support/program.js";

/** What is drawn: low, median and high of a column, a number per round. */
const bandOf = (it, column) => it.page.evaluate(async (column) => {
  const { session } = await import("/app/session.js");
  return session.band?.columns[column] ?? null;
}, column);

const historiesIn = (stream) => stream.split("\n\n").filter((event) => event.startsWith("event: history"))
  .map((event) => JSON.parse(event.slice(event.indexOf("data: ") + 6)));

scene("the band is the middle 80 % of the next twenty seeds, as the command line runs them", async ({ open }) => {
  const it = await open({ state: smallState({ users: 500, rounds: 3 }) });
  await it.says("summary", "The run is over");
  const [response] = await Promise.all([it.page.waitForResponse(/\/api\/band/), it.press("band")]);
  await it.says("band-said", "the middle 80 % of 20 histories");
  const histories = historiesIn(await response.text());
  assert.deepEqual(histories.map((history) => history.seed), Array.from({ length: 20 }, (_, i) => i + 2));

  const file = (await it.saved(it.id("save-scenario"))).bytes;
  for (const { seed, values } of [histories[0], histories[19]]) {
    const rounds = columnsOf(await runOnCommandLine(file, ["--seed", String(seed)]));
    assert.deepEqual(values.sycophancy_index, rounds.sycophancy_index.map(Number), `seed ${seed}`);
  }
  const band = await bandOf(it, "sycophancy_index");
  const ends = histories.map((history) => history.values.sycophancy_index[2]).sort((a, b) => a - b);
  // The quantile q of 20 sorted numbers lies 19 q from the first.
  const between = (low, part) => ends[low] + (ends[low + 1] - ends[low]) * part;
  for (const [name, expected] of [["low", between(1, 0.9)], ["median", between(9, 0.5)], ["high", between(17, 0.1)]]) {
    assert.ok(Math.abs(band[name][2] - expected) < 1e-12, `${name}: ${band[name][2]} instead of ${expected}`);
  }
  const picture = String((await it.saved(it.page.locator("[data-export=index] [data-kind=SVG]"))).bytes);
  assert.match(picture, /<polygon [^>]*fill-opacity="0.14"/);
  await keepPicture(it.page, "band");

  await it.id("slider-policy-kl_strength").fill("90");
  await it.says("band-said", "taken away");
  assert.equal(await bandOf(it, "sycophancy_index"), null);
});

scene("a band that is stopped leaves the page as it was", async ({ open }) => {
  const it = await open({ state: smallState({ users: 100_000, rounds: 3 }) });
  await it.says("summary", "The run is over");
  await it.press("band");
  await it.says("band-said", "Simulating 20 other histories");
  await it.press("band-stop");
  await it.id("band-work").waitFor({ state: "hidden" });
  await it.press("band");
  await it.says("band-said", "Simulating 20 other histories: 1");
  const ended = it.page.waitForEvent("requestfailed", (request) => request.url().includes("/api/band"));
  await it.press("band-stop");
  await ended;
  assert.equal(await it.id("band-said").textContent(), "");
  assert.equal(await bandOf(it, "sycophancy_index"), null);
});
