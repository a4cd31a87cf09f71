//! How large each check must be to tell the incident from harmless updates.

use super::case::Case;
use super::history::{History, RoundNote};
use super::replay::Replayed;
use crate::launch::{CheckResult, Contrast, Effect, Rates, days_needed, size_needed};
use crate::scenario::{Check, CheckKind, Mitigation, Scenario, ScenarioErrors};
use crate::statistics::{Estimate, normal_quantile};
use serde::Serialize;

/// Every check is made and none decides.
const ALL_CHECKS: &str = include_str!("all-checks.toml");

/// The case from which sizes are computed: the incident as it was, looked at by every check.
///
/// # Errors
/// If the scenario lacks one of the built-in checks.
pub fn all_checks(scenario: &Scenario) -> Result<Case, ScenarioErrors> {
    let mitigation = Mitigation::from_toml("all-checks.toml", ALL_CHECKS)?;
    Case::new(scenario, &mitigation)
}

/// How large one check must be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckSize {
    /// Name of the check.
    pub check: String,
    /// What it measures.
    pub metric: String,
    /// Mean value for harmless updates.
    pub harmless: f64,
    /// Standard deviation of the true value between harmless updates: what no sample size removes.
    pub harmless_sd: f64,
    /// Mean value for the incident's candidate.
    pub incident: f64,
    /// Standard deviation of the true value between replicates of it.
    pub incident_sd: f64,
    /// What is counted: experts, prompts, users per arm.
    pub unit: &'static str,
    /// How many if all harmless updates were the average one; infinite if no number is enough.
    pub units_if_alike: f64,
    /// How many as harmless updates differ; infinite if no number is enough.
    pub units: f64,
    /// Where to put the threshold then.
    pub threshold: f64,
    /// Days of an experiment with the users of the scenario's population, half of them on the candidate; NaN for a
    /// check without users.
    pub days: f64,
    /// Why no number is enough, or "".
    pub reason: &'static str,
}

/// The size of every check in `replayed`, which ran [`all_checks`].
pub fn sizes(replayed: &Replayed, incident: u32, rates: Rates) -> Vec<CheckSize> {
    let settings = replayed.case.scenario.settings_in(incident);
    let names = replayed.histories.first().and_then(|it| it.round(incident)).map(|it| &it.checks);
    let names = names.into_iter().flatten().map(|check| check.name.clone());
    names
        .filter_map(|name| {
            let check = settings.checks.get(&name)?;
            Some(Looked::new(replayed, incident, &name, check)?.size(check, rates))
        })
        .collect()
}

/// What one check saw of harmless updates and of the incident.
struct Looked {
    like: CheckResult,
    null: Seen,
    drift: Seen,
    users_per_arm: f64,
}

/// One unit's effect, and how much the true effect varies between updates.
struct Seen {
    effect: Effect,
    between: f64,
}

impl Looked {
    fn new(replayed: &Replayed, incident: u32, name: &str, check: &Check) -> Option<Self> {
        let notes = |wanted: &dyn Fn(u32) -> bool| -> Vec<(&RoundNote, &CheckResult)> {
            let all =
                replayed.histories.iter().flat_map(|it: &History| &it.rounds).filter(|it| wanted(it.round));
            all.filter_map(|note| Some((note, note.checks.iter().find(|it| it.name == name)?))).collect()
        };
        let (harmless, drift) = (notes(&|round| round < incident), notes(&|round| round == incident));
        let (note, like) = drift.first()?;
        let users_per_arm = 0.5 * note.active_users as f64;
        Some(Self {
            like: (*like).clone(),
            null: Seen::of(&harmless, check)?,
            drift: Seen::of(&drift, check)?,
            users_per_arm,
        })
    }

