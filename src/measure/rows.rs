//! A round's measures as rows of tidy tables.

use super::beliefs::UserSums;
use super::policy::PolicyMeasures;
use super::probes::PROBES;
use super::table::{Entry, Row};
use crate::conversation::{Served, Tally};
use crate::launch::{Reviewed, Stretch};
use crate::reward::RewardModel;
use crate::scenario::{BeliefRule, Settings};
use crate::statistics::{Estimate, share};

/// Everything measured in one round: the policy that was deployed, how it was received, and what review said of
/// its successor.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundMeasures {
    /// Round, from 1; up to 0 in the warm-up.
    pub round: i64,
    /// First day of the round, from 0.
    pub first_day: u64,
    /// The deployed policy.
    pub policy: PolicyMeasures,
    /// Offline accuracy and substance of the deployed policy.
    pub offline: (f64, f64),
    /// Sums over the conversations served.
    pub served: Served,
    /// Users after the round, all and by segment.
    pub users: (UserSums, Vec<UserSums>),
    /// Review of the candidate trained in this round.
    pub review: Reviewed,
    /// Sycophancy index of that candidate, as it would be served, minus that of the policy in service at the review.
    pub candidate_rise: f64,
    /// The days of the round, review included.
    pub stretches: Vec<Stretch>,
    /// Day of the round at whose end an incident was noticed.
    pub noticed: Option<u32>,
    /// Fits behind the candidate that ran out of steps before they converged.
    pub unconverged: Vec<String>,
}

fn estimate(row: &mut Row, name: &str, unit: &'static str, meaning: &str, value: impl Into<Estimate>) {
    let Estimate { value, standard_error } = value.into();
    row.push(Entry::number(name, unit, meaning, value));
    row.push(Entry::number(format!("{name}_se"), unit, format!("Standard error of {name}"), standard_error));
}

/// The row of `rounds` for one round.
pub fn round_row(measures: &RoundMeasures, settings: &Settings) -> Row {
    let total = measures.served.total();
    let mut row = vec![
        Entry::integer("round", "", "Update round, from 1", measures.round),
        Entry::integer("first_day", "days", "First day of the round", measures.first_day as i64),
    ];
    policy_entries(&mut row, measures, settings);
    behaviour_entries(&mut row, &total, settings);
    targeting_entries(&mut row, &measures.served, settings);
    reception_entries(&mut row, &total);
    estimate(
        &mut row,
        "ab_effect_thumbs_up",
        "probability",
        "Rise in the probability of a thumbs up, this round's candidate against the deployed policy",
        measures.review.ab_effect,
    );
    user_entries(&mut row, &measures.users.0, settings);
    row
}

fn policy_entries(row: &mut Row, measures: &RoundMeasures, settings: &Settings) {
    let policy = &measures.policy;
    estimate(row, "sycophancy_index", "", "Mean of the four sycophancy probes", &policy.sycophancy_index);
    for (name, probe) in PROBES.iter().zip(&policy.probes) {
        estimate(row, &format!("probe_{name}"), "", &format!("Sycophancy probe `{name}`"), probe);
    }
    for (name, level) in settings.behaviours.keys().zip(&policy.levels) {
        estimate(
            row,
            &format!("mean_{name}"),
            "level",
            &format!("Expected {name} over served contexts"),
            level,
        );
    }
    estimate(
        row,
        "kl_from_reference_nats",
        "nats",
        "KL from the original reference",
        &policy.kl_from_reference,
    );
    estimate(
        row,
        "kl_from_anchor_nats",
        "nats",
        "KL from the reference of this round",
        &policy.kl_from_anchor,
    );
    estimate(
        row,
        "proxy_reward",
        "log-odds",
        "Expected total reward above the original reference's, by the current reward models",
        &policy.proxy_reward,
    );
    let (accuracy, substance) = measures.offline;
    row.push(Entry::number("offline_accuracy", "share", "Accuracy on prompts without a stance", accuracy));
    row.push(Entry::number("offline_substance", "level", "Substance on prompts without a stance", substance));
}

fn behaviour_entries(row: &mut Row, total: &Tally, settings: &Settings) {
    let levels = settings.policy.levels as usize;
    for (j, name) in settings.behaviours.keys().enumerate() {
        let meaning = format!("Mean {name} of responses where the stance was visible");
        estimate(row, &format!("mean_{name}_visible"), "level", &meaning, &total.visible_level(j, levels));
    }
    estimate(
        row,
        "effective_deference",
        "level",
        "Mean of deference where the stance was visible, 0 elsewhere",
        &total.effective_deference,
    );
}

/// Vulnerable minus general (second-smallest minus largest share would be a guess: the names decide).
fn targeting_entries(row: &mut Row, served: &Served, settings: &Settings) {
    let find = |name: &str| settings.segments.get_index_of(name).map(|index| &served.segments[index]);
    let pair = find("vulnerable").zip(find("general"));
    let levels = settings.policy.levels as usize;
    for (j, name) in settings.behaviours.keys().enumerate() {
        let nothing = Estimate { value: f64::NAN, standard_error: f64::NAN };
        let gap = pair.map_or(nothing, |(vulnerable, general)| {
            let (v, g) = (vulnerable.level(j, levels), general.level(j, levels));
            let standard_error = libm::hypot(v.standard_error(), g.standard_error());
            Estimate { value: v.mean() - g.mean(), standard_error }
        });
        let meaning = format!("Mean {name} with vulnerable minus with general users");
        estimate(row, &format!("targeting_{name}"), "level", &meaning, gap);
    }
}

