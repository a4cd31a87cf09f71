//! A made-up run for tests of the output layer: curves of a plausible shape, nothing simulated.

pub mod launches;

use thumbscale::analysis::signal_by_signal::{OutcomeEffects, SignalBySignal, Spread};
use thumbscale::measure::table::{Entry, Row, Table};
use thumbscale::output::Tables;
use thumbscale::scenario::{About, Factor, Scenario, preset_loader};

const VARIANTS: [&str; 5] = ["none", "thumbs", "memory", "fresh_data", "all"];
const BEHAVIOURS: [&str; 4] = ["deference", "flattery", "amplification", "substance"];

/// What the made-up run is a run of.
pub fn scenario(rounds: u32, replicates: u32) -> Scenario {
    let mut scenario =
        Scenario::from_toml("made-up.toml", "", &preset_loader, &[]).expect("defaults are valid");
    let settings = &mut scenario.phases[0].settings;
    settings.run.seed = 42;
    settings.run.rounds = rounds;
    settings.run.replicates = replicates;
    settings.population.users = 20_000;
    let factor = |meaning: &str| Factor { meaning: meaning.to_string(), from_round: 4.min(rounds) };
    scenario.name = "made-up".to_string();
    scenario.about = About {
        question: "Do thumbs, memory and fresh data compound?".to_string(),
        expected: "Together they move behaviour more than the sum of their single effects.".to_string(),
        sources: vec!["OpenAI, \"Expanding on what we missed with sycophancy\" (2025-05-02)".to_string()],
    };
    scenario.factors = [
        ("thumbs".to_string(), factor("A reward from thumbs.")),
        ("memory".to_string(), factor("The assistant remembers.")),
        ("fresh_data".to_string(), factor("The reference is refitted.")),
    ]
    .into_iter()
    .collect();
    scenario.active_factors = ["thumbs", "memory", "fresh_data"].map(String::from).to_vec();
    scenario
}

/// A number in [-1, 1] that looks random and is not.
fn wobble(words: &[u64]) -> f64 {
    let mixed = words.iter().fold(0x9e37_79b9_7f4a_7c15u64, |mix, word| {
        (mix ^ word).wrapping_mul(0xbf58_476d_1ce4_e5b9).rotate_left(31)
    });
    (mixed >> 11) as f64 / (1u64 << 53) as f64 * 2.0 - 1.0
}

/// How far a variant has drifted by a round, 0 to about 1.
fn drift(variant: usize, round: u32) -> f64 {
    let end = [0.0, 0.22, 0.03, 0.1, 1.0][variant];
    end * (1.0 - libm::exp(-f64::from(round.saturating_sub(4)) / 7.0))
}

struct Place {
    variant: usize,
    replicate: u64,
    round: u32,
}

impl Place {
    fn noisy(&self, salt: u64, start: f64, rise: f64, noise: f64) -> f64 {
        let own = wobble(&[self.replicate, salt, self.variant as u64, 7]);
        let now = wobble(&[self.replicate, salt, self.variant as u64, u64::from(self.round)]);
        start + rise * drift(self.variant, self.round) * (1.0 + 0.1 * own) + noise * now
    }

    fn key(&self) -> Row {
        vec![
            Entry::text("variant", "Which factors are on.", VARIANTS[self.variant]),
            Entry::integer("replicate", "", "Repetition.", self.replicate as i64),
            Entry::integer("round", "rounds", "Update round.", i64::from(self.round)),
        ]
    }

