//! The serving kernel: one block of users, sixteen conversations at a time.
//!
//! Reading order: who talks, the prompt, the response, the user's reaction, what is written back.
//! Equations: docs/model.md, sections 1 to 4.

use super::coefficients::Serving;
use super::lanes::{self, LANES, Lanes};
use super::tally::Tally;
use super::usage::sample_conversations;
use crate::feedback::{Interaction, Judge, Sample, Situation};
use crate::memory::{self, TASTE_LIMIT};
use crate::policy::{Feature, MAX_BEHAVIOURS, MAX_FEATURES};
use crate::population::Block;
use crate::random::{Address, Stream, index_and_uniform, philox_lanes, uniform};

/// What one block leaves behind.
pub(super) struct BlockServed {
    pub segments: Vec<Tally>,
    pub sample: Sample,
}

type Behaviours = [Lanes; MAX_BEHAVIOURS];

/// Sixteen users of a block, `count` of them real; the rest repeat the first and are not written back.
struct Batch {
    index: [usize; LANES],
    user: [u32; LANES],
    count: usize,
    conversation: u32,
}

/// Prompt and what the assistant makes of it.
struct Prompt {
    topic: [usize; LANES],
    charge: Lanes,
    stakes: Lanes,
    stated: [bool; LANES],
    visible: [bool; LANES],
    remembered: [bool; LANES],
    known: [bool; LANES],
    stance: Lanes,
    stance_read: Lanes,
    estimate: Lanes,
    phi: [Lanes; MAX_FEATURES],
}

/// Response levels as indices and in [0, 1], and their expectation given the context.
struct Response {
    index: [[u8; LANES]; MAX_BEHAVIOURS],
    level: Behaviours,
    expected: Behaviours,
}

/// What the user thinks and does at once.
struct Reaction {
    approval: Lanes,
    benefit: Lanes,
    position: Lanes,
    deference: Lanes,
    rated: [bool; LANES],
    up: [bool; LANES],
    /// P(up) had they rated.
    pleased: Lanes,
    discovered: [bool; LANES],
    writes: [bool; LANES],
}

/// Serves all conversations of one block in this round: first conversations of all users, then second ones, ...
pub(super) fn serve_block(block: &mut Block, serving: &Serving) -> BlockServed {
    let mut served =
        BlockServed { segments: vec![Tally::default(); serving.segments], sample: Sample::default() };
    let counts = conversation_counts(block, serving);
    let most = counts.iter().copied().max().unwrap_or(0);
    let mut talking: Vec<usize> = (0..block.users).collect();
    for conversation in 0..most {
        talking.retain(|&index| counts[index] > conversation);
        for indices in talking.chunks(LANES) {
            converse(block, &Batch::new(block, indices, conversation), serving, &mut served);
        }
    }
    served
}

fn conversation_counts(block: &Block, serving: &Serving) -> Vec<u32> {
    (0..block.users)
        .map(|index| {
            if !block.active[index] {
                return 0;
            }
            let (user, trust) = (block.user(index), block.trust[index]);
            sample_conversations(serving.settings, serving.rate, trust, serving.seed, serving.round, user)
        })
        .collect()
}

impl Batch {
    fn new(block: &Block, indices: &[usize], conversation: u32) -> Self {
        let mut index = [indices[0]; LANES];
        index[..indices.len()].copy_from_slice(indices);
        Self { index, user: index.map(|i| block.user(i)), count: indices.len(), conversation }
    }

    fn gather(&self, values: &[f32]) -> Lanes {
        self.index.map(|i| values[i])
    }

    fn row<'b>(&self, block: &Block, values: &'b [f32], row: usize) -> &'b [f32] {
        &values[row * block.users..(row + 1) * block.users]
    }

    fn words(&self, serving: &Serving, stream: Stream, draw: u32) -> [[u32; LANES]; 4] {
        let address = Address { stream, round: serving.round, event: self.conversation, user: 0 };
        philox_lanes(serving.seed, address, &self.user, draw)
    }
}

