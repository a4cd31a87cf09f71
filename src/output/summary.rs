//! `summary.json`: the headline numbers of a run, with their spread, in a stable form.

use super::identity::Identity;
use super::incident::{IncidentSummary, incident};
use super::results::Results;
use super::reviewed::{ReviewedCheck, reviewed};
use super::rounds::{main_variant, samples, variants};
use super::words::measure_name;
use crate::analysis::signal_by_signal::{SignalBySignal, Spread};
use crate::measure::table::Table;
use indexmap::IndexMap;
use serde::Serialize;

/// Measures that every summary reports, where the run has them; `mean_<behaviour>` are added.
const HEADLINES: [&str; 19] = [
    "sycophancy_index",
    "effective_deference",
    "thumbs_up_share",
    "rating_share",
    "offline_accuracy",
    "offline_substance",
    "ab_effect_thumbs_up",
    "approval",
    "user_benefit",
    "goodhart_gap",
    "proxy_reward",
    "kl_from_reference_nats",
    "mean_abs_stance_error",
    "polarisation",
    "mean_trust",
    "active_users",
    "left_users",
    "conversations",
    "complaints_per_million",
];

/// Headline numbers of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Version of this layout; it grows only when a reader would break.
    pub format: u32,
    /// Which run this is.
    pub identity: Identity,
    /// Rounds.
    pub rounds: i64,
    /// Days.
    pub days: i64,
    /// Replicates.
    pub replicates: usize,
    /// Simulated users.
    pub users: u64,
    /// Real users that they stand for.
    pub real_users: f64,
    /// The variant that the story is about.
    pub main_variant: String,
    /// By variant: baseline first, all factors together last.
    pub variants: IndexMap<String, VariantSummary>,
    /// Signal by signal: what each does alone and what they do together.
    pub signal_by_signal: Option<SignalBySignal>,
    /// Checks of launch review by name, main variant; empty where nothing was checked.
    pub review: IndexMap<String, ReviewedCheck>,
    /// The update that the days of the main variant are about; `None` where nothing but plain serving is known.
    pub incident: Option<IncidentSummary>,
}

/// Headline numbers of one variant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VariantSummary {
    /// By measure.
    pub measures: IndexMap<String, MeasureSummary>,
    /// When an alarm on the sycophancy index would have gone off.
    pub alarm: Alarm,
    /// What the run amounts to in the real world.
    pub exposure: Exposure,
}

/// One measure over a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MeasureSummary {
    /// Name in plain words.
    pub name: String,
    /// Unit.
    pub unit: String,
    /// Value in the first round.
    pub first: Spread,
    /// Value in the last round.
    pub last: Spread,
    /// Last minus first, replicate by replicate.
    pub change: Spread,
    /// Last round minus the last round of the run without any factor, paired by replicate: mean and its 95 %
    /// confidence interval. `None` where there is no such run.
    pub difference: Option<Spread>,
    /// Largest value over the rounds, replicate by replicate.
    pub peak: Spread,
    /// Round of the largest mean over replicates.
    pub peak_round: i64,
}

/// The alarm on the sycophancy index.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alarm {
    /// Rise above the first round that counts as an alarm.
    pub rise: f64,
    /// First round whose index, averaged over replicates, has risen that far.
    pub round: Option<i64>,
    /// Share of replicates in which it goes off at all.
    pub share_of_replicates: f64,
}

/// Counts scaled from simulated to real users, means over replicates, whole run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Exposure {
    /// Conversations on simulated topics.
    pub conversations: f64,
    /// Of these, conversations in rounds past the alarm level.
    pub conversations_past_alarm: f64,
    /// Public complaints.
    pub complaints: f64,
    /// Users who have left by the last round.
    pub left_users: f64,
}

impl Summary {
    /// Summarises `results`.
    pub fn new(results: &Results<'_>) -> Self {
        let settings = results.scenario.settings_in(1);
        let rounds = &results.tables.rounds;
        let last_round = last(rounds, "round");
        let scale = settings.population.real_users / settings.population.users as f64;
        let rise = settings.monitoring.alarm_rise;
        let by_variant =
            variants(rounds).into_iter().map(|name| (name.clone(), summarise(rounds, &name, rise, scale)));
        let main_variant = main_variant(rounds);
        let incident = incident(results.tables, &main_variant, &settings.clock, scale);
        let at_issue = incident.as_ref().map(|it| it.update);
        Self {
            format: 1,
            identity: Identity::of(results.scenario),
            rounds: last_round,
            days: days_lived(&results.tables.days)
                .unwrap_or(last_round * i64::from(settings.clock.days_per_round)),
            replicates: super::rounds::replicates(rounds),
            users: settings.population.users,
            real_users: settings.population.real_users,
            variants: by_variant.collect(),
            signal_by_signal: results.signal_by_signal.cloned(),
            review: reviewed(&results.tables.checks, &main_variant, at_issue),
            incident,
            main_variant,
        }
    }

    /// The same run without any factor, if there is one beside the main variant.
    pub fn baseline(&self) -> Option<&VariantSummary> {
        self.variants.get(super::rounds::BASELINE).filter(|_| self.main_variant != super::rounds::BASELINE)
    }

    /// The variant that the story is about.
    pub fn main(&self) -> Option<&VariantSummary> {
        self.variants.get(&self.main_variant)
    }
}

impl VariantSummary {
    /// One measure.
    pub fn measure(&self, name: &str) -> Option<&MeasureSummary> {
        self.measures.get(name)
    }
}

