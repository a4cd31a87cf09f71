// Dots written straight into pixels. Two thousand small pictures, drawn one by one, leave a machine without a graphics
// card no time for anything else.

/** How many places within a pixel a dot can have, across and down: enough to glide. */
const PLACES = 4;

/**
 * The opacity of one kind of dot in each pixel, for every place within a pixel that it can have.
 * @typedef {{side: number, places: Uint8ClampedArray[]}} Stamp
 */

/**
 * @param {number} side  pixels across
 * @param {(pen: CanvasRenderingContext2D, x: number, y: number) => void} paint  draws the dot around a point
 * @returns {Stamp}
 */
export function newStamp(side, paint) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const places = [];
  for (let i = 0; i < PLACES * PLACES; i++) {
    pen.clearRect(0, 0, side, side);
    paint(pen, side / 2 + (i % PLACES) / PLACES, side / 2 + Math.floor(i / PLACES) / PLACES);
    places.push(pen.getImageData(0, 0, side, side).data.filter((_, byte) => byte % 4 === 3));
  }
  return { side, places };
}

/**
 * Lays a dot over an opaque picture, centred on a point within it.
 * @param {ImageData} image
 * @param {Stamp} stamp
 * @param {number[]} ink  red, green and blue
 */
export function press(image, { side, places }, x, y, [red, green, blue]) {
  const across = Math.round((x - side / 2) * PLACES);
  const down = Math.round((y - side / 2) * PLACES);
  const left = Math.floor(across / PLACES);
  const top = Math.floor(down / PLACES);
  const opacity = places[(down - top * PLACES) * PLACES + across - left * PLACES];
  const { data, width, height } = image;
  for (let row = Math.max(0, -top); row < side && top + row < height; row++) {
    let to = ((top + row) * width + left) * 4;
    for (let column = 0; column < side; column++, to += 4) {
      const part = opacity[row * side + column] / 255;
      if (part === 0 || left + column < 0 || left + column >= width) continue;
      data[to] += (red - data[to]) * part;
      data[to + 1] += (green - data[to + 1]) * part;
      data[to + 2] += (blue - data[to + 2]) * part;
    }
  }
}

/** @param {string} colour  as "#rrggbb" */
export const inkOf = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
