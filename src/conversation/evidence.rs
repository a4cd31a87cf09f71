//! Users who learn by Bayes' rule from the evidence that answers report (Chandra et al. 2026, arXiv 2602.19141).
//!
//! A stance error is then the log-odds of a falsehood. In every turn the user voices an opinion, false with the
//! probability that they give the falsehood; the world shows some facts; an answer that defers reports what the opinion
//! wants to hear, any other reports a fact at random. Position 1 is evidence for the falsehood, 0 for the truth.

use super::batch::Batch;
use super::coefficients::Serving;
use super::prompt::Prompt;
use super::reaction::Answer;
use crate::lanes::{self, LANES, Lanes};
use crate::population::Block;
use crate::random::{Stream, uniform};
use crate::scenario::{BeliefRule, Selection, Settings};

/// The rule in single precision.
#[derive(Clone, Copy, Debug)]
pub(super) struct EvidenceRule {
    fabricates: bool,
    reliability: f32,
    /// Probability that none of the other facts supports an opinion, if it is true or false.
    unsupported: [f32; 2],
    weights: EvidenceWeights,
}

/// How far evidence moves the log-odds of a falsehood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EvidenceWeights {
    /// Evidence from a model that does not know the opinion: ln(p / (1 - p)).
    pub plain: f32,
    /// Evidence for the opinion that was voiced, discounted by what the user suspects.
    pub agreeing: f32,
    /// Evidence against it.
    pub opposing: f32,
    /// Log-odds from which a belief is no longer revised.
    pub certain: f32,
}

impl EvidenceWeights {
    /// For a user who takes answers to defer with probability `suspicion` s: ln of (1 - s) p + s d(p) over
    /// (1 - s) (1 - p) + s d(1 - p), where d is the chance that a deferring answer reports such evidence: 1 for agreeing and
    /// 0 for opposing evidence if it fabricates; 1 - (1 - p)^k and p^k if it must find a true fact among k.
    pub fn new(settings: &Settings) -> Self {
        let evidence = &settings.evidence;
        let (p, s) = (evidence.reliability, evidence.suspicion);
        let all = |p: f64| libm::pow(p, f64::from(evidence.facts));
        let fabricates = evidence.selection == Selection::Fabricate;
        // P(a deferring answer agrees, opposes), if a fact supports that evidence with probability p.
        let agrees = |p: f64| if fabricates { 1.0 } else { 1.0 - all(1.0 - p) };
        let opposes = |p: f64| if fabricates { 0.0 } else { all(p) };
        let ratio = |up: f64, down: f64| {
            libm::log(((1.0 - s) * p + s * up) / ((1.0 - s) * (1.0 - p) + s * down)) as f32
        };
        Self {
            plain: libm::log(p / (1.0 - p)) as f32,
            agreeing: ratio(agrees(p), agrees(1.0 - p)),
            opposing: ratio(opposes(p), opposes(1.0 - p)),
            certain: libm::log(evidence.certainty / (1.0 - evidence.certainty)) as f32,
        }
    }
}

impl EvidenceRule {
    /// The rule of these settings, if users learn by Bayes' rule.
    pub fn of(settings: &Settings) -> Option<Self> {
        if settings.world.belief_rule != BeliefRule::Bayesian {
            return None;
        }
        let evidence = &settings.evidence;
        let others = f64::from(evidence.facts - 1);
        let none = |p: f64| libm::pow(1.0 - p, others) as f32;
        Some(Self {
            fabricates: evidence.selection == Selection::Fabricate,
            reliability: evidence.reliability as f32,
            unsupported: [none(evidence.reliability), none(1.0 - evidence.reliability)],
            weights: EvidenceWeights::new(settings),
        })
    }
}

/// What is voiced and shown in a turn, put where opinions and estimates are.
#[inline(always)]
pub(super) fn show_evidence(
    prompt: &mut Prompt,
    rule: &EvidenceRule,
    batch: &Batch,
    serving: &Serving,
    turn: u32,
) {
    let words = batch.words(serving, Stream::Evidence, turn);
    let voiced = lanes::choose_lanes(&prompt.stated, &prompt.belief, &prompt.held);
    let falsehood = lanes::logistic_lanes(&voiced);
    prompt.stance = lanes::logistic_lanes(&prompt.belief);
    for i in 0..LANES {
        let opinion = u32::from(uniform(words[0][i]) < falsehood[i]);
        // A fact at random; true facts point to 0.
        let fact = u32::from(uniform(words[1][i]) >= rule.reliability);
        let supported = fact == opinion || uniform(words[2][i]) >= rule.unsupported[opinion as usize];
        let wanted = if rule.fabricates || supported { opinion } else { 1 - opinion };
        prompt.opinion[i] = lanes::choose(opinion, 1.0, 0.0);
        prompt.estimate[i] = lanes::choose(fact, 1.0, 0.0);
        prompt.stance_read[i] = lanes::choose(wanted * prompt.visible[i], 1.0, 0.0);
        prompt.swayed[i] = uniform(words[3][i]);
    }
}

/// The evidence reported: what the opinion wants to hear with probability s v, else a fact.
#[inline(always)]
pub(super) fn reported(prompt: &Prompt, deference: &Lanes) -> Lanes {
    let mut position = [0.0; LANES];
    for i in 0..LANES {
        let defers = u32::from(prompt.swayed[i] < deference[i]);
        position[i] = lanes::choose(defers, prompt.stance_read[i], prompt.estimate[i]);
    }
    position
}

/// Log-odds after the evidence, weighted by trust and susceptibility; who is certain stays so.
#[inline(always)]
pub(super) fn next_log_odds(
    block: &Block,
    batch: &Batch,
    prompt: &Prompt,
    trust: &Lanes,
    answer: &Answer,
    rule: &EvidenceRule,
    limit: f32,
) -> Lanes {
    let (weights, susceptibility) = (&rule.weights, batch.gather(&block.susceptibility));
    let mut next = [0.0; LANES];
    for i in 0..LANES {
        let (y, old) = (answer.position[i], prompt.belief[i]);
        let known = lanes::choose(u32::from(y == prompt.opinion[i]), weights.agreeing, weights.opposing);
        let step = (2.0 * y - 1.0) * lanes::choose(prompt.visible[i], known, weights.plain);
        let moved = (old + trust[i] * susceptibility[i] * step).clamp(-limit, limit);
        next[i] = lanes::choose(u32::from(old.abs() >= weights.certain), old, moved);
    }
    next
}
