//! Users who learn by Bayes' rule from the evidence that answers report (Chandra et al. 2026, arXiv 2602.19141).
//!
//! A stance error is then the log-odds of a falsehood. In every turn the user voices an opinion, false with the
//! probability that they give the falsehood; the world shows some facts; an answer that defers reports what the opinion
//! wants to hear, any other reports a fact at random. Position 1 is evidence for the falsehood, 0 for the truth.

use super::kernel::Seat;
use super::prompt::Prompt;
use super::reaction::Answer;
use crate::random::Stream;
use crate::scenario::{BeliefRule, Selection, Settings};
use crate::vector::{Floats, Simd};

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
pub(super) fn show_evidence<S: Simd>(prompt: &mut Prompt<S>, rule: &EvidenceRule, seat: &Seat<S>, turn: u32) {
    let words = seat.words(Stream::Evidence, turn);
    let voiced = prompt.stated.choose(prompt.belief, prompt.held);
    prompt.stance = prompt.belief.logistic();
    let opinion = words[0].uniform().lt(voiced.logistic());
    // A fact at random; true facts point to 0.
    let fact = words[1].uniform().ge(seat.all(rule.reliability));
    let agrees = (fact & opinion) | (!fact & !opinion);
    let unsupported = opinion.choose_of(rule.unsupported[1], rule.unsupported[0]);
    let found = agrees | words[2].uniform().ge(unsupported);
    // Nothing that supports the opinion is found: the opposite is reported.
    let wanted = if rule.fabricates { opinion } else { (found & opinion) | (!found & !opinion) };
    prompt.opinion = opinion.numbers();
    prompt.estimate = fact.numbers();
    prompt.stance_read = (wanted & prompt.visible).numbers();
    prompt.swayed = words[3].uniform();
}

/// The evidence reported: what the opinion wants to hear with probability s v, else a fact.
#[inline(always)]
pub(super) fn reported<S: Simd>(prompt: &Prompt<S>, deference: Floats<S>) -> Floats<S> {
    prompt.swayed.lt(deference).choose(prompt.stance_read, prompt.estimate)
}

/// Log-odds after the evidence, weighted by trust and susceptibility; who is certain stays so.
#[inline(always)]
pub(super) fn next_log_odds<S: Simd>(
    prompt: &Prompt<S>,
    weight: Floats<S>,
    answer: &Answer<S>,
    rule: &EvidenceRule,
    limit: f32,
) -> Floats<S> {
    let (y, old) = (answer.position, prompt.belief);
    let weights = &rule.weights;
    let agrees = y.ge(prompt.opinion) & prompt.opinion.ge(y);
    let known = agrees.choose_of(weights.agreeing, weights.opposing);
    let step = (y * 2.0 - 1.0) * prompt.visible.choose(known, known.like(weights.plain));
    let moved = (old + weight * step).at_least(-limit).at_most(limit);
    old.abs().ge(old.like(weights.certain)).choose(old, moved)
}
