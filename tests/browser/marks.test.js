// What is written into the charts can be read: no name on a line, no sign on another.

import assert from "node:assert/strict";
import { scene, smallState } from "./support/stage.js";

/** Calls a function of the page's own modules. */
const inPage = (it, module, act, argument) => it.page.evaluate(`(async () => (${act})(await import("${module}"), ${JSON.stringify(argument)}))()`);

scene("the signs of an incident stand side by side on an axis of seven rounds", async ({ open }) => {
  const it = await open({ state: smallState({ preset: "gpt4o-april-2025", seed: 15, users: 100_000, rounds: 7 }), round: 7 });
  await it.says("summary", "rolled back from");
  const marks = await inPage(it, "/app/marks.js", async ({ marksOf }) => marksOf((await import("/app/session.js")).session.run));
  assert.ok(["launched", "noticed", "rollback"].every((kind) => marks.some((mark) => mark.kind === kind)), JSON.stringify(marks));
  // The pixels of the axis: a picture of only these marks, drawn as the chart draws them.
  for (const width of [220, 300, 480, 700]) {
    const placed = await inPage(it, "/app/mark_signs.js", ({ placeMarks }, { marks, width }) =>
      placeMarks(marks, { left: 40, right: 40 + width, x: (round) => 40 + ((round - 0.5) / 7) * width }, { mark: 5 }), { marks, width });
    assert.equal(placed.length, marks.length);
    for (let i = 1; i < placed.length; i++) {
      const gap = placed[i].x - placed[i - 1].x;
      const rare = [placed[i - 1], placed[i]].some(({ kind }) => kind !== "launched");
      assert.ok(gap >= (rare ? 9 : 0), `${placed[i - 1].kind} and ${placed[i].kind}, ${gap} apart in ${width}`);
    }
    assert.ok(placed.at(-1).x <= 40 + width + 5, "none beyond the axis");
  }
});

scene("the alarm's name stands where the fewest lines run through it", async ({ open }) => {
  const it = await open({ state: smallState(), round: 1 });
  await it.says("summary", "Round 1");
  const spot = (curve) => inPage(it, "/app/alarm.js", ({ freeSpot }, curve) =>
    freeSpot([curve], { left: 0, right: 400, top: 0, bottom: 200 }, 100, { width: 100, height: 14 }), curve);
  const [free, low] = [await spot([]), await spot([[0, 95], [400, 95]])];
  assert.ok(free.x < 10 && free.y < 100, "above on the left where nothing is in the way");
  assert.ok(low.y > 100, "below a line that runs just above the alarm");
  // A line that rises through the alarm on the left and stays close above it, as the index does.
  const rising = await spot([[0, 112], [60, 108], [150, 90], [400, 60]]);
  assert.ok(rising.y > 100 && rising.x > 100, JSON.stringify(rising));
});

scene("names of lines that end early stand beside the lines that go on", async ({ open }) => {
  const it = await open({ state: smallState(), round: 1 });
  await it.says("summary", "Round 1");
  // Twelve rounds over a plot of 480 by 200; the pinned run ends after three, and the others pass just above and below it.
  const curves = { up: Array(12).fill(100), down: Array(12).fill(124), pinned: Array(3).fill(112) };
  const labels = await inPage(it, "/app/annotate.js", ({ placeInside }, curves) => {
    const place = { left: 0, right: 480, top: 0, bottom: 200, x: (round) => (round - 1) * (480 / 11), y: (value) => value };
    const lines = Object.entries(curves).map(([name, values]) => ({ name, values, scale: "y" }));
    const labels = lines.map((line) => ({ line, x: place.x(line.values.length), y: line.values.at(-1) }));
    placeInside(labels, lines, place, { type: 12 });
    return labels.map(({ line, y, from, to }) => ({ name: line.name, y, from, to }));
  }, curves);
  assert.equal(labels.length, 3);
  for (const { name, y } of labels) {
    for (const level of [100, 124]) assert.ok(Math.abs(y - level) >= 0.6 * 1.2 * 12, `${name} at ${y} lies on the line at ${level}`);
  }
  for (const a of labels) {
    for (const b of labels) assert.ok(a === b || Math.abs(a.y - b.y) >= 14 || a.to <= b.from || b.to <= a.from, `${a.name} and ${b.name} overlap`);
  }
});
