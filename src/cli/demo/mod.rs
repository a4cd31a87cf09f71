//! `thumbscale demo`: the lesson of the teaching page, told in a terminal.

mod chart;
mod stage;
mod steps;

use super::exit::Exit;
use super::simulate::Threads;
use super::talk::Talk;
use crate::lesson::Language;
use clap::Args;
use stage::Stage;
use std::io::{IsTerminal, stdin};
use steps::Story;

/// Tell the story of the drift in the terminal, with a guess before each step
///
/// Seven steps: the loop, each of three changes alone, all three together, the launch review of April 2025, and what would have
/// caught it. Everything shown is simulated while you watch.
#[derive(Args)]
#[command(after_help = "Example: thumbscale demo --language zh --no-pause")]
pub struct Arguments {
    /// Go on without waiting and without asking, as for a recording
    #[arg(long)]
    no_pause: bool,
    /// Language of the story
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    language: Language,
    /// Simulated users; below some thousands, reward models see little and the story is noisy
    #[arg(long, value_name = "N", default_value_t = 30_000, value_parser = clap::value_parser!(u64).range(500..=200_000))]
    users: u64,
    /// Seed of the weekly runs
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: u64,
    #[command(flatten)]
    threads: Threads,
}

pub fn demo(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    let asks = !arguments.no_pause && stdin().is_terminal();
    let stage = Stage { language: arguments.language, asks, live: talk == Talk::Terminal };
    let story =
        Story { stage, pool: arguments.threads.pool()?, users: arguments.users, seed: arguments.seed };
    story.tell()?;
    Ok(Exit::Fine)
}
