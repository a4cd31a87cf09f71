//! Runs and shards that fail: told, counted, left alone after a while, and tried again when somebody asks.

use super::*;
use std::fs;
use std::time::SystemTime;
use thumbscale::output::read_parquet;
use thumbscale::sweep::{Attempt, Manifest, Status, SweepError, forget_failures};

/// Only looked at where a folder cannot be written.
const NOW: SystemTime = SystemTime::UNIX_EPOCH;

/// Points of which one is no valid scenario: no Beta law has mean 0.05 and standard deviation 0.3. It stands where planning
/// does not look, which tries 200 of 401 points.
fn with_one_bad_point(folder: &Path) -> Sweep {
    let mut rows = "segments.general.expertise,segments.general.expertise_sd\n".to_string();
    (0..401).for_each(|row| rows += if row == 1 { "0.05,0.3\n" } else { "0.5,0.1\n" });
    fs::write(folder.join("points.csv"), rows).unwrap();
    let design = "[design]\nkind = \"from_file\"\nfile = \"points.csv\"\nrandom_numbers = \"common\"\n";
    let sweep = planned(&file("", design), folder, 4);
    run(&sweep);
    sweep
}

#[test]
fn a_point_that_cannot_be_is_a_row_with_its_error() {
    let folder = tempfile::tempdir().unwrap();
    let sweep = with_one_bad_point(folder.path());
    let status = Status::of(&sweep, NOW).unwrap();
    assert!(status.is_complete());
    assert_eq!((status.runs.done, status.runs.failed, status.failed_runs[0].point), (401, 1, 2));
    merged(&sweep);
    let table = read_parquet(&sweep.results().join("part-00000.parquet")).unwrap();
    let (errors, index) = (table.words("error").unwrap(), table.numbers("sycophancy_index").unwrap());
    assert!(errors[1].contains("no Beta law") && index[1].is_nan(), "{}", errors[1]);
    assert!(errors[0].is_empty() && index[0] == index[2] && index[0].is_finite());
    let points = sweep.as_points().unwrap();
    assert!(points.outcomes[0].values[1].is_nan() && points.errors[1].contains("no Beta law"));
    // Tried again, it alone is run.
    assert_eq!(forget_failures(&sweep, NOW).unwrap().runs, 1);
    let again = run(&sweep);
    assert_eq!((again.progress.runs_before, again.progress.runs_done), (400, 401));
}

fn leave_failures(sweep: &Sweep, shard: u32, times: u32) {
    fs::create_dir_all(sweep.attempts()).unwrap();
    for nth in 0..times {
        let attempt = Attempt {
            shard,
            worker: format!("n{nth}"),
            job: "7_1".into(),
            runs_done: 1,
            runs: 2,
            failure: Some("no space left".into()),
        };
        let text = serde_json::to_vec(&attempt).unwrap();
        fs::write(sweep.attempts().join(format!("{shard:05}.n{nth}.json")), text).unwrap();
    }
}

#[test]
fn a_shard_that_fails_too_often_is_left_alone_until_somebody_asks() {
    let folder = tempfile::tempdir().unwrap();
    let sweep =
        planned(&file("", &format!("[design]\nkind = \"random\"\nsamples = 6\n{TWO}")), folder.path(), 3);
    leave_failures(&sweep, 1, 2);
    leave_failures(&sweep, 2, 3);
    let status = Status::of(&sweep, NOW).unwrap();
    assert_eq!((status.shards.failed, status.shards.waiting), (2, 1));
    assert_eq!((status.given_up(), status.troubles[1].attempts), (vec![2], 3));
    assert!(status.troubles[0].reason.contains("no space left") && status.troubles[0].reason.contains("7_1"));
    assert_eq!(status.to_try().iter().map(|it| it.number).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(forget_failures(&sweep, NOW).unwrap().shards, 2);
    assert_eq!(Status::of(&sweep, NOW).unwrap().to_try().len(), 3);
}

#[test]
fn gaps_are_named_and_what_is_there_can_be_merged() {
    let folder = tempfile::tempdir().unwrap();
    let sweep =
        planned(&file("", &format!("[design]\nkind = \"random\"\nsamples = 6\n{TWO}")), folder.path(), 3);
    run(&sweep);
    fs::remove_file(sweep.shard_path(2)).unwrap();
    let refused = merge(&sweep, false, &|_, _| {}).unwrap_err();
    assert!(
        matches!(&refused, SweepError::Incomplete { missing: 2, runs: 6, shards } if shards == &[2]),
        "{refused}"
    );
    assert!(!sweep.results().exists(), "nothing is left of a merge that was refused");
    let found = merge(&sweep, true, &|_, _| {}).unwrap();
    assert_eq!((found.complete, found.missing, found.rows, found.unfinished), (false, 2, 4, vec![2]));
}

/// The manifest in `folder` with a change, its checksum put right.
fn rewritten(folder: &Path, change: impl Fn(&mut Manifest)) {
    let (mut manifest, _) = Manifest::read(&Manifest::path(folder, 1)).unwrap();
    change(&mut manifest);
    manifest.write(folder).unwrap();
}

#[test]
fn another_program_is_refused_with_both_names() {
    let folder = tempfile::tempdir().unwrap();
    planned(&file("", &format!("[design]\nkind = \"random\"\nsamples = 6\n{TWO}")), folder.path(), 3);
    rewritten(folder.path(), |manifest| manifest.program.engine = "0123".into());
    let refused = Sweep::open(folder.path()).unwrap_err();
    assert!(matches!(refused, SweepError::OtherProgram { .. }));
    assert!(
        refused.to_string().contains("engine 0123") && refused.to_string().contains("plan anew"),
        "{refused}"
    );
    assert!(Sweep::open_of_any_program(folder.path()).is_ok(), "its status can be told all the same");
}

#[test]
fn points_that_were_altered_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    planned(&file("", &format!("[design]\nkind = \"random\"\nsamples = 6\n{TWO}")), folder.path(), 3);
    let path = folder.path().join("points-1.parquet");
    let mut bytes = fs::read(&path).unwrap();
    bytes[100] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert!(matches!(Sweep::open(folder.path()), Err(SweepError::Altered { .. })));
}
