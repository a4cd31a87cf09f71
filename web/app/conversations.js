// Sample conversations: the same questions in every round, so that the drift can be read.

import { byId, el, setText } from "./dom.js";
import { nextFrame } from "./frame.js";
import { t, tOr, conversationWords, inLanguage, currentLanguage } from "./i18n.js";
import { fixed } from "./format.js";
import { session, on } from "./session.js";
import { roundsOf } from "./run.js";
import { wordsOf, newWords } from "./words.js";

/** The first question on show: an answer that turns from warning to applause is the easiest to read. */
const shown = { id: "business", which: "middle" };

export function initConversations() {
  on("run round", () => nextFrame(write));
  on("look", () => {
    buildTabs();
    nextFrame(write);
  });
  for (const radio of document.querySelectorAll("[name=talk-which]")) {
    radio.addEventListener("change", () => {
      shown.which = radio.value;
      write();
    });
  }
  byId("talk-tabs").addEventListener("keydown", moveTab);
}

function buildTabs() {
  const prompts = conversationWords();
  if (!prompts.some((prompt) => prompt.id === shown.id)) shown.id = prompts[0]?.id ?? "";
  byId("talk-tabs").replaceChildren(...prompts.map((prompt) => el("button", {
    type: "button", role: "tab", id: `talk-tab-${prompt.id}`, "aria-controls": "talk-panel", onclick: () => choose(prompt.id),
  }, tOr(["prompts", prompt.id], prompt.id))));
  markTab();
}

function choose(id) {
  shown.id = id;
  markTab();
  write();
}

function markTab() {
  for (const tab of byId("talk-tabs").children) {
    const chosen = tab.id === `talk-tab-${shown.id}`;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
  byId("talk-panel").setAttribute("aria-labelledby", `talk-tab-${shown.id}`);
}

const MOVES = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function moveTab(event) {
  const tabs = [...byId("talk-tabs").children];
  const at = tabs.indexOf(document.activeElement);
  const to = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : at + (MOVES[event.key] ?? NaN);
  const tab = tabs[(to + tabs.length) % tabs.length];
  if (at < 0 || !tab) return;
  event.preventDefault();
  tab.focus();
  tab.click();
}

function write() {
  const { run } = session;
  const round = roundsOf(run);
  setText(byId("talk-ask"), inLanguage(conversationWords().find((prompt) => prompt.id === shown.id)?.ask));
  const now = answerIn(run?.talk.current);
  const first = answerIn(run?.talk.first);
  setText(byId("talk-now-title"), round > 0 ? t("talk.now", { round }) : t("talk.nothing"));
  setText(byId("talk-first-title"), t("talk.first"));
  writeAnswer(byId("talk-now"), inLanguage(now), inLanguage(first));
  setText(byId("talk-first"), inLanguage(first));
  setText(byId("talk-now-levels"), levelsOf(now));
  setText(byId("talk-first-levels"), levelsOf(first));
}

const answerIn = (talk) => talk?.find((conversation) => conversation.id === shown.id)?.[shown.which] ?? null;

function levelsOf(answer) {
  if (!answer) return "";
  return Object.entries(answer.levels).map(([name, level]) => `${tOr(["behaviours", name], name)} ${fixed(level)}`).join(" · ");
}

/** The answer with the words marked that were not in the first one. */
function writeAnswer(host, text, first) {
  if (host.dataset.text === text && host.dataset.first === first) return;
  host.dataset.text = text;
  host.dataset.first = first;
  const parts = newWords(wordsOf(first, currentLanguage()), wordsOf(text, currentLanguage()));
  host.replaceChildren(...parts.map(([piece, isNew]) => (isNew ? el("mark", {}, piece) : piece)));
}
