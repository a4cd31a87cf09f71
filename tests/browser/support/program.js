// The same program on the command line.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROGRAM } from "./server.js";

/** Runs a scenario file; the rounds as CSV. @param {Buffer|string} scenario @param {string[]} words */
export async function runOnCommandLine(scenario, words = []) {
  const folder = await mkdtemp(join(tmpdir(), "thumbscale-page-"));
  try {
    const file = join(folder, "scenario.toml");
    await writeFile(file, scenario);
    const all = ["run", file, "--no-contrast", "--format", "csv", "--out", join(folder, "out"), "--quiet", ...words];
    return (await promisify(execFile)(PROGRAM, all, { maxBuffer: 1 << 26 })).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Cells by column, a list per row. @returns {Object<string, string[]>} */
export function columnsOf(csv) {
  const [heads, ...rows] = csv.trimEnd().split("\n").map((line) => line.split(","));
  return Object.fromEntries(heads.map((head, i) => [head, rows.map((row) => row[i])]));
}
