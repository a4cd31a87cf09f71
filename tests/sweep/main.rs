//! Sweeps as their users run them: the same results whoever computes them, in whatever pieces, and however often they were
//! stopped, damaged or extended.

#![cfg(feature = "cli")]

mod analyses;
mod bad_files;
mod extension;
mod failures;
mod points_from_file;
mod same_results;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Mutex;
use thumbscale::scenario::{SweepFile, preset_loader};
use thumbscale::sweep::{Cut, Draft, Pilot, Sweep, WorkDone, WorkProgress, Worker, merge, work};

/// A sweep of runs that take milliseconds; `more` goes before the tables.
const SMALL: &str = "scenario = \"all-three\"\n[set]\n\"population.users\" = 60\n\"run.rounds\" = 2\n\"run.warm_up_rounds\" = 0\n\
    \"run.measure_rows\" = 32\n\"signals.raters.rows\" = 64\n\"factors.memory.from_round\" = 2\n";
const TWO: &str = "[parameters]\n\"policy.kl_strength\" = { range = [0.05, 0.5], scale = \"log\" }\n\
    \"memory.capacity\" = { range = [1, 4] }\n";

/// A sweep file of which `top` are the first lines and `rest` the last.
fn file(top: &str, rest: &str) -> SweepFile {
    let text = format!("{top}\n{SMALL}{rest}");
    SweepFile::from_toml("small.toml", &text, &preset_loader, &[]).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Plans a sweep in `folder`.
fn planned(file: &SweepFile, folder: &Path, shards: u32) -> Sweep {
    let draft = Draft::new(file, folder).unwrap_or_else(|error| panic!("{error}"));
    write(&draft, folder, shards)
}

fn write(draft: &Draft, folder: &Path, shards: u32) -> Sweep {
    draft
        .write(folder, draft.manifest(&Pilot::default(), Cut::Shards(shards)))
        .expect("a folder that can be written");
    Sweep::open(folder).expect("just planned")
}

fn on(_: WorkProgress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Runs all shards, as the worker `name`, with a clock that goes by a second each time it is asked.
fn run_as(sweep: &Sweep, name: &str, observe: &(dyn Fn(WorkProgress) -> ControlFlow<()> + Sync)) -> WorkDone {
    let time = Mutex::new(0.0);
    let clock = || {
        let mut time = time.lock().unwrap();
        *time += 1.0;
        *time
    };
    work(sweep, &sweep.shards(), Worker { name, job: "", clock: &clock }, observe)
        .expect("a folder that can be written")
}

fn run(sweep: &Sweep) -> WorkDone {
    run_as(sweep, "w", &on)
}

/// The bytes of all merged files.
fn merged(sweep: &Sweep) -> Vec<Vec<u8>> {
    let found = merge(sweep, false, &|_, _| {}).unwrap_or_else(|error| panic!("{error}"));
    assert!(found.complete && found.missing == 0);
    found.files.iter().map(|file| std::fs::read(found.folder.join(file)).unwrap()).collect()
}
