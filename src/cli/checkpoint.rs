//! `--resume` and `--checkpoint-every`: a run that can be interrupted, in any way, and goes on.

use super::talk::Talk;
use crate::analysis::study::{UnfinishedStudy, Variant};
use crate::checkpoint::{CheckpointError, Checkpoints, Resumed};
use crate::output::{Destination, RunDirectory};
use crate::scenario::Scenario;
use clap::Args;
use std::str::FromStr;
use std::time::{Duration, Instant};

/// What is done about interruptions.
#[derive(Args)]
pub struct CheckpointOptions {
    /// Go on from the last checkpoint of the same run: same scenario, changes and seed, same numbers to the bit
    #[arg(long, conflicts_with_all = ["force", "mean_field"])]
    pub resume: bool,
    /// How often to write a checkpoint: a time (90s, 10min, 2h) or a number of simulated rounds; 0: only on Ctrl-C; auto: after
    /// a minute, or longer where writing would take more than a tenth of the time
    ///
    /// Checkpoints are written between two rounds, the last two are kept beside the results until those are complete. What
    /// is interrupted in any way loses the work since the last one. No number depends on it.
    #[arg(long, value_name = "TIME|ROUNDS", default_value = "auto", conflicts_with = "mean_field")]
    checkpoint_every: Every,
}

/// Between two checkpoints, if nobody says how often, at least; and how many times as long as the last one took.
const PAUSE: Duration = Duration::from_secs(60);
const PAUSE_PER_WRITING: u32 = 9;

/// When a checkpoint is due.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Every {
    Auto,
    Time(Duration),
    Rounds(u64),
    Never,
}

impl FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        let digits = text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let (number, unit) = text.split_at(digits);
        let number: u64 =
            number.parse().map_err(|_| "expected a time as in 90s or 10min, a number of rounds, or auto")?;
        match (number, unit) {
            (0, _) => Ok(Self::Never),
            (number, "") => Ok(Self::Rounds(number)),
            (number, "s") => Ok(Self::Time(Duration::from_secs(number))),
            (number, "min") => Ok(Self::Time(Duration::from_secs(number.saturating_mul(60)))),
            (number, "h") => Ok(Self::Time(Duration::from_secs(number.saturating_mul(3600)))),
            (_, unit) => Err(format!("{unit:?} is no unit of time; there are s, min and h")),
        }
    }
}

/// Keeps a run's checkpoints up to date.
pub struct Keeper {
    /// The error where none can be written, which is said when one is due.
    checkpoints: Result<Checkpoints, CheckpointError>,
    every: Every,
    last: Instant,
    /// How long writing that one took.
    writing: Duration,
    rounds_since: u64,
    troubled: bool,
    talk: Talk,
}

impl Keeper {
    /// Finds the study to run: a new one, or with `--resume` the one that was interrupted. Refuses to discard an unfinished
    /// one unless told to.
    pub fn start<'a>(
        options: &CheckpointOptions,
        (scenario, variants): (&Scenario, &'a [Variant]),
        destination: &Destination,
        talk: Talk,
    ) -> Result<(Self, UnfinishedStudy<'a>), CheckpointError> {
        let mut study = UnfinishedStudy::new(variants);
        let checkpoints = match Checkpoints::open(&destination.root, scenario, variants) {
            Ok(mut found) => {
                RunDirectory::sweep(&destination.root, scenario);
                if options.resume {
                    study = resume(&mut found, variants, talk)?;
                } else if destination.force {
                    found.clear();
                } else if !found.is_empty() {
                    return Err(CheckpointError::Unfinished { folder: found.folder().to_path_buf() });
                }
                Ok(found)
            }
            // A place where nothing can be written is no reason not to compute; there is nothing there to resume either.
            Err(error @ CheckpointError::File(_)) if !options.resume => Err(error),
            Err(error) => return Err(error),
        };
        let every = options.checkpoint_every;
        let (last, writing) = (Instant::now(), Duration::ZERO);
        Ok((Self { checkpoints, every, last, writing, rounds_since: 0, troubled: false, talk }, study))
    }