fn converse(block: &mut Block, batch: &Batch, serving: &Serving, served: &mut BlockServed) {
    let prompt = sample_prompts(block, batch, serving);
    let response = sample_responses(batch, &prompt, serving);
    let reaction = react(block, batch, &prompt, &response, serving);
    let aftermath = batch.words(serving, Stream::Aftermath, 0);
    count_and_log(block, batch, &prompt, &response, &reaction, &aftermath, serving, served);
    write_back(block, batch, &prompt, &response, &reaction, &aftermath, serving);
}

fn sample_prompts(block: &Block, batch: &Batch, serving: &Serving) -> Prompt {
    let world = &serving.settings.world;
    let memory = &serving.settings.memory;
    let words = batch.words(serving, Stream::Prompt, 0);
    let mut prompt = Prompt {
        topic: [0; LANES],
        charge: [0.0; LANES],
        stakes: [0.0; LANES],
        stated: [false; LANES],
        visible: [false; LANES],
        remembered: [false; LANES],
        known: [false; LANES],
        stance: [0.0; LANES],
        stance_read: [0.0; LANES],
        estimate: [0.0; LANES],
        phi: [[0.0; LANES]; MAX_FEATURES],
    };
    let mut kind = [0usize; LANES];
    for i in 0..LANES {
        let u = uniform(words[0][i]);
        kind[i] = serving.kinds[..serving.kinds.len() - 1].iter().filter(|k| u >= k.cumulative_share).count();
        let chosen = &serving.kinds[kind[i]];
        prompt.charge[i] = chosen.charge;
        prompt.stakes[i] = chosen.stakes;
        let (topic, u) = index_and_uniform(words[1][i], world.topics);
        prompt.topic[i] = topic as usize;
        prompt.stated[i] = u < chosen.stated;
    }
    let (mut noise, mut error) = ([0.0; LANES], [0.0; LANES]);
    for i in 0..LANES {
        (noise[i], error[i]) = lanes::normal_pair(words[2][i], words[3][i]);
    }
    let (sd_stated, sd_remembered) =
        (world.stance_noise_stated as f32, memory.stance_noise_remembered as f32);
    for i in 0..LANES {
        let (user, topic) = (batch.index[i], prompt.topic[i]);
        let readable = memory.enabled && !block.opted_out[user];
        let remembered = readable && block.remembered_topics[user] >> topic & 1 == 1;
        prompt.remembered[i] = remembered;
        prompt.known[i] = readable && (block.remembered_topics[user] != 0 || block.taste_known[user]);
        prompt.visible[i] = prompt.stated[i] || remembered;
        prompt.stance[i] = block.stance_error[topic * block.users + user];
        // A stance stated now is read as it is now; memory of the user makes the reading precise.
        let centre = if prompt.stated[i] {
            prompt.stance[i]
        } else {
            block.remembered_stance[topic * block.users + user]
        };
        let sd = if remembered { sd_remembered } else { sd_stated };
        prompt.stance_read[i] = if prompt.visible[i] { centre + sd * noise[i] } else { 0.0 };
        prompt.estimate[i] = world.model_error_sd as f32 * error[i];
    }
    for (f, feature) in serving.features.iter().enumerate() {
        prompt.phi[f] = feature_lanes(*feature, block, batch, &prompt, &kind);
    }
    prompt
}

