//! What sweeps cost beside their runs: making a point, keeping and merging rows, planning a million runs.

use divan::counter::ItemsCount;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Instant;
use tempfile::TempDir;
use thumbscale::scenario::{Scenario, SweepFile, preset_loader};
use thumbscale::sweep::{
    Cut, Draft, FinishedRun, KeptRound, Pilot, RunId, Sweep, Worker, merge, simulate_run, work,
};

/// Runs of about ten milliseconds.
const TEN_MS: &str = "scenario = \"all-three\"\nreplicates = 1\n[set]\n\"population.users\" = 100\n\"run.rounds\" = 2\n\
    \"run.warm_up_rounds\" = 0\n\"run.measure_rows\" = 512\n[design]\nkind = \"random\"\nsamples = 200\n[parameters]\n\
    \"policy.kl_strength\" = { range = [0.05, 0.5], scale = \"log\" }\n\"memory.write\" = { range = [0.2, 1.0] }\n\
    [outcomes]\nmeasures = [\"sycophancy_index\", \"user_benefit\", \"thumbs_up_share\"]\n";

fn file(text: &str) -> SweepFile {
    SweepFile::from_toml("bench.toml", text, &preset_loader, &[]).expect("a sweep")
}

fn planned(file: &SweepFile, folder: &Path, shards: u32) -> Sweep {
    let draft = Draft::new(file, folder).expect("a design");
    draft.write(folder, draft.manifest(&Pilot::default(), Cut::Shards(shards))).expect("a folder");
    Sweep::open(folder).expect("a plan")
}

fn main() {
    divan::main();
}

/// A scenario of a point.
#[divan::bench]
fn make_a_point(bencher: divan::Bencher) {
    let scenario = Scenario::preset("all-three", &[]).expect("shipped");
    let sets = ["policy.kl_strength=0.2", "memory.write=0.5"];
    bencher.bench_local(|| scenario.with_set(&sets).expect("valid"));
}

/// The runs alone.
#[divan::bench(sample_count = 5)]
fn runs_alone(bencher: divan::Bencher) {
    let folder = tempfile::tempdir().expect("a folder");
    let sweep = planned(&file(TEN_MS), folder.path(), 4);
    let points: Vec<Scenario> = (0..200).map(|point| sweep.scenario_at(point).expect("valid")).collect();
    bencher.counter(ItemsCount::new(200u32)).bench_local(|| {
        for (point, scenario) in (0..).zip(&points) {
            let (run, seed) = (RunId { point, replicate: 0 }, sweep.seed_at(point));
            let go_on = &mut |_| ControlFlow::Continue(());
            simulate_run(run, Ok(scenario.clone()), seed, &sweep.study().outcomes, go_on)
                .expect("not stopped");
        }
    });
}

/// The same runs as four shards of a sweep, on one thread, with their files.
#[allow(clippy::disallowed_methods, reason = "a worker tells how long its runs took")]
#[divan::bench(sample_count = 5)]
fn runs_in_shards(bencher: divan::Bencher) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let (file, clock) = (file(TEN_MS), Instant::now());
    let seconds = || clock.elapsed().as_secs_f64();
    let folder = || {
        let folder = tempfile::tempdir().expect("a folder");
        let sweep = planned(&file, folder.path(), 4);
        (folder, sweep)
    };
    bencher.counter(ItemsCount::new(200u32)).with_inputs(folder).bench_local_values(|(folder, sweep)| {
        let worker = Worker { name: "bench", job: "", clock: &seconds };
        let go_on = |_| ControlFlow::Continue(());
        pool.install(|| work(&sweep, &sweep.shards(), worker, &go_on)).expect("a folder");
        folder
    });
}

/// A finished sweep of a million runs in a thousand shards, with made-up outcomes.
static MILLION: LazyLock<(TempDir, Sweep)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let text =
        TEN_MS.replace("samples = 200", "samples = 250_000").replace("replicates = 1", "replicates = 4");
    let sweep = planned(&file(&text), folder.path(), 1000);
    for shard in sweep.shards() {
        let run = |run: RunId| {
            let value = f64::from(run.point) / 250_000.0;
            let kept = KeptRound { round: 2, values: vec![value, -value, value * value] };
            FinishedRun { run, outcome: Ok(vec![kept]) }
        };
        let runs: Vec<FinishedRun> = sweep.runs_of(&shard).map(run).collect();
        sweep.write_shard(&shard, &runs, 1.0, "bench").expect("a folder");
    }
    (folder, sweep)
});

#[divan::bench(sample_count = 3)]
fn merge_a_million(bencher: divan::Bencher) {
    let (_, sweep) = &*MILLION;
    bencher
        .counter(ItemsCount::new(1_000_000u32))
        .bench_local(|| merge(sweep, false, &|_, _| {}).expect("complete"));
}

#[divan::bench(sample_count = 3)]
fn plan_a_million(bencher: divan::Bencher) {
    let file = file(&TEN_MS.replace("samples = 200", "samples = 1_000_000"));
    bencher.counter(ItemsCount::new(1_000_000u32)).bench_local(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let draft = Draft::new(&file, folder.path()).expect("a design");
        draft.write(folder.path(), draft.manifest(&Pilot::default(), Cut::Usual)).expect("a folder")
    });
}
