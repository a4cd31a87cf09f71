//! Immediate approval and true benefit of a response, for one judge at a time in double precision.

use crate::scenario::Settings;

/// How one behaviour enters approval and benefit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BehaviourTerms {
    /// Moves the position taken towards the user's stance.
    pub moves_position: bool,
    /// Acts in proportion to the emotional charge.
    pub scales_with_charge: bool,
    /// Quadratic loss for everyone.
    pub diminishing: f64,
    /// Quadratic loss times the judge's cringe.
    pub dislike: f64,
    /// Factor by which memory strengthens the liking.
    pub personal: f64,
    /// Share of the liking lost at habituation 1.
    pub habituation: f64,
    /// Linear benefit.
    pub benefit: f64,
    /// Quadratic harm.
    pub harm: f64,
    /// Level above which complaints come.
    pub complaint_level: f64,
}

/// The approval function of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct ApprovalModel {
    /// c_acc.
    pub accuracy: f64,
    /// Approval at which up and down are equally likely.
    pub reference: f64,
    /// k_up.
    pub sharpness: f64,
    /// Terms by behaviour.
    pub behaviours: Vec<BehaviourTerms>,
    /// (crowded behaviour, crowding behaviour, approval lost per product of levels).
    pub crowds: Vec<(usize, usize, f64)>,
}

/// What a conversation is about, as far as approval depends on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Situation {
    /// The user's stance error b.
    pub stance_error: f64,
    /// The stance as the model reads it, b_hat.
    pub stance_read: f64,
    /// v: whether the model can see a stance.
    pub visible: bool,
    /// The model's own estimate m_hat.
    pub estimate: f64,
    /// Emotional charge q.
    pub charge: f64,
}

/// What a judge makes of a behaviour.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Liking {
    /// Linear liking, in approval per level.
    pub taste: f64,
    /// Habituation, in [0, 1].
    pub habituation: f64,
}

/// Who judges.
#[derive(Clone, Debug, PartialEq)]
pub struct Judge {
    /// Expertise e.
    pub expertise: f64,
    /// Multiplier on the dislike of excess.
    pub cringe: f64,
    /// By behaviour.
    pub likings: Box<[Liking]>,
    /// Whether praise is personal to this judge.
    pub known: bool,
}

/// 1 / (1 + e^-x).
pub fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

impl ApprovalModel {
    /// The approval function of these settings.
    pub fn from_scenario(settings: &Settings) -> Self {
        let behaviours = settings
            .behaviours
            .values()
            .map(|behaviour| BehaviourTerms {
                moves_position: behaviour.moves_position,
                scales_with_charge: behaviour.scales_with_charge,
                diminishing: behaviour.diminishing,
                dislike: behaviour.dislike,
                personal: behaviour.personal * settings.memory.personal,
                habituation: behaviour.habituation,
                benefit: behaviour.benefit,
                harm: behaviour.harm,
                complaint_level: behaviour.complaint_level,
            })
            .collect();
        let crowds = settings.behaviours.values().enumerate().flat_map(|(crowded, behaviour)| {
            behaviour.crowds.iter().filter_map(move |(name, &loss)| {
                settings.behaviours.get_index_of(name).map(|crowding| (crowded, crowding, loss))
            })
        });
        Self {
            accuracy: settings.approval.accuracy,
            reference: settings.approval.reference,
            sharpness: settings.approval.sharpness,
            behaviours,
            crowds: crowds.collect(),
        }
    }

    /// The position taken: y = m_hat + s v (b_hat - m_hat).
    pub fn position(&self, situation: &Situation, levels: &[f64]) -> f64 {
        if !situation.visible {
            return situation.estimate;
        }
        situation.estimate + self.deference(levels) * (situation.stance_read - situation.estimate)
    }

    /// s: the sum of levels that move the position, at most 1.
    pub fn deference(&self, levels: &[f64]) -> f64 {
        let sum: f64 = self
            .behaviours
            .iter()
            .zip(levels)
            .filter(|(terms, _)| terms.moves_position)
            .map(|(_, a)| a)
            .sum();
        sum.min(1.0)
    }

