//! What became of the incident in each case, over all replicates.

use super::history::{EventDays, History, RoundNote};
use super::replay::{Autopsy, Replayed};
use crate::analysis::signal_by_signal::Spread;
use crate::statistics::wilson_interval;
use serde::Serialize;

/// A share of histories or updates with its 95 % interval by Wilson's method.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Proportion {
    /// How many.
    pub count: u32,
    /// Of how many.
    pub of: u32,
    /// The share; NaN of nothing.
    pub share: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// A check that stopped the incident, and in how many histories.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaughtBy {
    /// Name of the check.
    pub check: String,
    /// Histories in which it failed.
    pub count: u32,
}

/// A day after launch over the histories in which it came; 0 is the day of the launch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Days {
    /// Histories in which it came.
    pub count: u32,
    /// Median day; NaN if it never came.
    pub median: f64,
    /// Earliest day.
    pub first: f64,
    /// Latest day.
    pub last: f64,
}

/// What a check that decides found of the incident, on average.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Seen {
    /// Name of the check.
    pub check: String,
    /// What it may do.
    pub role: &'static str,
    /// Histories in which it passed.
    pub passed: Proportion,
    /// What it measured, in words.
    pub metric: String,
    /// Mean value of the incident's candidate.
    pub value: f64,
    /// Mean value of harmless updates' candidates.
    pub harmless_value: f64,
    /// Where it fails.
    pub threshold: f64,
    /// What it cannot see by construction.
    pub blind_to: &'static str,
}

/// What became of the incident in one case. Spreads are means with 95 % intervals (Student's t) over replicates;
/// "paired" are differences to the incident as it was, replicate by replicate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// `as-it-was`, or the mitigation.
    pub mitigation: String,
    /// What the lab would do.
    pub meaning: String,
    /// Who announced it.
    pub source: String,
    /// What was expected before the replay.
    pub expected: String,
    /// First round in which it holds.
    pub from_round: u32,
    /// Finished histories.
    pub replicates: u32,
    /// Histories in which review held the incident's candidate.
    pub caught: Proportion,
    /// The checks that did, the most frequent first.
    pub caught_by: Vec<CaughtBy>,
    /// Histories in which it was launched and never was past the alarm level.
    pub tame: Proportion,
    /// Histories in which it was launched and an alarm was raised afterwards.
    pub noticed: Proportion,
    /// Harmless updates (before the incident) that review held.
    pub false_alarms: Proportion,
    /// The checks that did.
    pub false_alarms_by: Vec<CaughtBy>,
    /// Harmless updates that were launched and raised an alarm afterwards.
    pub false_alerts: Proportion,
    /// Day of the alarm.
    pub noticed_day: Days,
    /// Day of the changed system prompt.
    pub patched_day: Days,
    /// Day on which the rollback was complete.
    pub rolled_back_day: Days,
    /// Days of real users with a policy past the alarm level in the round after the incident's launch.
    pub exposed_user_days: Spread,
    /// That of the incident as it was minus this, paired.
    pub exposure_avoided: Spread,
    /// The same as a share of that of the incident as it was.
    pub exposure_avoided_share: f64,
    /// Days of real users who tried the incident's candidate in review, past the alarm level.
    pub trial_user_days: Spread,
    /// Highest sycophancy index in service in the round after.
    pub peak_index: Spread,
    /// Sycophancy index of the incident's candidate minus that of its incumbent.
    pub candidate_rise: Spread,
    /// That minus that of the incident as it was, paired.
    pub candidate_rise_change: Spread,
    /// Days of review per update.
    pub review_days: f64,
    /// Days that it adds to each update.
    pub delay_days: f64,
    /// People in review per update.
    pub people: f64,
    /// People that it adds.
    pub extra_people: f64,
    /// Change of the share of thumbs up before the incident, paired: what it costs in quiet times.
    pub thumbs_up_change: Spread,
    /// Change of users' true benefit before the incident, paired.
    pub user_benefit_change: Spread,
    /// Change of users' stance error at the end of the round after, paired; negative is better.
    pub stance_error_change: Spread,
    /// What the checks of this case found of the incident.
    pub checks: Vec<Seen>,
    /// Those of them that the mitigation adds or changes.
    pub changed_checks: Vec<String>,
    /// Calendar date of the incident's launch in the first replicate, or "".
    pub launch_date: String,
}

/// The outcome of every case, in their order. Cases without a finished history have NaN where nothing is known.
pub fn outcomes(autopsy: &Autopsy) -> Vec<Outcome> {
    let first = &autopsy.cases[0];
    autopsy
        .cases
        .iter()
        .map(|case| Evidence { incident: autopsy.incident_round, case, first }.outcome())
        .collect()
}

/// A case beside the incident as it was.
struct Evidence<'a> {
    incident: u32,
    case: &'a Replayed,
    first: &'a Replayed,
}

