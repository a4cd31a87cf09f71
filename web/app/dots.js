// Users as dots: how far each is from the truth, how much they trust, and who has left. The same users from round
// to round, so that they can be seen to move. Two frames are kept, the last and the one before.

import { byId, el, setText } from "./dom.js";
import { nextFrame } from "./frame.js";
import { t } from "./i18n.js";
import { whole, percent } from "./format.js";
import { session, on } from "./session.js";
import { palette, sizes, reducedMotion } from "./palette.js";

const REACH = 3; // standard deviations of stance error to either side; who is further stands at the edge
const BUCKET = 0.25; // standard deviations of stance error to a colour
const ACTIVE = 1;
const KNOWN = 2;

let canvas, context, width = 0, height = 0, ratio = 1;
let sprites = [];
/** When the present movement began and how long it takes, in milliseconds. */
let began = 0, lasts = 0;

export function initDots() {
  canvas = byId("dots-canvas");
  context = canvas.getContext("2d");
  new ResizeObserver(measure).observe(canvas);
  on("run", () => {
    nextFrame(drawDots);
    nextFrame(writeCounts);
  });
  on("round", arrive);
  on("look", () => {
    sprites = [];
    measure();
    nextFrame(writeCounts);
  });
  byId("table-dots").addEventListener("toggle", () => nextFrame(writeCounts));
}

function measure() {
  ratio = window.devicePixelRatio || 1;
  width = canvas.clientWidth;
  height = canvas.clientHeight;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  nextFrame(drawDots);
}

/** A round came: move there within the time until the next one, half a second at most. */
function arrive() {
  const { run, speed } = session;
  const steady = run.status === "playing" && speed > 0;
  lasts = reducedMotion() || (run.status === "playing" && speed === 0) ? 0 : Math.min(500, steady ? 1000 / speed : 350);
  began = performance.now();
  nextFrame(drawDots);
  nextFrame(writeCounts);
}

function drawDots() {
  const inks = palette();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const place = plotPlace();
  drawGround(place, inks);
  const { current, previous } = session.run?.dots ?? {};
  if (!current) return;
  const part = lasts > 0 ? Math.min(1, (performance.now() - began) / lasts) : 1;
  drawUsers(place, current, previous ?? current, part * (2 - part), inks);
  if (part < 1) nextFrame(drawDots);
}

const plotPlace = () => {
  const { type } = sizes();
  return { left: type * 1.9, right: width - 6, top: 6, bottom: height - type * 2.2 };
};

function drawGround(place, inks) {
  const { type } = sizes();
  const middle = (place.left + place.right) / 2;
  context.fillStyle = inks.shade;
  context.fillRect(place.left, place.top, place.right - place.left, place.bottom - place.top);
  context.strokeStyle = inks.ink;
  context.lineWidth = 1;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(middle, place.top);
  context.lineTo(middle, place.bottom);
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = inks.quiet;
  context.font = `${type}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  const below = place.bottom + type;
  write(t("dots.low"), place.left, below, "left");
  write(t("dots.high"), place.right, below, "right");
  context.fillStyle = inks.ink;
  write(t("dots.truth"), middle, below, "center");
  context.fillStyle = inks.quiet;
  context.save();
  context.translate(type * 0.8, (place.top + place.bottom) / 2);
  context.rotate(-Math.PI / 2);
  write(t("dots.trust"), 0, 0, "center");
  context.restore();
}

function write(text, x, y, align) {
  context.textAlign = align;
  context.fillText(text, x, y);
}

function drawUsers(place, current, previous, part, inks) {
  const size = sizes().type > 14 ? 4 : Math.max(1.8, Math.min(3, width / 190));
  if (sprites.length === 0 || sprites.size !== size) sprites = newSprites(inks, size);
  const across = (place.right - place.left) / 2;
  const middle = place.left + across;
  const tall = place.bottom - place.top - 2 * size;
  const half = sprites.side / 2;
  for (let i = 0; i < current.length; i += 3) {
    const error = errorOf(previous[i] + (current[i] - previous[i]) * part);
    const trust = (previous[i + 1] + (current[i + 1] - previous[i + 1]) * part) / 255;
    const x = middle + (Math.max(-REACH, Math.min(REACH, error)) / REACH) * (across - size);
    const y = place.bottom - size - trust * tall;
    const bucket = Math.min(inks.dots.length - 1, Math.floor(Math.abs(error) / BUCKET));
    const sprite = sprites[bucket * 2 + (current[i + 2] & ACTIVE ? 0 : 1)];
    context.drawImage(sprite, x - half, y - half, sprites.side, sprites.side);
  }
}

const errorOf = (byte) => (byte - 128) / 32;

/** A small picture of each kind of dot, drawn once: filled for active users, a faint ring for who left. */
function newSprites(inks, size) {
  const side = size * 2 + 2;
  const made = inks.dots.flatMap((ink) => [true, false].map((active) => {
    const sprite = document.createElement("canvas");
    sprite.width = sprite.height = Math.ceil(side * ratio);
    const pen = sprite.getContext("2d");
    pen.scale(ratio, ratio);
    pen.beginPath();
    pen.arc(side / 2, side / 2, active ? size : size * 0.8, 0, 2 * Math.PI);
    pen.globalAlpha = active ? 0.78 : 0.4;
    pen.fillStyle = pen.strokeStyle = ink;
    if (active) pen.fill();
    else pen.stroke();
    return sprite;
  }));
  return Object.assign(made, { size, side });
}

/** The picture in words and, where it is open, as a table by distance from the truth. */
function writeCounts() {
  const dots = session.run?.dots.current;
  const counts = dots ? countUsers(dots) : null;
  setText(byId("dots-words"), counts ? t("dots.words", {
    all: whole(counts.all), active: whole(counts.active), left: whole(counts.all - counts.active),
    near: percent(counts.near / counts.all), far: percent(counts.far / counts.all),
    low: whole(counts.low), high: whole(counts.high), known: percent(counts.known / counts.all),
  }) : t("dots.none"));
  if (byId("table-dots").open && counts) fillRows(counts.rows);
}

/** @param {Uint8Array} dots */
export function countUsers(dots) {
  const rows = Array.from({ length: 8 }, () => ({ active: 0, left: 0 }));
  const counts = { all: dots.length / 3, active: 0, near: 0, far: 0, low: 0, high: 0, known: 0, rows };
  for (let i = 0; i < dots.length; i += 3) {
    const error = errorOf(dots[i]);
    const active = (dots[i + 2] & ACTIVE) > 0;
    rows[Math.min(7, Math.floor(Math.abs(error) / BUCKET))][active ? "active" : "left"]++;
    if (active) counts.active++;
    if (dots[i + 2] & KNOWN) counts.known++;
    if (Math.abs(error) < BUCKET) counts.near++;
    if (Math.abs(error) >= 1) counts.far++;
    if (error <= -1) counts.low++;
    if (error >= 1) counts.high++;
  }
  return counts;
}

function fillRows(rows) {
  const body = byId("dots-rows");
  if (body.rows.length === 0) {
    rows.forEach((_, i) => body.append(el("tr", {}, el("th", { scope: "row" }), el("td", {}), el("td", {}))));
  }
  rows.forEach((row, i) => {
    const [head, active, left] = body.rows[i].cells;
    const from = (i * BUCKET).toFixed(2);
    setText(head, i === 7 ? t("dots.over", { from }) : t("dots.range", { from, to: ((i + 1) * BUCKET).toFixed(2) }));
    setText(active, whole(row.active));
    setText(left, whole(row.left));
  });
}
