//! What users get: the deployed policy with its system prompt and guardrails, the policy that it replaces after a launch,
//! and what is done when an incident is noticed.

use crate::conversation::Served;
use crate::launch::{Baseline, InService, Launched, Stretch, World, live_through_launch};
use crate::policy::{Policy, as_served, with_patch};
use crate::scenario::Settings;
use serde::{Deserialize, Serialize};

/// A policy with the reference it was trained against: what is stored at a launch and can be gone back to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// The policy.
    pub policy: Policy,
    /// The reference policy.
    pub reference: Policy,
}

/// A launch that the next round begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Launch {
    replaced: Release,
    before: Baseline,
}

/// What is in service between two rounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// The deployed policy, as trained.
    pub deployed: Policy,
    /// Whether an incident was ever noticed, so that training is to change.
    pub noticed: bool,
    launch: Option<Launch>,
    /// The round in which the system prompt of the deployed policy was patched.
    patched_in: Option<u32>,
}

/// What serving a round left behind.
pub struct RoundServed {
    /// All conversations.
    pub served: Served,
    /// The days.
    pub stretches: Vec<Stretch>,
    /// The policies that were in service, as served.
    pub policies: Policies,
    /// The release that was gone back to.
    pub rolled_back_to: Option<Release>,
    /// Day of the round at whose end an incident was noticed.
    pub noticed: Option<u32>,
}

/// Policies as served in one round.
pub struct Policies {
    /// What the round began with, once rolled out.
    pub current: Policy,
    /// The same with a patch of this round.
    pub patched: Policy,
    /// What it replaced, if the round began with a launch.
    pub previous: Option<Policy>,
    /// Which of them is in service at the end.
    pub at_the_end: InService,
}

impl Policies {
    /// The policy in service at the end.
    pub fn last(&self) -> &Policy {
        match (self.at_the_end, &self.previous) {
            (InService::Patched, _) => &self.patched,
            (InService::Previous, Some(previous)) => previous,
            _ => &self.current,
        }
    }
}

impl Service {
    /// Service by `policy`, which nobody has seen before.
    pub fn new(policy: Policy) -> Self {
        Self { deployed: policy, noticed: false, launch: None, patched_in: None }
    }

    /// Deploys `candidate` from the next round on; what it replaces can be gone back to.
    pub fn launch(&mut self, candidate: Policy, replaced: Release, before: Baseline) {
        self.deployed = candidate;
        self.patched_in = None;
        self.launch = Some(Launch { replaced, before });
    }

    /// Deploys `candidate` with nothing to go back to, as in the warm-up.
    pub fn replace(&mut self, candidate: Policy) {
        self.deployed = candidate;
    }

    /// Serves a round. If it begins with a launch that is rolled out or watched, its first days are lived one by one, and
    /// an incident that is noticed may end with the policy before.
    pub fn serve_round(&mut self, world: &mut World<'_>) -> RoundServed {
        let current = self.in_service(world.settings, world.seed);
        let patched = with_patch(&current, world.settings, world.seed, world.round);
        let mut policies = Policies { current, patched, previous: None, at_the_end: InService::Current };
        let day_by_day = world.settings.monitoring.watch_days > 0 || world.settings.review.rollout_days > 0;
        match self.launch.take().filter(|_| day_by_day) {
            Some(launch) => self.serve_watched(world, launch, policies),
            None => {
                let (served, stretch) = world.serve_rest(0, InService::Current, &policies.current);
                policies.at_the_end = InService::Current;
                RoundServed {
                    served,
                    stretches: vec![stretch],
                    policies,
                    rolled_back_to: None,
                    noticed: None,
                }
            }
        }
    }

    fn serve_watched(
        &mut self,
        world: &mut World<'_>,
        launch: Launch,
        mut policies: Policies,
    ) -> RoundServed {
        let previous = as_served(&launch.replaced.policy, world.settings, world.seed);
        let launched =
            Launched { previous: &previous, current: &policies.current, patched: &policies.patched };
        let mut lived = live_through_launch(world, launched, launch.before);
        policies.previous = Some(previous);
        policies.at_the_end = lived.in_service;
        let day = lived.stretches.len() as u32;
        if day < world.settings.clock.days_per_round {
            let (served, mut stretch) = world.serve_rest(day, lived.in_service, policies.last());
            stretch.events = lived.next_events;
            lived.served.extend(served);
            lived.stretches.push(stretch);
        }
        self.noticed |= lived.noticed.is_some();
        RoundServed {
            served: lived.served.in_order(world.sizes),
            stretches: lived.stretches,
            rolled_back_to: self.settle(lived.in_service, launch.replaced, world.round),
            policies,
            noticed: lived.noticed,
        }
    }

    /// Deploys what is in service after the watch; the release gone back to, if it was.
    fn settle(&mut self, in_service: InService, replaced: Release, round: u32) -> Option<Release> {
        match in_service {
            InService::Previous => {
                self.deployed = replaced.policy.clone();
                Some(replaced)
            }
            InService::Patched => {
                self.patched_in = Some(round);
                None
            }
            InService::Current | InService::Candidate => None,
        }
    }

    /// The deployed policy as served, patched if it was.
    pub fn in_service(&self, settings: &Settings, seed: u64) -> Policy {
        let served = as_served(&self.deployed, settings, seed);
        self.patched_in.map_or(served.clone(), |round| with_patch(&served, settings, seed, round))
    }
}
