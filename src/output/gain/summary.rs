//! Everything that was measured, as JSON and as one table.

use super::paragraph::paragraph;
use crate::analysis::gain::{Measured, Options, to_table};
use crate::measure::table::{Entry, Table};
use crate::output::identity::{Identity, hexadecimal};
use crate::scenario::Scenario;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// How well gain and drive foretold what long runs did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HitRate {
    /// Settings of which the fate was foretold rightly.
    pub hits: u32,
    /// Settings in all.
    pub of: u32,
}

/// Loop gains of several settings; the layout is documented in `docs/gain.md`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GainSummary {
    /// Version of the layout.
    pub format: u32,
    /// Program, scenario and seed.
    pub identity: Identity,
    /// Simulated users.
    pub users: u64,
    /// Replicates.
    pub replicates: u32,
    /// Keys that were scanned; none if combinations of factors were measured.
    pub keys: Vec<String>,
    /// How gain was measured.
    pub options: Options,
    /// What it means, made from the numbers.
    pub paragraph: String,
    /// How well gain foretold what happened, if runs were followed.
    pub hit_rate: Option<HitRate>,
    /// The settings.
    pub settings: Vec<Measured>,
}

impl GainSummary {
    /// The summary of settings of `scenario`.
    pub fn new(scenario: &Scenario, keys: Vec<String>, options: Options, settings: Vec<Measured>) -> Self {
        let values = scenario.settings_in(1);
        let known: Vec<bool> = settings.iter().filter_map(|it| Some(it.observed? == it.foretold)).collect();
        let hits = known.iter().filter(|hit| **hit).count() as u32;
        let mut summary = Self {
            format: 1,
            identity: Identity::of(scenario),
            users: values.population.users,
            replicates: values.run.replicates,
            keys,
            options,
            paragraph: String::new(),
            hit_rate: (!known.is_empty()).then_some(HitRate { hits, of: known.len() as u32 }),
            settings,
        };
        summary.paragraph = paragraph(&summary);
        summary
    }

    /// Name of the folder of results: the same question always gives the same name.
    pub fn run_id(&self) -> String {
        let values: Vec<Vec<String>> = self.settings.iter().map(|it| it.values.clone()).collect();
        run_id(&self.identity, &self.keys, &values, &self.options)
    }
}

pub(super) fn run_id(
    identity: &Identity,
    keys: &[String],
    values: &[Vec<String>],
    options: &Options,
) -> String {
    let mut hash = Sha256::new();
    hash.update(&identity.scenario_hash);
    hash.update(format!("{keys:?} {values:?} {options:?}"));
    format!("gain-seed{}-{}", identity.seed, &hexadecimal(&hash.finalize())[..8])
}

/// All numbers: one row per setting, quantity, part, context and round.
pub fn gain_table(summary: &GainSummary) -> Table {
    let mut table = Table::default();
    for setting in &summary.settings {
        let numbers = to_table(&setting.found);
        for row in 0..numbers.rows() {
            let mut keyed =
                vec![Entry::text("setting", "The combination of factors, or scanned values", &setting.label)];
            let keys = summary.keys.iter().zip(&setting.values);
            keyed.extend(keys.map(|(key, value)| {
                Entry::number(key, "", "Scanned value", value.parse().unwrap_or(f64::NAN))
            }));
            keyed.extend(numbers.row(row));
            table.push(keyed);
        }
    }
    table
}
