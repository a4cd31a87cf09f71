//! From design points to outcomes: versions of each point, and what is taken from their histories.

use super::{Matrix, Points, PointsOutcome};
use crate::analysis::ensemble::Ensemble;
use crate::analysis::study::variants;
use crate::measure::table::{Column, Table};
use crate::parallel::map_chunks;
use crate::scenario::{Scenario, ScenarioErrors, Varied, with_point};

/// What is asked of every point.
#[derive(Clone, Debug, PartialEq)]
pub struct Measures {
    /// Columns of the `rounds` table, taken from the last round.
    pub columns: Vec<Column>,
    /// Whether the point is also run without factors and with each alone, and every measure M yields three more outcomes:
    /// `M.joint`, the rise with all factors over none; `M.singles`, the sum of the rises with one; `M.excess`, the rest.
    pub effects: bool,
}

/// The versions of a point: the scenario itself, or with effects none, each factor alone, and all.
///
/// # Errors
/// If one of them is no valid scenario.
pub fn versions(point: Scenario, effects: bool) -> Result<Vec<Scenario>, ScenarioErrors> {
    match effects {
        false => Ok(vec![point]),
        true => Ok(variants(&point)?.into_iter().map(|variant| variant.scenario).collect()),
    }
}

/// Makes every point once, so that none turns out to be impossible when others have cost hours.
///
/// # Errors
/// For the first point that is no valid scenario: its number, from 1, and why.
pub fn check_points(
    scenario: &Scenario,
    varied: &[Varied],
    design: &Matrix,
    effects: bool,
) -> Result<(), (usize, ScenarioErrors)> {
    let rows: Vec<usize> = (0..design.rows()).collect();
    let check = |rows: &[usize]| {
        rows.iter().find_map(|&row| {
            let point = with_point(scenario, varied, design.row(row));
            point.and_then(|point| versions(point, effects)).err().map(|errors| (row + 1, errors))
        })
    };
    map_chunks(&rows, 16, check).into_iter().flatten().next().map_or(Ok(()), Err)
}

/// The outcomes of one replicate of a point, in the order of [`points`]; NaN for a measure that a history lacks.
pub fn reduce(histories: &[Table], measures: &Measures) -> Vec<f64> {
    let of = |column: &Column| {
        let last = |history: &Table| {
            history.numbers(&column.name).and_then(|it| it.last().copied()).unwrap_or(f64::NAN)
        };
        with_effects(&histories.iter().map(last).collect::<Vec<_>>(), measures.effects)
    };
    measures.columns.iter().flat_map(of).collect()
}

/// A measure by version; the last version has all factors on and the first none.
pub fn with_effects(by_version: &[f64], effects: bool) -> Vec<f64> {
    let (Some(none), Some(all)) = (by_version.first(), by_version.last()) else { return Vec::new() };
    if !effects {
        return vec![*all];
    }
    let singles: f64 = by_version[1..by_version.len() - 1].iter().map(|alone| alone - none).sum();
    let joint = all - none;
    vec![*all, joint, singles, joint - singles]
}

/// Points with the mean and the standard deviation of every outcome over replicates. A point of which a replicate failed
/// has no outcome, and says why.
pub fn points(
    parameters: Vec<String>,
    design: Matrix,
    measures: &Measures,
    ensemble: &Ensemble<Vec<f64>>,
) -> Points {
    let mut outcomes = empty_outcomes(measures);
    let mut errors = Vec::new();
    for replicates in &ensemble.results {
        let failed = replicates.iter().find_map(|it| match it {
            Some(Ok(_)) => None,
            Some(Err(error)) => Some(error.to_string()),
            None => Some("not reached".to_string()),
        });
        let found: Vec<&Vec<f64>> = replicates.iter().flatten().flatten().collect();
        for (nth, outcome) in outcomes.iter_mut().enumerate() {
            let values: Vec<f64> = found.iter().map(|outcomes| outcomes[nth]).collect();
            let (mean, sd) = if failed.is_some() { (f64::NAN, f64::NAN) } else { mean_and_sd(&values) };
            outcome.values.push(mean);
            outcome.sd.push(sd);
        }
        errors.push(failed.unwrap_or_default());
    }
    Points { parameters, design, outcomes, errors }
}

/// The outcomes of [`reduce`], without values.
pub fn empty_outcomes(measures: &Measures) -> Vec<PointsOutcome> {
    let outcome = |name: String, column: &Column, meaning: String| PointsOutcome {
        name,
        unit: column.unit,
        meaning,
        values: Vec::new(),
        sd: Vec::new(),
    };
    let of = |column: &Column| {
        let mut all = vec![outcome(column.name.clone(), column, column.meaning.clone())];
        let kinds = [
            ("joint", "Rise with all factors over none of"),
            ("singles", "Sum of the rises with one factor of"),
            ("excess", "Joint rise less the sum of the single ones of"),
        ];
        if measures.effects {
            all.extend(kinds.map(|(kind, meaning)| {
                outcome(format!("{}.{kind}", column.name), column, format!("{meaning} {}", column.name))
            }));
        }
        all
    };
    measures.columns.iter().flat_map(of).collect()
}

/// Mean and standard deviation, NaN with one value.
pub fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, if values.len() > 1 { (squares / (n - 1.0)).sqrt() } else { f64::NAN })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::ensemble::Progress;
    use crate::measure::table::Values;
    use crate::simulation::SimulationError;

    fn measures(effects: bool) -> Measures {
        let column = Column {
            name: "y".into(),
            unit: "",
            meaning: "An outcome".into(),
            values: Values::Number(Vec::new()),
        };
        Measures { columns: vec![column], effects }
    }

    // None 1, alone 2 and 4, all 9: rises 1 + 3 alone, 8 together.
    #[test]
    fn effects_are_rises_over_none() {
        assert_eq!(with_effects(&[1.0, 2.0, 4.0, 9.0], true), [9.0, 8.0, 4.0, 4.0]);
        assert_eq!(with_effects(&[9.0], false), [9.0]);
    }

    #[test]
    fn a_failed_replicate_costs_its_point_and_is_named() {
        let failed = SimulationError::NotFinite { round: 3, quantity: "a weight", value: f64::NAN };
        let ensemble = Ensemble {
            results: vec![
                vec![Some(Ok(vec![1.0])), Some(Ok(vec![3.0]))],
                vec![Some(Ok(vec![1.0])), Some(Err(failed))],
                vec![None, None],
            ],
            interrupted: true,
            progress: Progress::default(),
        };
        let mut design = Matrix::new(1);
        (0..3).for_each(|row| design.push([f64::from(row)]));
        let found = points(vec!["a".into()], design, &measures(false), &ensemble);
        assert_eq!((found.outcomes[0].values[0], found.outcomes[0].sd[0]), (2.0, 2f64.sqrt()));
        assert!(found.outcomes[0].values[1].is_nan() && found.outcomes[0].values[2].is_nan());
        assert_eq!(found.errors[0], "");
        assert!(
            found.errors[1].contains("round 3") && found.errors[2] == "not reached",
            "{:?}",
            found.errors
        );
    }

    #[test]
    fn every_measure_has_four_outcomes_with_effects() {
        let names: Vec<String> = empty_outcomes(&measures(true)).into_iter().map(|it| it.name).collect();
        assert_eq!(names, ["y", "y.joint", "y.singles", "y.excess"]);
    }
}
