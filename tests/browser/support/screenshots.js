// Pictures of what the tests see, kept for who wants to look.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const FOLDER = process.env.THUMBSCALE_SCREENSHOTS ?? join(import.meta.dirname ?? new URL("..", import.meta.url).pathname, "..", "screenshots");

/**
 * The window, or the whole page where it is asked for.
 * @param {import("playwright-core").Page} page @param {string} name @param {{whole?: boolean}} [how]
 */
export async function keepPicture(page, name, { whole = false } = {}) {
  await mkdir(FOLDER, { recursive: true });
  await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: whole, animations: "disabled" });
}

/** A picture that the page itself has made. */
export async function keep(name, bytes) {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, name), bytes);
}
