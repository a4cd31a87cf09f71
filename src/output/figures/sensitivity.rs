//! Figures of a sensitivity analysis: which parameters decide, and where a threshold lies.

use super::evidence::DataTable;

use super::interval_bars::{Bar, BarRow, IntervalBars};
use super::palette::{BLUE, GREY, ORANGE};
use super::phase_map::{PhaseAxis, PhaseMap};
use super::scatter::{Scatter, ScatterPoint};
use super::{Figure, Plan};
use crate::analysis::sensitivity::{
    Analysis, ElementaryEffects, Finding, Interval, Phase, Points, RankCorrelations, SobolIndices,
};
use crate::output::SensitivitySummary;
use crate::output::sensitivity::{outcome_name, short, sorted_by, value_words};

/// Parameters drawn one by one; beyond them the tables have them.
const MOST_ROWS: usize = 20;
/// Parameters named in a cloud of points.
const MOST_NAMES: usize = 10;

/// All figures of the first outcome, in reading order.
pub fn sensitivity_figures(summary: &SensitivitySummary, points: &Points) -> Vec<Figure> {
    let Some(first) = summary.outcomes.first() else { return Vec::new() };
    let main = match &first.analysis {
        Analysis::Sobol(found) => sobol(summary, first, found),
        Analysis::Morris(found) => morris(summary, first, found),
        Analysis::LatinHypercube(found) => correlations(summary, first, found),
        Analysis::Grid(found) => phase(summary, first, found),
    };
    let cloud =
        matches!(first.analysis, Analysis::LatinHypercube(_)).then(|| joint_against_singles(summary, points));
    [Some(main), cloud.flatten()].into_iter().flatten().map(|plan| plan.finish(&summary.identity)).collect()
}

fn crowd(all: usize) -> String {
    match all > MOST_ROWS {
        true => format!(" The {MOST_ROWS} largest of {all}; the tables have all."),
        false => String::new(),
    }
}

fn answer(summary: &SensitivitySummary) -> String {
    summary.sentences.first().cloned().unwrap_or_default()
}

fn with_interval(it: &Interval) -> String {
    format!("{} [{}, {}]", short(it.value), short(it.low), short(it.high))
}

fn bar(it: &Interval) -> Bar {
    Bar { value: it.value, interval: (it.low, it.high) }
}

fn sobol<'a>(summary: &SensitivitySummary, finding: &Finding, found: &SobolIndices) -> Plan<'a> {
    let order = sorted_by(found.parameters.iter().map(|it| it.total.value));
    let row = |&index: &usize| BarRow {
        name: summary.parameter(index),
        bars: vec![bar(&found.parameters[index].first), bar(&found.parameters[index].total)],
    };
    let bars = IntervalBars {
        kinds: vec![
            ("alone (first order)", BLUE, 0.9),
            ("with all interactions (total order)", ORANGE, 0.45),
        ],
        rows: order.iter().take(MOST_ROWS).map(row).collect(),
        band: 0.0,
        axis: format!("share of the variance of: {}", outcome_name(&finding.outcome)),
    };
    let cells = |&index: &usize| {
        let it = &found.parameters[index];
        vec![summary.parameter(index), with_interval(&it.first), with_interval(&it.total)]
    };
    Plan {
        name: "indices",
        question: "Which parameters decide the outcome?",
        answer: answer(summary),
        caption: format!(
            "Sobol' indices from {} base samples, {} points. Whiskers: 95 % bootstrap intervals.{}",
            found.samples,
            finding.points,
            crowd(order.len())
        ),
        table: DataTable {
            header: ["Parameter", "First order", "Total order"].map(String::from).to_vec(),
            rows: order.iter().map(cells).collect(),
        },
        draw: Box::new(move |sheet| bars.draw(sheet)),
    }
}

