//! A candidate before review, and the prompts that checks at a desk put to it.

use crate::doubles::WIDTH;
use crate::feedback::{ApprovalModel, Interaction, Situation};
use crate::parallel;
use crate::policy::{Feature, MAX_BEHAVIOURS, Policy, eight_contexts};
use crate::random::{Address, Draws, Stream};
use crate::scenario::{Profiles, Settings};

/// What checks at a desk may look at.
///
/// Both policies answer the same prompts, each with random numbers of its own, as two deployed models would: the
/// difference is paired by prompt, and even two equal policies differ by noise.
#[derive(Clone, Copy, Debug)]
pub struct Candidacy<'a> {
    /// The candidate as it would be served, system prompt included.
    pub candidate: &'a Policy,
    /// The policy in service, as served.
    pub incumbent: &'a Policy,
    /// A uniform sample of logged conversations.
    pub rows: &'a [Interaction],
    /// Context features of both policies.
    pub features: &'a [Feature],
    /// The settings that hold.
    pub settings: &'a Settings,
    /// The run's seed.
    pub seed: u64,
    /// Update round.
    pub round: u32,
}

/// A prompt as a check puts it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    /// phi(x).
    pub phi: Vec<f64>,
    /// What it is about.
    pub situation: Situation,
}

impl<'a> Candidacy<'a> {
    /// Draws of one item (prompt, expert) of the check called `name`.
    pub(super) fn draws(&self, stream: Stream, name: &str, item: u32) -> Draws {
        Address { stream, round: self.round, day: 0, event: event_of(name), user: item }.draws(self.seed)
    }

    /// A logged conversation, drawn with replacement; `None` without any.
    pub(super) fn any_row(&self, draws: &mut Draws) -> Option<&'a Interaction> {
        let nth = draws.uniform() * self.rows.len() as f64;
        self.rows.get(nth as usize)
    }

    /// Its prompt, with the user's memory or as a stranger would have asked it. Takes three draws either way.
    pub(super) fn prompt(&self, row: &Interaction, profiles: Profiles, draws: &mut Draws) -> Asked {
        let stated = draws.uniform() < self.stated_share(row.situation.charge);
        let error = draws.normal();
        let asked = Asked { phi: row.phi.to_vec(), situation: row.situation };
        match profiles {
            Profiles::Users => asked,
            Profiles::Strangers => self.of_stranger(asked, stated, error),
        }
    }

    /// Without memory. Where the stance was remembered the log does not say whether it was also stated, so that is
    /// drawn from the share of prompts of this kind that state one.
    fn of_stranger(&self, mut asked: Asked, stated: bool, error: f64) -> Asked {
        let remembered = |(feature, x): (&Feature, &f64)| *feature == Feature::Remembered && *x > 0.0;
        if self.features.iter().zip(&asked.phi).any(remembered) {
            asked.situation.visible = stated;
            asked.situation.stance_read =
                asked.situation.stance_error + self.settings.world.stance_noise_stated * error;
        }
        let (visible, read) = (f64::from(u8::from(asked.situation.visible)), asked.situation.stance_read);
        for (feature, x) in self.features.iter().zip(&mut asked.phi) {
            match feature {
                Feature::Visible => *x = visible,
                Feature::Stance => *x = visible * libm::tanh(read.abs()),
                Feature::Remembered | Feature::Known | Feature::Taste(_) | Feature::Segment(_) => *x = 0.0,
                Feature::Bias | Feature::Charge | Feature::Kind(_) => {}
            }
        }
        asked
    }

    /// P(a stance is stated) for the kinds of prompts with this charge.
    fn stated_share(&self, charge: f64) -> f64 {
        // Logged charges went through single precision.
        let alike = self.settings.prompts.values().filter(|kind| (kind.charge - charge).abs() < 1e-6);
        let (stated, share) =
            alike.fold((0.0, 0.0), |sum, kind| (sum.0 + kind.share * kind.stated, sum.1 + kind.share));
        if share > 0.0 { stated / share } else { 0.0 }
    }

    /// The levels of an answer.
    pub(super) fn answer(&self, policy: &Policy, phi: &[f64], draws: &mut Draws) -> Vec<f64> {
        let response: [u8; MAX_BEHAVIOURS] = policy.sample_response(phi, || draws.uniform());
        Interaction::levels_of(&response[..policy.behaviours], policy.levels)
    }

    /// Works on the items 0, 1, ... of a check, up to eight at a time and on all cores; results in their order.
    pub(super) fn by_eights<R: Send>(
        &self,
        (stream, name, count): (Stream, &str, u32),
        work: impl Fn(&mut [Draws]) -> Vec<R> + Sync + Send,
    ) -> impl Iterator<Item = R> {
        let items: Vec<u32> = (0..count).collect();
        let of_some = |items: &[u32]| {
            let mut draws: Vec<Draws> = items.iter().map(|&item| self.draws(stream, name, item)).collect();
            work(&mut draws)
        };
        parallel::map_chunks(&items, WIDTH, of_some).into_iter().flatten()
    }

    /// The levels of both policies' answers, the candidate's first, to up to eight prompts; each answer takes a draw for every
    /// behaviour from those of its prompt.
    pub(super) fn both_answer<'p>(
        &self,
        prompts: impl IntoIterator<Item = &'p [f64]>,
        draws: &mut [Draws],
    ) -> Vec<[Vec<f64>; 2]> {
        let contexts = eight_contexts(prompts);
        let responses = [self.candidate, self.incumbent].map(|policy| {
            let mut uniforms = [[0.0; MAX_BEHAVIOURS]; WIDTH];
            for (uniforms, draws) in uniforms.iter_mut().zip(draws.iter_mut()) {
                uniforms[..policy.behaviours].fill_with(|| draws.uniform());
            }
            let [responses] = policy.respond_to_eight(&contexts[..policy.weights.ncols()], &[uniforms]);
            responses.map(|response| Interaction::levels_of(&response[..policy.behaviours], policy.levels))
        });
        let [new, old] = responses;
        new.into_iter().zip(old).map(|(new, old)| [new, old]).take(draws.len()).collect()
    }

    /// The approval function of these settings.
    pub(super) fn approval(&self) -> ApprovalModel {
        ApprovalModel::from_scenario(self.settings)
    }
}

