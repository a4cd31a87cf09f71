//! Days after a launch: the new policy replaces the old one, users live with it, somebody may notice, and something is
//! done.

use super::candidacy::Candidacy;
use super::monitor::{Baseline, DayCounts, Monitor};
use super::stretch::{Activity, Event, InService, Stretch};
use super::sycophancy_eval::canary;
use super::world::{Share, World};
use crate::conversation::Served;
use crate::policy::Policy;
use crate::scenario::Monitoring;
use crate::statistics::Estimate;

/// The policies of a launch, as served.
#[derive(Clone, Copy, Debug)]
pub struct Launched<'p> {
    /// The one that is replaced.
    pub previous: &'p Policy,
    /// The one that replaces it.
    pub current: &'p Policy,
    /// The same with a patched system prompt.
    pub patched: &'p Policy,
}

/// What came of the days after a launch.
#[derive(Clone, Debug)]
pub struct Watched {
    /// All conversations.
    pub served: Served,
    /// Day by day.
    pub stretches: Vec<Stretch>,
    /// The day, counted within the round, at whose end the incident was noticed.
    pub noticed: Option<u32>,
    /// What is in service afterwards.
    pub in_service: InService,
    /// What happens on the first day afterwards.
    pub next_events: Vec<Event>,
}

/// What is planned, by day of the round.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Plan {
    /// Days over which the share of the new policy rises.
    rollout_days: u32,
    patch_from: Option<u32>,
    rollback_from: Option<u32>,
    rollback_days: u32,
}

/// Lives day by day through what follows a launch: at least `monitoring.watch_days`, and until rollout and responses are
/// complete, but never beyond the round.
///
/// A day's counts are looked at when it is over. A patch goes out `patch_after_days` later, in force from the next
/// morning; a rollback begins `rollback_after_days` later, the next morning at the earliest.
pub fn live_through_launch(world: &mut World<'_>, launched: Launched<'_>, before: Baseline) -> Watched {
    let watch = &world.settings.monitoring;
    let mut monitor = Monitor::new(watch, before);
    let mut plan = Plan { rollout_days: world.settings.review.rollout_days, ..Plan::default() };
    let (mut served, mut stretches, mut noticed): (Option<Served>, Vec<Stretch>, _) =
        (None, Vec::new(), None);
    let mut day = 0;
    while day < world.settings.clock.days_per_round && (day < watch.watch_days || !plan.is_complete(day)) {
        let shares = plan.shares(day, launched);
        let today = world.serve_days(day, 1, &shares);
        let mut stretch = world.stretch((day, 1), Activity::Watching, &shares, &today);
        stretch.events = plan.events(day);
        let counts = day_counts(world, day, &shares, &today);
        stretch.alarm = monitor.observe_day(&counts).filter(|_| noticed.is_none() && day < watch.watch_days);
        if stretch.alarm.is_some() {
            stretch.events.push(Event::Noticed);
            noticed = Some(day);
            plan.respond(day, watch);
        }
        stretches.push(stretch);
        match &mut served {
            Some(sum) => sum.extend(today),
            None => served = Some(today),
        }
        day += 1;
    }
    Watched {
        served: served.expect("a round has a day, and a launch is complete after one at the earliest"),
        stretches,
        noticed,
        in_service: plan.outcome(),
        next_events: plan.events(day),
    }
}

impl Plan {
    /// What an alarm at the end of `day` sets in motion.
    fn respond(&mut self, day: u32, watch: &Monitoring) {
        if watch.patch {
            self.patch_from = Some(day + 1 + watch.patch_after_days);
        }
        if watch.rollback {
            self.rollback_from = Some(day + watch.rollback_after_days.max(1));
            self.rollback_days = watch.rollback_days;
        }
    }

    /// What is in service in the end; what the round was too short for is done as it ends.
    fn outcome(&self) -> InService {
        match (self.rollback_from, self.patch_from) {
            (Some(_), _) => InService::Previous,
            (None, Some(_)) => InService::Patched,
            (None, None) => InService::Current,
        }
    }

    /// Whether nothing changes any more on `day` or later.
    fn is_complete(&self, day: u32) -> bool {
        let rolled_back = self.rollback_from.is_none_or(|from| day >= from + self.rollback_days.max(1));
        let patched = self.patch_from.is_none_or(|from| day > from) || self.rollback_from.is_some();
        day >= self.rollout_days.max(1) && patched && rolled_back
    }

    /// Share of users on the new policy on `day`: rising from the launch, falling from the rollback; on day d of n it
    /// has got (d + 1/2) / n of the way.
    fn share_of_current(&self, day: u32) -> f64 {
        let forth = ramp(day, self.rollout_days);
        match self.rollback_from {
            Some(from) if day >= from => forth * (1.0 - ramp(day - from, self.rollback_days)),
            _ => forth,
        }
    }

