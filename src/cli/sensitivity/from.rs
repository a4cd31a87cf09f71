//! Results that are there already, analysed without any simulation.

use super::points::INDEX;
use super::{Arguments, Done, usage};
use crate::analysis::sensitivity::{Method, Points, findings};
use crate::output::{Earlier, EarlierResults, Identity, SensitivityStudy, SensitivitySummary, read_results};
use crate::sweep::{Manifest, Sweep};
use std::path::Path;

/// Reads and analyses results.
pub fn analyse(arguments: &Arguments, path: &Path) -> anyhow::Result<Done> {
    let read = match Manifest::path(path, 1).exists() {
        true => of_sweep(path)?,
        false => read_results(path, arguments.changes.seed().unwrap_or(1)).map_err(usage)?,
    };
    let EarlierResults { table, mut identity, earlier } = read;
    identity.seed = arguments.changes.seed().or(earlier.as_ref().map(|it| it.seed)).unwrap_or(1);
    let outcomes = outcomes(arguments, earlier.as_ref(), table.column(INDEX).is_some())?;
    let named = earlier.as_ref().map(|it| it.parameters.as_slice());
    let mut points = Points::read(&table, named, &outcomes).map_err(usage)?;
    if earlier.is_none() {
        // Without the number of replicates a spread over them says nothing about chance.
        points.outcomes.iter_mut().for_each(|it| it.sd.fill(f64::NAN));
    }
    let study = study(arguments, &points, earlier.as_ref(), path, &identity.scenario_hash);
    let logarithmic = earlier.map_or_else(Vec::new, |it| it.logarithmic);
    let found = findings(
        study.method,
        &points,
        &logarithmic,
        &|_| arguments.threshold,
        study.replicates,
        identity.seed,
    );
    let summary = SensitivitySummary::new(identity, study, found.map_err(usage)?, &points.errors, Vec::new());
    Ok(Done { summary, points, scenario: None })
}

/// The points of a finished sweep.
fn of_sweep(folder: &Path) -> anyhow::Result<EarlierResults> {
    let sweep = Sweep::open_of_any_program(folder)?;
    let points = sweep.as_points()?;
    let study = sweep.study();
    let identity = Identity::of_several(study.name.clone(), sweep.content_id(), study.seed);
    let earlier = Earlier {
        method: Some(sweep.method()),
        parameters: points.parameters.clone(),
        outcomes: points.outcomes.iter().map(|it| it.name.clone()).collect(),
        measures: study.outcomes.measures.clone(),
        logarithmic: sweep.logarithmic(),
        replicates: sweep.replicates(),
        effects: study.outcomes.effects,
        seed: study.seed,
        scenario: study.scenario_name.clone(),
    };
    Ok(EarlierResults { table: points.table(), identity, earlier: Some(earlier) })
}

fn outcomes(
    arguments: &Arguments,
    earlier: Option<&Earlier>,
    has_index: bool,
) -> anyhow::Result<Vec<String>> {
    match (arguments.outcomes.as_slice(), earlier) {
        ([], Some(earlier)) => Ok(earlier.outcomes.clone()),
        ([], None) if has_index => Ok(vec![INDEX.to_string()]),
        ([], None) => Err(usage("say with --outcome which column is the outcome; all others are parameters")),
        (named, _) => Ok(named.to_vec()),
    }
}

fn study(
    arguments: &Arguments,
    points: &Points,
    earlier: Option<&Earlier>,
    path: &Path,
    hash: &str,
) -> SensitivityStudy {
    let wanted = arguments.method.map(super::MethodWord::method);
    let file = path.file_name().map_or_else(String::new, |it| it.to_string_lossy().into_owned());
    SensitivityStudy {
        method: wanted.or(earlier.and_then(|it| it.method)).unwrap_or(Method::Sobol),
        second_order: arguments.second_order,
        samples: points.design.rows(),
        replicates: earlier.map_or(1, |it| it.replicates),
        effects: earlier.is_some_and(|it| it.effects),
        parameters: points.parameters.clone(),
        varied: Vec::new(),
        threshold: arguments.threshold,
        measures: earlier.map_or_else(
            || points.outcomes.iter().map(|it| it.name.clone()).collect(),
            |it| it.measures.clone(),
        ),
        read_from: format!("{file}, SHA-256 {hash}"),
    }
}
