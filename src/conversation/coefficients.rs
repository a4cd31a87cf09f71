//! What the serving kernel reads: one round's settings and policy in single precision.

use super::usage::conversation_rate;
use crate::feedback::ApprovalModel;
use crate::memory;
use crate::policy::{Feature, Policy};
use crate::scenario::Settings;

/// One prompt kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// Upper end of its interval in cumulative traffic share.
    pub cumulative_share: f32,
    pub stated: f32,
    pub charge: f32,
    pub stakes: f32,
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

/// Everything that serving one round needs.
#[derive(Clone, Debug)]
pub struct Serving<'s> {
    pub(super) settings: &'s Settings,
    pub(super) seed: u64,
    pub(super) round: u32,
    pub(super) kinds: Vec<Kind>,
    pub(super) terms: Vec<Terms>,
    pub(super) crowds: Vec<(usize, usize, f32)>,
    pub(super) features: Vec<Feature>,
    pub(super) levels: usize,
    /// w1 by behaviour, then feature.
    pub(super) linear: Vec<Vec<f32>>,
    /// w2 by behaviour, then feature.
    pub(super) quadratic: Vec<Vec<f32>>,
    /// By behaviour: whether no context can make a level's weight overflow, so that the recurrence is safe.
    pub(super) bounded: Vec<bool>,
    pub(super) rate: f32,
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
    /// Prepares a round of serving `policy`.
    pub fn new(settings: &'s Settings, policy: &Policy, seed: u64, round: u32, sizes: SampleSizes) -> Self {
        let row = |row: usize| policy.weights.row(row).iter().map(|&w| w as f32).collect::<Vec<f32>>();
        let expected_rated = sizes.expected_conversations * sizes.expected_rating_share;
        Self {
            settings,
            seed,
            round,
            kinds: kinds(settings),
            terms: terms(settings),
            crowds: crowds(settings),
            features: Feature::list(settings),
            levels: policy.levels,
            linear: (0..policy.behaviours).map(row).collect(),
            quadratic: (policy.behaviours..2 * policy.behaviours).map(row).collect(),
            bounded: (0..policy.behaviours).map(|j| is_bounded(settings, policy, j)).collect(),
            rate: conversation_rate(settings) as f32,
            recording: memory::is_recording(&settings.memory),
            rated_threshold: threshold(sizes.rated_rows, expected_rated),
            uniform_threshold: threshold(sizes.uniform_rows, sizes.expected_conversations),
            rated_rows: sizes.rated_rows,
            uniform_rows: sizes.uniform_rows,
            segments: settings.segments.len(),
        }
    }
}

/// The key below which a conversation is kept, so that about 1.5 times as many rows as wanted come through;
/// the surplus, largest keys first, is dropped afterwards.
fn threshold(rows: usize, expected: f64) -> u32 {
    let share = 1.5 * rows as f64 / expected.max(1.0);
    if share >= 1.0 { u32::MAX } else { (share * f64::from(u32::MAX)) as u32 }
}

/// Whether |w1 . phi| + |w2 . phi| stays below 80 in every context: e^80 and e^-80 are normal in single precision.
fn is_bounded(settings: &Settings, policy: &Policy, j: usize) -> bool {
    let largest = |feature: &Feature| match feature {
        Feature::Taste(_) => f64::from(memory::TASTE_LIMIT),
        _ => 1.0,
    };
    let features = Feature::list(settings);
    let sum = |row: usize| -> f64 {
        features
            .iter()
            .enumerate()
            .map(|(f, feature)| policy.weights[(row, f)].abs() * largest(feature))
            .sum()
    };
    sum(j) + sum(policy.behaviours + j) < 80.0
}

fn kinds(settings: &Settings) -> Vec<Kind> {
    let mut cumulative_share = 0.0;
    settings
        .prompts
        .values()
        .map(|kind| {
            cumulative_share += kind.share;
            Kind {
                cumulative_share: cumulative_share as f32,
                stated: kind.stated as f32,
                charge: kind.charge as f32,
                stakes: kind.stakes as f32,
            }
        })
        .collect()
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
