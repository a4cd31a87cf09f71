//! What the serving kernel reads: one round's settings and policy in single precision.

use super::evidence::EvidenceRule;
use crate::feedback::ApprovalModel;
use crate::memory;
use crate::policy::{Feature, Policy};
use crate::scenario::Settings;
use crate::vector::Table;

/// The kinds of prompts.
#[derive(Clone, Debug)]
pub(super) struct Kinds {
    /// Upper ends of their intervals in cumulative traffic share.
    pub cumulative_share: Vec<f32>,
    pub stated: Table,
    pub charge: Table,
    pub stakes: Table,
}

/// One behaviour; meanings as in [`crate::feedback::BehaviourTerms`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    pub moves_position: f32,
    /// The behaviour acts with weight constant_scale + charge_scale * charge.
    pub constant_scale: f32,
    pub charge_scale: f32,
    pub diminishing: f32,
    pub dislike: f32,
    pub personal: f32,
    pub habituation: f32,
    pub benefit: f32,
    pub harm: f32,
    pub complaint_level: f32,
    pub reference_sd: f32,
}

/// Days that are served at a stretch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Update round, warm-up included.
    pub round: u32,
    /// First of the days, counted within the round.
    pub first_day: u32,
    /// How many days.
    pub days: u32,
}

/// A policy in service and the share of users who get it.
#[derive(Clone, Copy, Debug)]
pub struct Arm<'p> {
    /// The policy, as served.
    pub policy: &'p Policy,
    /// Share of users. The shares of all arms sum to 1.
    pub share: f64,
}

/// What the policy does with a behaviour, in single precision. Parts of w . phi come in two: of w1 and of w2.
#[derive(Clone, Debug)]
pub(super) struct Tilts {
    /// Sums of weights times features that are the same in all prompts of a kind, by kind.
    pub by_kind: [Table; 2],
    /// Weights of the features that vary, in the order of [`Serving::varying`].
    pub weights: Vec<[f32; 2]>,
    /// Whether no context can make a level's weight, or the factor between neighbours, overflow, so that the recurrence is safe.
    pub bounded: bool,
    /// Levels that guardrails let through.
    pub allowed: usize,
}

#[derive(Clone, Debug)]
pub(super) struct ArmCoefficients {
    /// By behaviour.
    pub tilts: Vec<Tilts>,
    /// Upper end of its interval in cumulative share.
    pub cumulative_share: f32,
}

/// Everything that serving some days needs.
#[derive(Clone, Debug)]
pub struct Serving<'s> {
    pub(super) settings: &'s Settings,
    pub(super) seed: u64,
    pub(super) span: Span,
    pub(super) arms: Vec<ArmCoefficients>,
    /// Which division of users into arms this is; every division has its own random numbers.
    pub(super) split: u32,
    /// Whether sums over users are kept.
    pub(super) experiment: bool,
    /// How much likelier experts volunteer, if the arms are of volunteers.
    pub(super) opt_in_bias: Option<f32>,
    pub(super) kinds: Kinds,
    pub(super) terms: Vec<Terms>,
    pub(super) crowds: Vec<(usize, usize, f32)>,
    pub(super) features: Vec<Feature>,
    /// The features that are the same in all prompts of a kind, zeros elsewhere, by kind.
    pub(super) phi_by_kind: Vec<Box<[f64]>>,
    /// Indices of the features that vary among prompts of a kind, without those that cannot differ from zero now.
    pub(super) varying: Vec<usize>,
    /// Multiplier on the speed at which beliefs move, by segment.
    pub(super) susceptibility: Table,
    pub(super) levels: usize,
    pub(super) rate: f32,
    pub(super) turns: u32,
    /// How evidence works, if users learn by Bayes' rule.
    pub(super) evidence: Option<EvidenceRule>,
    /// Where the model stands by topic, if it learns from users.
    pub(super) model_beliefs: Option<Table>,
    pub(super) recording: bool,
    /// Conversations with a key below this are candidates for the rated sample.
    pub(super) rated_threshold: u32,
    /// The same for the uniform sample.
    pub(super) uniform_threshold: u32,
    pub(super) rated_rows: usize,
    pub(super) uniform_rows: usize,
    pub(super) segments: usize,
}