fn feature_lanes(
    feature: Feature,
    block: &Block,
    batch: &Batch,
    prompt: &Prompt,
    kind: &[usize; LANES],
) -> Lanes {
    let flags = |flags: &[bool; LANES]| flags.map(|flag| if flag { 1.0 } else { 0.0 });
    match feature {
        Feature::Bias => [1.0; LANES],
        Feature::Visible => flags(&prompt.visible),
        // The reading is zero where nothing is visible.
        Feature::Stance => lanes::map(&prompt.stance_read, |x| lanes::tanh_of_magnitude(x.abs())),
        Feature::Charge => prompt.charge,
        Feature::Remembered => flags(&prompt.remembered),
        Feature::Known => flags(&prompt.known),
        Feature::Taste(behaviour) => {
            let mut taste = batch.gather(batch.row(block, &block.remembered_taste, behaviour));
            for i in 0..LANES {
                taste[i] = if prompt.known[i] { taste[i] } else { 0.0 };
            }
            taste
        }
        Feature::Kind(wanted) => flags(&kind.map(|k| k == wanted)),
    }
}

fn sample_responses(batch: &Batch, prompt: &Prompt, serving: &Serving) -> Response {
    let mut response = Response {
        index: [[0; LANES]; MAX_BEHAVIOURS],
        level: [[0.0; LANES]; MAX_BEHAVIOURS],
        expected: [[0.0; LANES]; MAX_BEHAVIOURS],
    };
    let mut words = [[0; LANES]; 4];
    for j in 0..serving.terms.len() {
        if j % 4 == 0 {
            words = batch.words(serving, Stream::Response, (j / 4) as u32);
        }
        let linear = weighted_sum(&serving.linear[j], &prompt.phi);
        let quadratic = weighted_sum(&serving.quadratic[j], &prompt.phi);
        sample_levels(&linear, &quadratic, &words[j % 4], serving.levels, &mut response, j);
    }
    response
}

#[inline(always)]
fn weighted_sum(weights: &[f32], phi: &[Lanes; MAX_FEATURES]) -> Lanes {
    let mut sum = [0.0; LANES];
    for (weight, x) in weights.iter().zip(phi) {
        for i in 0..LANES {
            sum[i] += weight * x[i];
        }
    }
    sum
}

/// Draws a level with probability proportional to exp(w1 a + w2 a^2) by inversion.
#[inline(always)]
fn sample_levels(
    w1: &Lanes,
    w2: &Lanes,
    words: &[u32; LANES],
    levels: usize,
    response: &mut Response,
    j: usize,
) {
    let step = 1.0 / (levels - 1) as f32;
    let logit = |l: usize, i: usize| {
        let a = l as f32 * step;
        a * (w1[i] + w2[i] * a)
    };
    // The largest logit is subtracted, so no weight overflows whatever the policy.
    let mut largest = [0.0f32; LANES];
    for l in 1..levels {
        for i in 0..LANES {
            let x = logit(l, i);
            largest[i] = if x > largest[i] { x } else { largest[i] };
        }
    }
    let mut cumulative = [[0.0f32; LANES]; 32];
    let (mut sum, mut mean) = ([0.0f32; LANES], [0.0f32; LANES]);
    for l in 0..levels {
        let a = l as f32 * step;
        for i in 0..LANES {
            let weight = lanes::exp(logit(l, i) - largest[i]);
            sum[i] += weight;
            mean[i] += a * weight;
            cumulative[l][i] = sum[i];
        }
    }
    let mut chosen = [0u32; LANES];
    for below in &cumulative[..levels - 1] {
        for i in 0..LANES {
            chosen[i] += u32::from(uniform(words[i]) * sum[i] >= below[i]);
        }
    }
    for i in 0..LANES {
        response.index[j][i] = chosen[i] as u8;
        response.level[j][i] = chosen[i] as f32 * step;
        response.expected[j][i] = mean[i] / sum[i];
    }
}