fn reception_entries(row: &mut Row, total: &Tally) {
    let n = total.conversations();
    row.push(Entry::integer("conversations", "conversations", "Conversations served", n as i64));
    let shares = [
        ("visible_share", "Share of conversations with a visible stance", share(total.visible, n)),
        ("memory_known_share", "Share of conversations with users whom memory holds", share(total.known, n)),
        ("rating_share", "Share of conversations rated", share(total.rated, n)),
        ("thumbs_up_share", "Share of ratings that are thumbs up", share(total.up, total.rated as f64)),
        (
            "return_share",
            "Share of conversations after which the user came back the next day",
            share(total.returned, n),
        ),
    ];
    for (name, meaning, value) in shares {
        estimate(row, name, "share", meaning, value);
    }
    estimate(row, "approval", "approval", "Mean immediate approval", &total.approval);
    estimate(row, "user_benefit", "approval", "Mean true benefit, in units of approval", &total.benefit);
    let gap = Estimate {
        value: total.approval.mean() - total.benefit.mean(),
        standard_error: libm::hypot(total.approval.standard_error(), total.benefit.standard_error()),
    };
    estimate(row, "goodhart_gap", "approval", "Approval minus true benefit", gap);
    let per_million = |count: u64| {
        let Estimate { value, standard_error } = share(count, n);
        Estimate { value: value * 1e6, standard_error: standard_error * 1e6 }
    };
    let unit = "per million conversations";
    estimate(row, "complaints_per_million", unit, "Public complaints", per_million(total.complaints));
    estimate(
        row,
        "discoveries_per_million",
        unit,
        "Wrong positions discovered",
        per_million(total.discoveries),
    );
}

fn user_entries(row: &mut Row, users: &UserSums, settings: &Settings) {
    let error =
        Estimate { value: users.mean_abs_stance_error(), standard_error: users.mean_abs_stance_error_se() };
    estimate(row, "mean_abs_stance_error", "stance sd", "Mean |b| of active users over topics", error);
    for (name, q) in [("q10", 0.1), ("q50", 0.5), ("q90", 0.9)] {
        let value = users.abs_stance_error_quantile(q);
        let meaning = format!("{:.0} % quantile of |b|", q * 100.0);
        row.push(Entry::number(format!("abs_stance_error_{name}"), "stance sd", meaning, value));
    }
    row.push(Entry::number(
        "polarisation",
        "stance sd",
        "Spread of signed stance errors",
        users.polarisation(),
    ));
    if settings.world.belief_rule == BeliefRule::Bayesian {
        let meaning = "Mean probability that users give to a falsehood";
        row.push(Entry::number(
            "belief_in_falsehood",
            "probability",
            meaning,
            users.mean_belief_in_falsehood(),
        ));
        let meaning = "Share of beliefs in a falsehood that are at least 99 % certain";
        estimate(row, "certain_of_falsehood_share", "share", meaning, users.certain_of_falsehood_share());
    }
    row.push(Entry::number("mean_trust", "", "Mean trust of active users", users.mean_trust()));
    row.push(Entry::integer("active_users", "users", "Active users", users.active as i64));
    row.push(Entry::integer("left_users", "users", "Users who left", users.left as i64));
}

/// The rows of `segments` for one round.
pub fn segment_rows(measures: &RoundMeasures, settings: &Settings) -> Vec<Row> {
    let parts = measures.served.segments.iter().zip(&measures.users.1);
    settings
        .segments
        .keys()
        .zip(parts)
        .map(|(name, (tally, users))| {
            let mut row = vec![
                Entry::integer("round", "", "Update round, from 1", measures.round),
                Entry::text("segment", "Segment", name),
            ];
            for (j, behaviour) in settings.behaviours.keys().enumerate() {
                let level = tally.level(j, settings.policy.levels as usize);
                let meaning = format!("Mean {behaviour} of responses");
                estimate(&mut row, &format!("mean_{behaviour}"), "level", &meaning, &level);
            }
            behaviour_entries(&mut row, tally, settings);
            reception_entries(&mut row, tally);
            user_entries(&mut row, users, settings);
            row
        })
        .collect()
}

/// The rows of `reward_models` for one round: one per learned signal with weight.
pub fn reward_model_rows(round: i64, models: &[Option<RewardModel>], settings: &Settings) -> Vec<Row> {
    let learned = settings.signals.iter().zip(models);
    learned
        .filter_map(|((name, signal), model)| Some((name, signal, model.as_ref()?)))
        .filter(|(_, signal, _)| signal.weight > 0.0)
        .map(|(name, _, model)| {
            let s = &model.statistics;
            vec![
                Entry::integer("round", "", "Update round, from 1", round),
                Entry::text("signal", "Reward signal", name),
                Entry::integer("rows", "rows", "Rows in the window", s.rows as i64),
                Entry::number("yes_share", "share", "Share of yes among them", s.yes_share),
                Entry::number("held_out_log_loss", "nats", "Log-loss on held-out rows", s.held_out_log_loss),
                Entry::number(
                    "baseline_log_loss",
                    "nats",
                    "Log-loss of always predicting the share of yes",
                    s.baseline_log_loss,
                ),
                Entry::number(
                    "calibration_error",
                    "share",
                    "Predicted minus observed share of yes on held-out rows",
                    s.calibration_error,
                ),
                Entry::number(
                    "mean_standard_error",
                    "log-odds",
                    "Mean standard error of the coefficients",
                    s.mean_standard_error,
                ),
                Entry::integer("newton_steps", "steps", "Newton steps of the last fit", s.steps as i64),
            ]
        })
        .collect()
}
