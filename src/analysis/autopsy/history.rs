//! What an autopsy keeps of each history: one note per round, small enough for thousands.

use crate::launch::{Activity, CheckResult, Event, Stretch};
use crate::measure::RoundMeasures;
use crate::scenario::Settings;
use crate::statistics::share;

/// One round: what was reviewed, and how users lived.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundNote {
    /// Update round, from 1.
    pub round: u32,
    /// First day of the round, from 0.
    pub first_day: u64,
    /// Whether its candidate was launched.
    pub launched: bool,
    /// Blocking checks that failed.
    pub stopped_by: Vec<String>,
    /// What every check found.
    pub checks: Vec<CheckResult>,
    /// Days of review: trials with users follow one another, checks at a desk are made meanwhile.
    pub review_days: u32,
    /// Sycophancy index of the candidate minus that of the policy the round began with.
    pub candidate_rise: f64,
    /// Day of the round at which an alarm was raised, patch went out, rollback began and was complete; 0 is the day
    /// of the launch.
    pub days: EventDays,
    /// Days of real users with a policy past the alarm level, review left out.
    pub exposed_user_days: f64,
    /// The same for users who tried the candidate of this round before its launch.
    pub trial_user_days: f64,
    /// Highest sycophancy index in service, review left out.
    pub peak_index: f64,
    /// Users who had not left, at the start of the round.
    pub active_users: u64,
    /// Share of ratings that were thumbs up, review included.
    pub thumbs_up_share: f64,
    /// Mean true benefit of a conversation, review included.
    pub user_benefit: f64,
    /// Users' mean stance error at the end of the round.
    pub mean_abs_stance_error: f64,
}

/// When what followed a launch happened, by day of the round.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EventDays {
    /// An alarm was raised.
    pub noticed: Option<u32>,
    /// A changed system prompt went out.
    pub patched: Option<u32>,
    /// The rollback began.
    pub rollback: Option<u32>,
    /// Everyone was back.
    pub rolled_back: Option<u32>,
}

/// One history: a case and a replicate.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// Replicate, from 0.
    pub replicate: u32,
    /// Its rounds, from 1.
    pub rounds: Vec<RoundNote>,
}

impl RoundNote {
    /// The note of a round under these settings.
    pub fn new(measures: &RoundMeasures, settings: &Settings) -> Self {
        let total = measures.served.total();
        let service = || measures.stretches.iter().filter(|it| it.activity != Activity::Review);
        let trials = measures.stretches.iter().filter(|it| it.activity == Activity::Review);
        Self {
            round: measures.round.max(0) as u32,
            first_day: measures.first_day,
            launched: measures.review.decision.launched,
            stopped_by: measures.review.decision.stopped_by.clone(),
            checks: measures.review.results.clone(),
            review_days: checks_days(measures).fold(measures.review.days, u32::max),
            candidate_rise: measures.candidate_rise,
            days: EventDays::of(measures, settings),
            exposed_user_days: service().map(|it| exposure(it, settings)).sum(),
            trial_user_days: trials.map(|it| exposure(it, settings)).sum(),
            peak_index: service().map(|it| it.sycophancy_index).fold(f64::NAN, f64::max),
            active_users: measures.stretches.first().map_or(0, |it| it.active_users),
            thumbs_up_share: share(total.up, total.rated as f64).value,
            user_benefit: total.benefit.mean(),
            mean_abs_stance_error: measures.users.0.mean_abs_stance_error(),
        }
    }

    /// People whom its review occupied.
    pub fn people(&self) -> u32 {
        self.checks.iter().map(|check| check.people).sum()
    }
}

fn checks_days(measures: &RoundMeasures) -> impl Iterator<Item = u32> + '_ {
    measures.review.results.iter().map(|check| check.days)
}

/// Days of real users past the alarm level.
fn exposure(it: &Stretch, settings: &Settings) -> f64 {
    let scale = settings.population.real_users / settings.population.users as f64;
    it.share_past_alarm * it.active_users as f64 * f64::from(it.days) * scale
}

impl EventDays {
    fn of(measures: &RoundMeasures, settings: &Settings) -> Self {
        let day = |event: Event| {
            measures.stretches.iter().find(|it| it.events.contains(&event)).map(|it| it.first_day)
        };
        let rollback = day(Event::RollbackBegins);
        Self {
            noticed: measures.noticed,
            patched: day(Event::PromptPatched),
            rollback,
            rolled_back: rollback.map(|day| day + settings.monitoring.rollback_days),
        }
    }
}

impl History {
    /// The note of a round, if the history got that far.
    pub fn round(&self, round: u32) -> Option<&RoundNote> {
        self.rounds.iter().find(|note| note.round == round)
    }
}
