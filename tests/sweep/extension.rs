//! A sweep that was extended is the sweep that was planned larger at once.

use super::*;
use thumbscale::sweep::SweepError;

fn design(kind: &str, samples: u64, replicates: u32) -> SweepFile {
    seeded(kind, samples, replicates, 1)
}

fn seeded(kind: &str, samples: u64, replicates: u32, seed: u64) -> SweepFile {
    file(
        &format!("replicates = {replicates}\nseed = {seed}"),
        &format!("[design]\nkind = \"{kind}\"\nsamples = {samples}\n{TWO}"),
    )
}

fn at_once(kind: &str, samples: u64, replicates: u32) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let sweep = planned(&design(kind, samples, replicates), folder.path(), 4);
    run(&sweep);
    merged(&sweep)
}

#[test]
fn points_and_replicates_are_added_without_doing_anything_twice() {
    let folder = tempfile::tempdir().unwrap();
    let sweep = planned(&design("random", 5, 2), folder.path(), 3);
    run(&sweep);
    let sweep = write(&Draft::more_samples(&sweep, 8).unwrap(), folder.path(), 2);
    assert_eq!((sweep.runs(), sweep.shards().last().unwrap().number), (16, 5));
    let done = run(&sweep);
    assert_eq!((done.progress.runs_before, done.progress.runs_done), (10, 16));
    assert_eq!(merged(&sweep), at_once("random", 8, 2));
    let sweep = write(&Draft::more_replicates(&sweep, 3).unwrap(), folder.path(), 2);
    let done = run(&sweep);
    assert_eq!((done.progress.runs_before, done.progress.runs_done), (16, 24));
    assert_eq!(merged(&sweep), at_once("random", 8, 3));
}

#[test]
fn a_file_adds_points_in_any_order_of_columns() {
    let folder = tempfile::tempdir().unwrap();
    let sweep = planned(&design("latin_hypercube", 4, 1), folder.path(), 1);
    let path = folder.path().join("more.csv");
    std::fs::write(&path, "memory.capacity,policy.kl_strength\n2,0.25\n3,0.125\n").unwrap();
    let sweep = write(&Draft::more_points(&sweep, &path).unwrap(), folder.path(), 1);
    assert_eq!((sweep.points.rows(), sweep.points.row(5)), (6, &[0.125, 3.0][..]));
    std::fs::write(&path, "memory.capacity,policy.kl_strength,memory.write\n2,0.25,0.5\n").unwrap();
    let refused = Draft::more_points(&sweep, &path);
    assert!(matches!(refused, Err(SweepError::NoExtension { .. } | SweepError::DesignFile { .. })));
}

#[test]
fn what_would_change_earlier_points_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let sweep = planned(&design("latin_hypercube", 4, 2), folder.path(), 1);
    let refused = |found: Result<Draft, SweepError>| matches!(found, Err(SweepError::NoExtension { .. }));
    assert!(refused(Draft::more_samples(&sweep, 8)));
    assert!(refused(Draft::more_replicates(&sweep, 2)));
    let other = tempfile::tempdir().unwrap();
    let grown = planned(&design("sobol", 4, 2), other.path(), 1);
    assert!(refused(Draft::more_samples(&grown, 4)) && Draft::more_samples(&grown, 5).is_ok());
}

#[test]
fn a_generation_that_was_exchanged_is_refused() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (folder, seed) in [(&one, 1), (&two, 2)] {
        let sweep = planned(&seeded("random", 4, 1, seed), folder.path(), 1);
        write(&Draft::more_samples(&sweep, 6).unwrap(), folder.path(), 1);
    }
    let name = "manifest-2.json";
    std::fs::copy(two.path().join(name), one.path().join(name)).unwrap();
    assert!(matches!(Sweep::open(one.path()), Err(SweepError::Altered { .. })));
}
