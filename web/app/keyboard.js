// Space plays and pauses, the right arrow steps, R resets; not while a field or button has the keys.

import { playOrPause } from "./controls.js";
import { step, reset } from "./run.js";

const KEYS = { " ": playOrPause, ArrowRight: step, r: reset, R: reset };
const OWN_KEYS = "input, select, textarea, button, summary, a, [role=tab], [tabindex='0'], dialog";

export function initKeyboard() {
  document.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || event.target.closest(OWN_KEYS)) return;
    event.preventDefault();
    act();
  });
}
