// Inks of charts and dots. Lines differ by dash too, and the order of lightness holds without colour vision.
// Every ink of a line is also used for its label, so it has at least 4.5:1 on its paper.

const LIGHT = {
  paper: "#ffffff", ink: "#1c1f23", quiet: "#5d646d", grid: "#e7e8ea", shade: "#f4f4f2",
  index: "#1c1f23", deference: "#b3420d", flattery: "#7a3db0", amplification: "#77610a", substance: "#0e6a87",
  thumbs: "#0b5fa5", benefit: "#b3420d", pinned: "#6b7178", alarm: "#b0183a", day: "#0b5fa5", mark: "#3d434a",
  dots: ["#2d5d94", "#4d78a6", "#7e97b3", "#a9a9ac", "#c79a74", "#cf7b43", "#c25a1e", "#9d3a06"],
};

const DARK = {
  paper: "#1b1e22", ink: "#eceef0", quiet: "#a3abb4", grid: "#30353b", shade: "#24282d",
  index: "#f4f5f6", deference: "#ff9a66", flattery: "#c8a2ff", amplification: "#d8c24c", substance: "#5bc6e4",
  thumbs: "#74b8ff", benefit: "#ff9a66", pinned: "#9aa1a9", alarm: "#ff7d97", day: "#74b8ff", mark: "#c3c9cf",
  dots: ["#7fb5f0", "#719fd0", "#7690ad", "#8d9197", "#b09278", "#d08d5e", "#ea8746", "#ff8a3c"],
};

const dark = matchMedia("(prefers-color-scheme: dark)");
let projector = false;

export const isProjector = () => projector;

/** Bigger type, thicker lines, most contrast: dark text on white, whatever the scheme. */
export function setProjector(on) {
  projector = on;
  document.body.toggleAttribute("data-projector", on);
}

/** The inks of what is on screen. */
export const palette = () => (dark.matches && !projector ? DARK : LIGHT);

/** The inks of exported pictures, which end on white pages. */
export const paperPalette = () => LIGHT;

/** Widths and type sizes of what is on screen. */
export const sizes = () => (projector ? { line: 4, type: 17, mark: 8 } : { line: 2, type: 12, mark: 5 });

export const onSchemeChange = (listener) => dark.addEventListener("change", listener);

/** Whether things should jump instead of move. */
const still = matchMedia("(prefers-reduced-motion: reduce)");
export const reducedMotion = () => still.matches;