fn react(block: &Block, batch: &Batch, prompt: &Prompt, response: &Response, serving: &Serving) -> Reaction {
    let approval = &serving.settings.approval;
    let consequences = &serving.settings.consequences;
    let (c_acc, k_up, k_rate, reference) = (
        approval.accuracy as f32,
        approval.sharpness as f32,
        approval.surprise as f32,
        approval.reference as f32,
    );
    let expertise = batch.gather(&block.expertise);
    let (mut reaction, crowding) = (position_and_accuracy(prompt, response, &expertise, c_acc, serving), {
        let mut lost = [0.0; LANES];
        for &(j, k, loss) in &serving.crowds {
            for i in 0..LANES {
                lost[i] += loss * response.level[j][i] * response.level[k][i];
            }
        }
        lost
    });
    for i in 0..LANES {
        reaction.approval[i] -= crowding[i];
        reaction.benefit[i] -= crowding[i];
    }
    add_behaviour_terms(block, batch, prompt, response, serving, &mut reaction);
    let words = batch.words(serving, Stream::Feedback, 0);
    let satisfaction = batch.gather(&block.satisfaction);
    let propensity = batch.gather(&block.rating_propensity);
    let write = serving.settings.memory.write as f32;
    let (discovery, novice) = (consequences.discovery as f32, consequences.discovery_novice as f32);
    for i in 0..LANES {
        let u = reaction.approval[i];
        reaction.rated[i] =
            uniform(words[0][i]) < lanes::logistic(propensity[i] + k_rate * (u - satisfaction[i]).abs());
        reaction.pleased[i] = lanes::logistic(k_up * (u - reference));
        reaction.up[i] = uniform(words[1][i]) < reaction.pleased[i];
        let error = reaction.position[i] * reaction.position[i];
        let seen =
            discovery * prompt.stakes[i] * (novice + (1.0 - novice) * expertise[i]) * error / (1.0 + error);
        reaction.discovered[i] = uniform(words[2][i]) < seen;
        reaction.writes[i] = uniform(words[3][i]) < write;
    }
    reaction
}

/// Position taken, effective deference, and the accuracy part of approval and benefit.
fn position_and_accuracy(
    prompt: &Prompt,
    response: &Response,
    expertise: &Lanes,
    c_acc: f32,
    serving: &Serving,
) -> Reaction {
    let mut reaction = Reaction {
        approval: [0.0; LANES],
        benefit: [0.0; LANES],
        position: [0.0; LANES],
        deference: [0.0; LANES],
        rated: [false; LANES],
        up: [false; LANES],
        pleased: [0.0; LANES],
        discovered: [false; LANES],
        writes: [false; LANES],
    };
    let mut deference = [0.0f32; LANES];
    for (j, terms) in serving.terms.iter().enumerate() {
        for i in 0..LANES {
            deference[i] += terms.moves_position * response.level[j][i];
        }
    }
    for i in 0..LANES {
        let seen = if prompt.visible[i] { 1.0 } else { 0.0 };
        let s = deference[i].min(1.0) * seen;
        let y = prompt.estimate[i] + s * (prompt.stance_read[i] - prompt.estimate[i]);
        let (b, e) = (prompt.stance[i], expertise[i]);
        let scale = c_acc / (1.0 + b * b);
        reaction.deference[i] = s;
        reaction.position[i] = y;
        reaction.approval[i] = -(e * y * y + (1.0 - e) * (y - b) * (y - b)) * scale;
        reaction.benefit[i] = -y * y * scale;
    }
    reaction
}

fn add_behaviour_terms(
    block: &Block,
    batch: &Batch,
    prompt: &Prompt,
    response: &Response,
    serving: &Serving,
    reaction: &mut Reaction,
) {
    let cringe = batch.gather(&block.cringe);
    for (j, terms) in serving.terms.iter().enumerate() {
        let taste = batch.gather(batch.row(block, &block.taste, j));
        let habituation = batch.gather(batch.row(block, &block.habituation, j));
        for i in 0..LANES {
            let a = response.level[j][i];
            let scale = if terms.scales_with_charge { prompt.charge[i] } else { 1.0 };
            let personal = if prompt.known[i] { 1.0 + terms.personal } else { 1.0 };
            let liked = taste[i] * (a * personal - terms.habituation * habituation[i]);
            let disliked = (terms.dislike * cringe[i] + terms.diminishing) * a * a;
            reaction.approval[i] += scale * (liked - disliked);
            reaction.benefit[i] += scale * (terms.benefit * a - (terms.harm + terms.diminishing) * a * a);
        }
    }
}

