// The signs of what happened, below the axis of time.

export function drawMarks(pen, place, marks, inks, sizes) {
  const y = place.bottom + sizes.mark + 4;
  const inside = marks.filter(({ at }) => place.x(at) > place.left - 1 && place.x(at) < place.right + 1);
  for (const { at } of inside.filter((mark) => mark.kind === "changed")) {
    pen.line([[place.x(at), place.top], [place.x(at), place.bottom + 4]], { ink: inks.mark, width: 1, dash: [2, 3] });
  }
  for (const { kind, x, size } of placeMarks(inside, place, sizes)) SHAPES[kind](pen, x, y, size, inks);
}

/** How far a mark reaches to either side, in its sizes. */
const REACH = { launched: 0.8, held: 0.8, noticed: 1, rollback: 1.3 };

/**
 * Where marks lie, none on another: in the order of time, each as near to its time as those around it allow.
 * @returns {{kind: string, x: number, size: number}[]}
 */
export function placeMarks(marks, place, sizes) {
  const narrow = Math.min(sizes.mark, (place.x(2) - place.x(1)) * 0.55);
  const placed = marks.filter((mark) => mark.kind !== "changed").sort((a, b) => a.at - b.at)
    .map(({ kind, at }) => ({ kind, x: place.x(at), size: kind === "launched" ? narrow : sizes.mark }));
  const apart = (a, b) => (rare(a) || rare(b) ? REACH[a.kind] * a.size + REACH[b.kind] * b.size + 1 : 0);
  for (let i = 1; i < placed.length; i++) placed[i].x = Math.max(placed[i].x, placed[i - 1].x + apart(placed[i - 1], placed[i]));
  for (let i = placed.length - 1, last = place.right + sizes.mark; i >= 0; i--) {
    placed[i].x = Math.min(placed[i].x, last);
    last = placed[i].x - (i > 0 ? apart(placed[i - 1], placed[i]) : 0);
  }
  return placed;
}

/** Launches come with every round and may touch each other; what stands among them must be seen. */
const rare = ({ kind }) => kind === "noticed" || kind === "rollback";

/** ▲ launched, ✕ held, ◆ noticed, ↩ rolled back; told apart by shape, not by colour. */
const SHAPES = {
  launched(pen, x, y, size, inks) {
    pen.area([[x - size * 0.8, y + size * 0.6], [x, y - size * 0.8], [x + size * 0.8, y + size * 0.6]], { ink: inks.mark, alpha: 0.55 });
  },
  held(pen, x, y, size, inks) {
    const s = size * 0.8;
    pen.line([[x - s, y - s], [x + s, y + s]], { ink: inks.alarm, width: 2 });
    pen.line([[x - s, y + s], [x + s, y - s]], { ink: inks.alarm, width: 2 });
  },
  noticed(pen, x, y, size, inks) {
    pen.area([[x - size, y], [x, y - size], [x + size, y], [x, y + size]], { ink: inks.alarm });
  },
  rollback(pen, x, y, size, inks) {
    pen.text(x, y, "↩", { ink: inks.alarm, size: size * 3, align: "center", weight: 700 });
  },
};