fn morris<'a>(summary: &SensitivitySummary, finding: &Finding, found: &[ElementaryEffects]) -> Plan<'a> {
    let order = sorted_by(found.iter().map(|it| it.mu_star.value));
    let point = |(rank, &index): (usize, &usize)| ScatterPoint {
        at: (found[index].mu_star.value, found[index].sigma),
        interval: (found[index].mu_star.low, found[index].mu_star.high),
        name: if rank < MOST_NAMES { summary.parameter(index) } else { String::new() },
    };
    let unit = if finding.unit.is_empty() { String::new() } else { format!(", {}", finding.unit) };
    let scatter = Scatter {
        points: order.iter().enumerate().map(point).collect(),
        slopes: vec![(1.0, "sd = mean")],
        x: format!("mean absolute effect on: {}{unit}", outcome_name(&finding.outcome)),
        y: format!("standard deviation of effects{unit}"),
        square: false,
    };
    let cells = |&index: &usize| {
        let it = &found[index];
        vec![summary.parameter(index), with_interval(&it.mu_star), short(it.mu), short(it.sigma)]
    };
    let trajectories = found.first().map_or(0, |it| it.trajectories);
    Plan {
        name: "elementary-effects",
        question: "Which parameters move the outcome, and which depend on the others?",
        answer: answer(summary),
        caption: format!(
            "Elementary effects over {trajectories} trajectories of four levels, per whole range of a parameter. Far right: moves the \
             outcome. Above the dashed line: effects differ more than they are large, because they depend on other parameters or on \
             the place. Bars: 95 % bootstrap intervals of the named.{}",
            if order.len() > MOST_NAMES {
                format!(" The {MOST_NAMES} largest are named.")
            } else {
                String::new()
            }
        ),
        table: DataTable {
            header: ["Parameter", "Mean absolute effect", "Mean effect", "Standard deviation"]
                .map(String::from)
                .to_vec(),
            rows: order.iter().map(cells).collect(),
        },
        draw: Box::new(move |sheet| scatter.draw(sheet)),
    }
}

fn correlations<'a>(summary: &SensitivitySummary, finding: &Finding, found: &RankCorrelations) -> Plan<'a> {
    let order = sorted_by(found.parameters.iter().map(|it| it.partial.abs()));
    let row = |&index: &usize| {
        let it = &found.parameters[index];
        let plain = |value: f64| Bar { value, interval: (f64::NAN, f64::NAN) };
        BarRow { name: summary.parameter(index), bars: vec![plain(it.partial), plain(it.spearman)] }
    };
    let bars = IntervalBars {
        kinds: vec![("partial (others held)", BLUE, 0.9), ("plain (Spearman)", GREY, 0.35)],
        rows: order.iter().take(MOST_ROWS).map(row).collect(),
        band: if found.critical_partial.is_finite() { found.critical_partial } else { 0.0 },
        axis: format!("rank correlation with: {}", outcome_name(&finding.outcome)),
    };
    let cells = |&index: &usize| {
        let it = &found.parameters[index];
        let told = if it.differs_among_all {
            "yes"
        } else if it.differs {
            "only on its own"
        } else {
            "no"
        };
        vec![summary.parameter(index), short(it.partial), short(it.spearman), told.to_string()]
    };
    Plan {
        name: "correlations",
        question: "Which parameters does the outcome follow?",
        answer: answer(summary),
        caption: format!(
            "Rank correlations over a Latin hypercube of {} points. Grey band: within ±{:.2}, where a partial correlation cannot be told \
             from zero at 5 %; of {} parameters {:.1} lie beyond it by chance.{}",
            found.samples,
            found.critical_partial,
            found.parameters.len(),
            found.expected_by_chance,
            crowd(order.len())
        ),
        table: DataTable {
            header: ["Parameter", "Partial", "Spearman", "Beyond chance among all"]
                .map(String::from)
                .to_vec(),
            rows: order.iter().map(cells).collect(),
        },
        draw: Box::new(move |sheet| bars.draw(sheet)),
    }
}

