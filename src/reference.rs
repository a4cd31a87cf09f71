//! The serving round once more, one user at a time in double precision, written to be read.
//!
//! [`serve`] does what [`crate::conversation::serve`] does, from the same addressed random words and the same
//! equations (docs/model.md, sections 1 to 4), without lanes, blocks or approximations. It shares no formula with
//! the fast path, so that each checks the other; tests require that both give the same answer. Only its slowness
//! keeps it from being the product.

mod belief;
mod prompt;
mod user;

pub use user::User;

use prompt::Prompt;

use crate::conversation::Tally;
use crate::memory::is_recording;
use crate::policy::{Feature, MAX_BEHAVIOURS, Policy};
use crate::population::{Marks, Population};
use crate::random::{Address, Stream, uniform};
use crate::scenario::{Behaviour, Settings, Usage};

/// A round: the policy in service, and where its random numbers come from.
struct Round<'s> {
    settings: &'s Settings,
    policy: &'s Policy,
    features: Vec<Feature>,
    seed: u64,
    number: u32,
}

struct Response {
    indices: Vec<u8>,
    levels: Vec<f64>,
    /// Expected levels in this context.
    expected: Vec<f64>,
}

struct Reaction {
    approval: f64,
    benefit: f64,
    /// s v.
    deference: f64,
    /// y.
    position: f64,
    /// P(up | rated).
    pleased: f64,
    /// Satisfaction afterwards.
    satisfaction: f64,
    rated: bool,
    up: bool,
    discovered: bool,
    complained: bool,
    returned: bool,
    /// Word that chooses what a full memory forgets.
    forgotten: u32,
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
        for index in
            (0..block.users).filter(|&index| block.marks[index].has(Marks::ACTIVE)).collect::<Vec<_>>()
        {
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

/// A number in [0, 1) that says whether something of probability `p` happens says a second thing as well: where it lies
/// in its part is uniform again.
fn rest(u: f64, p: f64) -> f64 {
    if u < p { u / p } else { (u - p) / (1.0 - p) }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

impl Round<'_> {
    fn words(&self, stream: Stream, user: &User, conversation: u32, draw: u32) -> [u32; 4] {
        let address = Address { stream, round: self.number, day: 0, event: conversation, user: user.number };
        address.words(self.seed, draw)
    }

    fn behaviours(&self) -> impl Iterator<Item = &Behaviour> {
        self.settings.behaviours.values()
    }

    /// At regular intervals, or Poisson by inversion, as a sum of equal parts with means of at most 8.
    fn conversations(&self, user: &User) -> u32 {
        let clock = &self.settings.clock;
        let rate = clock.conversations_per_day * f64::from(clock.days_per_round);
        if clock.usage == Usage::Fixed {
            let phase = f64::from(self.words(Stream::Usage, user, 0, 0)[0]) / 4_294_967_296.0;
            return libm::floor(rate + phase) as u32;
        }
        let mean = rate * (clock.usage_at_zero_trust + (1.0 - clock.usage_at_zero_trust) * user.trust);
        let parts = (rate / 8.0).ceil().max(1.0) as u32;
        let part = |part| {
            let u = share(self.words(Stream::Usage, user, 0, part)[0]);
            poisson_quantile(mean / f64::from(parts), u)
        };
        (0..parts).map(part).sum()
    }

    fn converse(&self, user: &mut User, conversation: u32, tally: &mut Tally) {
        let mut prompt = self.ask(user, conversation);
        let mut response = self.respond(user, &prompt, conversation);
        for turn in 1..self.settings.clock.turns_per_conversation {
            let (deference, y) = self.position(&prompt, &response);
            prompt.turn = turn;
            prompt.belief = self.next_belief(user, &prompt, y, deference);
            self.take_turn(&mut prompt, user, conversation);
            response = self.respond(user, &prompt, conversation);
        }
        let reaction = self.react(user, &prompt, &response, conversation);
        count(tally, &prompt, &response, &reaction);
        self.remember(user, &prompt, &response, &reaction);
        self.change(user, &prompt, &response, &reaction);
    }

    /// What the user thinks and does.
    fn react(&self, user: &User, prompt: &Prompt, response: &Response, conversation: u32) -> Reaction {
        let (a, c) = (&self.settings.approval, &self.settings.consequences);
        let words = self.words(Stream::Feedback, user, conversation, 0);
        let (s, y) = self.position(prompt, response);
        let (approval, benefit) = self.value(user, prompt, &response.levels, y);
        let surprise = (approval - user.satisfaction).abs();
        let drawn_in = a.participation * (approval - a.reference);
        let pleased = logistic(a.sharpness * (approval - a.reference));
        let satisfaction = user.satisfaction + c.satisfaction_rate * (approval - user.satisfaction);
        let stakes = self.settings.prompts[prompt.kind].stakes;
        let skill = c.discovery_novice + (1.0 - c.discovery_novice) * user.expertise;
        let complaint = c.complaint_rate * user.cringe * self.excess(prompt, &response.levels);
        let rating = logistic(user.rating_propensity + a.surprise * surprise + drawn_in);
        let returning = logistic(a.sharpness * (satisfaction - a.reference));
        Reaction {
            approval,
            benefit,
            deference: s,
            position: y,
            pleased,
            satisfaction,
            rated: share(words[0]) < rating,
            up: rest(share(words[0]), rating) < pleased,
            discovered: share(words[1]) < c.discovery * stakes * skill * y * y / (1.0 + y * y),
            returned: share(words[2]) < returning,
            complained: rest(share(words[2]), returning) < complaint,
            forgotten: self.words(Stream::Eviction, user, conversation, 0)[0],
        }
    }

    /// What the assistant keeps of it.
    fn remember(&self, user: &mut User, prompt: &Prompt, response: &Response, reaction: &Reaction) {
        let memory = &self.settings.memory;
        if !is_recording(memory) || user.opted_out {
            return;
        }
        if prompt.written {
            user.remember_stance(prompt.topic, prompt.belief, memory.capacity, reaction.forgotten);
        }
        if reaction.rated {
            let sign = if reaction.up { 1.0 } else { -1.0 };
            user.remember_taste(&self.surprise(response, sign), memory.taste_rate);
        }
    }

    /// What it does to habits, belief and trust.
    fn change(&self, user: &mut User, prompt: &Prompt, response: &Response, reaction: &Reaction) {
        let c = &self.settings.consequences;
        user.satisfaction = reaction.satisfaction;
        for (habit, level) in user.habituation.iter_mut().zip(&response.levels) {
            *habit += c.habituation_rate * (level - *habit);
        }
        let belief = self.next_belief(user, prompt, reaction.position, reaction.deference);
        user.stance_error[prompt.topic] = belief;
        if reaction.discovered {
            user.trust *= 1.0 - c.trust_loss;
        } else {
            user.trust += c.trust_gain * reaction.pleased * (1.0 - user.trust);
        }
    }

    /// Levels with probability proportional to exp((w1 . phi) a + (w2 . phi) a^2).
    fn respond(&self, user: &User, prompt: &Prompt, conversation: u32) -> Response {
        let phi: Vec<f64> = self.features.iter().map(|&it| self.feature(it, user, prompt)).collect();
        let count = self.policy.behaviours;
        let mut response = Response { indices: Vec::new(), levels: Vec::new(), expected: Vec::new() };
        for j in 0..count {
            let draw = prompt.turn * (MAX_BEHAVIOURS / 4) as u32 + (j / 4) as u32;
            let word = self.words(Stream::Response, user, conversation, draw)[j % 4];
            let dot =
                |row: usize| -> f64 { (0..phi.len()).map(|f| self.policy.weights[(row, f)] * phi[f]).sum() };
            let levels: Vec<f64> =
                (0..self.policy.levels).map(|l| l as f64 / (self.policy.levels - 1) as f64).collect();
            let levels = &levels[..self.policy.allowed[j]];
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
        let (b, e) = (prompt.stance, user.expertise);
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

fn count(tally: &mut Tally, prompt: &Prompt, response: &Response, reaction: &Reaction) {
    tally.visible += u64::from(prompt.visible);
    tally.known += u64::from(prompt.known);
    tally.rated += u64::from(reaction.rated);
    tally.up += u64::from(reaction.rated && reaction.up);
    tally.returned += u64::from(reaction.returned);
    tally.discoveries += u64::from(reaction.discovered);
    tally.complaints += u64::from(reaction.complained);
    tally.approval.push(reaction.approval);
    tally.benefit.push(reaction.benefit);
    tally.effective_deference.push(reaction.deference);
    for (j, &index) in response.indices.iter().enumerate() {
        tally.levels[j].push(index);
        if prompt.visible {
            tally.visible_levels[j].push(index);
        }
    }
}

fn charge(behaviour: &Behaviour, prompt: &Prompt) -> f64 {
    if behaviour.scales_with_charge { prompt.charge } else { 1.0 }
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