    fn numbers(&self, columns: &[(&str, &'static str, f64, f64, f64)], salt: u64) -> Row {
        let entry =
            |(index, (name, unit, start, rise, noise)): (usize, &(&str, &'static str, f64, f64, f64))| {
                let value = self.noisy(salt + index as u64, *start, *rise, *noise);
                Entry::number(*name, unit, format!("The measure {name}."), value)
            };
        columns.iter().enumerate().map(entry).collect()
    }

    fn behaviours(&self) -> Row {
        let starts = [(0.2, 0.16), (0.15, 0.28), (0.15, 0.12), (0.7, -0.05)];
        let both = |index: usize| {
            let (start, rise) = starts[index];
            let name = BEHAVIOURS[index];
            let value = self.noisy(100 + index as u64, start, rise, 0.003);
            [
                Entry::number(format!("mean_{name}"), "level", "Mean level.", value),
                Entry::number(format!("mean_{name}_visible"), "level", "Mean level.", value + 0.02),
            ]
        };
        (0..BEHAVIOURS.len()).flat_map(both).collect()
    }
}

const MEASURES: [(&str, &str, f64, f64, f64); 14] = [
    ("sycophancy_index", "", 0.121, 0.232, 0.003),
    ("effective_deference", "level", 0.043, 0.168, 0.003),
    ("approval", "approval", 0.42, 0.18, 0.004),
    ("user_benefit", "approval", 0.48, -0.11, 0.004),
    ("goodhart_gap", "approval", -0.06, 0.29, 0.004),
    ("thumbs_up_share", "share", 0.70, 0.16, 0.006),
    ("offline_accuracy", "share", 0.88, -0.003, 0.002),
    ("ab_effect_thumbs_up", "share", 0.004, 0.008, 0.006),
    ("mean_abs_stance_error", "stance sd", 0.54, 0.09, 0.003),
    ("mean_trust", "", 0.61, 0.05, 0.002),
    ("active_users", "users", 19_000.0, 500.0, 30.0),
    ("left_users", "users", 1_000.0, -500.0, 30.0),
    ("conversations", "conversations", 24_000.0, 900.0, 150.0),
    ("complaints_per_million", "complaints per million", 40.0, 300.0, 15.0),
];

fn round_row(place: &Place) -> Row {
    let error = Entry::number("sycophancy_index_se", "", "Its Monte-Carlo standard error.", 0.004);
    [place.key(), place.numbers(&MEASURES, 0), place.behaviours(), vec![error]].concat()
}

fn segment_row(place: &Place, segment: usize) -> Row {
    let names = ["general", "expert", "vulnerable", "flattery-averse"];
    let scale = [1.0, 0.5, 1.9, 0.6][segment];
    let measures = [
        ("effective_deference", "level", 0.043, 0.168 * scale, 0.003),
        ("mean_abs_stance_error", "stance sd", 0.5 + 0.05 * scale, 0.09 * scale, 0.004),
        ("user_benefit", "approval", 0.5, -0.11 * scale, 0.004),
        ("mean_trust", "", 0.61, 0.05 * scale, 0.002),
    ];
    let word = Entry::text("segment", "Group of users.", names[segment]);
    [place.key(), vec![word], place.numbers(&measures, 50 + 10 * segment as u64)].concat()
}

fn review_row(place: &Place) -> Row {
    let (verdict, reason) = match place.round {
        9 => ("hold", "A/B effect below threshold"),
        _ => ("launch", "all checks passed"),
    };
    let words = [("verdict", verdict), ("rule", "metrics"), ("reason", reason)];
    let words = words.map(|(name, word)| Entry::text(name, "Launch review.", word)).to_vec();
    [place.key(), words].concat()
}

/// The tables of the made-up run.
pub fn tables(rounds: u32, replicates: u32) -> Tables {
    let mut tables = Tables::default();
    for variant in 0..VARIANTS.len() {
        for replicate in 0..u64::from(replicates) {
            for round in 1..=rounds {
                let place = Place { variant, replicate, round };
                tables.rounds.push(round_row(&place));
                tables.review.push(review_row(&place));
                (0..4).for_each(|segment| tables.segments.push(segment_row(&place, segment)));
            }
        }
    }
    tables
}

fn last_round(table: &Table, variant: &str, measure: &str) -> Vec<f64> {
    let rounds = table.numbers("round").unwrap();
    let last = rounds.iter().copied().fold(0.0, f64::max);
    let (variants, values) = (table.words("variant").unwrap(), table.numbers(measure).unwrap());
    (0..rounds.len())
        .filter(|&row| rounds[row] == last && variants[row] == variant)
        .map(|row| values[row])
        .collect()
}

fn effects(table: &Table, measure: &str) -> OutcomeEffects {
    let base = last_round(table, "none", measure);
    let rises = |variant: &str| -> Vec<f64> {
        last_round(table, variant, measure).iter().zip(&base).map(|(value, base)| value - base).collect()
    };
    let singles: Vec<(String, Vec<f64>)> =
        VARIANTS[1..4].iter().map(|name| (name.to_string(), rises(name))).collect();
    let sums: Vec<f64> =
        (0..base.len()).map(|run| singles.iter().map(|(_, rises)| rises[run]).sum()).collect();
    let joint = rises("all");
    let ratios: Vec<f64> = joint.iter().zip(&sums).map(|(joint, sum)| joint / sum).collect();
    OutcomeEffects {
        measure: measure.to_string(),
        meaning: format!("The measure {measure}."),
        baseline: Spread::confidence_interval(&base),
        singles: singles
            .into_iter()
            .map(|(name, rises)| (name, Spread::confidence_interval(&rises)))
            .collect(),
        joint: Spread::confidence_interval(&joint),
        sum_of_singles: Spread::confidence_interval(&sums),
        compounding_ratio: Spread::confidence_interval(&ratios),
    }
}

/// The signal-by-signal analysis of the made-up run.
pub fn signal_by_signal(tables: &Tables) -> SignalBySignal {
    let outcomes = ["sycophancy_index", "mean_flattery", "effective_deference", "mean_abs_stance_error"];
    SignalBySignal {
        factors: VARIANTS[1..4].iter().map(|name| name.to_string()).collect(),
        outcomes: outcomes.map(|measure| effects(&tables.rounds, measure)).to_vec(),
    }
}

/// A short made-up run in which launches are reviewed and watched, with its scenario.
pub fn reviewed_run() -> (Scenario, Tables) {
    let (mut scenario, mut tables) = (scenario(6, 4), tables(6, 4));
    scenario.phases[0].settings.clock.start_date = "2024-12-10".to_string();
    scenario.phases[0].settings.monitoring.watch_days = 10;
    launches::add(&mut tables, 6, 4);
    (scenario, tables)
}
