// What axe-core finds: rules of WCAG 2.1 A and AA must not be broken in earnest; best practice is told.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const SOURCE = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

const told = ({ id, impact, help, nodes }) => `${impact} ${id}: ${help}\n${nodes.slice(0, 3).map((node) => `    ${node.target} ${node.failureSummary.replace(/\s+/g, " ")}`).join("\n")}`;

/**
 * @param {import("playwright-core").Page} page
 * @param {string} state  in which it is, for the report
 */
export async function accessible(page, state) {
  await page.evaluate(await SOURCE);
  const found = await page.evaluate((tags) => axe.run(document, { runOnly: { type: "tag", values: [...tags, "best-practice"] }, resultTypes: ["violations"] }), WCAG);
  const broken = found.violations.filter((violation) => violation.tags.some((tag) => WCAG.includes(tag)));
  const practice = found.violations.filter((violation) => !broken.includes(violation));
  if (practice.length > 0) console.log(`best practice, ${state}:\n${practice.map(told).join("\n")}`);
  assert.deepEqual(broken.map(told), [], `axe-core, ${state}`);
  assert.ok(found.passes.length > 10, `axe-core looked at something, ${state}`);
}