#[allow(clippy::too_many_arguments)]
fn count_and_log(
    block: &Block,
    batch: &Batch,
    prompt: &Prompt,
    response: &Response,
    reaction: &Reaction,
    aftermath: &[[u32; LANES]; 4],
    serving: &Serving,
    served: &mut BlockServed,
) {
    let consequences = &serving.settings.consequences;
    let reference = serving.settings.approval.reference as f32;
    let k_up = serving.settings.approval.sharpness as f32;
    for i in 0..batch.count {
        let user = batch.index[i];
        let satisfaction = next_satisfaction(block, user, reaction.approval[i], serving);
        let returned = uniform(aftermath[2][i]) < lanes::logistic(k_up * (satisfaction - reference));
        let mut excess = 0.0;
        for (j, terms) in serving.terms.iter().enumerate() {
            let scale = if terms.scales_with_charge { prompt.charge[i] } else { 1.0 };
            excess += scale * (response.level[j][i] - terms.complaint_level).max(0.0);
        }
        let complains =
            uniform(aftermath[0][i]) < consequences.complaint_rate as f32 * block.cringe[user] * excess;
        let tally = &mut served.segments[block.segment[user] as usize];
        tally.visible += u64::from(prompt.visible[i]);
        tally.known += u64::from(prompt.known[i]);
        tally.rated += u64::from(reaction.rated[i]);
        tally.up += u64::from(reaction.rated[i] && reaction.up[i]);
        tally.returned += u64::from(returned);
        tally.discoveries += u64::from(reaction.discovered[i]);
        tally.complaints += u64::from(complains);
        tally.approval.push(f64::from(reaction.approval[i]));
        tally.benefit.push(f64::from(reaction.benefit[i]));
        tally.effective_deference.push(f64::from(reaction.deference[i]));
        for j in 0..serving.terms.len() {
            tally.levels[j].push(f64::from(response.level[j][i]));
            if prompt.visible[i] {
                tally.visible_levels[j].push(f64::from(response.level[j][i]));
            }
        }
        let key = aftermath[1][i];
        let into_rated = reaction.rated[i] && key <= serving.rated_threshold;
        let into_uniform = key <= serving.uniform_threshold;
        if into_rated || into_uniform {
            let row = log_row(block, batch, prompt, response, reaction, serving, i, key, returned);
            if into_rated {
                served.sample.rated.push(row);
            }
            if into_uniform {
                served.sample.uniform.push(row);
            }
        }
    }
}

#[allow(clippy::too_many_arguments)]
fn log_row(
    block: &Block,
    batch: &Batch,
    prompt: &Prompt,
    response: &Response,
    reaction: &Reaction,
    serving: &Serving,
    lane: usize,
    key: u32,
    returned: bool,
) -> Interaction {
    let user = batch.index[lane];
    let mut taste = [0.0; MAX_BEHAVIOURS];
    let mut habituation = [0.0; MAX_BEHAVIOURS];
    for j in 0..serving.terms.len() {
        taste[j] = f64::from(block.taste[j * block.users + user]);
        habituation[j] = f64::from(block.habituation[j * block.users + user]);
    }
    Interaction {
        key,
        user: batch.user[lane],
        conversation: batch.conversation,
        segment: block.segment[user],
        response: response.index.map(|row| row[lane]),
        phi: prompt.phi.map(|row| row[lane]),
        situation: Situation {
            stance_error: f64::from(prompt.stance[lane]),
            stance_read: f64::from(prompt.stance_read[lane]),
            visible: prompt.visible[lane],
            estimate: f64::from(prompt.estimate[lane]),
            charge: f64::from(prompt.charge[lane]),
        },
        judge: Judge {
            expertise: f64::from(block.expertise[user]),
            cringe: f64::from(block.cringe[user]),
            taste,
            habituation,
            known: prompt.known[lane],
        },
        satisfaction: f64::from(block.satisfaction[user]),
        rated: reaction.rated[lane],
        up: reaction.up[lane],
        returned,
    }
}