impl<'a> Evidence<'a> {
    fn outcome(&self) -> Outcome {
        let exposed = self.after(|it| it.exposed_user_days);
        let avoided = self.paired(self.incident + 1, |it| -it.exposed_user_days);
        let before = self.before(|it| it.exposed_user_days);
        let case = &self.case.case;
        let (caught, tame) = (self.of_incident(|it, _| !it.launched), self.of_incident(is_tame));
        Outcome {
            mitigation: case.name.clone(),
            meaning: case.meaning.clone(),
            source: case.source.clone(),
            expected: case.expected.clone(),
            from_round: case.from_round,
            replicates: self.case.histories.len() as u32,
            caught,
            caught_by: count_checks(self.incidents().map(|(it, _)| it)),
            tame,
            noticed: self.of_incident(|it, after| it.launched && after.days.noticed.is_some()),
            false_alarms: self.of_harmless(|it, _| !it.launched),
            false_alarms_by: count_checks(self.harmless().map(|(it, _)| it)),
            false_alerts: self.of_harmless(|it, after| it.launched && after.days.noticed.is_some()),
            noticed_day: self.day(|it| it.noticed),
            patched_day: self.day(|it| it.patched),
            rolled_back_day: self.day(|it| it.rolled_back),
            exposed_user_days: exposed,
            exposure_avoided_share: avoided.mean / before,
            exposure_avoided: avoided,
            trial_user_days: self.spread(self.incident, |it| it.trial_user_days),
            peak_index: self.after(|it| it.peak_index),
            candidate_rise: self.spread(self.incident, |it| it.candidate_rise),
            candidate_rise_change: self.paired(self.incident, |it| it.candidate_rise),
            review_days: mean_per_update(&self.case.histories, self.incident, |it| f64::from(it.review_days)),
            delay_days: self.more_per_update(|it| f64::from(it.review_days)),
            people: mean_per_update(&self.case.histories, self.incident, |it| f64::from(it.people())),
            extra_people: self.more_per_update(|it| f64::from(it.people())),
            thumbs_up_change: self.paired(self.incident - 1, |it| it.thumbs_up_share),
            user_benefit_change: self.paired(self.incident - 1, |it| it.user_benefit),
            stance_error_change: self.paired(self.incident + 1, |it| it.mean_abs_stance_error),
            checks: self.seen(),
            changed_checks: self.changed_checks(),
            launch_date: self.launch_date(),
        }
    }

    fn after(&self, value: impl Fn(&RoundNote) -> f64) -> Spread {
        self.spread(self.incident + 1, value)
    }

    fn spread(&self, round: u32, value: impl Fn(&RoundNote) -> f64) -> Spread {
        Spread::confidence_interval(&values(&self.case.histories, round, value))
    }

    /// This case minus the incident as it was, by replicate; NaN where there is no such round.
    fn paired(&self, round: u32, value: impl Fn(&RoundNote) -> f64) -> Spread {
        let partner = |mine: &History| self.first.histories.iter().find(|it| it.replicate == mine.replicate);
        let difference = |mine: &History| {
            let (mine, theirs) = (mine.round(round)?, partner(mine)?.round(round)?);
            Some(value(mine) - value(theirs))
        };
        let differences: Vec<f64> = self.case.histories.iter().filter_map(difference).collect();
        Spread::confidence_interval(&differences)
    }

    /// Mean over the histories as they were that have a partner here, in the round after.
    fn before(&self, value: impl Fn(&RoundNote) -> f64) -> f64 {
        let partnered = |it: &&History| self.case.histories.iter().any(|mine| mine.replicate == it.replicate);
        let partners = self.first.histories.iter().filter(partnered);
        mean(partners.filter_map(|it| it.round(self.incident + 1)).map(value))
    }

    fn more_per_update(&self, value: impl Fn(&RoundNote) -> f64) -> f64 {
        let mean = |histories: &[History]| mean_per_update(histories, self.incident, &value);
        mean(&self.case.histories) - mean(&self.first.histories)
    }

