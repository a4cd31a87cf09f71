//! Some days of a round: who had which policy, what was counted, what happened.

use super::monitor::Alarm;
use crate::conversation::Tally;

/// Which of the policies in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InService {
    /// The policy that was launched last, or the only one.
    Current,
    /// The same with a patched system prompt.
    Patched,
    /// The one before it, while it is replaced or gone back to.
    Previous,
    /// A candidate that some users try.
    Candidate,
}

impl InService {
    /// All, in the order of [`Stretch::shares`].
    pub const ALL: [InService; 4] =
        [InService::Current, InService::Patched, InService::Previous, InService::Candidate];

    /// Its place in that order.
    pub fn place(self) -> usize {
        self as usize
    }
}

/// What the days were for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Serving users.
    Serving,
    /// Serving users, watched day by day after a launch.
    Watching,
    /// Serving users while some of them try a candidate.
    Review,
}

impl Activity {
    /// The word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Activity::Serving => "serving",
            Activity::Watching => "watching",
            Activity::Review => "review",
        }
    }
}

/// Something that a calendar would note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The first users get the policy launched last.
    RolloutBegins,
    /// Everyone has it.
    RolloutComplete,
    /// An alarm is raised: the incident is noticed.
    Noticed,
    /// A changed system prompt goes out.
    PromptPatched,
    /// The first users are back on the policy before.
    RollbackBegins,
    /// Everyone is.
    RollbackComplete,
    /// Review lets the candidate through.
    Launched,
    /// Review does not.
    Held,
}

impl Event {
    /// The word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Event::RolloutBegins => "rollout_begins",
            Event::RolloutComplete => "rollout_complete",
            Event::Noticed => "noticed",
            Event::PromptPatched => "prompt_patched",
            Event::RollbackBegins => "rollback_begins",
            Event::RollbackComplete => "rollback_complete",
            Event::Launched => "launched",
            Event::Held => "held",
        }
    }
}

/// A day, or days of which only the sum is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// First day, counted within the round.
    pub first_day: u32,
    /// Days.
    pub days: u32,
    /// What they were for.
    pub activity: Activity,
    /// Share of users by policy, in the order of [`InService::ALL`].
    pub shares: [f64; 4],
    /// Sums over conversations.
    pub total: Tally,
    /// Users who had not left.
    pub active_users: u64,
    /// Sycophancy index of what was in service: that of each policy, weighted with its share.
    pub sycophancy_index: f64,
    /// Share of users whose policy was past the alarm level.
    pub share_past_alarm: f64,
    /// An alarm raised at the end of the day.
    pub alarm: Option<Alarm>,
    /// What happened, in order.
    pub events: Vec<Event>,
}

impl Stretch {
    /// Fills in what depends on the index of each policy: `index_of` gives it, NaN for a policy without one.
    /// A policy is past the alarm level if its index is at `alarm_level` or above.
    pub fn measure_index(&mut self, index_of: &[f64; 4], alarm_level: f64) {
        let served = || self.shares.iter().zip(index_of).filter(|(share, _)| **share > 0.0);
        let (mut index, mut past) = (0.0, 0.0);
        for (share, value) in served() {
            index += share * value;
            past += if *value >= alarm_level { *share } else { 0.0 };
        }
        self.sycophancy_index = index;
        self.share_past_alarm = past;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // 0.25 at index 0.2 (past 0.15) and 0.75 at 0.1: 0.125, and a quarter of users past the alarm.
    #[test]
    fn the_index_in_service_is_weighted_by_users() {
        let mut stretch = Stretch {
            first_day: 0,
            days: 1,
            activity: Activity::Serving,
            shares: [0.25, 0.0, 0.75, 0.0],
            total: Tally::default(),
            active_users: 4,
            sycophancy_index: 0.0,
            share_past_alarm: 0.0,
            alarm: None,
            events: vec![],
        };
        stretch.measure_index(&[0.2, f64::NAN, 0.1, f64::NAN], 0.15);
        assert!((stretch.sycophancy_index - 0.125).abs() < 1e-15);
        assert_eq!(stretch.share_past_alarm, 0.25);
    }
}