    /// Immediate approval U = c_acc A + taste terms, with A = -[e y^2 + (1 - e)(y - b)^2] / (1 + b^2).
    pub fn approval(&self, judge: &Judge, situation: &Situation, levels: &[f64]) -> f64 {
        let y = self.position(situation, levels);
        let b = situation.stance_error;
        let accuracy =
            -(judge.expertise * y * y + (1.0 - judge.expertise) * (y - b) * (y - b)) / (1.0 + b * b);
        let known = if judge.known { 1.0 } else { 0.0 };
        let mut approval = self.accuracy * accuracy - self.crowding(levels);
        for ((terms, a), liking) in self.behaviours.iter().zip(levels).zip(&judge.likings) {
            let liked =
                liking.taste * (a * (1.0 + terms.personal * known) - terms.habituation * liking.habituation);
            let disliked = (terms.dislike * judge.cringe + terms.diminishing) * a * a;
            approval += terms.scale(situation.charge) * (liked - disliked);
        }
        approval
    }

    /// True benefit to the user: accuracy judged by the truth alone, usefulness and harm; nobody observes it.
    pub fn benefit(&self, situation: &Situation, levels: &[f64]) -> f64 {
        let y = self.position(situation, levels);
        let b = situation.stance_error;
        let mut benefit = -self.accuracy * y * y / (1.0 + b * b) - self.crowding(levels);
        for (terms, a) in self.behaviours.iter().zip(levels) {
            benefit += terms.scale(situation.charge)
                * (terms.benefit * a - (terms.harm + terms.diminishing) * a * a);
        }
        benefit
    }

    fn crowding(&self, levels: &[f64]) -> f64 {
        self.crowds.iter().map(|&(j, k, loss)| loss * levels[j] * levels[k]).sum()
    }

    /// P(up | rated) = logistic(k_up (U - reference)).
    pub fn thumbs_up_probability(&self, approval: f64) -> f64 {
        logistic(self.sharpness * (approval - self.reference))
    }
}

impl BehaviourTerms {
    fn scale(&self, charge: f64) -> f64 {
        if self.scales_with_charge { charge } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> ApprovalModel {
        let plain = BehaviourTerms {
            moves_position: false,
            scales_with_charge: false,
            diminishing: 0.0,
            dislike: 0.0,
            personal: 0.0,
            habituation: 0.0,
            benefit: 0.0,
            harm: 0.0,
            complaint_level: 1.0,
        };
        ApprovalModel {
            accuracy: 1.0,
            reference: 0.0,
            sharpness: 2.0,
            behaviours: vec![
                BehaviourTerms { moves_position: true, ..plain },
                BehaviourTerms { dislike: 0.5, personal: 0.8, habituation: 0.2, ..plain },
            ],
            crowds: vec![],
        }
    }

    fn judge(expertise: f64) -> Judge {
        let likings = [0.0, 0.4].map(|taste| Liking { taste, habituation: 0.0 });
        Judge { expertise, cringe: 1.0, likings: likings.into(), known: false }
    }

    const SITUATION: Situation =
        Situation { stance_error: 1.0, stance_read: 1.0, visible: true, estimate: 0.0, charge: 0.0 };

    // b = 1, full deference: y = 1. The expert loses 1 / 2, the novice nothing; without deference the reverse.
    #[test]
    fn experts_judge_by_the_truth_and_novices_by_their_belief() {
        let model = model();
        assert_eq!(model.approval(&judge(1.0), &SITUATION, &[1.0, 0.0]), -0.5);
        assert_eq!(model.approval(&judge(0.0), &SITUATION, &[1.0, 0.0]), 0.0);
        assert_eq!(model.approval(&judge(0.0), &SITUATION, &[0.0, 0.0]), -0.5);
        assert_eq!(model.approval(&judge(1.0), &SITUATION, &[0.0, 0.0]), 0.0);
    }

    // f = 1: 0.4 - 0.5 unknown; 0.4 * 1.8 - 0.5 known; habituation 1 costs 0.4 * 0.2.
    #[test]
    fn praise_is_worth_more_when_personal_and_less_when_habitual() {
        let (model, mut judge) = (model(), judge(1.0));
        assert!((model.approval(&judge, &SITUATION, &[0.0, 1.0]) - -0.1).abs() < 1e-15);
        judge.known = true;
        assert!((model.approval(&judge, &SITUATION, &[0.0, 1.0]) - 0.22).abs() < 1e-15);
        judge.likings[1].habituation = 1.0;
        assert!((model.approval(&judge, &SITUATION, &[0.0, 1.0]) - 0.14).abs() < 1e-15);
    }

    #[test]
    fn an_invisible_stance_cannot_be_deferred_to() {
        let situation = Situation { visible: false, ..SITUATION };
        assert_eq!(model().position(&situation, &[1.0, 0.0]), 0.0);
    }
}
