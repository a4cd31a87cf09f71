//! Serving users while something is tried or watched.

use super::stretch::{Activity, InService, Stretch};
use crate::conversation::{Arm, SampleSizes, Served, Serving, Span, serve};
use crate::policy::{Feature, Policy};
use crate::population::Population;
use crate::scenario::Settings;

/// Users, and all that serving them needs beside a policy.
pub struct World<'a> {
    /// The users; they live through whatever is tried.
    pub population: &'a mut Population,
    /// Users who have not left; within a round nobody comes or goes.
    pub active_users: u64,
    /// The settings that hold.
    pub settings: &'a Settings,
    /// Context features of every policy.
    pub features: &'a [Feature],
    /// The run's seed.
    pub seed: u64,
    /// Update round, warm-up included.
    pub round: u32,
    /// Rows wanted of the whole round.
    pub sizes: SampleSizes,
}

/// A policy as served, and the share of users who get it.
pub type Share<'p> = (InService, &'p Policy, f64);

impl World<'_> {
    /// Serves the days from `first_day` on; policies without users are left out.
    pub fn serve_days(&mut self, first_day: u32, days: u32, shares: &[Share<'_>]) -> Served {
        let span = Span { round: self.round, first_day, days };
        let arms = arms(shares);
        let serving = Serving::of_days(self.settings, &arms, self.seed, span, self.sizes);
        let beliefs = self.population.knowledge.as_ref().map(|knowledge| knowledge.model.clone());
        serve(self.population, &serving.with_model_beliefs(beliefs))
    }

    /// Serves the rest of the round, from `first_day` on, by one policy.
    pub fn serve_rest(&mut self, first_day: u32, which: InService, policy: &Policy) -> (Served, Stretch) {
        let days = self.settings.clock.days_per_round - first_day;
        let shares = [(which, policy, 1.0)];
        let served = self.serve_days(first_day, days, &shares);
        let stretch = self.stretch((first_day, days), Activity::Serving, &shares, &served);
        (served, stretch)
    }

    /// What was lived through in these days; the index is filled in later.
    pub fn stretch(
        &self,
        span: (u32, u32),
        activity: Activity,
        shares: &[Share<'_>],
        served: &Served,
    ) -> Stretch {
        let share_of = |which: InService| -> f64 {
            shares.iter().filter(|(it, _, _)| *it == which).fold(0.0, |sum, (_, _, share)| sum + share)
        };
        Stretch {
            first_day: span.0,
            days: span.1,
            activity,
            shares: InService::ALL.map(share_of),
            total: served.total(),
            active_users: self.active_users,
            sycophancy_index: f64::NAN,
            share_past_alarm: f64::NAN,
            alarm: None,
            events: Vec::new(),
        }
    }
}

fn arms<'p>(shares: &[Share<'p>]) -> Vec<Arm<'p>> {
    let served = shares.iter().filter(|(_, _, share)| *share > 0.0);
    served.map(|&(_, policy, share)| Arm { policy, share }).collect()
}
