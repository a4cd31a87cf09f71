//! What the points say of each outcome, by the method that laid them out.

use super::{
    DesignError, ElementaryEffects, Method, PhaseGrid, Points, PointsOutcome, RankCorrelations, Segment,
    SobolIndices, contour, is_saltelli, morris_effects, rank_correlations, sobol_indices,
};
use serde::Serialize;

/// One outcome over all points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Name.
    pub outcome: String,
    /// Unit.
    pub unit: &'static str,
    /// What it is.
    pub meaning: String,
    /// Points with this outcome.
    pub points: usize,
    /// Points without it.
    pub missing: usize,
    /// Mean over points.
    pub mean: f64,
    /// Standard deviation over points.
    pub sd: f64,
    /// Lowest.
    pub lowest: f64,
    /// Highest.
    pub highest: f64,
    /// Root mean square over points of the standard error of a point, from its replicates; NaN with one replicate.
    pub noise: f64,
    /// What the method says.
    #[serde(flatten)]
    pub analysis: Analysis,
}

/// What each method says of an outcome.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Analysis {
    /// Shares of variance.
    Sobol(SobolIndices),
    /// Elementary effects, by parameter.
    Morris(Vec<ElementaryEffects>),
    /// Rank correlations.
    LatinHypercube(RankCorrelations),
    /// The plane of two parameters.
    Grid(Phase),
}

/// A phase diagram.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Phase {
    /// Values of both parameters and the outcome at every pair of them.
    #[serde(flatten)]
    pub grid: PhaseGrid,
    /// The level that parts the plane, if one was asked for.
    pub threshold: Option<f64>,
    /// Share of the known points at or above it.
    pub share_above: f64,
    /// The line on which the outcome crosses it, in pieces.
    pub contour: Vec<Segment>,
}

/// An outcome of which nothing can be said.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("nothing can be said of {outcome}: {source}")]
pub struct FindingError {
    /// The outcome.
    pub outcome: String,
    /// Why.
    pub source: DesignError,
}

/// Analyses every outcome. `logarithmic` says of each parameter whether its axis is, and `threshold` which level parts a
/// phase diagram of an outcome.
///
/// # Errors
/// If rows do not fit the method, or too many outcomes are missing.
pub fn findings(
    method: Method,
    points: &Points,
    logarithmic: &[bool],
    threshold: &dyn Fn(&str) -> Option<f64>,
    replicates: u32,
    seed: u64,
) -> Result<Vec<Finding>, FindingError> {
    let finding = |outcome: &PointsOutcome| {
        let analysis = analyse(method, points, outcome, logarithmic, threshold(&outcome.name), seed)
            .map_err(|source| FindingError { outcome: outcome.name.clone(), source })?;
        Ok(Finding::new(outcome, analysis, replicates))
    };
    points.outcomes.iter().map(finding).collect()
}

impl Finding {
    fn new(outcome: &PointsOutcome, analysis: Analysis, replicates: u32) -> Self {
        let known: Vec<f64> = outcome.values.iter().copied().filter(|value| value.is_finite()).collect();
        let n = known.len() as f64;
        let mean = known.iter().sum::<f64>() / n;
        let squares: f64 = known.iter().map(|value| (value - mean) * (value - mean)).sum();
        let sds: Vec<f64> = outcome.sd.iter().copied().filter(|sd| sd.is_finite()).collect();
        let noise = sds.iter().map(|sd| sd * sd).sum::<f64>() / sds.len() as f64 / f64::from(replicates);
        Self {
            outcome: outcome.name.clone(),
            unit: outcome.unit,
            meaning: outcome.meaning.clone(),
            points: known.len(),
            missing: outcome.values.len() - known.len(),
            mean,
            sd: (squares / (n - 1.0)).sqrt(),
            lowest: known.iter().copied().fold(f64::INFINITY, f64::min),
            highest: known.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            noise: noise.sqrt(),
            analysis,
        }
    }
}

