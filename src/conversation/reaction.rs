//! What the user thinks of the response and does: approve, rate, complain, come back, believe, trust.

use super::batch::Batch;
use super::coefficients::Serving;
use super::evidence::{next_log_odds, reported};
use super::prompt::Prompt;
use super::response::Response;
use crate::lanes::{self, Flags, LANES, Lanes};
use crate::population::Block;
use crate::random::{Stream, uniform};

/// What the user thinks and does, and who they are afterwards.
pub(super) struct Reaction {
    /// Immediate approval U.
    pub approval: Lanes,
    /// True benefit.
    pub benefit: Lanes,
    /// Effective deference s v.
    pub deference: Lanes,
    pub rated: Flags,
    /// Thumbs up, had they rated.
    pub up: Flags,
    pub returned: Flags,
    pub complains: Flags,
    pub discovered: Flags,
    /// Whether a stated stance is written to memory.
    pub writes: Flags,
    /// Satisfaction afterwards.
    pub satisfaction: Lanes,
    /// Trust afterwards.
    pub trust: Lanes,
    /// Stance error on the prompt's topic afterwards.
    pub belief: Lanes,
    /// Whether they would say, once the consequences are known, that it helped. Asked in experiments only.
    pub helped: Flags,
}

/// The belief after a turn that is not the last.
#[inline(always)]
pub(super) fn belief_after_turn(
    block: &Block,
    batch: &Batch,
    prompt: &Prompt,
    response: &Response,
    serving: &Serving,
) -> Lanes {
    let expertise = batch.gather(&block.expertise);
    let answer = position_and_accuracy(prompt, response, &expertise, serving);
    next_belief(block, batch, prompt, &batch.gather(&block.trust), &answer, serving)
}

#[inline(always)]
pub(super) fn react(
    block: &Block,
    batch: &Batch,
    prompt: &Prompt,
    response: &Response,
    aftermath: &[[u32; LANES]; 4],
    serving: &Serving,
) -> Reaction {
    let words = batch.words(serving, Stream::Feedback, 0);
    let expertise = batch.gather(&block.expertise);
    let cringe = batch.gather(&block.cringe);
    let answer = position_and_accuracy(prompt, response, &expertise, serving);
    let (approval, benefit, excess) = judge(block, batch, prompt, response, &cringe, &answer, serving);
    let satisfaction = next_satisfaction(block, batch, &approval, serving);
    let rating = rating_probability(block, batch, &approval, serving);
    let pleased = pleased_probability(&approval, serving);
    let coming_back = pleased_probability(&satisfaction, serving);
    let discovery = discovery_probability(prompt, &expertise, &answer.position, serving);
    let complaint =
        lanes::map2(&cringe, &excess, |c, x| serving.settings.consequences.complaint_rate as f32 * c * x);
    let discovered = happens(&words[2], &discovery);
    let trust = batch.gather(&block.trust);
    Reaction {
        rated: happens(&words[0], &rating),
        up: happens(&words[1], &pleased),
        returned: happens(&aftermath[2], &coming_back),
        complains: happens(&aftermath[0], &complaint),
        writes: happens(&words[3], &[serving.settings.memory.write as f32; LANES]),
        satisfaction,
        trust: next_trust(&trust, &discovered, &pleased, serving),
        belief: next_belief(block, batch, prompt, &trust, &answer, serving),
        helped: if serving.experiment { helped(batch, &benefit, serving) } else { [0; LANES] },
        discovered,
        approval,
        benefit,
        deference: answer.deference,
    }
}

/// Where the answer stands: position y, effective deference s v, and the accuracy terms of approval and benefit.
pub(super) struct Answer {
    pub position: Lanes,
    pub deference: Lanes,
    perceived_accuracy: Lanes,
    true_accuracy: Lanes,
}

#[inline(always)]
fn position_and_accuracy(
    prompt: &Prompt,
    response: &Response,
    expertise: &Lanes,
    serving: &Serving,
) -> Answer {
    let c_acc = serving.settings.approval.accuracy as f32;
    let zero = [0.0; LANES];
    let mut answer =
        Answer { position: zero, deference: zero, perceived_accuracy: zero, true_accuracy: zero };
    for (j, terms) in serving.terms.iter().enumerate() {
        for i in 0..LANES {
            answer.deference[i] += terms.moves_position * response.level[j][i];
        }
    }
    for i in 0..LANES {
        let s = answer.deference[i].min(1.0) * prompt.seen[i];
        answer.deference[i] = s;
        answer.position[i] = prompt.estimate[i] + s * (prompt.stance_read[i] - prompt.estimate[i]);
    }
    if serving.evidence.is_some() {
        answer.position = reported(prompt, &answer.deference);
    }
    for i in 0..LANES {
        let y = answer.position[i];
        let (b, e) = (prompt.stance[i], expertise[i]);
        let scale = c_acc / (1.0 + b * b);
        answer.perceived_accuracy[i] = -(e * y * y + (1.0 - e) * (y - b) * (y - b)) * scale;
        answer.true_accuracy[i] = -y * y * scale;
    }
    answer
}

