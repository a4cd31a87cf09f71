// Files to take home: the scenario, all numbers, and each chart as a picture.

import { byId, el } from "./dom.js";
import { t } from "./i18n.js";
import { getScenario } from "./api.js";
import { session, on, tell } from "./session.js";
import { roundsOf } from "./run.js";
import { CHARTS } from "./lines.js";
import { figureOf } from "./figure.js";

export function initExport() {
  byId("save-scenario").addEventListener("click", saveScenario);
  byId("save-csv").addEventListener("click", () => save("csv", new Blob([csvOf(session.run)], { type: "text/csv" })));
  on("look", writeButtons);
}

function writeButtons() {
  for (const host of document.querySelectorAll("[data-export]")) {
    const chart = CHARTS.find((chart) => chart.id === host.dataset.export);
    const title = t(`charts.${chart.id}.title`);
    const button = (kind, act) => el("button", { type: "button", "data-kind": kind, "aria-label": t("export.picture", { kind, title }), onclick: () => act(chart) }, kind);
    host.replaceChildren(button("PNG", savePng), button("SVG", saveSvg));
  }
}

async function saveScenario() {
  try {
    const text = await getScenario(session.run.state);
    save("toml", new Blob([text], { type: "text/plain" }));
  } catch (error) {
    tell("trouble", { error, retry: saveScenario });
  }
}

/** All columns of all rounds, as the command line writes them. */
export function csvOf(run) {
  const names = Object.keys(run.series);
  const cell = (value) => (value === null ? "" : String(value));
  const rows = run.rounds.map((_, i) => names.map((name) => cell(run.series[name][i])).join(","));
  return [names.join(","), ...rows, ""].join("\n");
}

const sourceOf = (chart) => new XMLSerializer().serializeToString(figureOf(chart));

function saveSvg(chart) {
  save("svg", new Blob([sourceOf(chart)], { type: "image/svg+xml" }), chart.id);
}

/** The same picture in twice as many pixels. */
async function savePng(chart) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(sourceOf(chart))}`;
  await image.decode();
  const canvas = el("canvas", { width: image.width * 2, height: image.height * 2 });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => save("png", blob, chart.id), "image/png");
}

function save(ending, blob, what = "") {
  const { preset, seed } = session.run.state;
  const address = URL.createObjectURL(blob);
  const name = [preset, `seed${seed}`, `round${roundsOf(session.run)}`, what].filter(Boolean).join("-");
  el("a", { href: address, download: `${name}.${ending}` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
