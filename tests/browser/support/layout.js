// What is wrong with where things lie: sticking out, cut off, or on top of each other.

/** @param {import("playwright-core").Page} page @returns {Promise<string[]>} */
export const faultsIn = (page) => page.evaluate(() => {
  const wide = document.documentElement.clientWidth;
  const faults = [];
  const called = (node) => node.id || `${node.localName}.${node.className?.baseVal ?? node.className} "${node.textContent.trim().slice(0, 40)}"`;
  const scroller = (node) => {
    for (let at = node.parentElement; at && at !== document.body; at = at.parentElement) if (["auto", "scroll"].includes(getComputedStyle(at).overflowX)) return at;
    return null;
  };
  const shown = [...document.body.querySelectorAll("*")].filter((node) =>
    node.checkVisibility({ visibilityProperty: true }) && !node.closest(".unseen, .skip, option, svg, [inert]") && (!document.querySelector("dialog[open]") || node.closest("dialog")));

  if (document.documentElement.scrollWidth > wide) faults.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${wide}`);
  for (const node of shown) {
    const box = node.getBoundingClientRect();
    if (box.width === 0 || box.height === 0 || scroller(node)) continue;
    if (box.left < -0.5 || box.right > wide + 0.5) faults.push(`${called(node)} sticks out: ${box.left} to ${box.right} of ${wide}`);
    const style = getComputedStyle(node);
    const words = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.textContent.trim());
    if ((words || node.localName === "button") && style.display !== "inline" && !["auto", "scroll"].includes(style.overflowX) && node.scrollWidth > node.clientWidth + 1) faults.push(`${called(node)} is cut off: ${node.scrollWidth} in ${node.clientWidth}`);
  }

  // Words and controls, as far as they can be seen; what sticks to the window's edge may cover what scrolls.
  const pieces = [];
  const add = (node, boxes) => {
    if (node.closest(".uplot, .transport") && getComputedStyle(node.closest(".uplot, .transport")).position === "sticky") return;
    if (node.closest("thead")) return;
    const inside = scroller(node)?.getBoundingClientRect();
    for (const { left, right, top, bottom } of boxes) {
      const piece = {
        node, left: Math.max(left, inside?.left ?? -Infinity), right: Math.min(right, inside?.right ?? Infinity),
        top: Math.max(top, inside?.top ?? -Infinity), bottom: Math.min(bottom, inside?.bottom ?? Infinity),
      };
      if (piece.right - piece.left > 2 && piece.bottom - piece.top > 2) pieces.push(piece);
    }
  };
  for (const node of shown) {
    if (["BUTTON", "INPUT", "SELECT", "PROGRESS", "CANVAS"].includes(node.tagName)) add(node, [node.getBoundingClientRect()]);
    for (const child of node.childNodes) {
      if (child.nodeType !== Node.TEXT_NODE || !child.textContent.trim()) continue;
      const range = document.createRange();
      range.selectNodeContents(child);
      add(node, range.getClientRects());
    }
  }
  for (let i = 0; i < pieces.length; i++) {
    for (let j = i + 1; j < pieces.length; j++) {
      const [a, b] = [pieces[i], pieces[j]];
      if (a.node.contains(b.node) || b.node.contains(a.node)) continue;
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 2 && down > 4) faults.push(`${called(a.node)} and ${called(b.node)} overlap`);
    }
  }
  return faults;
});
