//! Doubts about a result, typed so that programs can act on them and people can read them.

use serde::Serialize;
use std::fmt;

/// A reason to read a result with care.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Warning {
    /// One replicate shows no run-to-run spread.
    SingleReplicate,
    /// So few users that Monte-Carlo error may drown effects.
    FewUsers {
        /// Simulated users.
        users: u64,
    },
    /// A reward model was fitted to less feedback than carries a signal.
    FewRatings {
        /// Name of the signal.
        signal: String,
        /// First round in which it happened.
        round: u32,
        /// Rows it was fitted to.
        rows: u64,
    },
    /// A reward model predicts held-out feedback no better than a coin.
    RewardModelNearChance {
        /// Name of the signal.
        signal: String,
        /// First round in which it happened.
        round: u32,
    },
    /// A fit ran out of steps before it converged, so that its coefficients are only near the best ones.
    FitNotConverged {
        /// Name of the signal, `optimiser` or `reference`.
        fit: String,
        /// First round in which it happened.
        round: u32,
    },
    /// A behaviour has reached the end of its scale, where effects are cut off.
    BehaviourSaturated {
        /// Name of the behaviour.
        behaviour: String,
        /// First round in which it happened.
        round: u32,
    },
    /// Nearly everybody left, so that averages describe few users.
    FewActiveUsers {
        /// First round in which it happened.
        round: u32,
        /// Share still active.
        share: f64,
    },
    /// Single effects cancel out, so that their ratio to the joint effect means little.
    RatioUnstable {
        /// Column of the `rounds` table.
        measure: String,
    },
    /// A check of launch review could measure nothing, and therefore failed.
    CheckMeasuredNothing {
        /// Name of the check.
        check: String,
        /// First round in which it happened.
        round: u32,
    },
    /// A check of launch review is too small to see what updates usually do, so that passing it says little.
    CheckTooSmall {
        /// Name of the check.
        check: String,
        /// Half of its 95 % confidence interval, mean over updates.
        half_width: f64,
        /// What it would have to see.
        margin: f64,
    },
    /// A check of launch review failed updates that hardly moved the sycophancy index.
    CheckFailedHarmless {
        /// Name of the check.
        check: String,
        /// Harmless updates that failed, over rounds and replicates.
        failed: usize,
        /// Harmless updates that were checked.
        updates: usize,
    },
    /// Days after a launch are watched, but no signal is.
    WatchSeesNothing,
    /// Even a rise of complaints that the watch is tuned to takes longer to show than anybody watches.
    WatchTooSlow {
        /// Days until an alarm would be expected.
        days_needed: f64,
        /// Days that are watched.
        watch_days: u32,
    },
    /// The run was stopped before its last round.
    Interrupted {
        /// Last complete round.
        round: u32,
    },
    /// A round could not be run, and the run ended there.
    Failed {
        /// Which, and why.
        error: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SingleReplicate => {
                write!(out, "one replicate shows no run-to-run spread; set run.replicates to 5 or more")
            }
            Self::FewUsers { users } => {
                write!(
                    out,
                    "{users} simulated users leave large Monte-Carlo errors; set population.users higher"
                )
            }
            Self::FewRatings { signal, round, rows } => {
                write!(out, "signal `{signal}` was fitted to only {rows} rows in round {round}")
            }
            Self::RewardModelNearChance { signal, round } => {
                write!(out, "the reward model of `{signal}` was near chance in round {round}")
            }
            Self::FitNotConverged { fit, round } => {
                write!(
                    out,
                    "the fit of `{fit}` ran out of steps in round {round}; its coefficients are only near the best ones, raise its l2 or prior"
                )
            }
            Self::BehaviourSaturated { behaviour, round } => {
                write!(
                    out,
                    "`{behaviour}` reached the end of its scale in round {round}; effects are cut off there"
                )
            }
            Self::FewActiveUsers { round, share } => {
                write!(out, "only {:.0} % of users were active in round {round}", 100.0 * share)
            }
            Self::RatioUnstable { measure } => {
                write!(out, "single effects on `{measure}` nearly cancel; its compounding ratio means little")
            }
            Self::CheckMeasuredNothing { check, round } => {
                write!(out, "the check `{check}` could measure nothing in round {round}, and so failed")
            }
            Self::CheckTooSmall { check, half_width, margin } => {
                write!(
                    out,
                    "`{check}` measures to ±{half_width:.3} where {margin:.3} would matter; passing it says little"
                )
            }
            Self::CheckFailedHarmless { check, failed, updates } => {
                write!(
                    out,
                    "`{check}` failed {failed} of {updates} updates that hardly moved the sycophancy index"
                )
            }
            Self::WatchSeesNothing => {
                write!(
                    out,
                    "days after a launch are watched but no signal is; set monitoring.complaints, thumbs or canary_prompts"
                )
            }
            Self::WatchTooSlow { days_needed, watch_days } => {
                write!(
                    out,
                    "an alarm on complaints takes {days_needed:.0} days of the rise it is tuned to, but only {watch_days} are watched"
                )
            }
            Self::Interrupted { round } => write!(out, "the run was stopped after round {round}"),
            Self::Failed { error } => write!(out, "the run could not go on: {error}"),
        }
    }
}
