//! How the program ends: exit codes, and errors as people read them.

use super::memory::TooLarge;
use super::talk::say;
use crate::analysis::autopsy::CaseError;
use crate::mean_field::NotMeanField;
use crate::scenario::ScenarioErrors;
use crate::sweep::SweepError;
use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Fine,
    Failed,
    Usage,
    BadScenario,
    Interrupted,
}

/// Arguments that are well formed but cannot be meant.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

impl Exit {
    fn code(self) -> u8 {
        match self {
            Exit::Fine => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::BadScenario => 3,
            Exit::Interrupted => 130,
        }
    }
}

/// Says what went wrong, if anything did, and gives the exit code.
pub fn finish(result: anyhow::Result<Exit>) -> ExitCode {
    let exit = result.unwrap_or_else(|error| explained(&error));
    ExitCode::from(exit.code())
}

fn explained(error: &anyhow::Error) -> Exit {
    let of_sweep = error.downcast_ref::<SweepError>();
    let errors = match of_sweep {
        Some(SweepError::Scenario(errors)) => Some(errors),
        _ => error.downcast_ref::<ScenarioErrors>(),
    };
    if let Some(errors) = errors {
        say_errors(errors);
        return Exit::BadScenario;
    }
    if reader_is_gone(error) {
        return Exit::Fine;
    }
    say(&format!("error: {}", in_full(error)));
    match error {
        error if error.is::<TooLarge>() || error.is::<CaseError>() || error.is::<NotMeanField>() => {
            Exit::BadScenario
        }
        error if error.is::<UsageError>() => Exit::Usage,
        _ => of_sweep.map_or(Exit::Failed, exit_of_sweep),
    }
}

fn exit_of_sweep(error: &SweepError) -> Exit {
    match error {
        SweepError::File(_) | SweepError::Incomplete { .. } => Exit::Failed,
        SweepError::NoSweep { .. }
        | SweepError::NoShard { .. }
        | SweepError::NoExtension { .. }
        | SweepError::NoFactorial { .. } => Exit::Usage,
        // What was planned, or is to be planned, cannot be meant.
        _ => Exit::BadScenario,
    }
}

/// All errors of a scenario on stderr, as the compiler would show them.
pub fn say_errors(errors: &ScenarioErrors) {
    let count = match errors.0.len() {
        1 => "1 error".to_string(),
        count => format!("{count} errors"),
    };
    let code = errors.0.first().map_or("", |first| first.code.word());
    // Colours are taken out again where stderr does not show them.
    say(&format!("{}\n\n{count}; `thumbscale explain {code}` says more", errors.render(true)));
}

/// The error and its causes, without those that it quotes already.
fn in_full(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// Whoever read our output (`| head`) has seen enough: no failure.
fn reader_is_gone(error: &anyhow::Error) -> bool {
    let broken = |io: &std::io::Error| io.kind() == std::io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref::<std::io::Error>().is_some_and(broken))
}
