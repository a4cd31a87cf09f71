// The steps of the guided story: what each runs, and what its numbers say. Nothing here is known beforehand; every
// outcome is judged from the runs of this class.

import { t } from "./i18n.js";
import { fixed, signed, percent, points } from "./format.js";
import { valueOf, alarmLevelOf } from "./run.js";
import { checkName } from "./review.js";
import { sentencesOf } from "./autopsy.js";

/** Rises of the index that are called small and large, as the options of the questions do. */
const SMALL = 0.02;
const LARGE = 0.08;
/** The incident is noticed through complaints, which are rare: its shipped history has the dates of April 2025 with as
 * many users as scenarios have by default. */
const USERS_OF_INCIDENT = 100_000;

/**
 * @typedef {object} Outcome
 * @property {number} right  the option that came true
 * @property {() => string[]} tell  what happened, in sentences, in the language of the page
 */

/** What is kept of a step's run for later steps. */
export function resultOf(run) {
  const at = (column, round) => valueOf(run, column, round);
  return {
    index: at("sycophancy_index"), indexFirst: at("sycophancy_index", 1), thumbs: at("thumbs_up_share"),
    flattery: at("mean_flattery"), benefit: at("user_benefit"), rounds: run.rounds.length,
  };
}

/** `needs`: presets whose results a step is compared with. `judge` gets the step's own run and the results by preset. */
export const STEPS = [
  {
    id: "loop", preset: "baseline", needs: [],
    judge(run) {
      const it = resultOf(run);
      const change = it.index - it.indexFirst;
      return {
        right: change > SMALL ? 0 : change < -SMALL ? 2 : 1,
        tell: () => [t("story.steps.loop.told", { rounds: it.rounds, from: fixed(it.indexFirst, 3), to: fixed(it.index, 3), change: signed(change, 3) })],
      };
    },
  },
  {
    id: "thumbs", preset: "thumbs-only", needs: ["baseline"],
    judge(run, results) {
      const { rise, thumbs } = beside(run, results.baseline);
      return {
        right: rise <= SMALL ? 0 : rise <= LARGE ? 1 : 2,
        tell: () => [t("story.steps.thumbs.told", { rise: signed(rise, 3), thumbs: points(thumbs, 1) })],
      };
    },
  },
  {
    id: "memory", preset: "memory-only", needs: ["baseline"],
    judge(run, results) {
      const { rise, thumbs } = beside(run, results.baseline);
      return {
        right: thumbs < 0.01 ? 2 : rise <= SMALL * 2 ? 0 : 1,
        tell: () => [t("story.steps.memory.told", { rise: signed(rise, 3), thumbs: points(thumbs, 1) })],
      };
    },
  },
  {
    id: "fresh", preset: "fresh-data-only", needs: ["baseline"],
    judge(run, results) {
      const { rise, flattery } = beside(run, results.baseline);
      return {
        right: flattery > 0.01 ? 0 : flattery < -0.01 ? 2 : 1,
        tell: () => [t("story.steps.fresh.told", { rise: signed(rise, 3), flattery: signed(flattery, 3) })],
      };
    },
  },
  {
    id: "sum", preset: "all-three", needs: ["baseline", "thumbs-only", "memory-only", "fresh-data-only"],
    judge(run, results) {
      const singles = ["thumbs-only", "memory-only", "fresh-data-only"].map((preset) => results[preset].index - results.baseline.index);
      const sum = singles.reduce((a, b) => a + b, 0);
      const { rise, thumbs, benefit } = beside(run, results.baseline);
      const [a, b, c] = singles.map((single) => signed(single, 3));
      const tell = () => [
        t("story.steps.sum.told", { a, b, c, sum: signed(sum, 3), rise: signed(rise, 3) }) +
          (sum > 0.005 ? t("story.steps.sum.ratio", { ratio: fixed(rise / sum, 1) }) : ""),
        t("story.steps.sum.price", { thumbs: points(thumbs, 1), benefit: signed(benefit, 3) }),
      ];
      return { right: compareWithSum(rise, sum), tell };
    },
  },
  {
    id: "review", preset: "gpt4o-april-2025", users: USERS_OF_INCIDENT, needs: [], until: 6, decision: true,
    judge(run) {
      const round = run.rounds[5];
      const failed = round.checks.filter((check) => !check.passed);
      return { right: round.review.launched ? 0 : 1, tell: () => afterReview(run, round, failed) };
    },
  },
  {
    id: "autopsy", preset: "gpt4o-april-2025", users: USERS_OF_INCIDENT, needs: [], replays: true,
    judgeReplay(outcome) {
      const { as_it_was: before, with_checks: after } = outcome;
      const better = after.tame.share > before.tame.share || after.exposure_avoided_share >= 0.25;
      return { right: after.caught.share >= 0.5 ? 0 : better ? 1 : 2, tell: () => sentencesOf(outcome) };
    },
  },
];

/** Differences in the last round to the run without any change, on the same random numbers. */
function beside(run, baseline) {
  const it = resultOf(run);
  return {
    rise: it.index - baseline.index, thumbs: it.thumbs - baseline.thumbs,
    flattery: it.flattery - baseline.flattery, benefit: it.benefit - baseline.benefit,
  };
}

/** 0 less than the sum, 1 about as much, 2 more; within a quarter counts as about as much. */
export function compareWithSum(joint, sum) {
  const room = Math.max(0.25 * Math.abs(sum), 0.01);
  return joint > sum + room ? 2 : joint < sum - room ? 0 : 1;
}

function afterReview(run, round, failed) {
  const days = run.rounds.slice(6).flatMap((round) => round.days);
  const dateOf = (event) => days.find((day) => day.events.includes(event))?.date;
  const highest = Math.max(...days.map((day) => day.index));
  const [rollout, noticed, back] = ["rollout_begins", "noticed", "rollback_begins"].map(dateOf);
  const told = [t(round.review.launched ? "story.steps.review.launched" : "story.steps.review.held", { rollout: rollout ?? "–" })];
  if (failed.length > 0 && round.review.launched) told.push(t("story.steps.review.against", { list: failed.map((check) => checkName(check.name)).join(t("page.comma")) }));
  if (days.length > 0) told.push(t("story.steps.review.index", { from: fixed(valueOf(run, "sycophancy_index", 6), 3), to: fixed(highest, 3), alarm: fixed(alarmLevelOf(run), 3) }));
  told.push(noticed ? t("story.steps.review.noticed", { noticed, back: back ?? "–" }) : t("story.steps.review.unnoticed"));
  return told;
}

/** What came true beside what the class expected, or decided, where a step asks for a decision. */
export function verdictOn(step, votes, right, options) {
  const words = step.decision ? "story.decided" : "story.heard";
  const total = votes.reduce((a, b) => a + b, 0);
  if (total === 0) return t(`${words}.unvoted`, { right: options[right] });
  const most = Math.max(...votes);
  const share = percent(votes[right] / total);
  if (most * 2 <= total) return t(`${words}.divided`, { right: options[right], share });
  const expected = options[votes.indexOf(most)];
  return votes[right] === most ? t(`${words}.most`, { right: options[right], share }) : t(`${words}.few`, { right: options[right], expected, share });
}