fn next_satisfaction(block: &Block, user: usize, approval: f32, serving: &Serving) -> f32 {
    let old = block.satisfaction[user];
    old + serving.settings.consequences.satisfaction_rate as f32 * (approval - old)
}

fn write_back(
    block: &mut Block,
    batch: &Batch,
    prompt: &Prompt,
    response: &Response,
    reaction: &Reaction,
    aftermath: &[[u32; LANES]; 4],
    serving: &Serving,
) {
    for i in 0..batch.count {
        let user = batch.index[i];
        block.satisfaction[user] = next_satisfaction(block, user, reaction.approval[i], serving);
        update_habits(block, user, response, serving, i);
        if serving.recording && !block.opted_out[user] {
            if prompt.stated[i] && reaction.writes[i] {
                let capacity = serving.settings.memory.capacity;
                let (topic, stance) = (prompt.topic[i], prompt.stance[i]);
                memory::write_stance(block, user, topic, stance, capacity, aftermath[3][i]);
            }
            if reaction.rated[i] {
                remember_taste(block, user, response, reaction.up[i], serving, i);
            }
        }
        update_belief_and_trust(block, user, prompt, reaction, serving, i);
    }
}

fn update_habits(block: &mut Block, user: usize, response: &Response, serving: &Serving, lane: usize) {
    let rate = serving.settings.consequences.habituation_rate as f32;
    for j in 0..serving.terms.len() {
        let habit = &mut block.habituation[j * block.users + user];
        *habit += rate * (response.level[j][lane] - *habit);
    }
}

/// The belief moves towards the position taken, as far as trust goes, and hardens where it was agreed with;
/// pleasing answers build trust, discovered errors destroy it.
fn update_belief_and_trust(
    block: &mut Block,
    user: usize,
    prompt: &Prompt,
    reaction: &Reaction,
    serving: &Serving,
    lane: usize,
) {
    let c = &serving.settings.consequences;
    let trust = block.trust[user];
    let limit = serving.settings.world.stance_limit as f32;
    let b = prompt.stance[lane];
    let pull = c.belief_rate as f32 * trust * block.susceptibility[user] * (reaction.position[lane] - b);
    let push = c.hardening as f32 * trust * reaction.deference[lane] * b;
    block.stance_error[prompt.topic[lane] * block.users + user] = (b + pull + push).clamp(-limit, limit);
    block.trust[user] = if reaction.discovered[lane] {
        trust * (1.0 - c.trust_loss as f32)
    } else {
        trust + c.trust_gain as f32 * reaction.pleased[lane] * (1.0 - trust)
    };
}

/// Moves remembered tastes towards what was thumbed up (away from what was thumbed down), relative to what the
/// policy would have done, in reference standard deviations.
fn remember_taste(
    block: &mut Block,
    user: usize,
    response: &Response,
    up: bool,
    serving: &Serving,
    lane: usize,
) {
    let rate = serving.settings.memory.taste_rate as f32;
    let sign = if up { 1.0 } else { -1.0 };
    for (j, terms) in serving.terms.iter().enumerate() {
        let surprise = sign * (response.level[j][lane] - response.expected[j][lane]) / terms.reference_sd;
        let taste = &mut block.remembered_taste[j * block.users + user];
        *taste = (*taste + rate * (surprise - *taste)).clamp(-TASTE_LIMIT, TASTE_LIMIT);
    }
    block.taste_known[user] = true;
}