    /// The incident's round and the one after, by history.
    fn incidents(&self) -> impl Iterator<Item = (&'a RoundNote, &'a RoundNote)> + '_ {
        self.case
            .histories
            .iter()
            .filter_map(|it| Some((it.round(self.incident)?, it.round(self.incident + 1)?)))
    }

    fn of_incident(&self, holds: impl Fn(&RoundNote, &RoundNote) -> bool) -> Proportion {
        Proportion::of(self.incidents().map(|(it, after)| holds(it, after)))
    }

    /// Updates before the incident while the mitigation holds, each with the round after it.
    fn of_harmless(&self, holds: impl Fn(&RoundNote, &RoundNote) -> bool) -> Proportion {
        Proportion::of(self.harmless().map(|(it, after)| holds(it, after)))
    }

    fn harmless(&self) -> impl Iterator<Item = (&'a RoundNote, &'a RoundNote)> + '_ {
        let (first, incident) = (self.case.case.from_round.max(1), self.incident);
        self.case.histories.iter().flat_map(move |history| {
            (first..incident).filter_map(|round| Some((history.round(round)?, history.round(round + 1)?)))
        })
    }

    /// A day after launch, where the incident was launched.
    fn day(&self, of: impl Fn(&EventDays) -> Option<u32>) -> Days {
        let launched = self.incidents().filter(|(it, _)| it.launched);
        Days::of(launched.filter_map(|(_, after)| of(&after.days)).map(f64::from).collect())
    }

    fn changed_checks(&self) -> Vec<String> {
        let checks = |case: &'a Replayed| &case.case.scenario.settings_in(self.incident).checks;
        let before = checks(self.first);
        let changed = checks(self.case).iter().filter(|(name, check)| before.get(*name) != Some(*check));
        changed.map(|(name, _)| name.clone()).collect()
    }

    fn launch_date(&self) -> String {
        let after = self.case.histories.first().and_then(|it| it.round(self.incident + 1));
        let clock = &self.case.case.scenario.settings_in(0).clock;
        after.map_or(String::new(), |it| clock.date(it.first_day as i64))
    }

    fn seen(&self) -> Vec<Seen> {
        let Some((first, _)) = self.incidents().next() else { return Vec::new() };
        first.checks.iter().map(|check| self.seen_by(&check.name, check)).collect()
    }

    fn seen_by(&self, name: &str, like: &crate::launch::CheckResult) -> Seen {
        let of = |note: &'a RoundNote| note.checks.iter().find(|it| it.name == name);
        let incidents: Vec<_> = self.incidents().filter_map(|(it, _)| of(it)).collect();
        let harmless = self.harmless().filter_map(|(it, _)| of(it));
        Seen {
            check: name.to_string(),
            role: like.role.word(),
            passed: Proportion::of(incidents.iter().map(|it| it.passed)),
            metric: like.metric.clone(),
            value: mean(incidents.iter().map(|it| it.value.value)),
            harmless_value: mean(harmless.map(|it| it.value.value)),
            threshold: like.threshold,
            blind_to: like.blind_to,
        }
    }
}

/// The blocking checks that failed where a candidate was held, the most frequent first.
fn count_checks<'a>(updates: impl Iterator<Item = &'a RoundNote>) -> Vec<CaughtBy> {
    let mut found: Vec<CaughtBy> = Vec::new();
    for name in updates.filter(|it| !it.launched).flat_map(|it| &it.stopped_by) {
        match found.iter_mut().find(|known| known.check == *name) {
            Some(known) => known.count += 1,
            None => found.push(CaughtBy { check: name.clone(), count: 1 }),
        }
    }
    found.sort_by_key(|it| std::cmp::Reverse(it.count));
    found
}

fn is_tame(it: &RoundNote, after: &RoundNote) -> bool {
    it.launched && after.exposed_user_days <= 0.0
}

fn values(histories: &[History], round: u32, value: impl Fn(&RoundNote) -> f64) -> Vec<f64> {
    histories.iter().filter_map(|it| it.round(round)).map(value).collect()
}

/// Mean over all updates up to the incident's.
fn mean_per_update(histories: &[History], incident: u32, value: impl Fn(&RoundNote) -> f64) -> f64 {
    mean(histories.iter().flat_map(|it| &it.rounds).filter(|it| it.round <= incident).map(value))
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

impl Proportion {
    /// The share of yes.
    pub fn of(answers: impl Iterator<Item = bool>) -> Self {
        let (count, of) = answers.fold((0, 0), |(yes, all), answer| (yes + u32::from(answer), all + 1));
        let (low, high) = wilson_interval(f64::from(count), f64::from(of));
        Self { count, of, share: f64::from(count) / f64::from(of), low, high }
    }
}

impl Days {
    fn of(mut days: Vec<f64>) -> Self {
        days.sort_by(f64::total_cmp);
        let middle = days.len() / 2;
        let median = match days.len() {
            0 => f64::NAN,
            odd if odd % 2 == 1 => days[middle],
            _ => 0.5 * (days[middle - 1] + days[middle]),
        };
        let end = |day: Option<&f64>| day.copied().unwrap_or(f64::NAN);
        Self { count: days.len() as u32, median, first: end(days.first()), last: end(days.last()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Wilson 1927 for 20 of 20: lower end n / (n + z^2) = 20 / 23.8415.
    #[test]
    fn a_proportion_has_wilson_s_interval() {
        let all = Proportion::of([true; 20].into_iter());
        assert_eq!((all.count, all.of, all.share, all.high), (20, 20, 1.0, 1.0));
        assert!((all.low - 20.0 / (20.0 + 3.841458820694124)).abs() < 1e-12, "{all:?}");
        assert!(Proportion::of(std::iter::empty()).share.is_nan());
    }

    #[test]
    fn days_have_a_median_and_may_never_come() {
        assert_eq!(Days::of(vec![5.0, 1.0, 2.0]).median, 2.0);
        assert_eq!(Days::of(vec![1.0, 2.0]).median, 1.5);
        let never = Days::of(vec![]);
        assert!(never.count == 0 && never.median.is_nan());
    }
}
