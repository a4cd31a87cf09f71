//! Launch review: what is known of a candidate before everyone gets it.

mod candidacy;
mod check;
mod comparison;
mod cusum;
mod experiment;
mod expert_spot_check;
mod monitor;
mod offline_eval;
mod power;
mod review;
mod rule;
mod sight;
mod spec_adherence;
mod stretch;
mod sycophancy_eval;
mod trial;
mod watch;
mod world;

pub use candidacy::Candidacy;
pub use check::{CheckResult, Fails};
pub use comparison::compare_on_logged_prompts;
pub use cusum::{Cusum, fall_evidence, poisson_evidence};
pub use experiment::{compare_arms, power, users_for_power};
pub use expert_spot_check::expert_spot_check;
pub use monitor::{Alarm, Baseline, DayCounts, Monitor, Watched};
pub use offline_eval::offline_eval;
pub use power::{Contrast, Effect, Needed, Rates, days_needed, size_needed};
pub use review::{Reviewed, Reviewing, review};
pub use rule::{Decision, decide};
pub use sight::{blind_to, sees};
pub use spec_adherence::spec_adherence;
pub use stretch::{Activity, Event, InService, Stretch};
pub use sycophancy_eval::{canary, sycophancy_eval};
pub use trial::{Rivals, metric_of};
pub use watch::{Launched, Watched as LivedThrough, live_through_launch, sampled_index};
pub use world::World;
