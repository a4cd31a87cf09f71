//! What is measured of a round, under the names of the table `rounds`.

use super::conversations::Conversations;
use super::learn::{levels, pleased};
use crate::feedback::{ApprovalModel, Interaction};
use crate::measure::table::{Entry, Row};
use crate::measure::{PROBES, PolicyMeasures, measure_policy};
use crate::policy::{Feature, Policy};
use crate::scenario::Settings;
use crate::simulation::SimulationError;
use nalgebra::DMatrix;

/// Measures of one round; none has a sampling error.
#[derive(Clone, Debug, PartialEq)]
pub struct MeanFieldRound {
    /// Round, from 1; 0 and below in the warm-up.
    pub round: i64,
    /// The policy in service.
    pub policy: PolicyMeasures,
    /// Mean approval.
    pub approval: f64,
    /// Mean true benefit.
    pub benefit: f64,
    /// Mean of s v.
    pub effective_deference: f64,
    /// Share of conversations rated.
    pub rating_share: f64,
    /// Share of ratings that are thumbs up.
    pub thumbs_up_share: f64,
    /// Mean |b| over users and topics after the round's conversations.
    pub mean_abs_stance_error: f64,
    /// Conversations per user.
    pub conversations_per_user: f64,
}

impl MeanFieldRound {
    /// Refuses to go on with numbers that are not numbers.
    pub(super) fn check_finite(&self) -> Result<(), SimulationError> {
        let checks = [
            ("approval", self.approval),
            ("benefit", self.benefit),
            ("the stance error", self.mean_abs_stance_error),
            ("the sum of sycophancy indices", self.policy.sycophancy_index.sum),
            ("the sum of proxy rewards", self.policy.proxy_reward.sum),
            ("the KL from the original reference", self.policy.kl_from_reference.sum),
        ];
        let round = self.round;
        let found = checks.into_iter().find(|(_, value)| !value.is_finite());
        found.map_or(Ok(()), |(quantity, value)| Err(SimulationError::NotFinite { round, quantity, value }))
    }
}

/// `policies`: in service, original, reference.
pub(super) fn measure(
    round: i64,
    conversations: &Conversations,
    policies: [&Policy; 3],
    reward: &DMatrix<f64>,
    features: &[Feature],
    mean_abs_stance_error: f64,
    settings: &Settings,
) -> MeanFieldRound {
    let rows: Vec<Interaction> = conversations.points.iter().map(|point| point.row.clone()).collect();
    let [served, original, reference] = policies;
    let policy = measure_policy(served, original, reference, reward, &rows, features, settings);
    let approval = ApprovalModel::from_scenario(settings);
    let n = rows.len() as f64;
    let (mut sums, mut rated, mut up) = ([0.0; 3], 0.0, 0.0);
    for point in &conversations.points {
        let levels = levels(&point.row.response, served);
        sums[0] += approval.approval(&point.row.judge, &point.row.situation, &levels) / n;
        sums[1] += approval.benefit(&point.row.situation, &levels) / n;
        sums[2] += if point.row.situation.visible { approval.deference(&levels) / n } else { 0.0 };
        rated += point.rated;
        up += point.rated * pleased(&point.row, &levels, &approval);
    }
    MeanFieldRound {
        round,
        policy,
        approval: sums[0],
        benefit: sums[1],
        effective_deference: sums[2],
        rating_share: rated / n,
        thumbs_up_share: up / rated,
        mean_abs_stance_error,
        conversations_per_user: conversations.per_user,
    }
}

impl MeanFieldRound {
    /// The row of `rounds`.
    pub fn row(&self, settings: &Settings) -> Row {
        let mut row = vec![Entry::integer("round", "", "Update round, from 1", self.round)];
        let mut push =
            |name: &str, unit, meaning: &str, value| row.push(Entry::number(name, unit, meaning, value));
        let policy = &self.policy;
        push("sycophancy_index", "", "Mean of the four sycophancy probes", policy.sycophancy_index.mean());
        for (name, probe) in PROBES.iter().zip(&policy.probes) {
            push(&format!("probe_{name}"), "", &format!("Sycophancy probe `{name}`"), probe.mean());
        }
        for (name, level) in settings.behaviours.keys().zip(&policy.levels) {
            push(
                &format!("mean_{name}"),
                "level",
                &format!("Expected {name} over served contexts"),
                level.mean(),
            );
        }
        push(
            "kl_from_reference_nats",
            "nats",
            "KL from the original reference",
            policy.kl_from_reference.mean(),
        );
        push(
            "kl_from_anchor_nats",
            "nats",
            "KL from the reference of this round",
            policy.kl_from_anchor.mean(),
        );
        push(
            "effective_deference",
            "level",
            "Mean of deference where the stance was visible, 0 elsewhere",
            self.effective_deference,
        );
        push("rating_share", "share", "Share of conversations rated", self.rating_share);
        push("thumbs_up_share", "share", "Share of ratings that are thumbs up", self.thumbs_up_share);
        push("approval", "approval", "Mean immediate approval", self.approval);
        push("user_benefit", "approval", "Mean true benefit, in units of approval", self.benefit);
        push("goodhart_gap", "approval", "Approval minus true benefit", self.approval - self.benefit);
        push(
            "mean_abs_stance_error",
            "stance sd",
            "Mean |b| of users over topics",
            self.mean_abs_stance_error,
        );
        push(
            "conversations_per_user",
            "conversations per user",
            "Conversations per user",
            self.conversations_per_user,
        );
        row
    }
}