/// Whether factors compound wherever the parameters lie: one point per point of the design.
fn joint_against_singles<'a>(summary: &SensitivitySummary, points: &Points) -> Option<Plan<'a>> {
    let measure = summary.study.measures.first().filter(|_| summary.study.effects)?;
    let of = |kind: &str| points.outcomes.iter().find(|it| it.name == format!("{measure}.{kind}"));
    let (joint, singles) = (of("joint")?, of("singles")?);
    let pairs: Vec<(f64, f64)> = singles
        .values
        .iter()
        .copied()
        .zip(joint.values.iter().copied())
        .filter(|(singles, joint)| singles.is_finite() && joint.is_finite())
        .collect();
    let above = pairs.iter().filter(|(singles, joint)| joint > singles).count();
    let cloud = Scatter {
        points: pairs
            .iter()
            .map(|&at| ScatterPoint { at, interval: (f64::NAN, f64::NAN), name: String::new() })
            .collect(),
        slopes: vec![(1.0, "joint = sum")],
        x: format!("sum of single rises of: {}", outcome_name(measure)),
        y: "joint rise, all factors on".to_string(),
        square: true,
    };
    let row = |(index, (singles, joint)): (usize, &(f64, f64))| {
        vec![(index + 1).to_string(), short(*singles), short(*joint)]
    };
    Some(Plan {
        name: "joint-against-singles",
        question: "Do the factors compound wherever the parameters lie?",
        answer: format!(
            "At {above} of {} points the joint rise exceeds the sum of the single rises.",
            pairs.len()
        ),
        caption: format!(
            "One dot per point of the design, means over {} replicate{}. Above the dashed line factors do more together than alone.",
            summary.study.replicates,
            if summary.study.replicates == 1 { "" } else { "s" }
        ),
        table: DataTable {
            header: ["Point", "Sum of single rises", "Joint rise"].map(String::from).to_vec(),
            rows: pairs.iter().enumerate().map(row).collect(),
        },
        draw: Box::new(move |sheet| cloud.draw(sheet)),
    })
}