    fn size(&self, check: &Check, rates: Rates) -> CheckSize {
        let worse = if self.drift.effect.mean >= self.null.effect.mean { 1.0 } else { -1.0 };
        let alike = Contrast { null: self.null.effect, alternative: self.drift.effect };
        let if_alike = size_needed(&self.like.name, check, &alike, rates);
        let apart = self.apart(check, worse, rates);
        let needed = size_needed(&self.like.name, check, &apart, rates);
        let distance = (apart.alternative.mean - apart.null.mean) * worse;
        let days = days_needed(
            if needed.units.is_finite() { distance } else { f64::NAN },
            0.0,
            self.drift.effect.sd * f64::from(check.days).sqrt(),
            self.users_per_arm,
            rates,
        );
        CheckSize {
            check: self.like.name.clone(),
            metric: self.like.metric.clone(),
            harmless: self.null.effect.mean,
            harmless_sd: self.null.between,
            incident: self.drift.effect.mean,
            incident_sd: self.drift.between,
            unit: if_alike.unit,
            units_if_alike: if_alike.units,
            units: needed.units,
            threshold: needed.threshold,
            days: if involves_users(check.kind) { days } else { f64::NAN },
            reason: reason(if_alike.units, needed.units),
        }
    }

    /// The contrast between the harmless update that is just within the false-alarm rate, and the incident that is
    /// just within the power: updates differ, and no sample size removes that.
    fn apart(&self, check: &Check, worse: f64, rates: Rates) -> Contrast {
        let shift = |seen: &Seen, probability: f64, sign: f64| {
            let mean = seen.effect.mean + sign * worse * normal_quantile(probability) * seen.between;
            match check.kind {
                CheckKind::ExpertSpotCheck => Effect::of_probability(mean.clamp(0.0, 1.0)),
                _ => Effect { mean, ..seen.effect },
            }
        };
        let (mut null, mut alternative) =
            (shift(&self.null, 1.0 - rates.false_alarm, 1.0), shift(&self.drift, rates.power, -1.0));
        if worse * (alternative.mean - null.mean) <= 0.0 {
            // They overlap: without a distance no number is enough, in whichever direction.
            (null.mean, alternative.mean) = (0.5, 0.5);
        }
        Contrast { null, alternative }
    }
}

impl Seen {
    /// Method of moments: the spread of what was measured, less what its own sampling error explains; none unless it is
    /// clearly more than that.
    fn of(found: &[(&RoundNote, &CheckResult)], check: &Check) -> Option<Self> {
        let values: Vec<f64> =
            found.iter().map(|(_, it)| it.value.value).filter(|it| it.is_finite()).collect();
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let spread = values.iter().map(|it| (it - mean) * (it - mean)).sum::<f64>() / (count - 1.0).max(1.0);
        let errors: Vec<f64> =
            found.iter().map(|(_, it)| it.value.standard_error).filter(|it| it.is_finite()).collect();
        let sampling = errors.iter().map(|error| error * error).sum::<f64>() / errors.len() as f64;
        let units = found.iter().map(|(note, _)| units(check, note)).sum::<f64>() / found.len() as f64;
        let effect = match check.kind {
            CheckKind::ExpertSpotCheck => Effect::of_probability(mean),
            _ => Effect::of_mean(Estimate { value: mean, standard_error: sampling.sqrt() }, units),
        };
        // Within what sampling error alone produces in 19 of 20 cases (chi-square), no difference is seen.
        let by_chance = sampling * (1.0 + 1.645 * (2.0 / (count - 1.0).max(1.0)).sqrt());
        let between = if spread > by_chance { (spread - sampling).sqrt() } else { 0.0 };
        (!values.is_empty()).then_some(Self { effect, between })
    }
}

/// Units in the sample of a check; of an experiment such that the variance is 2 sd^2 / users per arm, i.e. half the
/// harmonic mean of the arms.
fn units(check: &Check, note: &RoundNote) -> f64 {
    if !involves_users(check.kind) {
        return f64::from(check.prompts);
    }
    let users = note.active_users as f64;
    let arms = match check.kind {
        CheckKind::Alpha => [0.5 * check.share * users; 2],
        _ => [check.share * users, (1.0 - check.share) * users],
    };
    1.0 / (1.0 / arms[0] + 1.0 / arms[1])
}

fn involves_users(kind: CheckKind) -> bool {
    matches!(
        kind,
        CheckKind::AbTest | CheckKind::Alpha | CheckKind::StagedRollout | CheckKind::LongTermHoldout
    )
}

fn reason(if_alike: f64, units: f64) -> &'static str {
    match (if_alike.is_finite(), units.is_finite()) {
        (true, true) => "",
        (true, false) => "harmless updates differ among themselves by as much as the incident does from them",
        (false, _) => {
            "the incident does not look worse to it than a harmless update, so more of it does not help"
        }
    }
}