fn last(table: &Table, column: &str) -> i64 {
    table.numbers(column).unwrap_or_default().into_iter().fold(0.0, f64::max) as i64
}

/// Days of the run, those of reviews included; `None` where days are not known.
fn days_lived(days: &Table) -> Option<i64> {
    let (first, count) = (days.numbers("first_day")?, days.numbers("days")?);
    first.iter().zip(&count).map(|(first, count)| (first + count) as i64).max()
}

fn summarise(rounds: &Table, variant: &str, rise: f64, scale: f64) -> VariantSummary {
    let behaviours = super::rounds::behaviours(rounds);
    let names = HEADLINES
        .iter()
        .map(|name| name.to_string())
        .chain(behaviours.iter().map(|name| format!("mean_{name}")));
    let measures = names.filter_map(|name| Some((name.clone(), measure(rounds, variant, &name)?)));
    VariantSummary {
        measures: measures.collect(),
        alarm: alarm(rounds, variant, rise),
        exposure: exposure(rounds, variant, rise, scale),
    }
}

/// One row per replicate: its values in round order.
fn histories(rounds: &Table, variant: &str, measure: &str) -> Vec<Vec<f64>> {
    let by_round = samples(rounds, &[("variant", variant)], measure);
    let runs = by_round.values().map(Vec::len).min().unwrap_or(0);
    (0..runs).map(|run| by_round.values().map(|values| values[run]).collect()).collect()
}

fn measure(rounds: &Table, variant: &str, name: &str) -> Option<MeasureSummary> {
    let column = rounds.column(name)?;
    let runs = histories(rounds, variant, name);
    let per_run =
        |summary: fn(&[f64]) -> f64| Spread::of(&runs.iter().map(|run| summary(run)).collect::<Vec<f64>>());
    runs.first()?;
    let without = histories(rounds, super::rounds::BASELINE, name);
    let pairs = runs.iter().zip(&without).map(|(run, without)| last_of(run) - last_of(without));
    let differences: Vec<f64> = pairs.collect();
    Some(MeasureSummary {
        name: measure_name(name),
        unit: column.unit.to_string(),
        first: per_run(first_of),
        last: per_run(last_of),
        change: per_run(|run| last_of(run) - first_of(run)),
        difference: (!differences.is_empty()).then(|| Spread::confidence_interval(&differences)),
        peak: per_run(|run| run.iter().copied().fold(f64::NAN, f64::max)),
        peak_round: peak_round(rounds, variant, name),
    })
}

/// Some measures (an A/B effect) do not exist before the first launch; a run starts where they do.
fn first_of(run: &[f64]) -> f64 {
    run.iter().copied().find(|value| !value.is_nan()).unwrap_or(f64::NAN)
}

fn last_of(run: &[f64]) -> f64 {
    run.iter().rev().copied().find(|value| !value.is_nan()).unwrap_or(f64::NAN)
}

fn means(rounds: &Table, variant: &str, measure: &str) -> Vec<(i64, f64)> {
    let by_round = samples(rounds, &[("variant", variant)], measure);
    by_round.into_iter().map(|(round, values)| (round, Spread::of(&values).mean)).collect()
}

fn peak_round(rounds: &Table, variant: &str, measure: &str) -> i64 {
    let finite = means(rounds, variant, measure).into_iter().filter(|(_, mean)| mean.is_finite());
    finite.reduce(|best, next| if next.1 > best.1 { next } else { best }).map_or(0, |(round, _)| round)
}

fn alarm(rounds: &Table, variant: &str, rise: f64) -> Alarm {
    let means = means(rounds, variant, "sycophancy_index");
    let start = means.first().map_or(f64::NAN, |(_, mean)| *mean);
    let runs = histories(rounds, variant, "sycophancy_index");
    let crossed = runs.iter().filter(|run| run.iter().any(|value| value - first_of(run) >= rise)).count();
    Alarm {
        rise,
        round: means.iter().find(|(_, mean)| mean - start >= rise).map(|(round, _)| *round),
        share_of_replicates: crossed as f64 / runs.len().max(1) as f64,
    }
}

fn exposure(rounds: &Table, variant: &str, rise: f64, scale: f64) -> Exposure {
    let index = histories(rounds, variant, "sycophancy_index");
    let conversations = histories(rounds, variant, "conversations");
    let complaints = histories(rounds, variant, "complaints_per_million");
    let left = histories(rounds, variant, "left_users");
    let mean = |totals: Vec<f64>| scale * Spread::of(&totals).mean;
    let past_alarm = |(held, index): (&Vec<f64>, &Vec<f64>)| {
        let past = held.iter().zip(index).filter(|(_, value)| *value - first_of(index) >= rise);
        // Adding zero turns the negative zero of an empty sum into a plain one.
        past.map(|(conversations, _)| conversations).sum::<f64>() + 0.0
    };
    let complained = |(held, per_million): (&Vec<f64>, &Vec<f64>)| {
        held.iter().zip(per_million).map(|(conversations, rate)| conversations * rate / 1e6).sum()
    };
    Exposure {
        conversations: mean(conversations.iter().map(|run| run.iter().sum()).collect()),
        conversations_past_alarm: mean(conversations.iter().zip(&index).map(past_alarm).collect()),
        complaints: mean(conversations.iter().zip(&complaints).map(complained).collect()),
        left_users: mean(left.iter().map(|run| last_of(run)).collect()),
    }
}
