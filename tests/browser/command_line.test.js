// Three doors into one engine: what the page shows, the command line repeats.

import assert from "node:assert/strict";
import { scene, smallState } from "./support/stage.js";
import { runOnCommandLine, columnsOf } from "./support/program.js";

for (const [what, state] of [
  ["a preset", { preset: "praise-first", seed: 3 }],
  ["changes and checks", { changes: [{ round: 1, set: { "approval.sharpness": 5 } }, { round: 4, set: { "memory.enabled": false, "policy.kl_strength": 0.05 } }], checks: ["sycophancy-eval", "staged-rollout"] }],
  ["the history of April 2025", { preset: "gpt4o-april-2025", seed: 15, users: 300, rounds: 7 }],
]) {
  scene(`the saved scenario gives the saved numbers on the command line, every cell: ${what}`, async ({ open }) => {
    const it = await open({ state: smallState({ rounds: 8, ...state }) });
    await it.says("summary", "The run is over");
    const page = columnsOf(String((await it.saved(it.id("save-csv"))).bytes));
    const line = columnsOf(await runOnCommandLine((await it.saved(it.id("save-scenario"))).bytes));
    const { variant, replicate, ...numbers } = line;
    assert.deepEqual(new Set([...variant, ...replicate]).size, 2, "one variant, one replicate");
    assert.deepEqual(Object.keys(page), Object.keys(numbers));
    assert.ok(Object.keys(page).length > 50 && page.round.length === (state.rounds ?? 8));
    const value = (cell) => (cell === "" ? null : Number(cell));
    for (const column of Object.keys(page)) assert.deepEqual(page[column].map(value), numbers[column].map(value), column);
  });
}
