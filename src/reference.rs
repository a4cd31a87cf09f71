//! The serving round once more, one user at a time in double precision, written to be read.
//!
//! [`serve`] does what [`crate::conversation::serve`] does, from the same addressed random words and the same
//! equations (docs/model.md, sections 1 to 4), without lanes, blocks or approximations. It shares no formula with
//! the fast path, so that each checks the other; tests require that both give the same answer. Only its slowness
//! keeps it from being the product.

mod user;

pub use user::User;

use crate::conversation::Tally;
use crate::memory::is_recording;
use crate::policy::{Feature, Policy};
use crate::population::Population;
use crate::random::{Address, Stream, index_and_uniform, normal_pair, uniform};
use crate::scenario::{Behaviour, Settings, Usage};

/// A round: the policy in service, and where its random numbers come from.
struct Round<'s> {
    settings: &'s Settings,
    policy: &'s Policy,
    features: Vec<Feature>,
    seed: u64,
    number: u32,
}

struct Prompt {
    kind: usize,
    topic: usize,
    stated: bool,
    remembered: bool,
    visible: bool,
    known: bool,
    charge: f64,
    stance_read: f64,
    estimate: f64,
}

struct Response {
    indices: Vec<u8>,
    levels: Vec<f64>,
    /// Expected levels in this context.
    expected: Vec<f64>,
}

/// Serves every active user for one round and lets them react; returns the sums by segment.
pub fn serve(
    population: &mut Population,
    settings: &Settings,
    policy: &Policy,
    seed: u64,
    round: u32,
) -> Vec<Tally> {
    let round = Round { settings, policy, features: Feature::list(settings), seed, number: round };
    let mut segments = vec![Tally::default(); settings.segments.len()];
    for block in &mut population.blocks {
        for index in (0..block.users).filter(|&index| block.active[index]).collect::<Vec<_>>() {
            let mut user = User::read(block, index);
            for conversation in 0..round.conversations(&user) {
                let segment = user.segment;
                round.converse(&mut user, conversation, &mut segments[segment]);
            }
            user.write(block, index);
        }
    }
    segments
}

