// Trouble, told once, with what can be done about it. It stays until it is dismissed or solved.

import { byId, setText } from "./dom.js";
import { t } from "./i18n.js";
import { on, session } from "./session.js";
import { ConnectionLost } from "./stream.js";
import { roundsOf, startRun } from "./run.js";

/** What "try again" does; null where there is nothing to try. */
let again = null;

export function initBanner() {
  byId("banner-close").addEventListener("click", hide);
  byId("banner-again").addEventListener("click", () => {
    const act = again;
    hide();
    act?.();
  });
  on("trouble", ({ error, run, retry }) => show(error, retry ?? (run ? () => goOn(run) : null)));
  on("started", hide);
}

/** The same run again, at full speed to where it was. */
const goOn = (run) => startRun({ play: true, until: run === session.run ? roundsOf(run) : 0 });

function show(error, retry) {
  again = retry;
  const [message, help] = wordsFor(error);
  setText(byId("banner-message"), message);
  setText(byId("banner-help"), help);
  byId("banner-again").hidden = !retry || (error.status ?? 503) < 404;
  byId("banner").hidden = false;
}

function wordsFor(error) {
  if (error instanceof ConnectionLost) return [t("trouble.lost"), t("trouble.lostHelp")];
  if (error.status === 503 || error.status === 429) return [t("trouble.busy"), `${error.message} ${error.help}`];
  if (error.status) return [error.message, error.help];
  return [t("trouble.failed", { message: error.message }), ""];
}

function hide() {
  byId("banner").hidden = true;
}
