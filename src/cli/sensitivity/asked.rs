//! What is varied, and the points at which: made here or read from a file.

use super::{Arguments, usage};
use crate::analysis::sensitivity::{Matrix, Method, Points, PointsOutcome, check_points, design, findings};
use crate::cli::talk::Talk;
use crate::output::{parameter_name, read_design};
use crate::scenario::{Law, Scenario, ScenarioErrors, Varied, around, read_varied, read_varied_file};
use std::path::Path;

/// What is varied, and the points.
pub struct Asked {
    pub method: Method,
    pub samples: usize,
    pub varied: Vec<Varied>,
    pub design: Matrix,
    /// Name and SHA-256 of the file that the design was read from, or "".
    pub read_from: String,
}

impl Asked {
    /// Everything that was asked for, checked as far as that is possible without a simulation.
    pub fn new(arguments: &Arguments, scenario: &Scenario, talk: Talk) -> anyhow::Result<Self> {
        if arguments.effects && scenario.active_factors.len() < 2 {
            let name = &scenario.name;
            return Err(usage(format!("--effects compares factors, and fewer than two are on in {name}")));
        }
        let method = arguments.method.map_or(Method::Sobol, super::MethodWord::method);
        let varied = varied(arguments, scenario)?;
        let asked = match &arguments.design {
            Some(path) => read(path, method, varied, scenario)?,
            None => Self::made(arguments, method, varied, scenario, talk)?,
        };
        asked.check(arguments, scenario)?;
        Ok(asked)
    }

    fn made(
        arguments: &Arguments,
        method: Method,
        varied: Vec<Varied>,
        scenario: &Scenario,
        talk: Talk,
    ) -> anyhow::Result<Self> {
        if varied.is_empty() {
            return Err(usage("nothing is varied; say what with --parameter, --parameters or --around"));
        }
        let samples = arguments.samples.unwrap_or(method.usual_samples());
        if method == Method::Sobol && !samples.is_power_of_two() {
            talk.say(&format!(
                "note: {samples} is no power of two, and the Sobol' sequence is only balanced at powers of two"
            ));
        }
        let laws: Vec<Law> = varied.iter().map(|it| it.law.clone()).collect();
        let seed = scenario.settings_in(1).run.seed;
        let design = design(method, &laws, samples, arguments.second_order, seed).map_err(usage)?;
        Ok(Self { method, samples, varied, design, read_from: String::new() })
    }

    /// Names of the parameters.
    pub fn parameters(&self) -> Vec<String> {
        self.varied.iter().map(|it| it.key.clone()).collect()
    }

    /// The points, with an outcome that says nothing.
    pub fn points_without_outcomes(&self) -> Points {
        let rows = self.design.rows();
        let nothing = PointsOutcome {
            name: "the design".into(),
            unit: "",
            meaning: String::new(),
            values: vec![0.0; rows],
            sd: vec![f64::NAN; rows],
        };
        let errors = vec![String::new(); rows];
        Points { parameters: self.parameters(), design: self.design.clone(), outcomes: vec![nothing], errors }
    }

    /// That the design is one of its method, and that every point is a valid scenario.
    fn check(&self, arguments: &Arguments, scenario: &Scenario) -> anyhow::Result<()> {
        findings(self.method, &self.points_without_outcomes(), &[], &|_| None, 1, 0).map_err(usage)?;
        let pool = arguments.threads.pool()?;
        let checked = pool.install(|| check_points(scenario, &self.varied, &self.design, arguments.effects));
        Ok(checked.map_err(|(point, errors)| told(point, errors))?)
    }
}

/// Says of which point the errors are.
fn told(point: usize, mut errors: ScenarioErrors) -> ScenarioErrors {
    for problem in &mut errors.0 {
        problem.help.push(format!("point {point} of the design has these values together; narrow a range"));
    }
    errors
}

/// The keys asked for by name, then those that `--around` adds.
fn varied(arguments: &Arguments, scenario: &Scenario) -> anyhow::Result<Vec<Varied>> {
    let files = arguments.files.iter().map(|path| read_varied_file(path)).collect::<Result<Vec<_>, _>>()?;
    let mut varied = read_varied(scenario, &arguments.parameters, &files)?;
    if let Some(share) = arguments.around {
        let more: Vec<Varied> = around(scenario, share);
        let is_new = |it: &Varied| !varied.iter().any(|known| known.key == it.key);
        let more: Vec<Varied> = more.into_iter().filter(is_new).collect();
        varied.extend(more);
    }
    Ok(varied)
}

/// The design in a file. Columns that no `--parameter` speaks of are varied between their lowest and highest value.
fn read(path: &Path, method: Method, known: Vec<Varied>, scenario: &Scenario) -> anyhow::Result<Asked> {
    let (table, hash) = read_design(path).map_err(usage)?;
    let points = Points::read(&table, None, &[]).map_err(usage)?;
    if let Some(missing) = known.iter().find(|it| !points.parameters.contains(&it.key)) {
        return Err(usage(format!("{} has no column {:?}", path.display(), missing.key)));
    }
    let mut varied = Vec::new();
    for (column, key) in points.parameters.iter().enumerate() {
        let named = known.iter().find(|it| it.key == *key).cloned();
        varied.push(match named {
            Some(named) => named,
            None => between_ends(scenario, key, &points.design.column(column))?,
        });
        refuse_values(&varied[column], &points.design.column(column))?;
    }
    let file = path.file_name().map_or_else(String::new, |it| it.to_string_lossy().into_owned());
    let (samples, read_from) = (points.design.rows(), format!("{file}, SHA-256 {hash}"));
    Ok(Asked { method, samples, varied, design: points.design, read_from })
}

fn between_ends(scenario: &Scenario, key: &str, values: &[f64]) -> anyhow::Result<Varied> {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let law = format!("{key}={low:?}..{high:?}");
    Ok(read_varied(scenario, &[law], &[])?.remove(0))
}

fn refuse_values(varied: &Varied, values: &[f64]) -> anyhow::Result<()> {
    match values.iter().position(|&value| !varied.accepts(value)) {
        None => Ok(()),
        Some(row) => Err(usage(format!(
            "{} cannot be {} as in row {} of the design",
            parameter_name(&varied.key),
            values[row],
            row + 1
        ))),
    }
}