/// Checks of one kind but another name draw other numbers: 24 bits of the name (FNV-1a, folded).
fn event_of(name: &str) -> u32 {
    let hash =
        name.bytes().fold(0x811C_9DC5u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash >> 24) ^ (hash & 0x00FF_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    // Three prompts, fewer than go at a time, answered by two policies that differ.
    #[test]
    fn answers_together_are_those_of_one_prompt_at_a_time() {
        let scenario = Scenario::preset("baseline", &[]).expect("valid");
        let (settings, features) = (scenario.settings_in(0), Feature::list(scenario.settings_in(0)));
        let incumbent = Policy::from_scenario(settings, &features);
        let mut candidate = incumbent.clone();
        candidate.weights[(0, 0)] += 3.0;
        let candidacy = Candidacy {
            candidate: &candidate,
            incumbent: &incumbent,
            rows: &[],
            features: &features,
            settings,
            seed: 1,
            round: 1,
        };
        let prompts: Vec<Vec<f64>> = (0..3).map(|item| vec![0.5 * f64::from(item); features.len()]).collect();
        let draws: Vec<Draws> =
            (0..3).map(|item| candidacy.draws(Stream::OfflineEval, "check", item)).collect();
        let together = candidacy.both_answer(prompts.iter().map(|phi| &phi[..]), &mut draws.clone());
        let one_at_a_time = prompts.iter().zip(draws).map(|(phi, mut draws)| {
            [&candidate, &incumbent].map(|policy| candidacy.answer(policy, phi, &mut draws))
        });
        assert_eq!(together, one_at_a_time.collect::<Vec<_>>());
        assert!(together.iter().any(|[new, old]| new != old));
    }
}
