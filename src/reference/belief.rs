//! The position of an answer, and what it does to the user's belief: by pull or by Bayes' rule.

use super::prompt::Prompt;
use super::{Response, Round, User, logistic, share};
use crate::random::Stream;
use crate::scenario::{BeliefRule, Selection};

impl Round<'_> {
    /// Effective deference s v and the position y taken.
    pub(super) fn position(&self, prompt: &Prompt, response: &Response) -> (f64, f64) {
        let s = if prompt.visible { self.deference(response) } else { 0.0 };
        if self.settings.world.belief_rule == BeliefRule::Bayesian {
            return (s, if prompt.swayed < s { prompt.stance_read } else { prompt.estimate });
        }
        (s, prompt.estimate + s * (prompt.stance_read - prompt.estimate))
    }

    /// The belief on the prompt's topic after an answer.
    pub(super) fn next_belief(&self, user: &User, prompt: &Prompt, y: f64, deference: f64) -> f64 {
        let (c, limit) = (&self.settings.consequences, self.settings.world.stance_limit);
        let b = prompt.belief;
        let speed = user.trust * self.settings.segments[user.segment].susceptibility;
        if self.settings.world.belief_rule == BeliefRule::Bayesian {
            let certainty = self.settings.evidence.certainty;
            if b.abs() >= libm::log(certainty / (1.0 - certainty)) {
                return b;
            }
            return (b + speed * self.evidence(prompt, y)).clamp(-limit, limit);
        }
        let pull = c.belief_rate * speed * (y - b);
        let push = c.hardening * user.trust * deference * b;
        (b + pull + push).clamp(-limit, limit)
    }

    /// ln P(evidence | falsehood) / P(evidence | truth) as the user reckons.
    fn evidence(&self, prompt: &Prompt, y: f64) -> f64 {
        let it = &self.settings.evidence;
        let suspicion = if prompt.visible { it.suspicion } else { 0.0 };
        let agrees = y == prompt.opinion;
        // P(evidence), if a fact supports it with probability p.
        let chance = |p: f64| {
            let deferring = match (it.selection, agrees) {
                (Selection::Fabricate, agrees) => f64::from(u8::from(agrees)),
                (Selection::CherryPick, true) => 1.0 - libm::pow(1.0 - p, f64::from(it.facts)),
                (Selection::CherryPick, false) => libm::pow(p, f64::from(it.facts)),
            };
            (1.0 - suspicion) * p + suspicion * deferring
        };
        let size = libm::log(chance(it.reliability) / chance(1.0 - it.reliability));
        if y > 0.5 { size } else { -size }
    }

    /// What is voiced and shown in a turn.
    pub(super) fn show_evidence(&self, prompt: &mut Prompt, user: &User, conversation: u32, voiced: f64) {
        let it = &self.settings.evidence;
        let words = self.words(Stream::Evidence, user, conversation, prompt.turn);
        let opinion = share(words[0]) < logistic(voiced);
        let fact = share(words[1]) >= it.reliability;
        // Of the other facts, each supports the opinion with this probability.
        let supports = if opinion { 1.0 - it.reliability } else { it.reliability };
        let none = libm::pow(1.0 - supports, f64::from(it.facts - 1));
        let supported = fact == opinion || share(words[2]) >= none;
        let wanted = if it.selection == Selection::Fabricate || supported { opinion } else { !opinion };
        let number = |falsehood: bool| f64::from(u8::from(falsehood));
        prompt.opinion = number(opinion);
        prompt.estimate = number(fact);
        prompt.stance_read = if prompt.visible { number(wanted) } else { 0.0 };
        prompt.swayed = share(words[3]);
        prompt.stance = logistic(prompt.belief);
    }
}
