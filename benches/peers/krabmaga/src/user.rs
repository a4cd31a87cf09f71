//! A user, and a conversation.

use crate::model::{BEHAVIOURS, FEATURES, Model, TOPICS};
use crate::population::index_of;
use crate::world::{Sums, World};
use krabmaga::engine::agent::Agent;
use krabmaga::engine::state::State;
use rand::Rng;
use rand::rngs::SmallRng;
use rand_distr::StandardNormal;

#[derive(Clone)]
pub struct User {
    pub expertise: f32,
    pub cringe: f32,
    pub propensity: f32,
    pub susceptibility: f32,
    pub taste: [f32; BEHAVIOURS],
    pub stance: [f32; TOPICS],
    pub trust: f32,
    pub satisfaction: f32,
    pub habit: [f32; BEHAVIOURS],
}

struct Prompt {
    kind: usize,
    topic: usize,
    belief: f32,
    visible: bool,
    read: f32,
    estimate: f32,
}

struct Reaction {
    approval: f32,
    pleased: f32,
    rated: bool,
    up: bool,
    discovered: bool,
}

impl Agent for User {
    fn step(&mut self, state: &mut dyn State) {
        let world = state.as_any_mut().downcast_mut::<World>().expect("the only state there is");
        let World { model, rng, sums, .. } = world;
        let prompt = self.ask(model, rng);
        let levels = respond(model, &prompt, rng);
        let deference = if prompt.visible { levels[0] } else { 0.0 };
        let position = prompt.estimate + deference * (prompt.read - prompt.estimate);
        let reaction = self.react(model, &prompt, &levels, position, rng);
        self.change(model, &prompt, &levels, (deference, position), &reaction);
        let returned = rng.random::<f32>() < self.return_probability(model);
        count(sums, &prompt, &levels, &reaction, returned);
    }
}

impl User {
    /// Turns standard normal numbers into tastes.
    pub fn with_tastes(mut self, taste: impl Fn(usize, f32) -> f32) -> Self {
        for j in 0..BEHAVIOURS {
            self.taste[j] = taste(j, self.taste[j]);
        }
        self
    }

    fn ask(&self, model: &Model, rng: &mut SmallRng) -> Prompt {
        let kind = index_of(rng.random(), &model.kinds.share);
        let topic = rng.random_range(0..TOPICS);
        let belief = self.stance[topic];
        let visible = rng.random::<f32>() < model.kinds.stated[kind];
        let (noise, error): (f32, f32) = (rng.sample(StandardNormal), rng.sample(StandardNormal));
        let read = if visible { belief + model.world.stance_noise * noise } else { 0.0 };
        Prompt { kind, topic, belief, visible, read, estimate: model.world.model_error_sd * error }
    }

    fn react(&self, model: &Model, prompt: &Prompt, a: &[f32; 4], y: f32, rng: &mut SmallRng) -> Reaction {
        let (it, after) = (&model.approval, &model.consequences);
        let approval = self.approve(model, prompt, a, y);
        let pleased = logistic(it.sharpness * (approval - it.reference));
        let surprise = it.surprise * (approval - self.satisfaction).abs();
        let rated = rng.random::<f32>() < logistic(self.propensity + surprise);
        let skill = after.discovery_novice + (1.0 - after.discovery_novice) * self.expertise;
        let found = after.discovery * model.kinds.stakes[prompt.kind] * skill * y * y / (1.0 + y * y);
        Reaction {
            approval,
            pleased,
            rated,
            up: rng.random::<f32>() < pleased && rated,
            discovered: rng.random::<f32>() < found,
        }
    }

    fn approve(&self, model: &Model, prompt: &Prompt, a: &[f32; BEHAVIOURS], y: f32) -> f32 {
        let (it, b, e) = (&model.behaviours, prompt.belief, self.expertise);
        let error = (e * y * y + (1.0 - e) * (y - b) * (y - b)) / (1.0 + b * b);
        let mut approval = -model.approval.accuracy * error - model.approval.crowding * a[1] * a[3];
        for j in 0..BEHAVIOURS {
            let scale = 1.0 + it.by_charge[j] * (model.kinds.charge[prompt.kind] - 1.0);
            let liked = self.taste[j] * (a[j] - it.habituation[j] * self.habit[j]);
            approval += scale * (liked - (self.cringe * it.dislike[j] + it.diminishing[j]) * a[j] * a[j]);
        }
        approval
    }

    fn change(&mut self, model: &Model, prompt: &Prompt, a: &[f32; 4], (s, y): (f32, f32), seen: &Reaction) {
        let (after, limit, b) = (&model.consequences, model.world.stance_limit, prompt.belief);
        let pull = after.belief_rate * self.susceptibility * (y - b);
        self.stance[prompt.topic] = (b + self.trust * (pull + after.hardening * s * b)).clamp(-limit, limit);
        self.satisfaction += after.satisfaction_rate * (seen.approval - self.satisfaction);
        for j in 0..BEHAVIOURS {
            self.habit[j] += after.habituation_rate * (a[j] - self.habit[j]);
        }
        if seen.discovered {
            self.trust *= 1.0 - after.trust_loss;
        } else {
            self.trust += after.trust_gain * seen.pleased * (1.0 - self.trust);
        }
    }

    fn return_probability(&self, model: &Model) -> f32 {
        logistic(model.approval.sharpness * (self.satisfaction - model.approval.reference))
    }
}

fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

fn respond(model: &Model, prompt: &Prompt, rng: &mut SmallRng) -> [f32; BEHAVIOURS] {
    let mut phi = [0.0; FEATURES];
    phi[0] = 1.0;
    phi[1] = f32::from(u8::from(prompt.visible));
    phi[3] = prompt.read.abs().tanh();
    phi[4] = model.kinds.charge[prompt.kind];
    phi[5 + prompt.kind] = 1.0;
    let dot = |weights: &[f32; FEATURES]| weights.iter().zip(&phi).map(|(w, x)| w * x).sum();
    let weights = &model.weights;
    std::array::from_fn(|j| {
        level(model.levels, dot(&weights.linear[j]), dot(&weights.quadratic[j]), rng.random())
    })
}

/// Inverts the law of a behaviour; neighbouring levels' ratio changes by a constant factor.
fn level(levels: usize, linear: f32, quadratic: f32, u: f32) -> f32 {
    let step = 1.0 / (levels - 1) as f32;
    let (mut ratio, factor) =
        ((step * (linear + step * quadratic)).exp(), (2.0 * step * step * quadratic).exp());
    let (mut weight, mut total, mut ends) = (1.0, 1.0, [1.0; 8]);
    for end in &mut ends[1..levels] {
        weight *= ratio;
        ratio *= factor;
        total += weight;
        *end = total;
    }
    step * ends[..levels - 1].iter().filter(|&&end| u * total >= end).count() as f32
}

fn count(sums: &mut Sums, prompt: &Prompt, levels: &[f32; 4], reaction: &Reaction, returned: bool) {
    for (j, level) in levels.iter().map(|&level| f64::from(level)).enumerate() {
        sums.levels[j] += level;
        sums.level_squares[j] += level * level;
    }
    let approval = f64::from(reaction.approval);
    sums.approval += approval;
    sums.approval_squares += approval * approval;
    sums.visible += u64::from(prompt.visible);
    sums.rated += u64::from(reaction.rated);
    sums.up += u64::from(reaction.up);
    sums.returned += u64::from(returned);
    sums.discovered += u64::from(reaction.discovered);
}
