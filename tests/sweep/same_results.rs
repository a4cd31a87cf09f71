//! Shards, threads, order, interruptions and damage change nothing.

use super::*;
use std::sync::atomic::{AtomicU64, Ordering};
use thumbscale::sweep::ShardState;

fn design() -> SweepFile {
    seeded(1)
}

fn seeded(seed: u64) -> SweepFile {
    file(
        &format!("replicates = 2\nseed = {seed}"),
        &format!(
            "[design]\nkind = \"random\"\nsamples = 9\n{TWO}[outcomes]\nmeasures = [\"sycophancy_index\", \"user_benefit\"]\nevery = 1\n"
        ),
    )
}

/// What one thread makes of one shard.
fn plain() -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let sweep = planned(&design(), folder.path(), 1);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| run(&sweep));
    merged(&sweep)
}

#[test]
fn shards_and_threads_change_no_bit() {
    let expected = plain();
    for (shards, threads) in [(5, 1), (18, 3), (2, 8)] {
        let folder = tempfile::tempdir().unwrap();
        let sweep = planned(&design(), folder.path(), shards);
        assert_eq!(sweep.shards().len(), shards as usize);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let done = pool.install(|| run(&sweep));
        assert_eq!((done.progress.runs_done, done.progress.failed, done.interrupted), (18, 0, false));
        assert_eq!(merged(&sweep), expected, "{shards} shards on {threads} threads");
    }
    // The control: another seed gives other bytes.
    let folder = tempfile::tempdir().unwrap();
    let sweep = planned(&seeded(2), folder.path(), 1);
    run(&sweep);
    assert_ne!(merged(&sweep), expected);
}

#[test]
fn whoever_is_stopped_leaves_what_is_done_to_the_next() {
    let expected = plain();
    let folder = tempfile::tempdir().unwrap();
    let sweep = planned(&design(), folder.path(), 3);
    let mut done_before = 0;
    for attempt in 0..20 {
        // Each attempt is stopped at its third new run.
        let stop = |it: WorkProgress| {
            if it.runs_done >= it.runs_before + 3 { ControlFlow::Break(()) } else { on(it) }
        };
        let done = run_as(&sweep, &format!("w{attempt}"), &stop);
        assert!(done.progress.runs_before >= done_before, "nothing that was done is lost");
        done_before = done.progress.runs_done;
        if !done.interrupted {
            break;
        }
    }
    assert_eq!(merged(&sweep), expected);
    for left in [sweep.parts(), sweep.attempts()] {
        assert_eq!(std::fs::read_dir(left).map_or(0, Iterator::count), 0, "signs of life and parts are gone");
    }
}

#[test]
fn what_is_finished_is_not_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let sweep = planned(&design(), folder.path(), 3);
    run(&sweep);
    let rounds = AtomicU64::new(0);
    let count = |it| {
        rounds.fetch_add(1, Ordering::SeqCst);
        on(it)
    };
    let again = run_as(&sweep, "again", &count);
    assert_eq!((again.progress.runs_before, rounds.load(Ordering::SeqCst)), (18, 0));
}

#[test]
fn a_damaged_shard_is_seen_and_only_it_is_done_again() {
    let expected = plain();
    let folder = tempfile::tempdir().unwrap();
    let sweep = planned(&design(), folder.path(), 3);
    run(&sweep);
    let path = sweep.shard_path(2);
    let whole = std::fs::read(&path).unwrap();
    let flipped = |place: usize| {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        bytes
    };
    let other_shard = std::fs::read(sweep.shard_path(1)).unwrap();
    for bytes in [whole[..whole.len() / 2].to_vec(), Vec::new(), flipped(20), other_shard] {
        std::fs::write(&path, bytes).unwrap();
        assert!(matches!(sweep.state(&sweep.shards()[1]), ShardState::Damaged(_)));
        assert!(merge(&sweep, false, &|_, _| {}).is_err());
        let done = run(&sweep);
        assert_eq!((done.replaced, done.progress.runs_before), (vec![2], 12));
        assert_eq!(merged(&sweep), expected);
    }
}

#[test]
fn two_workers_on_one_shard_leave_one_whole_file() {
    let expected = plain();
    let folder = tempfile::tempdir().unwrap();
    let sweep = planned(&design(), folder.path(), 2);
    std::thread::scope(|scope| {
        let both = ["a", "b"].map(|name| scope.spawn(|| run_as(&sweep, name, &on)));
        both.into_iter().for_each(|it| drop(it.join().unwrap()));
    });
    assert_eq!(merged(&sweep), expected);
}

// By the other road: the same points one at a time, as `run` would.
#[test]
fn a_row_is_the_run_that_its_seed_and_values_name() {
    let folder = tempfile::tempdir().unwrap();
    let sweep = planned(&design(), folder.path(), 2);
    run(&sweep);
    merged(&sweep);
    let table = thumbscale::output::read_parquet(&sweep.results().join("part-00000.parquet")).unwrap();
    assert_eq!(table.rows(), 9 * 2 * 2);
    let row = 27;
    let number = |name: &str| table.numbers(name).unwrap()[row];
    let seed = match &table.column("seed").unwrap().values {
        thumbscale::measure::table::Values::Integer(seeds) => seeds[row],
        _ => panic!("seeds are whole numbers"),
    };
    let sets = [
        format!("run.seed={seed}"),
        format!("policy.kl_strength={:?}", number("policy.kl_strength")),
        format!("memory.capacity={}", number("memory.capacity")),
    ];
    let scenario = sweep.scenario.with_set(&sets).unwrap();
    let variant = thumbscale::analysis::study::Variant { name: "all".into(), scenario };
    let study = thumbscale::analysis::study::run_study(&[variant], |_| ControlFlow::Continue(())).unwrap();
    let round = number("round") as usize;
    let found = study.tables.rounds.numbers("sycophancy_index").unwrap()[round - 1];
    assert_eq!((number("point"), number("replicate"), round), (7.0, 1.0, 2));
    assert_eq!(found, number("sycophancy_index"));
}