    /// Writes a checkpoint after a round, if one is due.
    pub fn after_round(&mut self, study: &UnfinishedStudy<'_>) {
        self.rounds_since += 1;
        let due = match self.every {
            Every::Auto => self.last.elapsed() >= pause_after(self.writing),
            Every::Time(time) => self.last.elapsed() >= time,
            Every::Rounds(rounds) => self.rounds_since >= rounds,
            Every::Never => false,
        };
        if due && study.rounds_done() < study.rounds_total() {
            self.write(study);
        }
    }

    /// Writes a checkpoint now. Trouble is said once: a full disk does not end the work, and the one before is still there.
    pub fn write(&mut self, study: &UnfinishedStudy<'_>) {
        let begun = Instant::now();
        let written = match &mut self.checkpoints {
            Ok(checkpoints) => checkpoints.write(study).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let (Err(error), false) = (&written, self.troubled) {
            self.talk.say(&format!("warning: the run goes on without a new checkpoint: {error}"));
            self.troubled = true;
        }
        (self.last, self.writing, self.rounds_since) = (Instant::now(), begun.elapsed(), 0);
    }

    /// Says how to go on from the last checkpoint, if there is one.
    pub fn tell_how_to_go_on(&self) {
        if self.checkpoints.as_ref().is_ok_and(|checkpoints| !checkpoints.is_empty()) {
            let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
            self.talk.say(&format!("to go on from there: {}", resume_command(words)));
        }
    }

    /// Deletes all checkpoints: their run has ended.
    pub fn clear(&mut self) {
        if let Ok(checkpoints) = &mut self.checkpoints {
            checkpoints.clear();
        }
    }
}

/// How long to work after a checkpoint that took so long.
fn pause_after(writing: Duration) -> Duration {
    PAUSE.max(PAUSE_PER_WRITING * writing)
}

/// The newest study that can be read; says which, and what is wrong with newer ones.
fn resume<'a>(
    checkpoints: &mut Checkpoints,
    variants: &'a [Variant],
    talk: Talk,
) -> Result<UnfinishedStudy<'a>, CheckpointError> {
    let Resumed { study, path, refused } = checkpoints.resume(variants)?;
    for error in refused {
        talk.say(&format!("warning: {error}; the one before it is used"));
    }
    let (done, total) = (study.rounds_done(), study.rounds_total());
    talk.say(&format!("going on after {done} of {total} rounds, from {}", path.display()));
    Ok(study)
}

/// The command line again, with `--resume`.
fn resume_command(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> =
        words.filter(|word| word != "--force" && word != "--resume").map(|word| quoted(&word)).collect();
    let end = words.iter().position(|word| word == "--").unwrap_or(words.len());
    words.insert(end, "--resume".to_string());
    words.join(" ")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./=,:+@%".contains(letter);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_string(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_a_time_or_a_number_of_rounds() {
        let read = |text: &str| text.parse::<Every>();
        assert_eq!(read("auto"), Ok(Every::Auto));
        assert_eq!(read("0"), Ok(Every::Never));
        assert_eq!(read("25"), Ok(Every::Rounds(25)));
        assert_eq!(read("90s"), Ok(Every::Time(Duration::from_secs(90))));
        assert_eq!(read("10min"), Ok(Every::Time(Duration::from_secs(600))));
        assert_eq!(read("2h"), Ok(Every::Time(Duration::from_secs(7200))));
        assert!(
            ["", "s", "-1", "1.5h", "3 weeks", "99999999999999999999"].map(read).iter().all(Result::is_err)
        );
    }

    #[test]
    fn writing_takes_a_tenth_of_the_time_at_most() {
        let pauses = [0, 1, 30].map(|seconds| pause_after(Duration::from_secs(seconds)).as_secs());
        assert_eq!(pauses, [60, 60, 270]);
    }

    #[test]
    fn the_command_to_go_on_is_the_same_with_resume() {
        let command = |words: &[&str]| resume_command(words.iter().map(ToString::to_string));
        let words = ["thumbscale", "run", "my scenario.toml", "--force", "--set", "a.b={c = 'd'}"];
        assert_eq!(
            command(&words),
            r"thumbscale run 'my scenario.toml' --set 'a.b={c = '\''d'\''}' --resume"
        );
        assert_eq!(command(&["t", "run", "--resume", "--", "x"]), "t run --resume -- x");
    }
}