fn share(word: u32) -> f64 {
    f64::from(uniform(word))
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

impl Round<'_> {
    fn words(&self, stream: Stream, user: &User, conversation: u32, draw: u32) -> [u32; 4] {
        let address = Address { stream, round: self.number, event: conversation, user: user.number };
        address.words(self.seed, draw)
    }

    fn behaviours(&self) -> impl Iterator<Item = &Behaviour> {
        self.settings.behaviours.values()
    }

    /// Poisson by inversion, as a sum of equal parts with means of at most 8.
    fn conversations(&self, user: &User) -> u32 {
        let clock = &self.settings.clock;
        let rate = clock.conversations_per_day * f64::from(clock.days_per_round);
        if clock.usage == Usage::Fixed {
            return rate.round() as u32;
        }
        let mean = rate * (clock.usage_at_zero_trust + (1.0 - clock.usage_at_zero_trust) * user.trust);
        let parts = (mean / 8.0).ceil() as u32;
        let part = |part| {
            let u = share(self.words(Stream::Usage, user, 0, part)[0]);
            poisson_quantile(mean / f64::from(parts), u)
        };
        (0..parts).map(part).sum()
    }

    fn converse(&self, user: &mut User, conversation: u32, tally: &mut Tally) {
        let prompt = self.ask(user, conversation);
        let response = self.respond(user, &prompt, conversation);
        let feedback = self.words(Stream::Feedback, user, conversation, 0);
        let aftermath = self.words(Stream::Aftermath, user, conversation, 0);

        // What the user thinks of it.
        let s = if prompt.visible { self.deference(&response) } else { 0.0 };
        let y = prompt.estimate + s * (prompt.stance_read - prompt.estimate);
        let b = user.stance_error[prompt.topic];
        let (approval, benefit) = self.value(user, &prompt, &response.levels, y);

        // What they do at once.
        let a = &self.settings.approval;
        let surprise = (approval - user.satisfaction).abs();
        let rated = share(feedback[0]) < logistic(user.rating_propensity + a.surprise * surprise);
        let pleased = logistic(a.sharpness * (approval - a.reference));
        let up = share(feedback[1]) < pleased;

        // What comes of it: discovery, return, complaint.
        let c = &self.settings.consequences;
        let stakes = self.settings.prompts[prompt.kind].stakes;
        let skill = c.discovery_novice + (1.0 - c.discovery_novice) * user.expertise;
        let discovered = share(feedback[2]) < c.discovery * stakes * skill * y * y / (1.0 + y * y);
        user.satisfaction += c.satisfaction_rate * (approval - user.satisfaction);
        let returned = share(aftermath[2]) < logistic(a.sharpness * (user.satisfaction - a.reference));
        let complaint = c.complaint_rate * user.cringe * self.excess(&prompt, &response.levels);
        let complained = share(aftermath[0]) < complaint;

        tally.visible += u64::from(prompt.visible);
        tally.known += u64::from(prompt.known);
        tally.rated += u64::from(rated);
        tally.up += u64::from(rated && up);
        tally.returned += u64::from(returned);
        tally.discoveries += u64::from(discovered);
        tally.complaints += u64::from(complained);
        tally.approval.push(approval);
        tally.benefit.push(benefit);
        tally.effective_deference.push(s);
        for (j, &index) in response.indices.iter().enumerate() {
            tally.levels[j].push(index);
            if prompt.visible {
                tally.visible_levels[j].push(index);
            }
        }

        // What stays: habits, memory, belief, trust.
        for (habit, level) in user.habituation.iter_mut().zip(&response.levels) {
            *habit += c.habituation_rate * (level - *habit);
        }
        if is_recording(&self.settings.memory) && !user.opted_out {
            if prompt.stated && share(feedback[3]) < self.settings.memory.write {
                user.remember_stance(prompt.topic, self.settings.memory.capacity, aftermath[3]);
            }
            if rated {
                let sign = if up { 1.0 } else { -1.0 };
                user.remember_taste(&self.surprise(&response, sign), self.settings.memory.taste_rate);
            }
        }
        let limit = self.settings.world.stance_limit;
        let moved = b + c.belief_rate * user.trust * user.susceptibility * (y - b);
        user.stance_error[prompt.topic] = (moved + c.hardening * user.trust * s * b).clamp(-limit, limit);
        if discovered {
            user.trust *= 1.0 - c.trust_loss;
        } else {
            user.trust += c.trust_gain * pleased * (1.0 - user.trust);
        }
    }

    /// Kind, topic and stance of a prompt, and what the assistant makes of it.
    fn ask(&self, user: &User, conversation: u32) -> Prompt {
        let (world, memory) = (&self.settings.world, &self.settings.memory);
        let words = self.words(Stream::Prompt, user, conversation, 0);
        let kind = self.kind_at(share(words[0]));
        let chosen = &self.settings.prompts[kind];
        let (topic, u) = index_and_uniform(words[1], world.topics);
        let (topic, stated) = (topic as usize, f64::from(u) < chosen.stated);
        let (noise, error) = normal_pair(words[2], words[3]);
        let read = memory.enabled && !user.opted_out;
        let remembered = user.remembered_stance[topic].filter(|_| read);
        let any = user.taste_known || user.remembered_stance.iter().any(Option::is_some);
        let sd =
            if remembered.is_some() { memory.stance_noise_remembered } else { world.stance_noise_stated };
        let stance = if stated { Some(user.stance_error[topic]) } else { remembered };
        Prompt {
            kind,
            topic,
            stated,
            remembered: remembered.is_some(),
            visible: stance.is_some(),
            known: read && any,
            charge: chosen.charge,
            stance_read: stance.map_or(0.0, |b| b + sd * noise),
            estimate: world.model_error_sd * error,
        }
    }

    /// The kind whose interval of cumulative traffic share holds `u`.
    fn kind_at(&self, u: f64) -> usize {
        let mut end = 0.0;
        let kinds = &self.settings.prompts;
        let found = kinds.values().position(|kind| {
            end += kind.share;
            u < end
        });
        found.unwrap_or(kinds.len() - 1)
    }

    /// Levels with probability proportional to exp((w1 . phi) a + (w2 . phi) a^2).
    fn respond(&self, user: &User, prompt: &Prompt, conversation: u32) -> Response {
        let phi: Vec<f64> = self.features.iter().map(|&it| feature(it, user, prompt)).collect();
        let count = self.policy.behaviours;
        let mut response = Response { indices: Vec::new(), levels: Vec::new(), expected: Vec::new() };
        for j in 0..count {
            let word = self.words(Stream::Response, user, conversation, (j / 4) as u32)[j % 4];
            let dot =
                |row: usize| -> f64 { (0..phi.len()).map(|f| self.policy.weights[(row, f)] * phi[f]).sum() };
            let levels: Vec<f64> =
                (0..self.policy.levels).map(|l| l as f64 / (self.policy.levels - 1) as f64).collect();
            let law = normalised(levels.iter().map(|a| dot(j) * a + dot(count + j) * a * a).collect());
            let mut cumulative = 0.0;
            let chosen = law.iter().position(|p| {
                cumulative += p;
                share(word) < cumulative
            });
            let index = chosen.unwrap_or(levels.len() - 1);
            response.indices.push(index as u8);
            response.levels.push(levels[index]);
            response.expected.push(levels.iter().zip(&law).map(|(a, p)| a * p).sum());
        }
        response
    }

    fn deference(&self, response: &Response) -> f64 {
        let moving = self.behaviours().zip(&response.levels).filter(|(it, _)| it.moves_position);
        moving.map(|(_, level)| level).sum::<f64>().min(1.0)
    }

    /// Immediate approval U and true benefit of a response that takes position `y`.
    fn value(&self, user: &User, prompt: &Prompt, levels: &[f64], y: f64) -> (f64, f64) {
        let (b, e) = (user.stance_error[prompt.topic], user.expertise);
        let weight = self.settings.approval.accuracy / (1.0 + b * b);
        let mut approval = -weight * (e * y * y + (1.0 - e) * (y - b) * (y - b));
        let mut benefit = -weight * y * y;
        for (j, (it, &a)) in self.behaviours().zip(levels).enumerate() {
            let q = charge(it, prompt);
            let personal = if prompt.known { it.personal * self.settings.memory.personal } else { 0.0 };
            let liked = a * (1.0 + personal) - it.habituation * user.habituation[j];
            approval +=
                q * (user.taste[j] * liked - it.dislike * user.cringe * a * a - it.diminishing * a * a);
            benefit += q * (it.benefit * a - it.harm * a * a - it.diminishing * a * a);
            for (name, loss) in &it.crowds {
                let other = self.settings.behaviours.get_index_of(name).map_or(0.0, |k| levels[k]);
                approval -= loss * a * other;
                benefit -= loss * a * other;
            }
        }
        (approval, benefit)
    }

    /// Levels relative to what was to be expected, in reference standard deviations.
    fn surprise(&self, response: &Response, sign: f64) -> Vec<f64> {
        let gaps = response.levels.iter().zip(&response.expected).map(|(a, mean)| sign * (a - mean));
        gaps.zip(self.behaviours()).map(|(gap, it)| gap / it.reference_sd).collect()
    }

    /// What is above the level that draws complaints.
    fn excess(&self, prompt: &Prompt, levels: &[f64]) -> f64 {
        let parts = self.behaviours().zip(levels);
        parts.map(|(it, a)| charge(it, prompt) * (a - it.complaint_level).max(0.0)).sum()
    }
}

