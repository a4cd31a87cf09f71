// Two pens with the same strokes: one for the screen, one for SVG files. Lengths are in CSS pixels.

import { svg } from "./dom.js";

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

/** @typedef {{ink: string, width?: number, dash?: number[], fill?: string, alpha?: number}} Stroke */

/** Draws on a canvas whose pixels are `ratio` to a CSS pixel. */
export function canvasPen(context, ratio) {
  const path = (points) => {
    context.beginPath();
    points.forEach(([x, y], i) => (i === 0 ? context.moveTo(x * ratio, y * ratio) : context.lineTo(x * ratio, y * ratio)));
  };
  return {
    line(points, { ink, width = 1, dash = [] }) {
      context.save();
      path(points);
      context.strokeStyle = ink;
      context.lineWidth = width * ratio;
      context.lineJoin = "round";
      context.setLineDash(dash.map((length) => length * ratio));
      context.stroke();
      context.restore();
    },
    area(points, { ink, alpha = 1 }) {
      context.save();
      path(points);
      context.closePath();
      context.globalAlpha = alpha;
      context.fillStyle = ink;
      context.fill();
      context.restore();
    },
    text(x, y, words, { ink, size = 12, align = "left", weight = 400, halo = null }) {
      context.save();
      context.font = `${weight} ${size * ratio}px ${FONT}`;
      context.textAlign = align;
      context.textBaseline = "middle";
      if (halo) {
        context.lineWidth = 3 * ratio;
        context.lineJoin = "round";
        context.strokeStyle = halo;
        context.strokeText(words, x * ratio, y * ratio);
      }
      context.fillStyle = ink;
      context.fillText(words, x * ratio, y * ratio);
      context.restore();
    },
  };
}

/** Appends to an SVG element. */
export function svgPen(root) {
  const list = (points) => points.map(([x, y]) => `${round(x)},${round(y)}`).join(" ");
  return {
    line(points, { ink, width = 1, dash = [] }) {
      root.append(svg("polyline", {
        points: list(points), fill: "none", stroke: ink, "stroke-width": width, "stroke-linejoin": "round",
        "stroke-dasharray": dash.length > 0 ? dash.join(" ") : null,
      }));
    },
    area(points, { ink, alpha = 1 }) {
      root.append(svg("polygon", { points: list(points), fill: ink, "fill-opacity": alpha }));
    },
    text(x, y, words, { ink, size = 12, align = "left", weight = 400, halo = null }) {
      root.append(svg("text", {
        x: round(x), y: round(y), fill: ink, "font-size": size, "font-weight": weight, "font-family": FONT,
        "text-anchor": { left: "start", center: "middle", right: "end" }[align], dy: "0.35em",
        stroke: halo, "stroke-width": halo ? 3 : null, "paint-order": halo ? "stroke" : null, "stroke-linejoin": halo ? "round" : null,
      }, words));
    },
  };
}

const round = (x) => Math.round(x * 100) / 100;
