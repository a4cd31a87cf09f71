//! Watching a launched policy, day by day.

use super::cusum::{Cusum, fall_evidence, poisson_evidence};
use crate::scenario::Monitoring;
use crate::statistics::{Estimate, share};
use serde::{Deserialize, Serialize};

/// What is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// Public complaints.
    Complaints,
    /// Probes put to the deployed policy.
    Canary,
    /// The share of thumbs that are up.
    Thumbs,
}

impl Watched {
    /// The word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Watched::Complaints => "complaints",
            Watched::Canary => "canary",
            Watched::Thumbs => "thumbs",
        }
    }
}

/// What was counted on one day, or over some days together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayCounts {
    /// Conversations.
    pub conversations: f64,
    /// Public complaints.
    pub complaints: f64,
    /// Ratings.
    pub rated: u64,
    /// Ratings that were thumbs up.
    pub up: u64,
    /// The sampled sycophancy index of what was in service, if probes were put.
    pub canary: Option<Estimate>,
}

/// How things were before the launch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// Complaints per conversation.
    pub complaint_rate: f64,
    /// Share of thumbs that were up.
    pub thumbs_up_share: f64,
    /// Sampled sycophancy index of the policy before.
    pub canary: f64,
}

impl Baseline {
    /// From the counts of the days before. Half a complaint is added to those seen, so that where none was seen the
    /// first one afterwards is not proof of a change.
    pub fn from_counts(before: &DayCounts) -> Self {
        Self {
            complaint_rate: (before.complaints + 0.5) / before.conversations,
            thumbs_up_share: share(before.up, before.rated as f64).value,
            canary: before.canary.map_or(f64::NAN, |index| index.value),
        }
    }
}

/// An alarm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alarm {
    /// What raised it.
    pub signal: Watched,
    /// How far it was, in nats of evidence or as rise of the index.
    pub statistic: f64,
    /// From where on it is an alarm.
    pub threshold: f64,
}

/// What has been seen since the launch.
#[derive(Clone, Debug, PartialEq)]
pub struct Monitor {
    watch: Monitoring,
    before: Baseline,
    complaints: Cusum,
    thumbs: Cusum,
}

impl Monitor {
    /// Nothing seen yet.
    pub fn new(watch: &Monitoring, before: Baseline) -> Self {
        Self {
            complaints: Cusum::new(watch.complaint_threshold),
            thumbs: Cusum::new(watch.thumbs_threshold),
            watch: watch.clone(),
            before,
        }
    }

    /// Takes in a day; the alarm if one is raised, of several the one furthest past its threshold.
    ///
    /// - Complaints: CUSUM of the Poisson count, tuned to `complaint_ratio` times the rate before.
    /// - Canary: the day's sampled index is above that of the policy before by more than `canary_threshold`.
    /// - Thumbs: CUSUM of the day's thumbs-up share with its binomial error, tuned to a fall by `thumbs_fall`.
    pub fn observe_day(&mut self, day: &DayCounts) -> Option<Alarm> {
        let alarms = [self.watch_complaints(day), self.watch_canary(day), self.watch_thumbs(day)];
        let past = |alarm: &Alarm| alarm.statistic / alarm.threshold;
        alarms.into_iter().flatten().reduce(|a, b| if past(&b) > past(&a) { b } else { a })
    }

    fn watch_complaints(&mut self, day: &DayCounts) -> Option<Alarm> {
        let expected = self.before.complaint_rate * day.conversations;
        let evidence = poisson_evidence(day.complaints, expected, self.watch.complaint_ratio);
        let raised = self.watch.complaints && self.complaints.update(evidence);
        raised.then(|| alarm_of(Watched::Complaints, &self.complaints))
    }

    fn watch_canary(&self, day: &DayCounts) -> Option<Alarm> {
        let (rise, threshold) = (day.canary?.value - self.before.canary, self.watch.canary_threshold);
        let raised = self.watch.canary_prompts > 0 && rise > threshold;
        raised.then_some(Alarm { signal: Watched::Canary, statistic: rise, threshold })
    }

    fn watch_thumbs(&mut self, day: &DayCounts) -> Option<Alarm> {
        let before = self.before.thumbs_up_share;
        let today = Estimate {
            value: share(day.up, day.rated as f64).value,
            // The error under "as before": that of the day itself would be 0 where all thumbs agree.
            standard_error: (before * (1.0 - before) / day.rated as f64).sqrt(),
        };
        let raised =
            self.watch.thumbs && self.thumbs.update(fall_evidence(today, before, self.watch.thumbs_fall));
        raised.then(|| alarm_of(Watched::Thumbs, &self.thumbs))
    }
}

fn alarm_of(signal: Watched, cusum: &Cusum) -> Alarm {
    Alarm { signal, statistic: cusum.statistic, threshold: cusum.threshold }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_watched() -> Monitoring {
        Monitoring { complaints: true, thumbs: true, canary_prompts: 100, ..Monitoring::default() }
    }

    fn day(complaints: f64, up: u64, index: f64) -> DayCounts {
        let canary = Some(Estimate { value: index, standard_error: 0.01 });
        DayCounts { conversations: 20_000.0, complaints, rated: 400, up, canary }
    }

    const QUIET: f64 = 20.0;

    fn monitor(watch: &Monitoring) -> Monitor {
        Monitor::new(watch, Baseline { complaint_rate: 0.001, thumbs_up_share: 0.7, canary: 0.2 })
    }

    #[test]
    fn quiet_days_raise_no_alarm() {
        let mut monitor = monitor(&all_watched());
        assert!((0..1000).all(|_| monitor.observe_day(&day(QUIET, 280, 0.2)).is_none()));
    }

    // 40 instead of 20: evidence 40 ln 1.5 - 10 = 6.2 nats on the first day.
    #[test]
    fn each_signal_raises_its_own_alarm() {
        let first = |day: &DayCounts| monitor(&all_watched()).observe_day(day).map(|alarm| alarm.signal);
        assert_eq!(first(&day(40.0, 280, 0.2)), Some(Watched::Complaints));
        assert_eq!(first(&day(QUIET, 280, 0.26)), Some(Watched::Canary));
        assert_eq!(first(&day(QUIET, 180, 0.2)), Some(Watched::Thumbs));
    }

    #[test]
    fn weak_evidence_adds_up() {
        let mut monitor = monitor(&all_watched());
        // 28 ln 1.5 - 10 = 1.35 nats a day: the fourth day passes 5.
        let days: Vec<bool> = (0..4).map(|_| monitor.observe_day(&day(28.0, 280, 0.2)).is_some()).collect();
        assert_eq!(days, [false, false, false, true]);
    }

    #[test]
    fn what_is_not_watched_raises_no_alarm() {
        let mut blind = monitor(&Monitoring::default());
        assert_eq!(blind.observe_day(&day(1000.0, 0, 1.0)), None);
    }

    #[test]
    fn days_without_conversations_say_nothing() {
        let nothing = DayCounts { conversations: 0.0, complaints: 0.0, rated: 0, up: 0, canary: None };
        assert_eq!(monitor(&all_watched()).observe_day(&nothing), None);
    }

    #[test]
    fn one_complaint_after_none_is_no_alarm() {
        let before = Baseline::from_counts(&day(0.0, 280, 0.2));
        let mut monitor = Monitor::new(&all_watched(), before);
        assert_eq!(monitor.observe_day(&day(1.0, 280, 0.2)), None);
    }
}
