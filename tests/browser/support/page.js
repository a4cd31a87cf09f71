// What a test does with a page, in the words of who uses it.

import { readFile } from "node:fs/promises";

/** @param {import("playwright-core").Page} page */
export function onPage(page) {
  const it = {
    page,
    id: (id) => page.locator(`#${id}`),
    press: (id) => page.locator(`#${id}`).click(),

    /** The number of rounds on show. */
    round: async () => Number((await page.locator("#round-now").textContent()).match(/\d[\d,]*/)?.[0].replace(",", "")),
    /** Waits until that many rounds are there; more may be. */
    reached: (round) => page.waitForFunction((round) => document.getElementById("round-bar").value >= round, round),
    /** Waits for a text in an element. */
    says: (id, text) => page.locator(`#${id}`).filter({ hasText: text }).waitFor(),

    /** Presses play or pause and waits until the program has heard it. */
    async order(id) {
      await Promise.all([page.waitForResponse((response) => response.request().method() === "POST"), it.press(id)]);
    },

    /** Opens everything within `where` that can be opened. */
    async openAll(where = "body") {
      const closed = page.locator(`${where} details:not([open]) > summary:visible`);
      while (await closed.count()) await closed.first().click();
    },

    /** The numbers behind a chart, as the table shows them: heads, and a row per round. */
    async table(chart) {
      const details = page.locator(`#table-${chart}`);
      if (!(await details.evaluate((node) => node.open))) await details.locator("summary").click();
      await details.locator("tbody tr").first().waitFor();
      return details.evaluate((node) => [...node.querySelectorAll("tr")].map((row) => [...row.cells].map((cell) => cell.textContent)));
    },
    /** The numbers behind every chart. */
    async tables() {
      const all = {};
      for (const chart of ["index", "outcomes", "behaviours"]) all[chart] = await it.table(chart);
      return all;
    },

    /** What a button saves: the file's name and bytes. */
    async saved(locator) {
      const [download] = await Promise.all([page.waitForEvent("download"), locator.click()]);
      return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
    },

    /** The link that the page shares. */
    async link() {
      await it.press("share");
      const link = await page.locator("#share-link").inputValue();
      await it.press("share-close");
      return link;
    },
  };
  return it;
}

/** What a share link says of the run. */
export const stateIn = (link) => JSON.parse(new URLSearchParams(new URL(link).hash.slice(1)).get("state"));