/// How many rows the two samples of a round hold, and how many conversations they are drawn from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleSizes {
    /// Rows of the rated sample.
    pub rated_rows: usize,
    /// Rows of the uniform sample.
    pub uniform_rows: usize,
    /// Expected conversations in the round.
    pub expected_conversations: f64,
    /// Expected share of them that is rated.
    pub expected_rating_share: f64,
}

impl<'s> Serving<'s> {
    /// Prepares a whole round of serving `policy` to everyone.
    pub fn new(settings: &'s Settings, policy: &Policy, seed: u64, round: u32, sizes: SampleSizes) -> Self {
        let span = Span { round, first_day: 0, days: settings.clock.days_per_round };
        Self::of_days(settings, &[Arm { policy, share: 1.0 }], seed, span, sizes)
    }

    /// Prepares some days of serving several policies, each to its share of users: the same users for the same
    /// round and division (0, or that of [`Serving::as_experiment`]), more of them as a share grows.
    pub fn of_days(
        settings: &'s Settings,
        arms: &[Arm<'_>],
        seed: u64,
        span: Span,
        sizes: SampleSizes,
    ) -> Self {
        let expected_rated = sizes.expected_conversations * sizes.expected_rating_share;
        let features = Feature::list(settings);
        Self {
            settings,
            seed,
            span,
            arms: arm_coefficients(settings, arms),
            split: 0,
            experiment: false,
            opt_in_bias: None,
            kinds: kinds(settings),
            terms: terms(settings),
            crowds: crowds(settings),
            phi_by_kind: phi_by_kind(&features, settings),
            varying: varying_features(&features, settings.memory.enabled),
            susceptibility: table(settings.segments.values().map(|it| it.susceptibility)),
            features,
            levels: arms[0].policy.levels,
            rate: (settings.clock.conversations_per_day * f64::from(span.days)) as f32,
            turns: settings.clock.turns_per_conversation,
            evidence: EvidenceRule::of(settings),
            model_beliefs: None,
            recording: memory::is_recording(&settings.memory),
            rated_threshold: threshold(sizes.rated_rows, expected_rated),
            uniform_threshold: threshold(sizes.uniform_rows, sizes.expected_conversations),
            rated_rows: sizes.rated_rows,
            uniform_rows: sizes.uniform_rows,
            segments: settings.segments.len(),
        }
    }

    /// With a model whose own estimates lie around `beliefs` by topic instead of around the truth.
    pub fn with_model_beliefs(self, beliefs: Option<Vec<f64>>) -> Self {
        Self { model_beliefs: beliefs.map(table), ..self }
    }

    /// Divides users anew, by division `split`, and keeps sums over the users of each arm. With an opt-in bias the
    /// users of all arms but the last are volunteers: a user with expertise e volunteers with log-odds
    /// logit(their shares) + bias e, and a coin decides between those arms.
    pub fn as_experiment(self, split: u32, opt_in_bias: Option<f64>) -> Self {
        Self { split, experiment: true, opt_in_bias: opt_in_bias.map(|bias| bias as f32), ..self }
    }
}

fn arm_coefficients(settings: &Settings, arms: &[Arm<'_>]) -> Vec<ArmCoefficients> {
    let mut cumulative_share = 0.0;
    let of_arm = |arm: &Arm<'_>| {
        cumulative_share += arm.share;
        ArmCoefficients { tilts: tilts(arm.policy, settings), cumulative_share: cumulative_share as f32 }
    };
    arms.iter().map(of_arm).collect()
}

fn tilts(policy: &Policy, settings: &Settings) -> Vec<Tilts> {
    let features = Feature::list(settings);
    let varying = varying_features(&features, settings.memory.enabled);
    let by_kind = |row| table((0..settings.prompts.len()).map(|kind| kind_tilt(policy, row, kind, settings)));
    let of_behaviour = |j: usize| {
        let rows = [j, policy.behaviours + j];
        Tilts {
            by_kind: rows.map(by_kind),
            weights: varying.iter().map(|&f| rows.map(|row| policy.weights[(row, f)] as f32)).collect(),
            bounded: is_bounded(settings, policy, j),
            allowed: policy.allowed[j],
        }
    };
    (0..policy.behaviours).map(of_behaviour).collect()
}

/// In single precision.
fn table(numbers: impl IntoIterator<Item = f64>) -> Table {
    Table::of(&numbers.into_iter().map(|number| number as f32).collect::<Vec<_>>())
}

/// The part of w . phi that the prompt kind alone decides.
fn kind_tilt(policy: &Policy, row: usize, kind: usize, settings: &Settings) -> f64 {
    let features = Feature::list(settings);
    let parts = features.iter().enumerate().map(|(f, &feature)| {
        policy.weights[(row, f)] * kind_feature(feature, kind, settings.prompts[kind].charge).unwrap_or(0.0)
    });
    parts.sum()
}

/// The value of a feature that is the same in all prompts of a kind with this charge.
fn kind_feature(feature: Feature, kind: usize, charge: f64) -> Option<f64> {
    match feature {
        Feature::Bias => Some(1.0),
        Feature::Charge => Some(charge),
        Feature::Kind(wanted) => Some(if wanted == kind { 1.0 } else { 0.0 }),
        _ => None,
    }
}

fn phi_by_kind(features: &[Feature], settings: &Settings) -> Vec<Box<[f64]>> {
    // Through single precision, in which the policy sees them.
    let value = |feature, kind: usize| {
        let value = kind_feature(feature, kind, settings.prompts[kind].charge).unwrap_or(0.0);
        f64::from(value as f32)
    };
    let of_kind = |kind| features.iter().map(|&feature| value(feature, kind)).collect();
    (0..settings.prompts.len()).map(of_kind).collect()
}

fn varying_features(features: &[Feature], memory: bool) -> Vec<usize> {
    let needs_memory =
        |feature: &Feature| matches!(feature, Feature::Remembered | Feature::Known | Feature::Taste(_));
    let varies = |feature: &Feature| kind_feature(*feature, 0, 0.0).is_none();
    (0..features.len()).filter(|&f| varies(&features[f]) && (memory || !needs_memory(&features[f]))).collect()
}

/// The key below which a conversation is kept, so that about 1.5 times as many rows as wanted come through;
/// the surplus, largest keys first, is dropped afterwards.
fn threshold(rows: usize, expected: f64) -> u32 {
    let share = 1.5 * rows as f64 / expected.max(1.0);
    if share >= 1.0 { u32::MAX } else { (share * f64::from(u32::MAX)) as u32 }
}

/// Whether the logits a (w1 . phi) + a^2 (w2 . phi) stay between -80 and 80 in every context, and so does the factor by which
/// the ratio of neighbours changes: e^80 and e^-80 are normal in single precision.
fn is_bounded(settings: &Settings, policy: &Policy, j: usize) -> bool {
    let features = Feature::list(settings);
    let (low1, high1) = range_of_tilt(policy, j, &features);
    let (low2, high2) = range_of_tilt(policy, policy.behaviours + j, &features);
    let step = 1.0 / (policy.levels - 1) as f64;
    if 2.0 * step * step * high2.max(-low2) >= 80.0 {
        return false;
    }
    largest_on_unit_interval(high1, high2) < 80.0 && largest_on_unit_interval(-low1, -low2) < 80.0
}

/// Smallest and largest value of a row of weights times phi; features are in [0, 1], tastes within their limit, and the
/// bias is 1.
fn range_of_tilt(policy: &Policy, row: usize, features: &[Feature]) -> (f64, f64) {
    let (mut low, mut high) = (0.0, 0.0);
    for (f, feature) in features.iter().enumerate() {
        let weight = policy.weights[(row, f)];
        let limit = f64::from(memory::TASTE_LIMIT) * weight.abs();
        let (least, most) = match feature {
            Feature::Bias => (weight, weight),
            Feature::Taste(_) => (-limit, limit),
            _ => (weight.min(0.0), weight.max(0.0)),
        };
        low += least;
        high += most;
    }
    (low, high)
}

/// The maximum of a x + a^2 y over a in [0, 1].
fn largest_on_unit_interval(x: f64, y: f64) -> f64 {
    let top = -x / (2.0 * y);
    let inside = if y < 0.0 && (0.0..=1.0).contains(&top) { 0.5 * x * top } else { 0.0 };
    inside.max(x + y).max(0.0)
}

fn kinds(settings: &Settings) -> Kinds {
    let (kinds, mut cumulative_share) = (settings.prompts.values(), 0.0);
    let mut up_to = |share: f64| {
        cumulative_share += share;
        cumulative_share as f32
    };
    Kinds {
        cumulative_share: kinds.clone().map(|kind| up_to(kind.share)).collect(),
        stated: table(kinds.clone().map(|kind| kind.stated)),
        charge: table(kinds.clone().map(|kind| kind.charge)),
        stakes: table(kinds.map(|kind| kind.stakes)),
    }
}

fn terms(settings: &Settings) -> Vec<Terms> {
    settings
        .behaviours
        .values()
        .map(|behaviour| Terms {
            moves_position: if behaviour.moves_position { 1.0 } else { 0.0 },
            constant_scale: if behaviour.scales_with_charge { 0.0 } else { 1.0 },
            charge_scale: if behaviour.scales_with_charge { 1.0 } else { 0.0 },
            diminishing: behaviour.diminishing as f32,
            dislike: behaviour.dislike as f32,
            personal: (behaviour.personal * settings.memory.personal) as f32,
            habituation: behaviour.habituation as f32,
            benefit: behaviour.benefit as f32,
            harm: behaviour.harm as f32,
            complaint_level: behaviour.complaint_level as f32,
            reference_sd: behaviour.reference_sd as f32,
        })
        .collect()
}

fn crowds(settings: &Settings) -> Vec<(usize, usize, f32)> {
    let model = ApprovalModel::from_scenario(settings);
    model.crowds.iter().map(|&(j, k, loss)| (j, k, loss as f32)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_logit_is_at_an_end_or_at_the_top_of_the_parabola() {
        assert_eq!(largest_on_unit_interval(3.0, 2.0), 5.0);
        assert_eq!(largest_on_unit_interval(-3.0, -2.0), 0.0);
        // 8 a - 8 a^2 has its top at 1/2: 2.
        assert_eq!(largest_on_unit_interval(8.0, -8.0), 2.0);
        assert_eq!(largest_on_unit_interval(8.0, -1.0), 7.0);
    }

    // 300 a^2 - 230 a is -40 at 1/2 and 70 at 1, but from there the ratio of neighbours grows by e^150.
    #[test]
    fn three_levels_far_apart_are_no_case_for_the_recurrence() {
        use crate::scenario::Scenario;
        for (levels, bounded) in [(3, false), (6, true)] {
            let sets = [format!("policy.levels={levels}")];
            let scenario = Scenario::preset("baseline", &sets).expect("valid");
            let settings = scenario.settings_in(0);
            let mut policy = Policy::from_scenario(settings, &Feature::list(settings));
            policy.weights.fill(0.0);
            policy.weights[(0, 0)] = -230.0;
            policy.weights[(policy.behaviours, 0)] = 300.0;
            assert_eq!(tilts(&policy, settings)[0].bounded, bounded);
        }
    }
}
