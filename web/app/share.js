// A link to exactly what is on show: run, round, pinned run, language, projector.

import { byId } from "./dom.js";
import { say, currentLanguage } from "./i18n.js";
import { session } from "./session.js";
import { toHash } from "./state.js";
import { isProjector } from "./palette.js";
import { roundsOf } from "./run.js";

export function initShare() {
  byId("share").addEventListener("click", share);
  byId("share-close").addEventListener("click", () => {
    byId("share-panel").hidden = true;
    byId("share").focus();
  });
}

/** The address of what is on show. */
export function linkToThis() {
  const { run, pin, state } = session;
  const hash = toHash({
    state: run?.state ?? state,
    round: roundsOf(run),
    pin: pin && { state: pin.run.state, round: roundsOf(pin.run) },
    language: currentLanguage(),
    projector: isProjector(),
  });
  return location.origin + location.pathname + hash;
}

async function share() {
  const link = linkToThis();
  history.replaceState(null, "", link);
  const field = byId("share-link");
  field.value = link;
  byId("share-panel").hidden = false;
  field.focus();
  field.select();
  const copied = await copy(link);
  say(byId("share-said"), copied ? "share.copied" : "share.byHand");
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
