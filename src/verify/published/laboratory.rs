//! Running the scenarios of published cases.

use crate::measure::RoundMeasures;
use crate::policy::Policy;
use crate::scenario::Scenario;
use crate::simulation::Simulation;
use crate::verify::VerifyError;

/// A shipped scenario with some values changed.
pub fn scenario(name: &str, sets: &[String]) -> Result<Scenario, VerifyError> {
    Ok(Scenario::preset(name, sets)?)
}

/// A run to its end: its last state and the measures of all rounds.
pub fn run(scenario: &Scenario, seed: u64) -> Result<(Simulation, Vec<RoundMeasures>), VerifyError> {
    let mut simulation = Simulation::new(scenario, seed);
    let run = &scenario.settings_in(0).run;
    let rounds = (0..run.warm_up_rounds + run.rounds).map(|_| simulation.run_round());
    let rounds: Vec<RoundMeasures> = rounds.collect::<Result<_, _>>()?;
    Ok((simulation, rounds))
}

/// P(level 1) of behaviour `j`, one of two levels, in a context.
pub fn probability(policy: &Policy, j: usize, phi: &[f64]) -> f64 {
    policy.probabilities(j, phi).moments().mean
}

/// `--set` words.
pub fn sets(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| word.to_string()).collect()
}
