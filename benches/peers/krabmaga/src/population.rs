//! Who a user is at the start.

use crate::model::{BEHAVIOURS, Model, TOPICS};
use crate::user::User;
use rand::Rng;
use rand::rngs::SmallRng;
use rand_distr::{Beta, Distribution, LogNormal, StandardNormal};

pub fn sample_user(model: &Model, rng: &mut SmallRng) -> User {
    let (who, after) = (&model.segments, &model.consequences);
    let segment = index_of(rng.random(), &who.share);
    let mut normal = || -> f32 { rng.sample(StandardNormal) };
    let (scale, limit) = (model.world.stance_sd * who.stance_scale[segment], model.world.stance_limit);
    let taste = |j: usize, z: f32| model.behaviours.liking[j] * (who.taste[segment][j] + who.taste_sd * z);
    User {
        propensity: who.propensity + who.propensity_sd * normal(),
        susceptibility: who.susceptibility[segment],
        taste: [0; BEHAVIOURS].map(|_| normal()),
        stance: [0; TOPICS].map(|_| (scale * normal()).clamp(-limit, limit)),
        trust: (after.initial_trust + after.initial_trust_sd * normal()).clamp(0.0, 1.0),
        satisfaction: model.approval.reference,
        habit: model.behaviours.reference_mean,
        expertise: sample_expertise(who.expertise[segment], who.expertise_sd, rng),
        cringe: sample_cringe(who.cringe[segment], who.cringe_sd[segment], rng),
    }
    .with_tastes(taste)
}

/// The entry whose interval of cumulative shares holds `u`.
pub fn index_of(u: f32, shares: &[f32; 4]) -> usize {
    let mut end = 0.0;
    shares[..3]
        .iter()
        .filter(|&&share| {
            end += share;
            u >= end
        })
        .count()
}

fn sample_expertise(mean: f32, sd: f32, rng: &mut SmallRng) -> f32 {
    let concentration = mean * (1.0 - mean) / (sd * sd) - 1.0;
    let law = Beta::new(mean * concentration, (1.0 - mean) * concentration);
    law.expect("the mean lies between 0 and 1").sample(rng)
}

fn sample_cringe(mean: f32, sd: f32, rng: &mut SmallRng) -> f32 {
    LogNormal::from_mean_cv(mean, sd / mean).expect("the mean is positive").sample(rng)
}
