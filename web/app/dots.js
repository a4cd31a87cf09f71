// Users as dots: how far each is from the truth, how much they trust, and who has left. The same users from round
// to round, so that they can be seen to move. Two frames are kept, the last and the one before.

import { byId, el, setText } from "./dom.js";
import { nextFrame } from "./frame.js";
import { t } from "./i18n.js";
import { whole, percent } from "./format.js";
import { session, on } from "./session.js";
import { palette, sizes, reducedMotion } from "./palette.js";
import { newStamp, press, inkOf } from "./pixels.js";

const REACH = 3; // standard deviations of stance error to either side; who is further stands at the edge
const BUCKET = 0.25; // standard deviations of stance error to a colour
const ACTIVE = 1;
const KNOWN = 2;

let canvas, context, width = 0, height = 0, ratio = 1;
/** What lies under the dots, and the dots themselves, as they look now; null where they must be drawn anew. */
let look = null;
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
  look = null;
  nextFrame(drawDots);
}

/** A round came: move there within the time until the next one, half a second at most. */
function arrive() {
  const now = performance.now();
  lasts = reducedMotion() ? 0 : Math.min(500, untilNext(session, now - began));
  began = now;
  nextFrame(drawDots);
  nextFrame(writeCounts);
}

/** At full speed the next round takes as long as this one did; rounds that follow faster than the eye are not moved between. */
function untilNext({ run, speed }, sinceLast) {
  if (run.status !== "playing") return 350;
  if (speed > 0) return 1000 / speed;
  return sinceLast < 40 ? 0 : sinceLast;
}

function drawDots() {
  if (canvas.width === 0 || canvas.height === 0) return;
  look ??= newLook();
  const { current, previous } = session.run?.dots ?? {};
  if (!current) return void context.putImageData(look.ground, 0, 0);
  const part = lasts > 0 ? Math.min(1, (performance.now() - began) / lasts) : 1;
  look.image.data.set(look.ground.data);
  drawUsers(look, current, previous ?? current, part * (2 - part));
  context.putImageData(look.image, 0, 0);
  if (part < 1) nextFrame(drawDots);
}

/** Everything about the picture that stays as it is from frame to frame. */
function newLook() {
  const inks = palette();
  const place = plotPlace();
  const size = sizes().type > 14 ? 4 : Math.max(1.8, Math.min(3, width / 190));
  const side = Math.ceil((size * 2 + 2) * ratio) + 1;
  const stamp = (opacity, radius, draw) => newStamp(side, (pen, x, y) => {
    pen.globalAlpha = opacity;
    pen.lineWidth = ratio;
    pen.beginPath();
    pen.arc(x, y, radius * ratio, 0, 2 * Math.PI);
    pen[draw]();
  });
  const ground = groundOf(place, inks);
  const image = new ImageData(ground.width, ground.height);
  return { ground, image, place, size, active: stamp(0.78, size, "fill"), left: stamp(0.4, size * 0.8, "stroke"), inks: inks.dots.map(inkOf) };
}

const plotPlace = () => {
  const { type } = sizes();
  return { left: type * 1.9, right: width - 6, top: 6, bottom: height - type * 2.2 };
};

/** Axes and their words, as pixels. */
function groundOf(place, inks) {
  const { type } = sizes();
  const middle = (place.left + place.right) / 2;
  const sheet = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
  const pen = sheet.getContext("2d", { willReadFrequently: true });
  pen.scale(ratio, ratio);
  pen.fillStyle = inks.paper;
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = inks.shade;
  pen.fillRect(place.left, place.top, place.right - place.left, place.bottom - place.top);
  pen.strokeStyle = inks.ink;
  pen.lineWidth = 1;
  pen.setLineDash([4, 3]);
  pen.beginPath();
  pen.moveTo(middle, place.top);
  pen.lineTo(middle, place.bottom);
  pen.stroke();
  pen.setLineDash([]);
  pen.fillStyle = inks.quiet;
  pen.font = `${type}px system-ui, sans-serif`;
  pen.textBaseline = "middle";
  const below = place.bottom + type;
  write(pen, t("dots.low"), place.left, below, "left");
  write(pen, t("dots.high"), place.right, below, "right");
  pen.fillStyle = inks.ink;
  write(pen, t("dots.truth"), middle, below, "center");
  pen.fillStyle = inks.quiet;
  pen.save();
  pen.translate(type * 0.8, (place.top + place.bottom) / 2);
  pen.rotate(-Math.PI / 2);
  write(pen, t("dots.trust"), 0, 0, "center");
  pen.restore();
  return pen.getImageData(0, 0, sheet.width, sheet.height);
}

function write(pen, text, x, y, align) {
  pen.textAlign = align;
  pen.fillText(text, x, y);
}

/** Filled dots are active users, faint rings those who left. */
function drawUsers({ image, place, size, active, left, inks }, current, previous, part) {
  const across = (place.right - place.left) / 2;
  const middle = place.left + across;
  const tall = place.bottom - place.top - 2 * size;
  for (let i = 0; i < current.length; i += 3) {
    const error = errorOf(previous[i] + (current[i] - previous[i]) * part);
    const trust = (previous[i + 1] + (current[i + 1] - previous[i + 1]) * part) / 255;
    const x = middle + (Math.max(-REACH, Math.min(REACH, error)) / REACH) * (across - size);
    const y = place.bottom - size - trust * tall;
    const ink = inks[Math.min(inks.length - 1, Math.floor(Math.abs(error) / BUCKET))];
    press(image, current[i + 2] & ACTIVE ? active : left, x * ratio, y * ratio, ink);
  }
}

const errorOf = (byte) => (byte - 128) / 32;

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