fn phase<'a>(summary: &SensitivitySummary, finding: &Finding, found: &Phase) -> Plan<'a> {
    let axis = |index: usize, values: &[f64]| {
        let varied = summary.study.varied.get(index);
        let unit = varied.map_or("", |it| it.unit);
        let unit = if unit.is_empty() { String::new() } else { format!(", {unit}") };
        PhaseAxis {
            name: format!("{}{unit}", summary.parameter(index)),
            values: values.to_vec(),
            labels: values.iter().map(|value| value_words(varied, *value)).collect(),
            logarithmic: varied.is_some_and(|it| it.law.is_logarithmic()),
        }
    };
    let own = |index: usize| summary.study.varied.get(index).and_then(|it| it.value);
    let map = PhaseMap {
        x: axis(0, &found.grid.x),
        y: axis(1, &found.grid.y),
        outcomes: found.grid.outcomes.clone(),
        name: outcome_name(&finding.outcome),
        contour: found.contour.clone(),
        threshold: found.threshold,
        own: own(0).zip(own(1)),
    };
    let line = match found.threshold {
        Some(level) => format!(" White line: where it crosses {}.", short(level)),
        None => String::new(),
    };
    let unit = if finding.unit.is_empty() { String::new() } else { format!(" ({})", finding.unit) };
    let header =
        std::iter::once(format!("{} \\ {}", map.x.name, map.y.name)).chain(map.y.labels.iter().cloned());
    let rows = map.x.labels.iter().zip(&map.outcomes).map(|(label, column)| {
        std::iter::once(label.clone()).chain(column.iter().map(|value| short(*value))).collect()
    });
    Plan {
        name: "phase-diagram",
        question: "Where in the plane of two parameters does the outcome cross a threshold?",
        answer: summary.sentences.iter().take(3).cloned().collect::<Vec<_>>().join(" "),
        caption: format!(
            "Colour: {}{unit}, in the last round, means over {} replicate{}.{line} Diamond: the scenario's own point, if it lies in the plane.",
            outcome_name(&finding.outcome),
            summary.study.replicates,
            if summary.study.replicates == 1 { "" } else { "s" }
        ),
        table: DataTable { header: header.collect(), rows: rows.collect() },
        draw: Box::new(move |sheet| map.draw(sheet)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::sensitivity::{Method, PointsOutcome, design, findings};
    use crate::output::figures::testing::{assert_texts_are_apart, keep};
    use crate::output::{Identity, SensitivityStudy};
    use crate::scenario::{Scenario, read_varied};

    const KEYS: [&str; 4] = [
        "policy.kl_strength=0.05..0.5:log",
        "memory.write=0.3..1",
        "factors.fresh_data.set.policy.fresh_data=0.1..0.9",
        "segments.vulnerable.rating_propensity_sd=0.3..1",
    ];

    /// Figures of a made-up outcome.
    fn drawn(method: Method, keys: &[&str], effects: bool) -> Vec<Figure> {
        let scenario = Scenario::preset("all-three", &[]).unwrap();
        let asked: Vec<String> = keys.iter().map(|key| key.to_string()).collect();
        let varied = read_varied(&scenario, &asked, &[]).unwrap();
        let laws: Vec<_> = varied.iter().map(|it| it.law.clone()).collect();
        let design = design(method, &laws, 9, false, 1).unwrap();
        let model = |row: &[f64]| row[0] * (1.0 + row[1]) + 0.1 * row.last().unwrap();
        let values: Vec<f64> = (0..design.rows()).map(|row| model(design.row(row))).collect();
        let outcome = |kind: &str, scale: f64| PointsOutcome {
            name: format!("sycophancy_index{kind}"),
            unit: "",
            meaning: "Made up".into(),
            values: values.iter().map(|value| scale * value).collect(),
            sd: vec![0.02; values.len()],
        };
        let mut outcomes = vec![outcome("", 1.0)];
        if effects {
            outcomes.extend([outcome(".joint", 0.5), outcome(".singles", 0.3), outcome(".excess", 0.2)]);
        }
        let parameters: Vec<String> = varied.iter().map(|it| it.key.clone()).collect();
        let errors = vec![String::new(); design.rows()];
        let points = Points { parameters: parameters.clone(), design, outcomes, errors };
        let logarithmic: Vec<bool> = laws.iter().map(|law| law.is_logarithmic()).collect();
        let found = findings(method, &points, &logarithmic, &|_| Some(0.4), 2, 1).unwrap();
        let study = SensitivityStudy {
            method,
            second_order: false,
            samples: 9,
            replicates: 2,
            effects,
            parameters,
            varied,
            threshold: None,
            measures: vec!["sycophancy_index".into()],
            read_from: String::new(),
        };
        let own = vec![0.2; found.len()];
        let summary = SensitivitySummary::new(Identity::of(&scenario), study, found, &points.errors, own);
        sensitivity_figures(&summary, &points)
    }

    fn check(figures: &[Figure], names: &[&str]) {
        assert_eq!(figures.iter().map(|figure| figure.name).collect::<Vec<_>>(), names);
        for figure in figures {
            for (svg, size) in [(&figure.svg, "alone"), (&figure.wide, "wide"), (&figure.narrow, "narrow")] {
                keep(&format!("sensitivity-{}-{size}", figure.name), svg);
                assert_texts_are_apart(svg);
            }
        }
    }

    #[test]
    fn texts_of_every_figure_are_apart_wide_and_narrow() {
        check(&drawn(Method::Sobol, &KEYS, false), &["indices"]);
        check(&drawn(Method::Morris, &KEYS, false), &["elementary-effects"]);
        let hypercube = drawn(Method::LatinHypercube, &KEYS, true);
        check(&hypercube, &["correlations", "joint-against-singles"]);
        check(&drawn(Method::Grid, &KEYS[..2], false), &["phase-diagram"]);
    }
}