fn analyse(
    method: Method,
    points: &Points,
    outcome: &PointsOutcome,
    logarithmic: &[bool],
    threshold: Option<f64>,
    seed: u64,
) -> Result<Analysis, DesignError> {
    let (design, values) = (&points.design, &outcome.values);
    Ok(match method {
        Method::Sobol => {
            let parameters = design.columns();
            let order = [false, true].into_iter().find(|&order| is_saltelli(design, order));
            let second_order = order.ok_or(DesignError::NoSaltelli { parameters })?;
            Analysis::Sobol(sobol_indices(values, parameters, second_order, seed)?)
        }
        Method::Morris => Analysis::Morris(morris_effects(design, values, seed)?),
        Method::LatinHypercube => Analysis::LatinHypercube(rank_correlations(design, values)?),
        Method::Grid => Analysis::Grid(phase(PhaseGrid::new(design, values)?, logarithmic, threshold)),
    })
}

/// The phase diagram, its contour drawn as straight as the axes: in logarithms where an axis is logarithmic.
fn phase(grid: PhaseGrid, logarithmic: &[bool], threshold: Option<f64>) -> Phase {
    let is_log = |axis: usize| logarithmic.get(axis).copied().unwrap_or(false);
    let there = |axis: usize, value: f64| if is_log(axis) { libm::log(value) } else { value };
    let back = |axis: usize, value: f64| if is_log(axis) { libm::exp(value) } else { value };
    let axis = |axis: usize, values: &[f64]| values.iter().map(|it| there(axis, *it)).collect::<Vec<_>>();
    let pieces = threshold
        .map_or(Vec::new(), |level| contour(&axis(0, &grid.x), &axis(1, &grid.y), &grid.outcomes, level));
    let contour = pieces.into_iter().map(|piece| piece.map(|(x, y)| (back(0, x), back(1, y)))).collect();
    let known = grid.known().count() as f64;
    let above = threshold.map_or(f64::NAN, |level| grid.known().filter(|it| *it >= level).count() as f64);
    Phase { threshold, share_above: above / known, contour, grid }
}

#[cfg(test)]
mod tests {
    use super::super::design;
    use super::*;
    use crate::scenario::Law;

    fn points(method: Method, model: impl Fn(&[f64]) -> f64) -> Points {
        let laws = [Law::LogRange { low: 1.0, high: 100.0 }, Law::Range { low: 0.0, high: 1.0 }];
        let design = design(method, &laws, 9, false, 1).unwrap();
        let values: Vec<f64> = (0..design.rows()).map(|row| model(design.row(row))).collect();
        let outcome = PointsOutcome {
            name: "y".into(),
            unit: "",
            meaning: String::new(),
            sd: vec![2.0; values.len()],
            values,
        };
        let errors = vec![String::new(); design.rows()];
        Points { parameters: vec!["a".into(), "b".into()], design, outcomes: vec![outcome], errors }
    }

    fn find(method: Method, points: &Points) -> Result<Vec<Finding>, FindingError> {
        findings(method, points, &[true, false], &|_| Some(1.0), 4, 1)
    }

    #[test]
    fn every_method_reads_its_own_design_and_no_other() {
        for method in [Method::Sobol, Method::Morris, Method::LatinHypercube, Method::Grid] {
            let found = find(method, &points(method, |x| x[0] + x[1])).unwrap();
            assert_eq!((found[0].missing, found[0].noise), (0, 1.0), "{method:?}");
        }
        for method in [Method::Sobol, Method::Morris, Method::Grid] {
            let refused = find(method, &points(Method::LatinHypercube, |x| x[0])).unwrap_err();
            assert!(refused.to_string().contains("nothing can be said of y"), "{refused}");
        }
    }

    // log10(a) = 1 at a = 10, whatever b is.
    #[test]
    fn a_contour_is_straight_on_a_logarithmic_axis() {
        let found = find(Method::Grid, &points(Method::Grid, |x| libm::log10(x[0])));
        let Analysis::Grid(phase) = &found.unwrap()[0].analysis else { panic!("a grid") };
        assert!(!phase.contour.is_empty());
        assert!(phase.contour.iter().flatten().all(|(x, _)| (x - 10.0).abs() < 1e-9), "{phase:?}");
        assert!((phase.share_above - 5.0 / 9.0).abs() < 1e-12);
    }
}