fn charge(behaviour: &Behaviour, prompt: &Prompt) -> f64 {
    if behaviour.scales_with_charge { prompt.charge } else { 1.0 }
}

fn feature(feature: Feature, user: &User, prompt: &Prompt) -> f64 {
    let flag = |on: bool| if on { 1.0 } else { 0.0 };
    match feature {
        Feature::Bias => 1.0,
        Feature::Visible => flag(prompt.visible),
        Feature::Remembered => flag(prompt.remembered),
        Feature::Stance => libm::tanh(prompt.stance_read.abs()),
        Feature::Charge => prompt.charge,
        Feature::Known => flag(prompt.known),
        Feature::Taste(j) => flag(prompt.known) * user.remembered_taste[j],
        Feature::Kind(kind) => flag(prompt.kind == kind),
    }
}

/// Probabilities proportional to the exponentials of `logits`.
fn normalised(logits: Vec<f64>) -> Vec<f64> {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logits.iter().map(|x| libm::exp(x - largest)).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

/// The smallest n with P(N <= n) > u.
fn poisson_quantile(mean: f64, u: f64) -> u32 {
    let (mut n, mut probability) = (0, libm::exp(-mean));
    let mut cumulative = probability;
    while u >= cumulative {
        n += 1;
        probability *= mean / f64::from(n);
        cumulative += probability;
    }
    n
}
