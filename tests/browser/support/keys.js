// The page by keyboard alone: where the focus is, and how to get it somewhere.

import assert from "node:assert/strict";

/** @param {import("playwright-core").Page} page */
export function keysOf(page) {
  const focused = () => page.evaluate(() => {
    const node = document.activeElement;
    return { id: node.id, label: node.getAttribute("aria-label") ?? node.textContent.trim(), ring: getComputedStyle(node).outlineStyle !== "none" };
  });
  return {
    press: (key) => page.keyboard.press(key),
    focused,
    /** Presses Tab until it is there: by id, or by what it is called. Every stop on the way must show a ring. */
    async tabTo(wanted, key = "Tab", most = 150) {
      const passed = [];
      for (let i = 0; i < most; i++) {
        await page.keyboard.press(key);
        const at = await focused();
        if (at.id !== "stage" && at.id !== "") assert.ok(at.ring, `${at.id} has the focus and shows no ring`);
        if (at.id === wanted || at.label === wanted) return;
        passed.push(at.id || at.label);
      }
      throw new Error(`${wanted} cannot be reached with ${key}; passed: ${passed.join(", ")}`);
    },
  };
}
