// Pictures to take home are whole files.

import assert from "node:assert/strict";
import { scene, smallState } from "./support/stage.js";
import { keep } from "./support/screenshots.js";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** How many colours a picture has, drawn by the browser itself. */
const coloursIn = (page, type, bytes) => page.evaluate(async ([type, base64]) => {
  const image = new Image();
  image.src = `data:${type};base64,${base64}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  return new Set(new Uint32Array(pen.getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size;
}, [type, bytes.toString("base64")]);

scene("PNG and SVG of every chart open and show something, in both languages", async ({ open }) => {
  const it = await open({ state: smallState() });
  await it.says("summary", "The run is over");
  for (const language of ["en", "zh"]) {
    await it.page.locator(`[data-language=${language}]`).click();
    for (const chart of ["index", "outcomes", "behaviours"]) {
      const png = await it.saved(it.page.locator(`[data-export=${chart}] [data-kind=PNG]`));
      assert.equal(png.name, `all-three-seed1-round12-${chart}.png`);
      assert.deepEqual(png.bytes.subarray(0, 8), SIGNATURE);
      assert.equal(String(png.bytes.subarray(-8, -4)), "IEND");
      assert.deepEqual([png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)], [1720, 960]);
      assert.ok((await coloursIn(it.page, "image/png", png.bytes)) > 50);
      await keep(`picture-${chart}-${language}.png`, png.bytes);

      const svg = await it.saved(it.page.locator(`[data-export=${chart}] [data-kind=SVG]`));
      assert.equal(svg.name, `all-three-seed1-round12-${chart}.svg`);
      const parsed = await it.page.evaluate((text) => {
        const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
        return { name: root.nodeName, wrong: root.querySelector("parsererror") !== null, title: root.querySelector("text")?.textContent, lines: root.querySelectorAll("polyline").length };
      }, String(svg.bytes));
      const title = await it.id(`title-${chart}`).textContent();
      assert.deepEqual([parsed.name, parsed.wrong, parsed.title], ["svg", false, title]);
      assert.ok(parsed.lines > 5, `${parsed.lines} lines`);
      assert.ok((await coloursIn(it.page, "image/svg+xml", svg.bytes)) > 50);
    }
  }
});