/// Approval, benefit, and the excess that draws complaints.
#[inline(always)]
fn judge(
    block: &Block,
    batch: &Batch,
    prompt: &Prompt,
    response: &Response,
    cringe: &Lanes,
    answer: &Answer,
    serving: &Serving,
) -> (Lanes, Lanes, Lanes) {
    let (mut approval, mut benefit) = (answer.perceived_accuracy, answer.true_accuracy);
    let mut excess = [0.0; LANES];
    for &(j, k, loss) in &serving.crowds {
        for i in 0..LANES {
            let lost = loss * response.level[j][i] * response.level[k][i];
            approval[i] -= lost;
            benefit[i] -= lost;
        }
    }
    for (j, terms) in serving.terms.iter().enumerate() {
        let taste = batch.gather_row(block, &block.taste, j);
        let habituation = batch.gather_row(block, &block.habituation, j);
        for i in 0..LANES {
            let a = response.level[j][i];
            let scale = terms.constant_scale + terms.charge_scale * prompt.charge[i];
            let liked = taste[i]
                * (a * (1.0 + terms.personal * prompt.familiar[i]) - terms.habituation * habituation[i]);
            let disliked = (terms.dislike * cringe[i] + terms.diminishing) * a * a;
            approval[i] += scale * (liked - disliked);
            benefit[i] += scale * (terms.benefit * a - (terms.harm + terms.diminishing) * a * a);
            excess[i] += scale * (a - terms.complaint_level).max(0.0);
        }
    }
    (approval, benefit, excess)
}

/// logistic(propensity + k_rate |U - satisfaction| + participation (U - reference)).
#[inline(always)]
fn rating_probability(block: &Block, batch: &Batch, approval: &Lanes, serving: &Serving) -> Lanes {
    let model = &serving.settings.approval;
    let (k_rate, drawn_in) = (model.surprise as f32, model.participation as f32);
    let reference = model.reference as f32;
    let satisfaction = batch.gather(&block.satisfaction);
    let propensity = batch.gather(&block.rating_propensity);
    let surprise = lanes::map2(approval, &satisfaction, |u, usual| (u - usual).abs());
    let usual = lanes::map2(&propensity, &surprise, |p, x| p + k_rate * x);
    lanes::logistic_lanes(&lanes::map2(&usual, approval, |p, u| p + drawn_in * (u - reference)))
}

/// logistic(k_up (value - reference)).
#[inline(always)]
fn pleased_probability(value: &Lanes, serving: &Serving) -> Lanes {
    let approval = &serving.settings.approval;
    let (k_up, reference) = (approval.sharpness as f32, approval.reference as f32);
    lanes::logistic_lanes(&lanes::map(value, |u| k_up * (u - reference)))
}

/// The answer to "did it help?" once the consequences are known: as a thumb, with benefit in the place of approval.
#[inline(always)]
fn helped(batch: &Batch, benefit: &Lanes, serving: &Serving) -> Flags {
    let words = batch.words(serving, Stream::OutcomeSurvey, 0);
    happens(&words[0], &pleased_probability(benefit, serving))
}

/// A position y is found wrong with probability discovery * stakes * (n + (1 - n) e) * y^2 / (1 + y^2).
#[inline(always)]
fn discovery_probability(prompt: &Prompt, expertise: &Lanes, position: &Lanes, serving: &Serving) -> Lanes {
    let consequences = &serving.settings.consequences;
    let (discovery, novice) = (consequences.discovery as f32, consequences.discovery_novice as f32);
    let mut probability = [0.0; LANES];
    for i in 0..LANES {
        let error = position[i] * position[i];
        let attention = discovery * prompt.stakes[i] * (novice + (1.0 - novice) * expertise[i]);
        probability[i] = attention * error / (1.0 + error);
    }
    probability
}

#[inline(always)]
fn next_satisfaction(block: &Block, batch: &Batch, approval: &Lanes, serving: &Serving) -> Lanes {
    let rate = serving.settings.consequences.satisfaction_rate as f32;
    lanes::map2(&batch.gather(&block.satisfaction), approval, |old, u| old + rate * (u - old))
}

/// Pleasing answers build trust, discovered errors destroy it.
#[inline(always)]
fn next_trust(trust: &Lanes, discovered: &Flags, pleased: &Lanes, serving: &Serving) -> Lanes {
    let consequences = &serving.settings.consequences;
    let (gain, kept) = (consequences.trust_gain as f32, 1.0 - consequences.trust_loss as f32);
    let mut next = [0.0; LANES];
    for i in 0..LANES {
        let grown = trust[i] + gain * pleased[i] * (1.0 - trust[i]);
        next[i] = lanes::choose(discovered[i], trust[i] * kept, grown);
    }
    next
}

/// The belief moves towards the position taken, as far as trust goes, and hardens where it was agreed with.
#[inline(always)]
fn next_belief(
    block: &Block,
    batch: &Batch,
    prompt: &Prompt,
    trust: &Lanes,
    answer: &Answer,
    serving: &Serving,
) -> Lanes {
    let consequences = &serving.settings.consequences;
    let (rate, hardening) = (consequences.belief_rate as f32, consequences.hardening as f32);
    let limit = serving.settings.world.stance_limit as f32;
    if let Some(rule) = &serving.evidence {
        return next_log_odds(block, batch, prompt, trust, answer, rule, limit);
    }
    let susceptibility = batch.gather(&block.susceptibility);
    let mut next = [0.0; LANES];
    for i in 0..LANES {
        let b = prompt.stance[i];
        let pull = rate * trust[i] * susceptibility[i] * (answer.position[i] - b);
        let push = hardening * trust[i] * answer.deference[i] * b;
        next[i] = (b + pull + push).clamp(-limit, limit);
    }
    next
}

#[inline(always)]
fn happens(words: &[u32; LANES], probability: &Lanes) -> Flags {
    let mut result = [0; LANES];
    for i in 0..LANES {
        result[i] = u32::from(uniform(words[i]) < probability[i]);
    }
    result
}
