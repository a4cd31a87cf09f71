// English and Chinese: switched at any moment, everything follows and no number moves.

import assert from "node:assert/strict";
import { scene, smallState } from "./support/stage.js";
import { leftInEnglish } from "./support/chinese.js";

const digits = (rows) => rows.slice(1).map((row) => row.map((cell) => cell.replace("−", "-")));

scene("switched while a run plays: all words are Chinese, all numbers stay", async ({ open }) => {
  const it = await open({ state: smallState({ preset: "gpt4o-april-2025", seed: 15, users: 300, rounds: 7 }), round: 1 });
  await it.says("summary", "Round 1");
  await it.id("speed").selectOption("1");
  await it.order("play");
  await it.reached(2);
  await it.page.locator("[data-language=zh]").click();
  await it.says("summary", "谄媚指数");
  assert.equal(await it.page.locator("html").getAttribute("lang"), "zh-Hans");
  await it.openAll();
  assert.deepEqual(await leftInEnglish(it.page), []);
  await it.id("speed").selectOption("0");
  await it.says("summary", "运行结束");
  const chinese = await it.tables();
  assert.deepEqual(await leftInEnglish(it.page), []);
  await it.press("help-open");
  assert.deepEqual(await leftInEnglish(it.page), []);
  await it.press("help-close");
  await it.page.locator("[data-language=en]").click();
  await it.says("summary", "The run is over");
  assert.equal(await it.page.locator("html").getAttribute("lang"), "en");
  assert.ok((await leftInEnglish(it.page)).length > 50, "negative control: this is English");
  const english = await it.tables();
  for (const chart of Object.keys(english)) assert.deepEqual(digits(english[chart]), digits(chinese[chart]), chart);
  assert.notDeepEqual(english.index[0], chinese.index[0]);
});

scene("switched during a replay: the words change and the replay goes on", async ({ open }) => {
  const it = await open({ state: smallState(), round: 1 });
  await it.says("summary", "Round 1");
  await it.id("tick-sycophancy-eval").check();
  await it.press("replay");
  await it.says("replay-said", "Four histories are replayed");
  await it.page.locator("[data-language=zh]").click();
  await it.says("replay-said", "正在重演四段历史");
  assert.equal(await it.id("tick-sycophancy-eval").isChecked(), true);
  assert.deepEqual(await leftInEnglish(it.page), []);
  const at = await it.id("replay-bar").evaluate((bar) => bar.value);
  await it.page.waitForFunction((at) => document.getElementById("replay-bar").value > at, at);
  await it.press("replay-stop");
  await it.id("replay-work").waitFor({ state: "hidden" });
  assert.equal(await it.id("replay-said").textContent(), "");
});

scene("a Chinese browser gets a Chinese page", async ({ open }) => {
  const it = await open({ context: { locale: "zh-CN" } });
  await it.says("summary", "轮");
  assert.equal(await it.page.locator("html").getAttribute("lang"), "zh-Hans");
});

scene("what the program refuses is said in Chinese on a Chinese page", async ({ open }) => {
  const first = await open({ state: smallState(), round: 1, language: "zh", expects: /status of 400/ });
  await first.says("summary", "轮");
  const second = await open({ state: smallState(), round: 1, language: "zh", expects: /status of 503/ });
  await second.says("banner-message", "程序正忙于其他页面");
  assert.equal(await second.id("banner-help").textContent(), "已打开 1 个页面，这台机器同时只能应答这么多；请关闭一个，或用更大的 --pages 启动程序");
  assert.equal(await second.id("banner-help").getAttribute("lang"), "zh-Hans");
  assert.deepEqual(await leftInEnglish(second.page), []);
  await second.page.locator("[data-language=en]").click();
  await second.says("banner-help", "pages open already: 1");
  assert.equal(await second.id("banner-help").getAttribute("lang"), "en");

  const heard = first.page.waitForResponse(/\/change$/);
  await first.id("slider-signals-thumbs-weight").fill("0");
  await heard;
  await first.id("slider-signals-raters-weight").fill("0");
  await first.says("banner-message", "没有任何信号的权重为正");
  assert.deepEqual(await leftInEnglish(first.page), []);
}, { serve: ["--pages", "1"] });
