// Everything is drawn at most once a frame, however fast rounds arrive.

const due = new Set();

/** Calls `draw` in the next frame, once, however often it is asked for. */
export function nextFrame(draw) {
  if (due.size === 0) requestAnimationFrame(drawAll);
  due.add(draw);
}

function drawAll() {
  const drawings = [...due];
  due.clear();
  for (const draw of drawings) draw();
}