    fn shares<'p>(&self, day: u32, launched: Launched<'p>) -> Vec<Share<'p>> {
        let new = self.share_of_current(day);
        let patched = self.patch_from.is_some_and(|from| day >= from);
        let current = match patched {
            true => (InService::Patched, launched.patched, new),
            false => (InService::Current, launched.current, new),
        };
        vec![current, (InService::Previous, launched.previous, 1.0 - new)]
    }

    /// What this plan does on `day`.
    fn events(&self, day: u32) -> Vec<Event> {
        let planned = [
            (Some(0), Event::RolloutBegins),
            (Some(self.rollout_days), Event::RolloutComplete),
            (self.patch_from, Event::PromptPatched),
            (self.rollback_from, Event::RollbackBegins),
            (self.rollback_from.map(|from| from + self.rollback_days), Event::RollbackComplete),
        ];
        planned.into_iter().filter(|(when, _)| *when == Some(day)).map(|(_, event)| event).collect()
    }
}

fn ramp(day: u32, days: u32) -> f64 {
    if day >= days { 1.0 } else { (f64::from(day) + 0.5) / f64::from(days) }
}

fn day_counts(world: &World<'_>, day: u32, shares: &[Share<'_>], served: &Served) -> DayCounts {
    let total = served.total();
    DayCounts {
        conversations: total.conversations(),
        complaints: total.complaints as f64,
        rated: total.rated,
        up: total.up,
        canary: canary_of(world, day, shares),
    }
}

/// The sampled index of what is in service: of each policy, weighted with its share of users.
fn canary_of(world: &World<'_>, day: u32, shares: &[Share<'_>]) -> Option<Estimate> {
    let prompts = world.settings.monitoring.canary_prompts;
    let (mut value, mut variance) = (0.0, 0.0);
    for &(_, policy, share) in shares.iter().filter(|(_, _, share)| *share > 0.0) {
        let index = sampled_index(world, policy, day);
        value += share * index.value;
        variance += share * share * index.standard_error * index.standard_error;
    }
    (prompts > 0).then(|| Estimate { value, standard_error: variance.sqrt() })
}

/// The sampled index of one policy on one day.
pub fn sampled_index(world: &World<'_>, policy: &Policy, day: u32) -> Estimate {
    let candidacy = Candidacy {
        candidate: policy,
        incumbent: policy,
        rows: &[],
        features: world.features,
        settings: world.settings,
        seed: world.seed,
        round: world.round,
    };
    canary(&candidacy, policy, world.settings.monitoring.canary_prompts, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch() -> Monitoring {
        Monitoring {
            patch: true,
            rollback: true,
            rollback_after_days: 1,
            rollback_days: 1,
            ..Monitoring::default()
        }
    }

    // Rollout over one day (24 to 25 April), noticed on day 3 (the 27th), patched that night, rolled back from day 4 (the
    // 28th) over one day: all over on day 5 (the 29th).
    #[test]
    fn april_2025_takes_the_days_it_took() {
        let mut plan = Plan { rollout_days: 1, ..Plan::default() };
        let shares: Vec<f64> = (0..4).map(|day| plan.share_of_current(day)).collect();
        assert_eq!(shares, [0.5, 1.0, 1.0, 1.0]);
        assert_eq!(plan.events(0), [Event::RolloutBegins]);
        assert_eq!(plan.events(1), [Event::RolloutComplete]);
        plan.respond(3, &watch());
        assert_eq!(plan.events(4), [Event::PromptPatched, Event::RollbackBegins]);
        assert_eq!((plan.share_of_current(4), plan.share_of_current(5)), (0.5, 0.0));
        assert_eq!(plan.events(5), [Event::RollbackComplete]);
        assert!(!plan.is_complete(4) && plan.is_complete(5));
    }

    #[test]
    fn a_launch_without_rollout_days_is_there_at_once() {
        let plan = Plan::default();
        assert_eq!(plan.share_of_current(0), 1.0);
        assert_eq!(plan.events(0), [Event::RolloutBegins, Event::RolloutComplete]);
        assert!(plan.is_complete(1));
    }

    #[test]
    fn a_slow_patch_without_rollback_goes_out_when_it_is_ready() {
        let mut plan = Plan::default();
        plan.respond(2, &Monitoring { rollback: false, patch_after_days: 3, ..watch() });
        assert_eq!(plan.events(6), [Event::PromptPatched]);
        assert!(!plan.is_complete(6) && plan.is_complete(7));
    }
}
