// Trouble, told once, with what can be done about it. It stays until it is dismissed or solved.

import { byId, setText } from "./dom.js";
import { said, t } from "./i18n.js";
import { on, session } from "./session.js";
import { BrokenLink } from "./state.js";
import { ConnectionLost, NoConnectionLeft } from "./stream.js";
import { roundsOf, startRun } from "./run.js";

/** What "try again" does; null where there is nothing to try. */
let again = null;
/** What it is about; null where there is no trouble. */
let trouble = null;
/** Whether a run that starts leaves it there, as it has another cause. */
let stays = false;

export function initBanner() {
  byId("banner-close").addEventListener("click", hide);
  byId("banner-again").addEventListener("click", () => {
    const act = again;
    hide();
    act?.();
  });
  on("trouble", ({ error, run, retry }) => show(error, retry ?? (run ? () => goOn(run) : null)));
  on("started", () => stays || hide());
  on("look", () => trouble && write());
}

/** The same run again, at full speed to where it was. */
const goOn = (run) => startRun({ play: true, until: run === session.run ? roundsOf(run) : 0 });

function show(error, retry) {
  again = retry;
  trouble = error;
  stays = error instanceof BrokenLink;
  write();
  byId("banner-again").hidden = !retry || (error.status ?? 503) < 404;
  byId("banner").hidden = false;
}

function write() {
  const [message, help] = wordsFor(trouble);
  tell(byId("banner-message"), message);
  tell(byId("banner-help"), help);
}

/** Says something that may have stayed in English, and is then to be read so. */
function tell(node, text) {
  setText(node, text);
  node.lang = /\p{Script=Han}/u.test(text) ? "zh-Hans" : "en";
}

function wordsFor(error) {
  if (error instanceof ConnectionLost) return [t("trouble.lost"), t("trouble.lostHelp")];
  if (error instanceof NoConnectionLeft) return [t("trouble.tabs"), t("trouble.tabsHelp")];
  if (error instanceof BrokenLink) return [t("trouble.link"), t("trouble.linkHelp")];
  if (error.status === 503 || error.status === 429) return [t("trouble.busy"), t("trouble.both", { message: said(error.message), help: said(error.help) })];
  if (error.status) return [said(error.message), said(error.help)];
  return [t("trouble.failed", { message: error.message }), ""];
}

function hide() {
  trouble = null;
  byId("banner").hidden = true;
}
