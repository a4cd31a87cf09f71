// The page from top to bottom: words, parts, what the address asks for, and the first run.

import { byId } from "./dom.js";
import { getLesson } from "./api.js";
import { loadWords, useLanguage, preferredLanguage, currentLanguage } from "./i18n.js";
import { session, tell } from "./session.js";
import { fromHash } from "./state.js";
import { setProjector, isProjector, onSchemeChange, reducedMotion } from "./palette.js";
import { startRun } from "./run.js";
import { initAutopsy } from "./autopsy.js";
import { initBand } from "./band.js";
import { initBanner } from "./banner.js";
import { initCharts } from "./charts.js";
import { initControls } from "./controls.js";
import { initConversations } from "./conversations.js";
import { initDots } from "./dots.js";
import { initExport } from "./export.js";
import { initKeyboard } from "./keyboard.js";
import { initPin, restorePin } from "./pin.js";
import { initReview } from "./review.js";
import { initShare } from "./share.js";
import { initSliders } from "./sliders.js";
import { initStory } from "./story.js";
import { initSummary } from "./summary.js";

const PARTS = [
  initBanner, initControls, initSliders, initCharts, initDots, initConversations, initReview, initSummary,
  initPin, initBand, initShare, initExport, initAutopsy, initStory, initKeyboard,
];

async function open() {
  const { link, error } = readLink();
  if (link?.state) session.state = link.state;
  const lesson = getLesson();
  await loadWords();
  for (const init of PARTS) init();
  initLook();
  speak(link?.language ?? preferredLanguage());
  if (link?.projector) project(true);
  takeLesson(lesson);
  if (link?.pin) await restorePin(link.pin).catch((error) => tell("trouble", { error }));
  startRun({ play: !reducedMotion() && !link?.round, until: link?.round ?? 0 });
  if (error) tell("trouble", { error });
  addEventListener("hashchange", follow);
}

function readLink() {
  try {
    return { link: fromHash(location.hash) };
  } catch (error) {
    return { error };
  }
}

/** Another link was put into the address of this page. */
function follow() {
  const { link, error } = readLink();
  if (link || error) location.reload();
}

async function takeLesson(lesson) {
  try {
    session.lesson = await lesson;
    byId("version").textContent = session.lesson.version;
    tell("lesson");
  } catch (error) {
    tell("trouble", { error, retry: () => takeLesson(getLesson()) });
  }
}

function initLook() {
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => speak(button.dataset.language));
  }
  byId("projector").addEventListener("click", () => project(!isProjector()));
  byId("help-open").addEventListener("click", () => byId("help").showModal());
  byId("help-close").addEventListener("click", () => byId("help").close());
  onSchemeChange(() => tell("look"));
}

function speak(language) {
  useLanguage(language);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === currentLanguage()));
  }
  tell("look");
}

function project(on) {
  setProjector(on);
  byId("projector").setAttribute("aria-pressed", String(on));
  tell("look");
}

open();
